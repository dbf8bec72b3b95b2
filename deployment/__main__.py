"""``python -m deployment``: ``locally``, ``environment NAME`` into the account in use, ``compare NAME``, or ``cdk``."""

from __future__ import annotations

import os
import signal
import sys

from cli.doctor.findings import Severity, exit_status
from deployment.account_in_use import deploy
from deployment.command_line import CommandLine, DeploymentError, install
from deployment.comparison import compare
from deployment.local_run import deploy_locally
from infra.council_folder import fixed_variable
from infra.refusal import RefusalError
from steward.policy.load import PolicyError

USAGE = "usage: python -m deployment (locally | environment NAME [CDK OPTION...] | compare NAME | cdk ARGUMENT...)"


def main(arguments: list[str]) -> int:
    """Deploy; a failure is one line for each reason and exit status 1, a wrong argument 2, an interruption 130."""
    try:
        fixed_variable()
        match arguments:
            case ["locally"]:
                deploy_locally(_say)
            case ["environment"]:
                deploy("")
            case ["environment", name, *options]:
                deploy(name, *options)
            case ["compare", name]:
                return _compare(name)
            case ["cdk", _, *_]:
                CommandLine(install(), os.environ).talk(*arguments[1:])
            case _:
                sys.stderr.write(f"{USAGE}\n")
                return 2
    except (DeploymentError, PolicyError, RefusalError) as error:
        for line in (*getattr(error, "__notes__", ()), error):
            sys.stderr.write(f"{line}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: everything that was started is stopped\n")
        return 130
    return 0


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
    sys.exit(main(sys.argv[1:]))
