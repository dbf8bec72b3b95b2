"""What roles may do here: Connect's own, the one that deploys, and how people sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "connect:DescribeInstance",
    "ds:DescribeDirectories",
    "iam:GetAccountSummary",
    "iam:GetRole",
    "iam:ListRolePolicies",
    "iam:ListSAMLProviders",
    "iam:SimulatePrincipalPolicy",
    "sts:GetCallerIdentity",
)

NEEDED: Final = (
    "connect:AssociateInstanceStorageConfig",
    "connect:CreateContactFlow",
    "connect:CreateEvaluationForm",
    "dynamodb:CreateTable",
    "iam:CreateRole",
    "kms:CreateKey",
    "kms:PutKeyPolicy",
    "lambda:CreateFunction",
    "s3:CreateBucket",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutLifecycleConfiguration",
)
"""What a deployment does that an organisation's guard rails are most likely to refuse."""

_SINGLE_SIGN_ON: Final = "AWSReservedSSO_"
"""How roles of IAM Identity Center are named: https://docs.aws.amazon.com/singlesignon/latest/userguide/
howtoviewandchangepermissionset.html"""


def connects_own_role(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the instance's service-linked role is there: Connect adds our buckets to what it may do."""
    instance = plan.deployment.environment.instance_arn.rpartition("/")[2]
    arn = str(account.read("connect", "DescribeInstance", InstanceId=instance)["Instance"].get("ServiceRole", ""))
    name = arn.rpartition("/")[2]
    if not name:
        return
    try:
        account.read("iam", "GetRole", RoleName=name)
    except AbsentError:
        yield stop(
            "roles",
            f"the instance's role {name} is not in this account, so Connect cannot be given the right to our buckets",
            "https://docs.aws.amazon.com/connect/latest/adminguide/connect-slr.html",
        )
        return
    policies = list(account.pages("iam", "ListRolePolicies", "PolicyNames", RoleName=name))
    yield note("roles", f"{name} has {len(policies)} policies of its own; each association changes them")


def deployment(account: Account, plan: Plan) -> Iterator[Line]:
    """Ask IAM whether the role that deploys may do what it has to, an organisation's policies included.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    role = plan.deployment.environment.deployer
    results = account.pages(
        "iam", "SimulatePrincipalPolicy", "EvaluationResults", PolicySourceArn=role, ActionNames=list(NEEDED)
    )
    refused = []
    for one in results:
        if one["EvalDecision"] != "allowed":
            organisation = one.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False
            refused.append(f"{one['EvalActionName']}{' (by the organisation)' if organisation else ''}")
    if refused:
        yield stop(
            "roles",
            f"the role that deploys may not {', '.join(sorted(refused))}",
            "ask whoever keeps the account's and the organisation's policies",
        )
    else:
        yield fine("roles", f"the role that deploys may do all of {len(NEEDED)} acts that were asked for")


def sign_in(account: Account, plan: Plan) -> Iterator[Line]:
    """Say how people sign in: a second factor is seen in some sessions and not in others.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: federated sessions lack
    ``aws:MultiFactorAuthPresent``.
    """
    del plan
    summary = account.read("iam", "GetAccountSummary")["SummaryMap"]
    if not summary.get("AccountMFAEnabled"):
        yield note("sign-in", "the account's root user has no second factor", "IAM console, Security recommendations")
    caller = str(account.read("sts", "GetCallerIdentity").get("Arn", ""))
    providers = account.read("iam", "ListSAMLProviders").get("SAMLProviderList", ())
    if _SINGLE_SIGN_ON in caller or providers:
        how = "IAM Identity Center" if _SINGLE_SIGN_ON in caller else "a SAML provider"
        yield note(
            "sign-in",
            f"people sign in by {how}: AWS does not see their second factor, and a role that asks for one refuses them",
            "docs/permissions.md says which roles do",
        )
    else:
        yield fine("sign-in", "no single sign-on was seen")
