"""What happened, in order: the rows of ``timeline.jsonl``."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

from msgspec import Struct

from steward.plain import visible


class Happening(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. No personal data: people appear by contact id and case only."""

    at: datetime
    kind: str
    """An action's key for a line of the scenario; ``invocation``, ``idle``, ``refused``, ``hidden``,
    ``deleted``, ``hold``, ``notification``, ``unmatched`` or ``dead_letter`` for what followed."""
    text: str
    """One plain sentence."""
    details: dict[str, object] = {}


class Timeline:
    """Collects happenings as they come to light, which for some is a little later than they happened."""

    def __init__(self) -> None:
        self._rows: list[Happening] = []

    def add(self, at: datetime, kind: str, text: str, **details: object) -> None:
        """Note one thing that happened at that aware moment."""
        self._rows.append(Happening(at=at, kind=kind, text=visible(text), details=details))

    def rows(self) -> list[Happening]:
        """Return everything by moment; what happened at one moment stays in the order in which it was noted."""
        return sorted(self._rows, key=attrgetter("at"))
