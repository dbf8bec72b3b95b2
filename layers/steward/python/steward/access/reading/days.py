"""What a day's report has: every read by a person or a link, the others by role, and what is not known. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One read by a person, or by a link, as the report has it."""

    at: datetime
    reader: str
    role: str
    person: str
    store: str
    key: str
    reason: str
    refused: str
    unexplained: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    """What is known of a day. Of what is ``missing`` it is not known whether anybody read anything."""

    on: date
    missing: tuple[str, ...]
    """Spans without a digest, and files that were not what was delivered."""
    entries: tuple[Entry, ...]
    functions: dict[str, int]
    """How often functions, Amazon Connect and services read, by role."""
    unlisted: int = 0
    made_up_on: date | None = None
    """When it was reported, where that was not in the night after the day."""
    written_off: bool = False
    """Whether its trail could not be read for so long that it is not tried any more."""

    @property
    def unexplained(self) -> tuple[Entry, ...]:
        """The reads for which there is no reason on record."""
        return tuple(one for one in self.entries if one.unexplained)
