"""Policy documents as statements, and whether a statement speaks about a request.

Source: IAM user guide, "IAM JSON policy element reference". What the templates do not use is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from simulator.aws.iam.policies.conditions import Condition, read_conditions

_ELEMENTS: Final = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


class UnknownElement(Exception):
    """A policy uses something that is not modelled here."""


@dataclass(frozen=True)
class Need:
    """One act that IAM has to allow.

    ``principal`` is a role's ARN or a service (``events.amazonaws.com``); ``context`` holds condition keys in lower
    case with their values.
    """

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()

    def value(self, key: str) -> str | None:
        """Return the value of a condition key, or ``None`` if the request has none."""
        if key == "aws:principalarn":
            return self.principal if self.principal.startswith("arn:") else None
        if key == "aws:principalisawsservice":
            return "false" if self.principal.startswith("arn:") else "true"
        return next((value for name, value in self.context if name == key.lower()), None)


@dataclass(frozen=True)
class Statement:
    """One statement of one policy, named by the policy's logical id and its own sid or number."""

    policy: str
    name: str
    allows: bool
    principals: tuple[str, ...]
    """Who, in a resource's policy; empty in a role's own."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def speaks_of(self, need: Need) -> bool:
        """Tell whether action, resource and conditions match (whose statement it is, is the evaluator's question)."""
        return (
            any(matches(pattern.lower(), need.action.lower()) for pattern in self.actions)
            and any(matches(pattern, need.resource) for pattern in self.resources)
            and all(condition.filled(need.value).holds(need.value(condition.key)) for condition in self.conditions)
        )

    def names(self, principal: str, account: str) -> bool:
        """Tell whether a resource's policy means that principal by name, or everybody."""
        return any(one in {"*", principal} for one in self.principals) or self.names_account(principal, account)

    def names_account(self, principal: str, account: str) -> bool:
        """Tell whether it means the principal's account, which leaves the decision to the principal's own policies."""
        return f"arn:aws:iam::{account}:root" in self.principals and principal.startswith(f"arn:aws:iam::{account}:")


def read_statements(policy: str, document: Mapping[str, Any]) -> Iterator[Statement]:
    """Read a resolved policy document; raise ``UnknownElement`` for what is not modelled."""
    for number, statement in enumerate(as_list(document["Statement"]), start=1):
        unknown = set(statement) - _ELEMENTS
        if unknown:
            raise UnknownElement(f"{policy}: the element {', '.join(sorted(unknown))} is not modelled")
        yield Statement(
            policy=policy,
            name=str(statement.get("Sid", number)),
            allows=statement["Effect"] == "Allow",
            principals=tuple(_principals(statement.get("Principal"))),
            actions=tuple(str(action) for action in as_list(statement["Action"])),
            # A trust policy has no resource: it speaks of its own role.
            resources=tuple(str(resource) for resource in as_list(statement.get("Resource", "*"))),
            conditions=tuple(read_conditions(policy, statement.get("Condition", {}))),
        )


def as_list(value: object) -> list[Any]:
    """Return what a policy writes as one thing or as a list of them."""
    return value if isinstance(value, list) else [value]


@lru_cache(maxsize=100_000)
def matches(pattern: str, value: str) -> bool:
    """Compare with IAM's wildcards: ``*`` stands for any characters, ``?`` for one; brackets mean themselves."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == value
    return _compiled(pattern).fullmatch(value) is not None


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(parts), re.DOTALL)


def _principals(principal: object) -> Iterator[str]:
    match principal:
        case None:
            return
        case str():
            yield principal
        case Mapping():
            for kind, names in principal.items():
                # A provider of identities stands for the people whom it signs on: it is itself nobody who calls here.
                if kind not in {"AWS", "Federated", "Service"}:
                    raise UnknownElement(f"the principal {kind} is not modelled")
                yield from (str(name) for name in as_list(names))
        case _:
            raise UnknownElement(f"{principal!r} is no principal")
