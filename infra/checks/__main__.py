"""``python -m infra.checks NAME``: everything that is checked before an environment is deployed, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from infra.checks.synthesized import templates
from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.council_folder import council_folder
from infra.ending import complain, program, under_way
from infra.refusal import RefusalError
from infra.synthesis import synthesize

FOLDER = "checked"
"""Where the templates that were checked can be read, a folder for each environment."""

USAGE = "usage: python -m infra.checks [ENVIRONMENT]"


def main(arguments: Sequence[str]) -> int:
    """Check the policy, the environment's entry and its templates; a line for each finding without a reason.

    The status is 0 if there is none, 1 if there is one, 2 if there is no such environment or the argument is wrong.
    """
    match arguments:
        case [] | [""]:
            name = DEFAULT_ENVIRONMENT
        case [name]:
            pass
        case _:
            complain(USAGE)
            return 2
    try:
        deployment = choose(cdk_context(), name)
    except RefusalError as error:
        complain(error)
        return 2
    policy = deployment.environment.policy
    under_way(f"{name}: the templates are made and checked, which takes half a minute")
    try:
        assembly = synthesize(deployment, deployment.policy_path, council_folder().built(FOLDER, name), validate=True)
    except RefusalError as error:
        complain(error)
        return 1
    stacks = ", ".join(path.name.removesuffix(".template.json") for path in templates(assembly))
    sys.stdout.write(f"{name}: {policy}, its entry and its templates have no finding without a reason ({stacks})\n")
    return 0


if __name__ == "__main__":
    sys.exit(program(main, sys.argv[1:]))
