"""Changes that somebody makes of one deployment, in as few comparisons as leave no two of one resource together.

Of one resource they would hide a check that reads another's setting: it would differ, if for the wrong reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.configuration.conftest import Live, kept


@dataclass(frozen=True)
class Change:
    """What somebody does, and the settings that differ by it, each as ``resource/setting`` with its harm."""

    act: Callable[[Live], object]
    differ: Mapping[str, str]

    def beside(self, other: Change) -> bool:
        """Whether what differs by both can be told apart in one comparison."""
        return self.resources.isdisjoint(other.resources)

    @property
    def resources(self) -> set[str]:
        return {one.partition("/")[0] for one in self.differ}


@dataclass
class Found:
    """What the comparisons showed: of each change, by its name, and beside them all."""

    of: dict[str, dict[str, dict[str, Any]]]
    besides: list[str] = field(default_factory=list)


def found(world: EmbeddedAws, changes: Mapping[str, Change]) -> Found:
    """Make the changes of each round, compare once, and put everything back."""
    told = Found({name: {} for name in changes})
    for names in _rounds(changes):
        undo, live = kept(world), Live(world)
        try:
            for name in names:
                changes[name].act(live)
            findings = live.findings()
        finally:
            undo()
        for one, finding in findings.items():
            setting = _plain(one)
            whose = next((name for name in names if setting in changes[name].differ), None)
            if whose is None or setting in told.of[whose]:
                told.besides.append(one)
            else:
                told.of[whose][setting] = finding
    return told


def _plain(name: str) -> str:
    """Return a finding's name without what the CDK adds to a logical id."""
    resource, _, setting = name.partition("/")
    return f"{resource.rstrip('0123456789ABCDEF')}/{setting}"


def _rounds(changes: Mapping[str, Change]) -> list[list[str]]:
    rounds: list[list[str]] = []
    for name, change in changes.items():
        free = (one for one in rounds if all(change.beside(changes[other]) for other in one))
        there = next(free, None)
        if there is None:
            rounds.append([name])
        else:
            there.append(name)
    return rounds
