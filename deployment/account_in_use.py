"""``make deploy``: ``cdk deploy --all`` into the account whose credentials are in use."""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deployment.command_line import CommandLine, DeploymentError, install
from infra.config import cdk_context, choose


def deploy(environment_name: str) -> None:
    """Deploy that environment; the command line asks before it makes roles and policies.

    Raises :class:`DeploymentError` before anything is done if no environment is named, or if the credentials in use are
    missing or are not those of the environment's account.
    """
    context = cdk_context()
    if not environment_name:
        raise DeploymentError("name the environment of cdk.json to deploy: make deploy ENVIRONMENT=name")
    environment = choose(context, environment_name).environment
    account = _account_in_use(environment.region)
    if account != environment.account:
        raise DeploymentError(
            f"the credentials in use are for the account {account}; "
            f"the environment {environment_name} is in {environment.account}"
        )
    CommandLine(install(), os.environ).talk("deploy", "--all", "--context", f"environment={environment_name}")


def _account_in_use(region: str) -> str:
    session: Any = boto3.Session(region_name=region)
    try:
        if session.get_credentials() is None:
            raise DeploymentError("there are no AWS credentials: sign in, or set AWS_PROFILE")
        return str(session.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"AWS does not accept the credentials in use: {error}") from error
