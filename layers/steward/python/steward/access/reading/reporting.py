"""Every night: what the trail says of the day before, each read with its reason, and the month so far as a page.

A night that did not run leaves a day without a report: the next night makes it up, and says that it was late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol

from steward.access.reading.days import Day, Entry
from steward.access.reading.page import month_page
from steward.access.reading.reasons import Explained, OnRecord, Reader, Stores, explained
from steward.access.reading.trail import Digest, UnreadableTrail, digest, missing, reads
from steward.clock import Clock
from steward.failures import AwsError, NotFound

MOST_READS: Final = 5000
"""So many reads by people of one day are listed; beyond that the count says how many there were."""
MOST_MADE_UP: Final = 7
"""So many missed days are tried in one night, oldest first: a day of many reads takes minutes of the function's 15."""
TRIED_FOR: Final = timedelta(days=14)
"""So long a day that cannot be shown is tried again; after that it is written down as not shown, for good."""


class Trail(Protocol):
    """The bucket of the trail. Raises ``steward.failures.AwsError``."""

    def digests(self, begin: datetime, end: datetime) -> Iterator[bytes]:
        """Return the digests that end between two moments, as they lie there."""

    def file(self, key: str) -> bytes:
        """Return a log file as it lies there; raise ``steward.failures.NotFound``."""


class Reports(Protocol):
    """Where reports lie, for few eyes."""

    def keep_day(self, day: Day) -> None:
        """Write a day; the same day again is written over."""

    def reported(self) -> Sequence[date]:
        """Return every day of which there is a report, in order."""

    def days(self, year: int, month: int) -> Sequence[Day]:
        """Return the days of that month that were reported, in order; one that cannot be read has that as missing."""

    def untold(self) -> Sequence[date]:
        """Return the days of which a run meant to tell that they are late, and which nobody was told of yet."""

    def keep_untold(self, days: Sequence[date]) -> None:
        """Write those down, in the place of what was; none: everything is told."""

    def keep_month(self, year: int, month: int, page: bytes) -> None:
        """Write the page of a month."""


class Told(Protocol):
    """The data protection officer, and the council's own systems."""

    def unexplained(self, on: date, number: int) -> None:
        """Tell how many reads have no reason on record; the report names them."""

    def missing(self, on: date, what: Sequence[str]) -> None:
        """Tell that a day is not, or not wholly, known."""

    def late(self, made_up: Sequence[date], not_shown: Sequence[date], left: int) -> None:
        """Tell which missed days were reported late, which could not be, and how many wait for the next nights."""


