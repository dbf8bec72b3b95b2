"""Synthesizes the templates: by itself (``make synth``) or run by the CDK command line.

``-c environment=NAME`` (or the context that the command line passes) chooses one of the environments of
the council's own folder (``STEWARD_CONFIG``) or of ``cdk.json``. The command line says where to write
(``CDK_OUTDIR``); without it ``local`` goes into ``cdk.out`` and every other into a folder of its own below it.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.config import DEFAULT_ENVIRONMENT, assembly_of, cdk_context, choose
from infra.ending import complain, program
from infra.refusal import RefusalError
from infra.synthesis import synthesize


def _chosen_environment(arguments: Sequence[str]) -> str:
    """Return the environment's name from ``-c environment=NAME``, or from what the command line passes on."""
    for option, value in itertools.pairwise(arguments):
        if option in {"-c", "--context"} and value.startswith("environment="):
            return value.removeprefix("environment=")
    context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    return str(context.get("environment", DEFAULT_ENVIRONMENT))


def main(arguments: Sequence[str]) -> int:
    """Synthesize, validated; a refusal is one line for each reason and exit status 2."""
    try:
        deployment = choose(cdk_context(), _chosen_environment(arguments))
        out_dir = Path(os.environ.get("CDK_OUTDIR", str(assembly_of(deployment.name))))
        synthesize(deployment, deployment.policy_path, out_dir, validate=True)
    except RefusalError as error:
        complain(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(program(main, sys.argv[1:]))
