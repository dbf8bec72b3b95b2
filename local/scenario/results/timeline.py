"""What happened, in order: the rows of ``timeline.jsonl``."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Happening(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. No personal data: people appear by contact id and case only."""

    at: datetime
    kind: str
    """An action's key for a line of the scenario; ``invocation``, ``marked``, ``deleted``, ``hold``, ``notification``,
    ``dead_letter`` for what followed."""
    text: str
    """One plain sentence."""
    details: dict[str, object] = {}
