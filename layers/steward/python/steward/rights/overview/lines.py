"""One line for each request: its dates, how far it is, who has to do what next, and by when. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from steward.decisions.people import StaffRole
from steward.rights.clock.deadlines import CHASE_AFTER, REVIEW_AFTER, Promise
from steward.rights.clock.holidays import Holidays
from steward.rights.requests import RequestId, Right, Status, SubjectRequest, waits_since


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is to be done next, by a role or by steward itself, and by which day at the latest."""

    owner: str
    what: str
    on: date


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    """A request as the register shows it. Dates are London's; there is no deadline while its clock does not run."""

    request: RequestId
    right: Right
    received_on: date
    status: Status
    start: date | None
    law_on: date | None
    promised_on: date | None
    due_on: date | None
    act_by: date | None
    next: Step | None
    """None once it is closed, unless what it restricts still is."""
    closed_on: date | None = None
    outcome: str = ""
    in_time: bool | None = None
    """Whether it was closed by the earlier of both dates; None while it is open."""

    def overdue(self, today: date) -> bool:
        """Tell whether it is open after the earlier of both dates."""
        return self.closed_on is None and self.due_on is not None and today > self.due_on


STEWARD = "steward"
"""Owns what happens by itself; the nightly run takes it up again."""


def line(request: SubjectRequest, promise: Promise, holidays: Holidays, today: date) -> RegisterLine:
    """Return a request's line as of today. Raises ``BeyondTheTable`` where the table of bank holidays ends."""
    found = request.deadlines(promise, holidays, today)
    closing = request.closing
    return RegisterLine(
        request=request.id,
        right=request.right,
        received_on=request.received_on,
        status=request.status,
        start=found.start if found else None,
        law_on=found.law_on if found else None,
        promised_on=found.promised_on if found else None,
        due_on=found.due_on if found else None,
        act_by=found.act_by if found else None,
        next=_after(request, closing.on) if closing else _next(request, found.act_by if found else None, today),
        closed_on=closing.on if closing else None,
        outcome=closing.outcome if closing else "",
        in_time=(found is None or closing.on <= found.due_on) if closing else None,
    )


def in_order(lines: Iterable[RegisterLine]) -> list[RegisterLine]:
    """Return open ones first, each kind by the day on which something is due."""
    return sorted(lines, key=lambda one: (one.next is None, one.next.on if one.next else one.received_on, one.request))


def _after(request: SubjectRequest, closed_on: date) -> Step | None:
    """Return what a closed request needs: while it restricts, that somebody looks whether it still has to."""
    if request.ended_on is not None:
        return None
    since = max(closed_on, request.chased_on or closed_on)
    return Step(owner=_OFFICER, what="review the restriction", on=since + REVIEW_AFTER)


def _next(request: SubjectRequest, act_by: date | None, today: date) -> Step:
    """Return what an open request needs now: there is always an owner and a day."""
    since = waits_since(request)
    asked = max(request.chased_on or since, since) if since else None
    chase = asked + CHASE_AFTER if asked else None
    tomorrow = today + timedelta(days=1)
    by = act_by or chase or tomorrow
    if request.hand_overs:
        return Step(owner=_OFFICER, what="close it", on=by)
    if chase is not None:
        if not request.identity.outstanding:
            what = "wait for an answer to a question"
        else:
            what = f"{'ask' if request.identity.asked_on is None else 'wait'} for proof of identity"
        return Step(owner=_OFFICER, what=what, on=min(by, chase))
    owner, what = _work(request)
    return Step(owner=owner, what=what, on=min(by, tomorrow) if owner == STEWARD else by)


_OFFICER, _APPROVER = str(StaffRole.INFORMATION_OFFICER), str(StaffRole.RIGHTS_APPROVER)


def _work(request: SubjectRequest) -> tuple[str, str]:
    """Return who has to do what, by how far a request is that waits for nothing from the person."""
    search, package = request.search, request.package
    steps = (
        (search is None or search.ended_at is None, STEWARD, "search"),
        (search is not None and bool(search.unreadable), _OFFICER, "see to what could not be read"),
        (bool(request.undecided), _OFFICER, f"match contacts ({len(request.undecided)})"),
        (request.right is not Right.ACCESS, _OFFICER, "decide"),
        (bool(request.unreviewed), _OFFICER, f"review files ({len(request.unreviewed)})"),
        (package is None, STEWARD, "put the package together"),
        (package is not None and package.approved_at is None, _APPROVER, "approve the package"),
    )
    return next(((owner, what) for so, owner, what in steps if so), (_OFFICER, "hand the package over"))
