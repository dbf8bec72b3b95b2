"""Every night: every request that is not done with, its deadlines, what it waits for, and what it no longer needs.

Nothing is open without a next date: a deadline, or a day on which somebody asks again. Deadlines are derived anew, so a
holiday that was proclaimed, or a question that is open for another day, moves them without anybody touching a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Protocol

from steward.clock import Clock, london_date
from steward.failures import AwsError, UnreadableRow
from steward.retention.months import add_months
from steward.rights.clearing import Clearing
from steward.rights.clock.deadlines import CHASE_AFTER, REVIEW_AFTER, Deadlines, Promise
from steward.rights.clock.holidays import WARN_BEFORE, BeyondTheTable, Holidays
from steward.rights.overview.lines import RegisterLine, line
from steward.rights.overview.page import register_page
from steward.rights.ports import Notices, Outside, Requests, VersionConflict, Work
from steward.rights.requests import RESTRICTING, RequestId, Right, SubjectRequest, Verdict, waits_since

NEAR: Final = 5
"""So many working days before the last one a deadline is near."""

SECOND_LOOK: Final = timedelta(days=2)
"""After so long the person's contacts are looked for again: a record may have been on its way."""

LOOKS: Final = 2

LET_GO_FOR: Final = timedelta(days=3)
"""So long after a contact was rejected its hold is asked to end again."""


class Pages(Protocol):
    """Keeps the register as a page. Raises ``steward.failures.AwsError``."""

    def keep_register(self, page: bytes) -> None:
        """Keep it in the place of yesterday's."""


