"""Roles and the managed policies of steward's own: who may act as what, and what that may do.

What each answers: IAM API reference, by the operation's name. Each is read by its own name, five questions for a role
with its policy: one answer of ``GetAccountAuthorizationDetails`` has them all, and takes the right to read every user,
role and policy of the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.documents import policy

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Resource

_AN_HOUR: Final = 3600
"""Of a session, where a template says nothing (API reference, CreateRole)."""


def _role(resource: Resource, live: Live) -> Mapping[str, Any]:
    found: Mapping[str, Any] = live.read("iam", "GetRole", RoleName=resource.name)["Role"]
    return found


def _trust(resource: Resource, live: Live) -> Pair:
    written = resource.properties["AssumeRolePolicyDocument"]
    return policy(written), policy(_role(resource, live)["AssumeRolePolicyDocument"])


def _limits(resource: Resource, live: Live) -> Pair:
    written, found = resource.properties, _role(resource, live)
    return (
        {
            "Boundary": written.get("PermissionsBoundary"),
            "Seconds of a session": int(written.get("MaxSessionDuration", _AN_HOUR)),
        },
        {
            "Boundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "Seconds of a session": int(found["MaxSessionDuration"]),
        },
    )


def _policies(resource: Resource, live: Live) -> Pair:
    """Compare which policies it has: those that name it, and those that it names itself."""
    named = {"RoleName": resource.name}
    attached = live.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", **named)
    own = live.pages("iam", "ListRolePolicies", "PolicyNames", **named)
    written = resource.properties
    return (
        {
            "Attached": sorted({*map(str, written.get("ManagedPolicyArns", [])), *resource.attached}),
            "Its own": sorted(str(one["PolicyName"]) for one in written.get("Policies", [])),
        },
        {"Attached": sorted(str(one["PolicyArn"]) for one in attached), "Its own": sorted(map(str, own))},
    )


def _rights(resource: Resource, live: Live) -> Pair:
    described = live.read("iam", "GetPolicy", PolicyArn=resource.name)["Policy"]
    version = live.read("iam", "GetPolicyVersion", PolicyArn=resource.name, VersionId=described["DefaultVersionId"])[
        "PolicyVersion"
    ]
    return policy(resource.properties["PolicyDocument"]), policy(version["Document"])


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "AWS::IAM::Role": (
        Check(setting="who may act as it", harm=Harm.HIGH, properties=("AssumeRolePolicyDocument",), look=_trust),
        Check(setting="limits", harm=Harm.HIGH, properties=("MaxSessionDuration", "PermissionsBoundary"), look=_limits),
        Check(setting="policies", harm=Harm.HIGH, properties=("ManagedPolicyArns", "Policies"), look=_policies),
    ),
    "AWS::IAM::ManagedPolicy": (
        Check(setting="rights", harm=Harm.HIGH, properties=("PolicyDocument", "Roles"), look=_rights),
    ),
}
