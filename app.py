"""Synthesizes the templates: by itself (``make synth``) or run by the CDK command line.

``-c environment=NAME`` (or the context that the command line passes) chooses one of the environments of
the council's own folder (``STEWARD_CONFIG``) or of ``cdk.json``. The command line says where to write
(``CDK_OUTDIR``); without it ``local`` goes into ``cdk.out`` and every other into a folder of its own below it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.checks.synthesized import templates
from infra.config import DEFAULT_ENVIRONMENT, assembly_of, cdk_context, choose
from infra.ending import complain, program, under_way
from infra.refusal import RefusalError
from infra.synthesis import synthesize

USAGE = "usage: python app.py [-c environment=NAME]"


def _chosen_environment(arguments: Sequence[str]) -> str | None:
    """Return the environment's name from ``-c environment=NAME``, or from what the command line passes on.

    ``None`` stands for an argument that is neither.
    """
    match arguments:
        case []:
            context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
            return str(context.get("environment", DEFAULT_ENVIRONMENT))
        case ["-c" | "--context", value] if value.startswith("environment="):
            return value.removeprefix("environment=")
        case _:
            return None


def main(arguments: Sequence[str]) -> int:
    """Synthesize, validated, and say where the templates are; 2, with a line for each reason, for what is refused."""
    name = _chosen_environment(arguments)
    if name is None:
        complain(USAGE)
        return 2
    try:
        deployment = choose(cdk_context(), name)
        asked = os.environ.get("CDK_OUTDIR")
        out_dir = Path(asked) if asked else assembly_of(deployment.name)
        if not asked:
            under_way(f"{name}: the templates are made and checked, which takes half a minute")
        synthesize(deployment, deployment.policy_path, out_dir, validate=True)
    except RefusalError as error:
        complain(error)
        return 2
    if not asked:
        # The command line knows where it asked for them, and its own standard output may be read by a program.
        stacks = ", ".join(path.name.removesuffix(".template.json") for path in templates(out_dir))
        sys.stdout.write(f"{name}: the templates are in {out_dir} ({stacks})\n")
    return 0


if __name__ == "__main__":
    sys.exit(program(main, sys.argv[1:]))
