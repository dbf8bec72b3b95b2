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

QUALIFIER: Final = "hnb659fds"
"""The qualifier of ``cdk bootstrap`` without options, which our command line deploys with."""

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
    """See that the account is bootstrapped with the qualifier whose role our bucket policies except."""
    environment = plan.deployment.environment
    place = f"aws://{environment.account}/{environment.region}"
    try:
        answer = account.read("ssm", "GetParameter", Name=f"/cdk-bootstrap/{QUALIFIER}/version")
    except AbsentError:
        yield stop("bootstrap", f"{place} is not bootstrapped with the qualifier {QUALIFIER}", f"cdk bootstrap {place}")
        return
    version = str(answer["Parameter"]["Value"])
    if not version.isdigit() or int(version) < _OLDEST_BOOTSTRAP:
        yield stop("bootstrap", f"{place} is bootstrapped with version {version}", f"cdk bootstrap {place}")
    role = f"cdk-{QUALIFIER}-cfn-exec-role-{environment.account}-{environment.region}"
    try:
        found = account.read("iam", "GetRole", RoleName=role)["Role"]
    except AbsentError:
        yield stop(
            "bootstrap",
            f"the role {role} is not there; the bucket policies let no other change a bucket's settings, and only the"
            " account's root could undo that",
            f"cdk bootstrap {place}, without a role or path of another name",
        )
        return
    if found.get("Path", "/") != "/":
        yield stop("bootstrap", f"the role {role} has the path {found['Path']}", "bootstrap without a path")
    elif "PermissionsBoundary" in found:
        yield note("bootstrap", f"the role {role} has a permissions boundary, which has to allow what is deployed")
    else:
        yield fine("bootstrap", f"version {version}, deploying as {role}")
