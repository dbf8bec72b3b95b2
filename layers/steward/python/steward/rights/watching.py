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
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.months import add_months
from steward.retention.switch import SwitchUnread
from steward.rights.clock.deadlines import CHASE_AFTER, Deadlines, Promise
from steward.rights.clock.holidays import WARN_BEFORE, BeyondTheTable, Holidays
from steward.rights.ports import Notices, Outside, Requests, VersionConflict, Work
from steward.rights.requests import RequestId, Right, SubjectRequest

NEAR: Final = 5
"""So many working days before the last one a deadline is near."""

SECOND_LOOK: Final = timedelta(days=2)
"""After so long the person's contacts are looked for again: a record may have been on its way."""

LOOKS: Final = 2


class Removing(Protocol):
    """Removes what a request no longer needs. Raises ``steward.failures.AwsError``."""

    def remove(self, prefix: str, limit: int) -> int:
        """Remove at most so many versions under a prefix of the store of rights, and return how many there were."""


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
    package_days: int
    kept_months: int
    requests: Requests
    work: Work
    outside: Outside
    notices: Notices
    removing: Removing
    switch: Callable[[], DisposalSwitch]

    def run(self, time_left: Callable[[], bool]) -> Tally:
        """See to every request; one that fails is counted and stops no other."""
        tally = Tally()
        today = london_date(self.clock.now())
        if self.holidays.last - today <= WARN_BEFORE:
            self.notices.table_ends(self.holidays.last)
        for request_id in self.requests.unfinished():
            if not time_left():
                tally.failed[request_id] = "no time was left"
                continue
            try:
                self._see_to(request_id, today, tally)
            except (AwsError, VersionConflict, UnreadableRow, BeyondTheTable) as problem:
                tally.failed[request_id] = type(problem).__name__
            tally.requests += 1
        return tally

    def _see_to(self, request_id: RequestId, today: date, tally: Tally) -> None:
        known = self.requests.find(request_id)
        if known is None:
            return
        before = known.request
        after = self._open(before, today, tally) if before.open else self._closed(before, today, tally)
        after = self._package_gone(after, today, tally)
        if after != before:
            self.requests.save(before, after)

    def _open(self, request: SubjectRequest, today: date, tally: Tally) -> SubjectRequest:
        if self._look_again(request):
            self.work.search(request.id)
            tally.searches += 1
        elif request.right is Right.ACCESS and request.package is None and not request.undecided:
            self.work.assemble(request.id)
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
        if not self._removed(f"packages/{request.id}/", tally):
            return request
        return replace(request, package=replace(request.package, gone=True))

    def _closed(self, request: SubjectRequest, today: date, tally: Tally) -> SubjectRequest:
        """Remove the intake at once, and what was found when the hold after closure ends."""
        closing = request.closing
        if closing is None or not self._removed(request.intake_key, tally):
            return request
        if today < add_months(closing.on, self.kept_months):
            return request
        if all(self._removed(f"{kind}/{request.id}/", tally) for kind in ("requests", "packages", "work")):
            return replace(request, cleared_at=self.clock.now())
        return request

    def _removed(self, prefix: str, tally: Tally) -> bool:
        """Remove everything under a prefix; tell whether nothing is left. A switch that cannot be read means off."""
        try:
            switch = self.switch()
        except SwitchUnread:
            tally.skipped += 1
            return False
        room = switch.limit - tally.removed
        if switch.mode is not Mode.ON or room <= 0:
            tally.skipped += 1
            return False
        removed = self.removing.remove(prefix, room)
        tally.removed += min(removed, room)
        return removed <= room


def waits_since(request: SubjectRequest) -> date | None:
    """Return since when a request waits for the person: for proof of who it is, or for an answer."""
    days = [one.asked_on for one in request.pauses if one.answered_on is None]
    if request.identity.outstanding:
        days.append(request.identity.asked_on or request.received_on)
    return min(days, default=None)
