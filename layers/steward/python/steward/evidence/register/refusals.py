"""Texts that were not sent and pauses that were not confirmed, by reason and day. Pure.

The functions count each as it happens, in a log line that costs no call while a caller waits; the register of a night
reads the counts. They are numbers by reason: of whom, nobody can say from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

import msgspec

from steward.clock import london_date, london_midnight
from steward.failures import AwsError
from steward.messaging import answers
from steward.payments import model
from steward.policy.model import Policy


class Kind(StrEnum):
    """What was refused; the value stands in the page's JSON."""

    TEXT = "text"
    PAYMENT = "payment"


_CONFIRMED: Final = (model.Reason.CONFIRMED, model.Reason.ALREADY_PAUSED, model.Reason.ALREADY_RECORDING)

REASONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.TEXT: tuple(one.value for one in answers.Reason if one is not answers.Reason.ALREADY_SENT),
    Kind.PAYMENT: tuple(one.value for one in model.Reason if one not in _CONFIRMED),
}
"""Every reason that a flow can be told, but that the text was sent before: what nobody asks for is not found."""


class Point(NamedTuple):
    """How often something was refused for one reason in the hour that begins at ``at``."""

    kind: Kind
    reason: str
    at: datetime
    number: int


class Counts(Protocol):
    """What the functions counted."""

    def refused(self, kinds: Iterable[Kind], since: datetime, until: datetime) -> list[Point]:
        """Return what was refused in that time. Raises ``steward.failures.AwsError``, also for a part of it."""


class RefusalLine(msgspec.Struct, frozen=True, kw_only=True):
    """How often one kind was refused for one reason: this month so far, and on the day before the register's."""

    kind: Kind
    reason: str
    this_month: int
    day_before: int


class Refusals(msgspec.Struct, frozen=True, kw_only=True):
    """What was refused, the most frequent reason first; or why it is not shown, in AWS's own code."""

    lines: tuple[RefusalLine, ...] = ()
    not_shown: str = ""


@dataclass(frozen=True, kw_only=True)
class RefusalCounts:
    """Reads what was refused. ``kinds`` are those that the policy knows."""

    counts: Counts
    kinds: tuple[Kind, ...]

    def at(self, now: datetime) -> Refusals:
        """Return what was refused until then. What cannot be read is not shown, and never none."""
        today = london_date(now)
        day_before = today - timedelta(days=1)
        since = london_midnight(min(today.replace(day=1), day_before))
        try:
            points = self.counts.refused(self.kinds, since, now)
        except AwsError as problem:
            return Refusals(not_shown=problem.code)
        month, last = Counter[tuple[Kind, str]](), Counter[tuple[Kind, str]]()
        for point in points:
            day = london_date(point.at)
            month[point.kind, point.reason] += point.number * _same_month(day, today)
            last[point.kind, point.reason] += point.number * (day == day_before)
        lines = [
            RefusalLine(kind=kind, reason=reason, this_month=number, day_before=last[kind, reason])
            for (kind, reason), number in month.items()
            if number or last[kind, reason]
        ]
        return Refusals(lines=tuple(sorted(lines, key=lambda one: (one.kind, -one.this_month, one.reason))))


def kinds(policy: Policy) -> tuple[Kind, ...]:
    """Return what a policy lets contact flows ask for."""
    found = {Kind.PAYMENT: policy.payments, Kind.TEXT: policy.messaging}
    return tuple(kind for kind, section in found.items() if section is not None)


def _same_month(day: date, other: date) -> bool:
    return (day.year, day.month) == (other.year, other.month)
