"""What a request's facts come to: when the law has it answered, when the council promised to, and by when to act. Pure.

UK GDPR Articles 12(3), 12A (Data (Use and Access) Act 2025, s.76, in force 5 February 2026); Data Protection Act 2018
s.54; the counting is the Information Commissioner's: from the day of receipt to the same date of the next month, the
month's last day where it has none, and on to the next working day (ico.org.uk, "What should we consider when responding
to a request?", 8 December 2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from steward.retention.months import add_months
from steward.rights.clock.holidays import Holidays

MONTHS, EXTENDED_MONTHS = 1, 3
"""Of the law: one, and two more where a request is extended. Three are added at once, to the original start."""

REVIEW_AFTER = timedelta(days=90)
"""So long a restriction stands after its request was closed before somebody is asked whether it still has to."""

CHASE_AFTER = timedelta(days=14)
"""After so long without proof of identity or an answer to a question, somebody asks again."""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A question to the person that the answer depends on: from the day it was asked to that of its answer, if any."""

    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the clock of a request runs on. Dates are London's.

    ``asked_for`` are those things that had to be asked for before the clock could run (proof of identity, authority),
    each with the day it came; none while it is outstanding. ``extended_on`` is the day the person was told.
    """

    received_on: date
    asked_for: tuple[date | None, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extended_on: date | None = None

    @property
    def start(self) -> date | None:
        """The day the clock runs from; none while something is outstanding. Asking for proof starts it anew."""
        came = [day for day in self.asked_for if day is not None]
        return None if len(came) < len(self.asked_for) else max([self.received_on, *came])

    @property
    def asking(self) -> bool:
        """Whether a question to the person is still open."""
        return any(pause.answered_on is None for pause in self.pauses)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the council promised beside the law, in calendar days; whether an extension by law lengthens it too."""

    days: int
    extends: bool = False


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Dates by which a request has to be answered.

    ``due_on`` is the earlier of the law's and the promise's, ``act_by`` the last working day that is not after it.
    """

    start: date
    law_on: date
    promised_on: date
    act_by: date

    @property
    def due_on(self) -> date:
        """The earlier of both."""
        return min(self.law_on, self.promised_on)


def deadlines(facts: Facts, promise: Promise, holidays: Holidays, today: date) -> Deadlines | None:
    """Return a request's deadlines as they stand today; none while its clock does not run.

    Raises ``BeyondTheTable`` where the table of bank holidays does not reach.
    """
    start = facts.start
    if start is None:
        return None
    paused = timedelta(days=paused_days(facts.pauses, start, today))
    law_on = _law(start, facts.extended_on is not None, paused, holidays)
    promised_on = start + timedelta(days=promise.days) + paused
    if facts.extended_on is not None and promise.extends:
        promised_on = law_on
    return Deadlines(
        start=start,
        law_on=law_on,
        promised_on=promised_on,
        act_by=holidays.working_day_until(min(law_on, promised_on)),
    )


def last_day_to_extend(facts: Facts, holidays: Holidays, today: date) -> date | None:
    """Return the last day on which the person can be told of an extension: inside the first month, pauses not counted.

    None while the clock does not run. Raises ``BeyondTheTable`` after the last known holiday.
    """
    start = facts.start
    if start is None:
        return None
    return _law(start, extended=False, paused=timedelta(paused_days(facts.pauses, start, today)), holidays=holidays)


def paused_days(pauses: Sequence[Pause], start: date, today: date) -> int:
    """Return how many days after ``start`` a question was open, each day once.

    The day of the answer counts again. The law leaves both end days out, so a deadline counted so is never later than
    the law's. A question that is still open extends the time day by day; one asked before the start adds nothing then.
    """
    spans = sorted((max(one.asked_on, start), max(one.answered_on or today, start)) for one in pauses)
    total, counted_to = 0, start
    for begun, ended in spans:
        total += max((ended - max(begun, counted_to)).days, 0)
        counted_to = max(counted_to, ended)
    return total


def _law(start: date, extended: bool, paused: timedelta, holidays: Holidays) -> date:  # noqa: FBT001 - a fact
    return holidays.working_day_from(add_months(start, EXTENDED_MONTHS if extended else MONTHS) + paused)
