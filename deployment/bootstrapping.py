"""``make bootstrap``: the role that deploys gets the policy made from the templates, and no more than that."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.account_in_use import opened
from deployment.command_line import CommandLine, DeploymentError, install
from deployment.execution_policy import written
from infra.config import DEFAULT_QUALIFIER, assembly_of

MOST_VERSIONS = 5
"""Of a managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html"""

REPLACE = "--replace"
"""Takes over a bootstrap whose deploying role has other policies."""

_TOOLKIT = "CDKToolkit"
"""The stack of ``cdk bootstrap`` without ``--toolkit-stack-name``."""

_DEFAULT_POLICY = "AdministratorAccess"
"""What the toolkit's template gives the role where its parameter is empty."""


def bootstrap(environment_name: str, say: Callable[[str], None], *, replace: bool = False) -> None:
    """Write the policy into the account in use, and let ``cdk bootstrap`` give it to the role that deploys.

    The role has that policy alone, so a bootstrap whose role has others is refused before anything is written, unless
    it is to be replaced. Raises :class:`~deployment.account_in_use.NotBegunError`, and :class:`DeploymentError` if AWS
    or the command line refuses.
    """
    deployment, session = opened("bootstrap", environment_name)
    environment = deployment.environment
    name = f"{deployment.prefix}-deployment"
    try:
        client: Any = session.client("iam")
        which = of_qualifier(
            session.client("cloudformation"),
            environment.bootstrap_qualifier,
            _arn(environment.account, name),
            replace=replace,
        )
        arn = put_policy(client, environment.account, name, written(environment_name))
    except (BotoCoreError, ClientError) as problem:
        raise DeploymentError(f"the policy cannot be written: {problem}") from problem
    say(f"the role that deploys is given {arn}")
    CommandLine(install(), os.environ).talk(
        "bootstrap",
        f"aws://{environment.account}/{environment.region}",
        *which,
        "--cloudformation-execution-policies",
        arn,
        "--context",
        f"environment={environment_name}",
        # The command line makes the templates for this as well, and lets no other into the folder meanwhile.
        "--output",
        str(assembly_of(environment_name)),
    )


def of_qualifier(cloudformation: Any, qualifier: str, policy: str, *, replace: bool = False) -> tuple[str, ...]:  # noqa: ANN401 - boto3's client
    """Return the options of ``cdk bootstrap`` that leave the bootstrap of any other qualifier as it is.

    Two in one account need two names of the toolkit's stack, or the second takes the place of the first
    (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html, "--qualifier"). Raises
    :class:`DeploymentError` where this qualifier's role has policies beside this one, unless they are to go.
    """
    options = () if qualifier == DEFAULT_QUALIFIER else ("--qualifier", qualifier)
    name, there = _TOOLKIT, _parameters(cloudformation, _TOOLKIT)
    if there.get("Qualifier", DEFAULT_QUALIFIER) != qualifier:
        name = f"{_TOOLKIT}-{qualifier}"
        options = (*options, "--toolkit-stack-name", name)
        there = _parameters(cloudformation, name)
    given = there.get("CloudFormationExecutionPolicies", "") or _DEFAULT_POLICY
    others = [one for one in given.split(",") if one != policy] if there else []
    if others and not replace:
        raise DeploymentError(
            f"the stack {name} bootstraps this account and region for others already: the role that deploys has "
            f"{', '.join(others)}, and would lose it; give the environment a bootstrap of its own with "
            "bootstrap_qualifier, or, if nothing else is deployed with it, make bootstrap REPLACE=yes"
        )
    return options


def _parameters(cloudformation: Any, name: str) -> dict[str, str]:  # noqa: ANN401 - boto3's client
    """Return the parameters of a stack by name; none where there is no such stack."""
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ValidationError":
            raise
        return {}
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", ())}


def _arn(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:policy/{name}"


def put_policy(iam: Any, account: str, name: str, document: str) -> str:  # noqa: ANN401 - boto3's client of IAM
    """Make the policy, or a version of it that counts from now on, and return its ARN."""
    arn = _arn(account, name)
    text = json.dumps(json.loads(document), separators=(",", ":"))
    try:
        iam.create_policy(PolicyName=name, PolicyDocument=text, Description="steward: what a deployment needs")
    except iam.exceptions.EntityAlreadyExistsException:
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        old = sorted((one for one in versions if not one["IsDefaultVersion"]), key=lambda one: one["CreateDate"])
        if len(versions) >= MOST_VERSIONS:
            iam.delete_policy_version(PolicyArn=arn, VersionId=old[0]["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    return arn
