"""``make deploy``: doctor, then ``cdk deploy --all``, into the account whose credentials are in use."""

from __future__ import annotations

import os
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.doctor.examination import examined
from cli.doctor.findings import Severity
from deployment.command_line import CommandLine, DeploymentError, install
from infra.config import assembly_of, cdk_context, choose


def deploy(environment_name: str, *options: str) -> None:
    """Read the account, then deploy that environment; the command line asks before it makes roles and policies.

    ``options`` are the command line's own, such as ``--require-approval never``.
    Raises :class:`DeploymentError` before anything is done if no environment is named, or if the credentials in use are
    missing or are not those of the environment's account, or if doctor says STOP.
    """
    context = cdk_context()
    if not environment_name:
        raise DeploymentError("name the environment to deploy: make deploy ENVIRONMENT=name")
    environment = choose(context, environment_name).environment
    account = _account_in_use(environment.region)
    if account != environment.account:
        raise DeploymentError(
            f"the credentials in use are for the account {account}; "
            f"the environment {environment_name} is in {environment.account}"
        )
    stops = _read_first(environment_name)
    if stops:
        raise DeploymentError(f"{stops} of doctor's lines say STOP; nothing was changed")
    chosen = ("--context", f"environment={environment_name}", "--output", str(assembly_of(environment_name)))
    CommandLine(install(), os.environ).talk("deploy", "--all", *chosen, *options)


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


def _account_in_use(region: str) -> str:
    session: Any = boto3.Session(region_name=region)
    try:
        if session.get_credentials() is None:
            raise DeploymentError("there are no AWS credentials: sign in, or set AWS_PROFILE")
        return str(session.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"AWS does not accept the credentials in use: {error}") from error
