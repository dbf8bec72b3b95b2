"""Whose account it is, and whether the command line can deploy into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = ("sts:GetCallerIdentity", "ssm:GetParameter", "iam:GetRole")

_OLDEST_BOOTSTRAP: Final = 6
"""The first version whose roles `cdk deploy` of today assumes (AWS CDK guide, "Bootstrap template versions")."""


def identity(account: Account, plan: Plan) -> Iterator[Line]:
    """Compare the account in use with that of the environment's instance."""
    wanted = plan.deployment.environment.account
    found = str(account.read("sts", "GetCallerIdentity")["Account"])
    if found == wanted:
        yield fine("account", f"the credentials in use are for {found}")
    else:
        yield stop(
            "account",
            f"the credentials in use are for {found}, and the environment `{plan.deployment.name}` is in {wanted}",
            "sign in to the right account, or set AWS_PROFILE",
        )


def bootstrap(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the account is bootstrapped with the qualifier whose role our policies except, and as they name it."""
    environment = plan.deployment.environment
    place = f"aws://{environment.account}/{environment.region}"
    qualifier = environment.bootstrap_qualifier
    command = f"make bootstrap ENVIRONMENT={plan.deployment.name}"
    try:
        answer = account.read("ssm", "GetParameter", Name=f"/cdk-bootstrap/{qualifier}/version")
    except AbsentError:
        yield stop("bootstrap", f"{place} is not bootstrapped with the qualifier {qualifier}", command)
        return
    version = str(answer["Parameter"]["Value"])
    if not version.isdigit() or int(version) < _OLDEST_BOOTSTRAP:
        yield stop("bootstrap", f"{place} is bootstrapped with version {version}", command)
    _, _, where = environment.deployer.partition(":role/")
    path, _, role = f"/{where}".rpartition("/")
    try:
        found = account.read("iam", "GetRole", RoleName=role)["Role"]
    except AbsentError:
        yield stop(
            "bootstrap",
            f"the role {role} is not there; the policies of stores and keys let no other change them, and only the"
            " account's root could undo that",
            f"{command}, or name the role that deploys as deployment_role_arn",
        )
        return
    if found.get("Path", "/") != f"{path}/":
        yield stop(
            "bootstrap",
            f"the role {role} has the path {found['Path']}",
            f"deployment_role_arn = arn:aws:iam::{environment.account}:role{found['Path']}{role}",
        )
    elif "PermissionsBoundary" in found:
        yield note("bootstrap", f"the role {role} has a permissions boundary, which has to allow what is deployed")
    else:
        yield fine("bootstrap", f"version {version}, deploying as {role}")
