"""``python -m deployment``: ``locally``; ``bootstrap``, ``environment`` or ``compare`` with a NAME; or ``cdk``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from cli.doctor.findings import Severity, exit_status
from deployment.account_in_use import NotBegunError, deploy
from deployment.bootstrapping import REPLACE, bootstrap
from deployment.command_line import CommandLine, DeploymentError, install
from deployment.comparison import compare
from infra.checks.places import explained
from infra.config import DEFAULT_ENVIRONMENT, assembly_of
from infra.council_folder import council_folder, fixed_variable
from infra.ending import complain, program
from infra.refusal import RefusalError
from simulator.surroundings import leave_aside
from steward.policy.load import PolicyError

USAGE = (
    "usage: python -m deployment (locally [local] | bootstrap NAME [--replace] | environment NAME [CDK OPTION...]"
    " | compare NAME | cdk ARGUMENT...)"
)


def main(arguments: Sequence[str]) -> int:
    """Deploy; a line for each reason of a failure and exit status 1; 2 for what could not be begun."""
    try:
        fixed_variable()
        match arguments:
            case ["locally", name] if name not in {"", DEFAULT_ENVIRONMENT}:
                complain(
                    f"{name}: make deploy-local is for `{DEFAULT_ENVIRONMENT}` alone; make check ENVIRONMENT={name}"
                )
                return 2
            case ["locally"] | ["locally", _]:
                leave_aside()
                from deployment.emulated.local_run import deploy_locally  # noqa: PLC0415 - moto looks at the surroundings

                deploy_locally(_say)
            case ["environment", *named]:
                deploy("".join(named[:1]), *named[1:])
            case ["bootstrap", *named]:
                names = [one for one in named if one != REPLACE]
                bootstrap("".join(names[:1]), _say, replace=REPLACE in named)
            case ["compare", name]:
                return _compare(name)
            case ["cdk", _, *_]:
                CommandLine(install(), os.environ).talk(*arguments[1:], *_place_of_the_templates(arguments))
            case _:
                complain(USAGE)
                return 2
    except (NotBegunError, RefusalError) as problem:
        complain(problem)
        return 2
    except (DeploymentError, PolicyError) as error:
        sentence = explained(error) if isinstance(error, PolicyError) else error
        for line in (*getattr(error, "__notes__", ()), sentence):
            complain(line)
        return 1
    return 0


def _place_of_the_templates(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the option that keeps what is synthesized for a council's own folder out of the checkout.

    Whoever names a place gets that one; without a folder of the council's own it is the command line's ``cdk.out``.
    """
    named = any(one in {"-o", "--output"} or one.startswith("--output=") for one in arguments)
    if named or not council_folder().is_own:
        return ()
    names = [one.partition("=")[2] for one in arguments if one.startswith("environment=")]
    return ("--output", str(assembly_of(names[-1] if names else DEFAULT_ENVIRONMENT)))


def _compare(name: str) -> int:
    lines = [line for line in compare(name) if line.severity is not Severity.FINE]
    for line in lines:
        _say(str(line))
    return exit_status(lines)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(program(main, sys.argv[1:]))