@dataclass
class Tally:
    """What a night came to."""

    requests: int = 0
    near: int = 0
    missed: int = 0
    chased: int = 0
    searches: int = 0
    removed: int = 0
    skipped: int = 0
    failed: dict[RequestId, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Sees to every request. ``kept_months`` is how long what was found is kept after a request was closed."""

    clock: Clock
    promise: Promise
    holidays: Holidays
    council: str
    package_days: int
    kept_months: int
    requests: Requests
    work: Work
    outside: Outside
    notices: Notices
    pages: Pages
    clearing: Clearing

    def run(self, time_left: Callable[[], bool]) -> Tally:
        """See to every request; one that fails is counted and stops no other."""
        tally = Tally()
        today = london_date(self.clock.now())
        if self.holidays.last - today <= WARN_BEFORE:
            self.notices.table_ends(self.holidays.last)
        lines: list[RegisterLine] = []
        for request_id in self.requests.unfinished():
            if not time_left():
                tally.failed[request_id] = "no time was left"
                continue
            try:
                lines += self._see_to(request_id, today, tally)
            except (AwsError, VersionConflict, UnreadableRow, BeyondTheTable) as problem:
                tally.failed[request_id] = type(problem).__name__
            tally.requests += 1
        self.pages.keep_register(register_page(self.council, lines, today, len(tally.failed)))
        return tally

    def _see_to(self, request_id: RequestId, today: date, tally: Tally) -> tuple[RegisterLine, ...]:
        """See to one request, and return its line of the register."""
        known = self.requests.find(request_id)
        if known is None:
            return ()
        before = known.request
        after = self._open(before, today, tally) if before.open else self._closed(before, today, tally)
        after = self._package_gone(after, today, tally)
        if after != before:
            self.requests.save(before, after)
        return (line(after, self.promise, self.holidays, today),)

    def _open(self, request: SubjectRequest, today: date, tally: Tally) -> SubjectRequest:
        for one in request.matches:
            # A hold that was under way when the contact was rejected is let go of once it stands.
            if one.verdict is Verdict.REJECTED and one.held and one.on and today - one.on <= LET_GO_FOR:
                self.work.let_stranger_go(request.id, one.contact_id)
        self._go_on(request, tally)
        found = request.deadlines(self.promise, self.holidays, today)
        if found is not None:
            request = self._deadlines(request, found, today, tally)
        waiting_since = waits_since(request)
        if waiting_since is not None:
            last = max(request.chased_on or waiting_since, waiting_since)
            if today - last >= CHASE_AFTER:
                self.notices.chase(request)
                tally.chased += 1
                request = replace(request, chased_on=today)
        return request

    def _go_on(self, request: SubjectRequest, tally: Tally) -> None:
        """Ask once more for what should be under way."""
        if self._look_again(request):
            self.work.search(request.id)
            tally.searches += 1
        elif request.right is Right.ACCESS and request.package is None and not request.undecided:
            self.work.assemble(request.id)
        elif request.right is Right.ERASURE and not request.undecided:
            self.work.plan(request.id)
        elif request.right in RESTRICTING:
            self.work.restrict(request.id)
        if request.to_correct:
            self.work.correct(request.id)

    def _to_review(self, request: SubjectRequest, closed_on: date, today: date, tally: Tally) -> SubjectRequest:
        """Tell that a restriction still stands, so many days after the request was closed or that was told last."""
        if today < max(closed_on, request.chased_on or closed_on) + REVIEW_AFTER:
            return request
        self.notices.still_restricted(request)
        tally.chased += 1
        return replace(request, chased_on=today)

    def _look_again(self, request: SubjectRequest) -> bool:
        search = request.search
        if search is None or search.ended_at is None:
            return search is None or self.clock.now() - search.begun_at >= timedelta(hours=6)
        if not search.complete:
            return True
        return search.look < LOOKS and self.clock.now() - search.ended_at >= SECOND_LOOK - timedelta(hours=12)

    def _deadlines(self, request: SubjectRequest, found: Deadlines, today: date, tally: Tally) -> SubjectRequest:
        """Tell of the date to act by, and of each of both deadlines that passed, once for each date."""
        told = list(request.told)
        near_from = self.holidays.working_days_before(found.act_by, NEAR)
        due: list[tuple[str, str, date]] = []
        if near_from <= today <= found.due_on:
            due.append(("near", "due", found.act_by))
        if today > found.promised_on:
            due.append(("missed", "promise", found.promised_on))
        if today > found.law_on:
            due.append(("missed", "law", found.law_on))
        for kind, whose, on in due:
            mark = f"{kind}:{whose}:{on.isoformat()}"
            if mark in told:
                continue
            facts = {"whose": whose, "law_on": found.law_on.isoformat(), "promised_on": found.promised_on.isoformat()}
            self.outside.announce(
                f"Deadline {kind.capitalize()}", request.id, {**facts, "act_by": found.act_by.isoformat()}
            )
            self.notices.deadline(request, found, kind)
            told.append(mark)
            tally.near += kind == "near"
            tally.missed += kind == "missed"
        return replace(request, told=tuple(told))

    def _package_gone(self, request: SubjectRequest, today: date, tally: Tally) -> SubjectRequest:
        """Remove a package so many days after it was handed over last."""
        if request.package is None or not request.hand_overs or request.package.gone:
            return request
        if today < max(one.on for one in request.hand_overs) + timedelta(days=self.package_days):
            return request
        if not self.clearing.clear(f"packages/{request.id}/", tally):
            return request
        return replace(request, package=replace(request.package, gone=True))

    def _closed(self, request: SubjectRequest, today: date, tally: Tally) -> SubjectRequest:
        """Remove the intake at once, and what was found when the hold after closure ends."""
        if request.restriction_stands or request.restricted:
            # Also what was lifted is asked for again, until nothing is stopped any more.
            self.work.restrict(request.id)
        if request.restriction_stands and not request.restricted and request.closing and today <= request.closing.on:
            # The numbers of one that was closed at once are read from the intake first.
            return request
        handed_in = [request.intake_key, *(one.key for one in request.corrections)]
        if request.closing is None or not all(self.clearing.clear(one, tally) for one in handed_in):
            return request
        if request.ended_on is None:
            return self._to_review(request, request.closing.on, today, tally)
        if today < add_months(request.ended_on, self.kept_months):
            return request
        if all(self.clearing.clear(f"{kind}/{request.id}/", tally) for kind in ("requests", "packages", "work")):
            return replace(request, cleared_at=self.clock.now())
        return request
