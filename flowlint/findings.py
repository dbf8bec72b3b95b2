"""What the linter says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding matters; only an error makes the command fail (a warning too, if it is strict)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for the gravest."""
        return list(Severity).index(self)


class Step(Struct, frozen=True):
    """One action on the way to a finding."""

    flow: str
    action: str


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one action of one flow."""

    file: str = ""
    line: int = 1
    column: int = 1
    flow: str = ""
    """The flow's name, where it has one of its own."""
    action: str = ""
    """The action's identifier; empty where the flow as a whole is meant."""
    type: str = ""
    words: str = ""
    """The beginning of what the action says, or what else tells it from its like."""
    code: str = ""
    rule: str
    """The rule's name."""
    severity: Severity = Severity.ERROR
    reason: str
    """One sentence for a person."""
    path: tuple[Step, ...] = ()
    """How a contact gets there, where the finding depends on it; the action itself last."""
