"""What one person states about a disclosure by a signed call of ``decide``.

A disclosure officer proposes what goes out; somebody in a deciding role, who neither asked for it nor proposed it,
grants or refuses that proposal and no other. Every call is a row in the book before its event is put.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

from steward.clock import Clock, london_date
from steward.decisions.book import Book, Outcome, Row, Standing, Taken
from steward.decisions.calls import Call
from steward.decisions.deciding import Answer, Refused
from steward.decisions.people import StaffRole, are_two_people
from steward.decisions.subjects import Decision, Subject
from steward.holds.requests import BadRequest
from steward.policy.disclosure import Disclosure as DisclosurePolicy
from steward.rights.disclosing import commands
from steward.rights.disclosing.handling import named, prepared_by
from steward.rights.disclosing.ports import Disclosures
from steward.rights.disclosing.register import Disclosure, DisclosureStatus, Grant
from steward.rights.judging import Events

FIELDS: Final = ("files", "expires_on", "tell_person", "ground", "review_on")
PROPOSES: Final = StaffRole.DISCLOSURE_OFFICER
DECIDE: Final = (StaffRole.DATA_PROTECTION_OFFICER, StaffRole.RIGHTS_APPROVER)
_TRIES: Final = 8


@dataclass(frozen=True, kw_only=True)
class DisclosureJudging:
    """Takes calls about disclosures."""

    clock: Clock
    policy: DisclosurePolicy
    book: Book
    disclosures: Disclosures
    events: Events

    def take(self, call: Call, stated: Mapping[str, Any]) -> Answer:
        """Judge a call, keep it, and put its event; the same call again is answered as before.

        Raises ``Taken`` if others keep calling about the same disclosure, and ``steward.failures``.
        """
        try:
            identifier = str(commands.disclosure_id(call.id, "id")).upper()
        except BadRequest:
            return Answer(Outcome.REFUSED, "id: cannot be a disclosure's reference")
        fields = {name: stated[name] for name in (*FIELDS, commands.PROPOSAL) if stated.get(name) is not None}
        for _ in range(_TRIES):
            standing = Standing(self.book.of(Subject.DISCLOSURE, identifier))
            row = standing.answered(call.call_id)
            if row is None:
                row = self._judged(identifier, call, fields, standing)
                try:
                    self.book.add(row)
                except Taken:
                    continue
            if row.outcome is not Outcome.REFUSED:
                self.events.state(commands.DECIDED, _detail(call, row, standing, fields))
            return Answer(row.outcome, row.reason)
        raise Taken("others keep calling about the same disclosure")

    def _judged(self, identifier: str, call: Call, fields: Mapping[str, Any], standing: Standing) -> Row:
        outcome = Outcome.ASKED if call.decision == Decision.REQUEST else Outcome.DECIDED
        reason, items = "", tuple[str, ...]()
        try:
            items = self._checked(call, fields, standing)
        except Refused as refusal:
            outcome, reason = Outcome.REFUSED, str(refusal)
        at, number = self.clock.now(), standing.next_number
        return call.judged(Subject.DISCLOSURE, identifier, number, at, outcome, reason=reason, items=items)

    def _checked(self, call: Call, fields: Mapping[str, Any], standing: Standing) -> tuple[str, ...]:
        if call.decision not in [*Decision]:
            raise Refused(f"decision: must be one of {', '.join(Decision)}")
        asks = call.decision == Decision.REQUEST
        if call.by.role not in ((PROPOSES,) if asks else DECIDE):
            raise Refused("role")
        known = {*FIELDS} if asks else {*FIELDS, commands.PROPOSAL}
        if {*call.unknown_fields} - known or call.items is not None:
            raise Refused("a field does not belong to this decision")
        on_record = self.disclosures.find(commands.disclosure_id(call.id, "id"))
        if on_record is None:
            raise Refused("id: there is no such disclosure")
        disclosure = on_record.disclosure
        if disclosure.status(london_date(self.clock.now())) is DisclosureStatus.REFUSED:
            raise Refused("id: was refused; put what it lacks right and ask again")
        if asks:
            return tuple(one.file for one in self._stated(disclosure, call, fields).files)
        proposers = [one.name for one in standing.asked_by()]
        if not all(are_two_people(one, call.by.name) for one in (*prepared_by(disclosure), *proposers)):
            raise Refused("same_person")
        if call.decision == Decision.REJECT:
            if disclosure.grant is not None:
                raise Refused("id: was granted already")
            return ()
        return self._agreed(disclosure, call, fields, standing)

    def _agreed(
        self, disclosure: Disclosure, call: Call, fields: Mapping[str, Any], standing: Standing
    ) -> tuple[str, ...]:
        """Return the files that somebody else proposed by a signed call; whoever grants them adds nothing."""
        asked, proposal = standing.open, disclosure.proposal
        if asked is None or asked.by.role != PROPOSES:
            raise Refused("proposal: there is none that a disclosure officer signed; what goes out is proposed first")
        if proposal is None or proposal.proposal != asked.call_id:
            raise Refused("proposal: the last one is not in the register yet; look at it first, then decide")
        if fields.get(commands.PROPOSAL, asked.call_id) != asked.call_id:
            raise Refused("proposal: is not the one that stands now; look at that first, then decide")
        if disclosure.prepared is None and proposal.expires_on < london_date(self.clock.now()):
            raise Refused("expires_on: of what was proposed has passed; propose it again")
        restated = {name: value for name, value in fields.items() if name in FIELDS}
        if restated:
            said = self._stated(disclosure, call, {**_as_stated(proposal, disclosure), **restated})
            for name, differs in (
                ("files", said.files != proposal.files),
                ("expires_on", said.expires_on != proposal.expires_on and disclosure.prepared is None),
                ("tell_person", said.telling != proposal.telling),
            ):
                if differs:
                    raise Refused(f"{name}: is not what was proposed; whoever wants it otherwise proposes it")
        return tuple(one.file for one in proposal.files)

    def _stated(self, disclosure: Disclosure, call: Call, fields: Mapping[str, Any]) -> Grant:
        """Return what a call states; once a copy was prepared only the mark can be decided anew."""
        telling_alone = disclosure.prepared is not None
        if telling_alone and {"files", "expires_on"} & fields.keys():
            raise Refused("files: a copy was prepared already; what else goes out is another disclosure")
        longest = timedelta(days=self.policy.copies_days)
        try:
            stated = commands.grant(
                fields,
                kind=disclosure.kind,
                longest=longest,
                by=call.by.name,
                at=self.clock.now(),
                telling_alone=telling_alone,
            )
            return replace(stated, files=named(disclosure, stated.files))
        except BadRequest as problem:
            raise Refused(str(problem)) from None


def _detail(call: Call, row: Row, standing: Standing, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the event says of a call: what is proposed, by whole keys; or which proposal is decided about."""
    detail: dict[str, Any] = {"disclosure": call.id, "decision": row.decision, "by": call.by.name}
    if row.decision != Decision.REQUEST:
        asked = Standing(tuple(one for one in standing.rows if one.number < row.number)).open
        return {**detail, commands.PROPOSAL: asked.call_id if asked else ""}
    stated = dict(fields)
    if row.items:
        pairs = zip(fields["files"], row.items, strict=True)
        stated["files"] = [{**one, "file": key} if isinstance(one, Mapping) else key for one, key in pairs]
    return {**stated, **detail, commands.PROPOSAL: row.call_id}


def _as_stated(proposal: Grant, disclosure: Disclosure) -> dict[str, Any]:
    """Return a proposal as a call would state it, so that one which restates a part of it can be compared."""
    telling = proposal.telling
    review = {"review_on": telling.review_on.isoformat()} if telling.review_on else {}
    stated = {"tell_person": telling.tell, "ground": telling.ground, **review}
    if disclosure.prepared is not None:
        return stated
    files = [{"file": one.file, "cuts": [asdict(cut) for cut in one.cuts]} for one in proposal.files]
    return {**stated, "files": files, "expires_on": proposal.expires_on.isoformat()}
