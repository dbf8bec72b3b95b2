"""What one person states by a signed call of ``decide``: whose a contact is, what of a file and which package goes out.

Every call is a row in the book before its event is put. A match and a review are the information officer's; a package
is approved by somebody who neither opened the request nor matched or reviewed, for the manifest that stands now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final, Protocol

from steward.clock import Clock
from steward.decisions.book import Book, Outcome, Row, Standing, Taken
from steward.decisions.calls import Call
from steward.decisions.deciding import Answer, Refused
from steward.decisions.people import Person, StaffRole, are_two_people
from steward.decisions.subjects import Decision, Subject
from steward.holds.requests import BadRequest
from steward.rights import commands
from steward.rights.commands import ItemReviewed, MatchDecided
from steward.rights.ports import Requests
from steward.rights.requests import SubjectRequest

STATED: Final[Mapping[Subject, tuple[str, StaffRole]]] = {
    Subject.MATCH: ("Match Decided", StaffRole.INFORMATION_OFFICER),
    Subject.ITEM: ("Item Reviewed", StaffRole.INFORMATION_OFFICER),
    Subject.PACKAGE: ("Package Approved", StaffRole.RIGHTS_APPROVER),
}
"""The event that follows from a statement about each subject, and the role that makes it."""

_FIELDS: Final[Mapping[Subject, tuple[str, ...]]] = {
    Subject.MATCH: ("contact_id", "verdict"),
    Subject.ITEM: ("file", "verdict", "ground", "cuts"),
    Subject.PACKAGE: ("manifest_sha256",),
}
_MEANT: Final = {
    (Subject.MATCH, Decision.APPROVE): "confirmed",
    (Subject.MATCH, Decision.REJECT): "rejected",
    (Subject.ITEM, Decision.REJECT): "withheld",
}
"""The verdict that a decision means where none is stated."""

_TRIES: Final = 8


class Events(Protocol):
    """The own bus."""

    def state(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event of source ``steward.rights``."""


@dataclass(frozen=True, kw_only=True)
class Judging:
    """Takes statements."""

    clock: Clock
    book: Book
    requests: Requests
    events: Events

    def take(self, call: Call, stated: Mapping[str, Any]) -> Answer:
        """Judge a statement, keep it, and put its event; the same call again is answered as before.

        Raises ``Taken`` if others keep calling about the same request, and ``steward.failures``.
        """
        subject = Subject(call.subject)
        try:
            identifier = str(commands.request_id(call.id, "id")).upper()
        except BadRequest:
            return Answer(Outcome.REFUSED, "id: cannot be a request's reference")
        for _ in range(_TRIES):
            standing = Standing(self.book.of(subject, identifier))
            row = standing.answered(call.call_id)
            detail = self._detail(subject, call, stated)
            if row is None:
                row = self._judged(subject, identifier, call, detail, standing.next_number)
                try:
                    self.book.add(row)
                except Taken:
                    continue
            if row.outcome is Outcome.DECIDED and not (subject is Subject.PACKAGE and row.decision == Decision.REJECT):
                self.events.state(STATED[subject][0], detail)
            return Answer(row.outcome, row.reason)
        raise Taken("others keep calling about the same request")

    def _detail(self, subject: Subject, call: Call, stated: Mapping[str, Any]) -> dict[str, Any]:
        detail = {name: stated[name] for name in _FIELDS[subject] if stated.get(name) is not None}
        if "verdict" not in detail and (subject, call.decision) in _MEANT:
            detail["verdict"] = _MEANT[subject, Decision(call.decision)]
        return {**detail, "request": call.id, "why": call.why, "by": call.by.name}

    def _judged(self, subject: Subject, identifier: str, call: Call, detail: Mapping[str, Any], number: int) -> Row:
        outcome, reason, items = Outcome.DECIDED, "", tuple[str, ...]()
        try:
            items = self._checked(subject, call, detail)
        except Refused as refusal:
            outcome, reason = Outcome.REFUSED, str(refusal)
        return call.judged(subject, identifier, number, self.clock.now(), outcome, reason=reason, items=items)

    def _checked(self, subject: Subject, call: Call, detail: Mapping[str, Any]) -> tuple[str, ...]:
        kind, role = STATED[subject]
        if call.by.role != role:
            raise Refused("role")
        if call.decision not in [*Decision] or (subject is Subject.PACKAGE and call.decision == Decision.REQUEST):
            raise Refused("decision: a package is put together by itself; approve or reject it")
        unknown = {*call.unknown_fields} - {*_FIELDS[subject]}
        if unknown or call.items is not None:
            raise Refused("a field does not belong to this decision")
        known = self.requests.find(commands.request_id(call.id, "id"))
        if known is None:
            raise Refused("id: there is no such request")
        if not known.request.open:
            raise Refused("id: the request is closed")
        if subject is Subject.PACKAGE:
            return _approvable(known.request, call.by, str(detail.get("manifest_sha256", "")))
        try:
            command = commands.command(kind, detail, self.clock.now().astimezone(UTC))
        except BadRequest as problem:
            raise Refused(str(problem)) from None
        if isinstance(command, MatchDecided):
            contradicts = call.decision == Decision.REJECT and command.verdict == "confirmed"
            if contradicts or known.request.match(command.contact_id) is None:
                raise Refused(
                    "verdict: contradicts the decision"
                    if contradicts
                    else "contact_id: is no contact that was found for this request"
                )
            return (command.contact_id,)
        return (command.file,) if isinstance(command, ItemReviewed) else ()


def _approvable(request: SubjectRequest, by: Person, manifest_sha256: str) -> tuple[str, ...]:
    """Return the manifest that is decided about; raise ``Refused``."""
    package = request.package
    if package is None:
        raise Refused("id: has no package that waits for approval")
    if request.undecided:
        raise Refused("id: another contact was found since; somebody has to say whose it is")
    if package.manifest_sha256 != manifest_sha256.strip().lower():
        raise Refused("manifest_sha256: is not that of the package as it stands now")
    if not all(are_two_people(one, by.name) for one in request.prepared_by):
        raise Refused("same_person")
    return (package.manifest_sha256,)
