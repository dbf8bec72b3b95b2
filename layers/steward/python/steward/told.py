"""Telling somebody once of one thing, whichever attempt gets so far and however often the thing comes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from steward.clock import Clock

REMEMBERED = timedelta(days=60)
"""How long a mark stays: the bus's archive (30 days) and a dead-letter queue (14 days) can bring an event again."""


class Marks(Protocol):
    """Where it is noted that something was told."""

    def has(self, mark: str) -> bool:
        """Tell whether the mark is there (consistent read)."""

    def put(self, mark: str, expires_at: datetime) -> None:
        """Leave the mark until that moment; one that is there already is no error."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Remembers what was told.

    The mark comes after the message: whoever dies between the two tells it twice, and nothing is left untold.
    """

    clock: Clock
    marks: Marks

    def once(self, tell: Callable[[], None], *about: str) -> None:
        """Tell, unless what these texts name was told before. The mark is their digest: nothing of them is kept."""
        mark = hashlib.sha256("\n".join(about).encode()).hexdigest()
        if self.marks.has(mark):
            return
        tell()
        self.marks.put(mark, self.clock.now() + REMEMBERED)
