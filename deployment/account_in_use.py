"""``make deploy``: doctor, then ``cdk deploy --all``, into the account whose credentials are in use."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cli.credentials import CredentialsError, signed_in_to
from cli.doctor.examination import examined
from cli.doctor.findings import Severity
from deployment.command_line import CommandLine, DeploymentError, install
from infra.config import assembly_of, cdk_context, choose
from infra.refusal import RefusalError

if TYPE_CHECKING:
    import boto3

    from infra.config import Deployment


class NotBegunError(Exception):
    """Why nothing was begun: no such environment, or no credentials for its account. A line for each reason."""


def deploy(environment_name: str, *options: str) -> None:
    """Read the account, then deploy that environment; the command line asks before it makes roles and policies.

    ``options`` are the command line's own, such as ``--require-approval never``. Raises :class:`NotBegunError`, and
    :class:`DeploymentError` if doctor says STOP, when nothing was changed yet, or if the command line fails.
    """
    opened("deploy", environment_name)
    stops = _read_first(environment_name)
    if stops:
        raise DeploymentError(f"{stops} of doctor's lines say STOP; nothing was changed")
    chosen = ("--context", f"environment={environment_name}", "--output", str(assembly_of(environment_name)))
    CommandLine(install(), os.environ).talk("deploy", "--all", *chosen, *options)


def opened(target: str, environment_name: str) -> tuple[Deployment, boto3.Session]:
    """Return the environment that ``make TARGET`` is for, and a session with credentials of its account.

    Raises :class:`NotBegunError` if no environment is named or its entry is wrong, and without such credentials.
    """
    if not environment_name:
        raise NotBegunError(f"name the environment: make {target} ENVIRONMENT=NAME")
    try:
        deployment = choose(cdk_context(), environment_name)
        return deployment, signed_in_to(deployment)
    except (RefusalError, CredentialsError) as problem:
        raise NotBegunError(str(problem)) from problem


def _read_first(environment_name: str) -> int:
    """Let doctor say what it reads, and return how many of its lines are a STOP.

    What could not be read is said and does not stop: whoever deploys may have no right to read everything.
    """
    lines = examined(environment_name)
    for line in lines:
        if line.severity is not Severity.FINE:
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return sum(line.severity is Severity.STOP for line in lines)