@dataclass(frozen=True, kw_only=True)
class Night:
    """What one run reported: the day before last midnight first, then what was made up."""

    days: tuple[Day, ...]
    not_shown: tuple[date, ...] = ()
    """Missed days whose trail could not be read."""
    left: int = 0
    """How many missed days wait for the next nights."""


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """Writes the reports."""

    clock: Clock
    council: str
    stores: Stores
    trail: Trail
    known: Callable[[], OnRecord]
    reports: Reports
    told: Told

    def run(self) -> Night:
        """Report of the day before, in UTC as the trail counts, and of days that earlier nights missed.

        What was reported is not told again: Lambda tries a run that failed twice more, and a schedule may start one
        twice (AWS Lambda developer guide, "Error handling for asynchronous invocation").

        Raises ``steward.failures.AwsError``, after the missed days, if yesterday could not be reported.
        """
        today = self.clock.now().astimezone(UTC).date()
        yesterday, known = today - timedelta(days=1), self.known()
        reported = self.reports.reported()
        missed = _missed(reported, yesterday)
        # A run that died after it kept late days, and before it told of them, left their names.
        untold = [on for on in self.reports.untold() if on in reported]
        days, failed = list[Day](), list[AwsError]()
        try:
            days.append(self._kept(yesterday) if yesterday in reported else self._report(yesterday, known))
        except AwsError as error:
            failed.append(error)
        not_shown, tried = list[date](), missed[:MOST_MADE_UP]
        if tried:
            self.reports.keep_untold([*untold, *tried])
        for on in tried:
            try:
                days.append(self._report(on, known, made_up_on=today))
            except AwsError as error:
                not_shown.append(on)
                if today - on > TRIED_FOR:
                    self._write_off(on, today, error)
        for month in {on.replace(day=1) for on in (yesterday, *tried, *untold)}:
            until = min(yesterday, _next_month(month) - timedelta(days=1))
            listed = self.reports.days(month.year, month.month)
            self.reports.keep_month(month.year, month.month, month_page(self.council, listed, until))
        if tried or untold:
            late = [*map(self._kept, untold), *(day for day in days if day.made_up_on is not None and day.on in tried)]
            made_up = [day.on for day in late if not day.written_off]
            written_off = [day.on for day in late if day.written_off]
            self.told.late(made_up, [*written_off, *not_shown], len(missed) - len(tried))
            self.reports.keep_untold([])
        if failed:
            raise failed[0]
        return Night(days=tuple(days), not_shown=tuple(not_shown), left=len(missed) - len(tried))

    def _kept(self, on: date) -> Day:
        """Return a day as an earlier attempt of this night reported it: its counts may not have left that attempt."""
        return next(day for day in self.reports.days(on.year, on.month) if day.on == on)

    def _report(self, on: date, known: OnRecord, *, made_up_on: date | None = None) -> Day:
        """Tell of a day and keep its report, in this order: what is kept is not told again."""
        begin = datetime.combine(on, time(), tzinfo=UTC)
        day = replace(self._day(on, begin, begin + timedelta(days=1), known), made_up_on=made_up_on)
        if day.missing:
            self.told.missing(on, day.missing)
        if day.unexplained:
            self.told.unexplained(on, len(day.unexplained))
        self.reports.keep_day(day)
        return day

    def _write_off(self, on: date, today: date, error: AwsError) -> None:
        why = f"the trail could not be read: {error.operation} answered {error.code}"
        self.reports.keep_day(Day(on=on, missing=(why,), entries=(), functions={}, made_up_on=today, written_off=True))

    def _day(self, on: date, begin: datetime, end: datetime, known: OnRecord) -> Day:
        problems, digests = list[str](), list[Digest]()
        for body in self.trail.digests(begin, end):
            try:
                digests.append(digest(body))
            except UnreadableTrail as problem:
                problems.append(f"a digest {problem}")
        problems += [f"{since:%H:%M} to {until:%H:%M} UTC" for since, until in missing(digests, begin, end)]
        entries, functions, unlisted = list[Entry](), Counter[str](), 0
        for one in self._explained(digests, known, problems):
            if one.reader in (Reader.STAFF, Reader.LINK, Reader.OTHER):
                # Whoever has no reason is always listed, whatever else the day is full of.
                if one.unexplained or len(entries) < MOST_READS:
                    entries.append(_entry(one, self.stores))
                else:
                    unlisted += 1
            else:
                functions[(one.read.role or one.read.principal).rpartition("/")[2]] += 1
        return Day(
            on=on,
            missing=tuple(problems),
            entries=tuple(sorted(entries, key=lambda one: (one.at, one.person, one.key))),
            functions=dict(sorted(functions.items())),
            unlisted=unlisted,
        )

    def _explained(self, digests: Iterable[Digest], known: OnRecord, problems: list[str]) -> Iterator[Explained]:
        for name, sha256 in dict.fromkeys(one for each in digests for one in each.files):
            try:
                # Read whole before any of it counts: a file that breaks half-way is reported as not known.
                found = tuple(reads(self.trail.file(name), sha256))
            except (NotFound, UnreadableTrail) as problem:
                what = "is not there any more" if isinstance(problem, NotFound) else str(problem)
                problems.append(f"{name.rpartition('/')[2]}: {what}")
                continue
            for one in found:
                yield explained(one, self.stores, known)


def _missed(reported: Sequence[date], yesterday: date) -> list[date]:
    """Return the days between the first report that is kept and yesterday that have none, oldest first."""
    if not reported:
        return []
    every = (reported[0] + timedelta(days=number) for number in range((yesterday - reported[0]).days))
    return sorted(set(every) - set(reported))


def _entry(one: Explained, stores: Stores) -> Entry:
    read = one.read
    return Entry(
        at=read.at,
        reader=one.reader,
        role=(read.role or read.principal).rpartition("/")[2],
        person=read.person,
        store=stores.called(read.bucket),
        key=read.key,
        reason=one.reason,
        refused=read.refused,
        unexplained=one.unexplained,
    )


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
