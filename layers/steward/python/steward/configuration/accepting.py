"""Differences that somebody accepted for a while. Pure.

What is accepted is the difference that was there when it was accepted, and no other one of the same setting: a finding
that has become another difference is told as if nobody had said anything, until the entry is written anew. A flow that
takes cards cannot be accepted: no reason makes it safe to say a card's number into a recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from steward.clock import london_date

REMINDED: Final = timedelta(days=14)
"""How long before its end somebody is told of an entry: time for a deployment, or for another end."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A finding that is as it should be for a while: somebody said why, and until when."""

    finding: str
    until: date
    """Its last day, in London."""
    why: str


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What an acceptance was for when a run first met it."""

    by: Accepted
    whole: str
    """The finding's at that time."""


@dataclass(frozen=True, kw_only=True)
class WithoutEffect:
    """An acceptance that covers nothing today, and the reason."""

    accepted: Accepted
    because: str


def covering(before: Cover | None, entry: Accepted | None, whole: str) -> Cover | None:
    """Return what an entry covers from now on: what it did, or, if it is new or was written anew, what is there now."""
    if entry is None:
        return None
    return before if before is not None and before.by == entry else Cover(by=entry, whole=whole)


def in_force(accepted: Iterable[Accepted], now: datetime) -> Mapping[str, Accepted]:
    """Return what has not ended on this day in London, by the finding's id. On its last day it still counts."""
    today = london_date(now)
    return {one.finding: one for one in accepted if today <= one.until}


def ends_soon(entry: Accepted, now: datetime) -> bool:
    """Whether the last day of an entry in force is near, on this day in London."""
    return entry.until - london_date(now) <= REMINDED
