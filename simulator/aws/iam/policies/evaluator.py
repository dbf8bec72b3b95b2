"""IAM's decision about one need, within one account.

Source: IAM user guide, "Policy evaluation logic": an explicit deny wins; otherwise a role's own policy or the
resource's policy has to allow. A key is different: its key policy has to allow, or to leave it to the account's
policies (KMS developer guide, "Key policies"); and a role is assumed by whom its trust policy names, and nobody else.
Service control policies, boundaries and sessions are not modelled: the templates have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.aws.iam.policies.deployed import DeployedPolicies
    from simulator.aws.iam.policies.statements import Need, Statement


@dataclass(frozen=True)
class Verdict:
    """Whether it is allowed, the statements that together do so or that deny it, and a sentence that says why."""

    allowed: bool
    by: tuple[Statement, ...]
    why: str


def decide(need: Need, policies: DeployedPolicies) -> Verdict:
    """Return IAM's decision."""
    service = need.action.partition(":")[0]
    own = [one for one in policies.of_role(need.principal) if one.speaks_of(need)]
    of_resource = [
        one
        for one in policies.of_resource(need.resource)
        if one.names(need.principal, policies.account) and one.speaks_of(need)
    ]
    denying = [one for one in (*own, *of_resource) if not one.allows]
    if denying:
        return Verdict(allowed=False, by=tuple(denying), why=f"{denying[0].policy} denies it ({denying[0].name})")
    granted = [one for one in own if one.allows]
    opened = [one for one in of_resource if one.allows]
    if service in {"kms", "sts"}:
        return _needs_the_resources_consent(need, policies, granted, opened)
    by_name = [one for one in opened if not one.names_account(need.principal, policies.account)]
    if granted or by_name:
        return _allowed(granted, by_name)
    return _refused(f"no statement allows {need.principal} to do it")


def _needs_the_resources_consent(
    need: Need, policies: DeployedPolicies, granted: list[Statement], opened: list[Statement]
) -> Verdict:
    leave_it = [one for one in opened if one.names_account(need.principal, policies.account)]
    by_name = [one for one in opened if one not in leave_it]
    if by_name:
        return _allowed(by_name)
    # Which people may enter a role is said outside these templates, by the account's own policies.
    if leave_it and (granted or need.action == "sts:AssumeRole"):
        return _allowed(granted, leave_it)
    if not policies.knows(need.resource):
        # A key or role of somebody else's: only the role's own policy is known here.
        return _allowed(granted) if granted else _refused("no statement allows it")
    return _refused(
        "the resource's own policy does not allow it" if not opened else f"no statement lets {need.principal} do it"
    )


def _allowed(*by: Iterable[Statement]) -> Verdict:
    return Verdict(allowed=True, by=tuple(_flat(by)), why="allowed")


def _flat(lists: Iterable[Iterable[Statement]]) -> Iterator[Statement]:
    for one in lists:
        yield from one


def _refused(why: str) -> Verdict:
    return Verdict(allowed=False, by=(), why=why)
