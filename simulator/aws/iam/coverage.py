"""The other direction: what is granted and never used, and what is forbidden without effect.

A part of a statement (one of its actions, or one of its resources) is in use if some need that was met would be refused
without it. A denying statement is in use if one of the attempts below would be allowed without it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need, Statement

REASONS: Final = Path(__file__).with_name("unexercised.toml")


@dataclass(frozen=True)
class Part:
    """One action or one resource of a statement; ``left`` is the statement without it, nothing if it was the last."""

    statement: Statement
    what: str
    left: Statement | None

    def __str__(self) -> str:
        """Name it as the list of reasons does."""
        return f"{self.statement.policy}.{self.statement.name}: {self.what}"


def parts(statement: Statement) -> Iterator[Part]:
    """Return every action and, if there are several, every resource of a statement."""
    for action in statement.actions:
        left = tuple(other for other in statement.actions if other != action)
        yield Part(statement, action, replace(statement, actions=left) if left else None)
    if len(statement.resources) > 1:
        for resource in statement.resources:
            left = tuple(other for other in statement.resources if other != resource)
            yield Part(statement, f"on {resource}", replace(statement, resources=left))


def unused(policies: DeployedPolicies, needs: Iterable[Need]) -> Iterator[Part]:
    """Return the parts of allowing statements without which every need would still be met."""
    by_statement: dict[Statement, list[Need]] = {}
    for need in needs:
        verdict = decide(need, policies)
        if verdict.allowed:
            for statement in verdict.by:
                by_statement.setdefault(statement, []).append(need)
    for statement in dict.fromkeys(policies.statements()):
        if statement.allows:
            users = by_statement.get(statement, ())
            for part in parts(statement):
                without = policies.without(statement, part.left)
                if all(decide(need, without).allowed for need in users):
                    yield part


def idle(policies: DeployedPolicies, attempts: Iterable[Need]) -> Iterator[Part]:
    """Return the parts of denying statements without which every one of the attempts would still be refused."""
    by_statement: dict[Statement, list[Need]] = {}
    for attempt in attempts:
        for statement in decide(attempt, policies).by:
            by_statement.setdefault(statement, []).append(attempt)
    for statement in dict.fromkeys(policies.statements()):
        if not statement.allows:
            for part in parts(statement):
                without = policies.without(statement, part.left)
                if not any(decide(attempt, without).allowed for attempt in by_statement.get(statement, ())):
                    yield part


def reasons(path: Path = REASONS) -> dict[str, str]:
    """Return the reason for each part that no test exercises, by a pattern of its name (as ``fnmatch`` reads it)."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {entry["part"]: entry["why"] for entry in content["unexercised"]}
