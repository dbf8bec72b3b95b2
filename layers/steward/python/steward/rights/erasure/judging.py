"""What people state about an erasure by signed calls of ``decide``: what stays, and that the plan is carried out.

Every call is a row in the book first. What is erased is proposed by an information officer (``erasure_scope``), and
approved by somebody who neither opened the request, matched a contact nor proposed (``erasure``), for the plan that
stands then: one that changed since is another plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from steward.clock import Clock
from steward.decisions.book import Book, Outcome, Row, Standing, Taken
from steward.decisions.calls import Call
from steward.decisions.deciding import Answer, Refused
from steward.decisions.people import StaffRole, are_two_people
from steward.decisions.subjects import Decision, Subject
from steward.holds.requests import BadRequest
from steward.rights import commands
from steward.rights.erasure.artefacts import DONE, OPEN, Erasure, ErasureStatus, naming_nothing
from steward.rights.judging import Events
from steward.rights.ports import Requests
from steward.rights.requests import Refusal, RequestId, Right, SubjectRequest

STATED: Final = (Subject.ERASURE_SCOPE, Subject.ERASURE)

_FIELDS: Final[Mapping[Subject, frozenset[str]]] = {
    Subject.ERASURE_SCOPE: frozenset({"artefacts"}),
    Subject.ERASURE: frozenset({"plan_sha256"}),
}
_TRIES: Final = 8


class Plans(Protocol):
    """The register of erasures."""

    def find(self, request: RequestId) -> Erasure | None:
        """Return an erasure with its artefacts (consistent read)."""


class Orders(Protocol):
    """The queue of erasures."""

    def erase(self, request: RequestId, seconds: int = 0) -> None:
        """Let an erasure go on."""


@dataclass(frozen=True, kw_only=True)
class ErasureJudging:
    """Takes statements."""

    clock: Clock
    book: Book
    requests: Requests
    plans: Plans
    events: Events
    orders: Orders

    def take(self, call: Call, stated: Mapping[str, Any]) -> Answer:
        """Judge a statement, keep it, and let follow what follows; the same call again is answered as before.

        Raises ``Taken`` if others keep calling about the same request, and ``steward.failures``.
        """
        subject = Subject(call.subject)
        try:
            request = commands.request_id(call.id, "id")
        except BadRequest:
            return Answer(Outcome.REFUSED, "id: cannot be a request's reference")
        identifier = str(request).upper()
        for _ in range(_TRIES):
            standing = Standing(self.book.of(subject, identifier))
            row = standing.answered(call.call_id)
            if row is None:
                outcome, reason, items = self._judged(subject, request, call, stated)
                row = call.judged(
                    subject, identifier, standing.next_number, self.clock.now(), outcome, reason=reason, items=items
                )
                try:
                    self.book.add(row)
                except Taken:
                    continue
            self._follow(subject, request, row, call, stated)
            return Answer(row.outcome, row.reason)
        raise Taken("others keep calling about the same request")

    def _follow(self, subject: Subject, request: RequestId, row: Row, call: Call, stated: Mapping[str, Any]) -> None:
        if row.outcome is Outcome.REFUSED or row.decision == Decision.REJECT:
            return
        if subject is Subject.ERASURE:
            if row.decision == Decision.APPROVE:
                self.orders.erase(request)
            return
        detail = {"request": call.id, "artefacts": stated.get("artefacts") or "all", "by": call.by.name}
        self.events.state("Erasure Decided", detail)

    def _judged(
        self, subject: Subject, request: RequestId, call: Call, stated: Mapping[str, Any]
    ) -> tuple[Outcome, str, tuple[str, ...]]:
        """Return what becomes of a call, why, and the digest of the plan that it is about."""
        try:
            items = self._checked(subject, request, call, stated)
        except Refused as refusal:
            return Outcome.REFUSED, str(refusal), ()
        return Outcome.ASKED if call.decision == Decision.REQUEST else Outcome.DECIDED, "", items

    def _checked(self, subject: Subject, request: RequestId, call: Call, stated: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the digest of the plan that the statement is about; raise ``Refused``."""
        proposes = subject is Subject.ERASURE_SCOPE or call.decision == Decision.REQUEST
        if call.decision not in [*Decision]:
            raise Refused(f"decision: must be one of {', '.join(Decision)}")
        if call.by.role != (StaffRole.INFORMATION_OFFICER if proposes else StaffRole.RIGHTS_APPROVER):
            raise Refused("role")
        if {*call.unknown_fields} - _FIELDS[subject] or call.items is not None:
            raise Refused("a field does not belong to this decision")
        rejects = subject is Subject.ERASURE and call.decision == Decision.REJECT
        asked, plan = self._standing(request, rejects=rejects)
        if subject is Subject.ERASURE_SCOPE:
            _check_names(_refusals(stated), plan)
            return (plan.plan_sha256,)
        given = str(stated.get("plan_sha256") or "").strip().lower()
        # An order under way is stopped as it is: its plan changes with everything that goes.
        under_way = plan.status not in OPEN
        if not under_way and given and given != plan.plan_sha256:
            raise Refused("plan_sha256: is not that of the plan as it stands now")
        if not rejects and asked.undecided:
            raise Refused("id: another contact was found since; somebody has to say whose it is")
        book = [row for one in STATED for row in self.book.of(one, str(request).upper())]
        people = (*asked.prepared_by, *plan.prepared_by, *proposed_by(book))
        if not proposes and not all(are_two_people(one, call.by.name) for one in people):
            raise Refused("same_person")
        return (plan.plan_sha256,)

    def _standing(self, request: RequestId, *, rejects: bool) -> tuple[SubjectRequest, Erasure]:
        """Return the request and its plan, while both can be decided about; raise ``Refused``.

        What was approved can be rejected until it is done.
        """
        known = self.requests.find(request)
        if known is None:
            raise Refused("id: there is no such request")
        if not known.request.open or known.request.right is not Right.ERASURE:
            raise Refused("id: is no open request for erasure")
        plan = self.plans.find(request)
        if plan is None:
            raise Refused("id: nothing is planned yet")
        if plan.status is ErasureStatus.PLANNING and not rejects:
            raise Refused("id: its plan is being made")
        if plan.status in DONE or (plan.status not in OPEN and not rejects):
            raise Refused("id: it was approved already")
        return known.request, plan


def proposed_by(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return everybody who asked for an erasure, or proposed its scope, since the last one was approved.

    A scope is a proposal by whichever word it is stated: one that was replaced by another is still somebody's.
    """
    book = tuple(rows)
    scopes = [row.by for row in book if row.subject == Subject.ERASURE_SCOPE and row.outcome is not Outcome.REFUSED]
    asked = Standing(tuple(row for row in book if row.subject == Subject.ERASURE)).asked_by()
    return tuple(dict.fromkeys(one.name for one in (*scopes, *asked)))


def _refusals(stated: Mapping[str, Any]) -> tuple[Refusal, ...]:
    try:
        return commands.refusals_of(stated.get("artefacts"))
    except BadRequest as problem:
        raise Refused(str(problem)) from None


def _check_names(refusals: tuple[Refusal, ...], plan: Erasure) -> None:
    """Raise ``Refused`` for a refusal that would keep nothing: it would be carried out as if nobody had said it."""
    lost = naming_nothing(refusals, plan.artefacts)
    if lost:
        raise Refused(f"artefacts: {len(lost)} of them are not in the plan")
