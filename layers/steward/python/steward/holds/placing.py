"""Taking requests: a case is logged, escalated or closed, and every contact of it is brought in line.

A request first becomes facts in the register, by conditional writes; then each contact is inspected. Whatever dies in
between is repeated by the queue or by the daily sweep, because the facts are there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.clock import Clock, london_date
from steward.holds import cases
from steward.holds.cases import Case, Standing
from steward.holds.inspecting.inspection import FIRST_LOOK, HoldReconciler, Look
from steward.holds.ports import Contacts, Notices, Register, VersionConflict, Work
from steward.holds.register import ContactHolds, Hold, MissingArtefact, ReleaseNote, next_action
from steward.holds.requests import COUNTED_FROM_THE_FLAG, NOT_GIVEN, BadRequest, Closure, Doubt, Escalation, HoldRequest
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.model import Policy
from steward.retention.months import end_of

AT_ONCE = 3
"""So many contacts of a request are seen to at once; more go back to the queue, one message each."""

RECHECKS = (FIRST_LOOK, timedelta(hours=1), timedelta(hours=24))
"""How long after a flag the contact is inspected again, for recordings and analyses that arrive late."""

SETTLED_AFTER = 2
"""What is settled at that attempt waits for the whole look of the third night, and is not inspected after a day."""

SWITCHED_OFF = "SignalSwitchedOff"
"""The metric of flags that came in a way which the policy does not count (``holds.signals``)."""

CHAIN = "chain"
"""The signal of a contact that is held because it belongs to the same chain as one that was flagged."""

KEYED = ("contact_attributes", "contact_tags", "object_tags")
"""The signals that stay with a contact or an object, and come again whatever else happens to it."""

_TRIES = 4


@dataclass(frozen=True, kw_only=True)
class Placing:
    """Places holds."""

    policy: Policy
    clock: Clock
    register: Register
    contacts: Contacts
    reconciler: HoldReconciler
    work: Work
    notices: Notices

    def place(self, request: HoldRequest) -> None:
        """Hold the contacts of a request for its case.

        Then the complaints team hears, in one message, what of the request could not be used as it was given. It comes
        last, so that a message that cannot be sent holds nothing up, and a request that is tried again is told of too.
        """
        if not self.policy.holds.signals.counts(request.signal):
            self.reconciler.count(SWITCHED_OFF, 1)
            return
        stated = request

        def flagged(case: Case) -> Case:
            nonlocal request
            request = self._believed(stated, case)
            after = cases.logged(case, request)
            return replace(after, behind=True) if self._asks_otherwise(case, after) else after

        case = self._record(request.case, flagged, new=True)
        contact_ids = tuple(dict.fromkeys(request.contact_ids))
        if len(contact_ids) > AT_ONCE:
            self.work.hold(case.case, contact_ids, request.signal, request.flagged_at)
        else:
            for contact_id in contact_ids:
                self._hold_chain(case, contact_id, request.signal, request.flagged_at)
        if case.behind:
            self._catch_up(case)
        doubts = tuple(one for one in request.doubts if self._is_news(one, case))
        if doubts:
            # Tags come with every event of a contact and attributes with every update; an event is said once more.
            said = "" if request.signal in KEYED else request.flagged_at.isoformat()
            self.notices.doubts(case.case, doubts, request.contact_ids, said)

    def hold(self, case_ref: CaseRef, contact_id: ContactId, signal: str, flagged_at: datetime | None = None) -> None:
        """Hold one contact of a case that is on record already, and the chain it belongs to."""
        if signal == CHAIN:
            self._hold_one(self._known(case_ref), contact_id, signal, new=True, flagged_at=flagged_at)
        else:
            self._hold_chain(self._known(case_ref), contact_id, signal, flagged_at)

    def escalate(self, escalation: Escalation) -> None:
        """Take a case to a further stage. Raises ``BadRequest`` for a case that nobody flagged a contact for."""

        def further(case: Case) -> Case:
            _on_record(case)
            return cases.escalated(case, escalation)

        self._record(escalation.case, further)
        self._apply_to_all(escalation.case)

    def close(self, closure: Closure) -> None:
        """Close a case.

        Raises ``BadRequest`` for one that is not on record, or was received or taken further after that date.
        """

        def closed(case: Case) -> Case:
            _on_record(case)
            first = case.first_received_on
            if first is not None and closure.closed_on < first:
                raise BadRequest(
                    "closed_on", "lies before the date on which the case was received", about=f"case {case.case}"
                )
            further = case.furthered
            if further is not None and further.at < closure.said_at and closure.closed_on < further.on:
                raise BadRequest(
                    "closed_on", "lies before the date on which the case was taken further", about=f"case {case.case}"
                )
            return cases.closed(case, closure)

        self._record(closure.case, closed)
        self._apply_to_all(closure.case)

    def apply(self, case_ref: CaseRef, contact_id: ContactId) -> None:
        """Let a case's facts reach the hold on one contact, and its copies."""
        case = self._known(case_ref)

        def facts(file: ContactHolds) -> ContactHolds:
            hold = file.hold_of(case.case)
            if hold is not None and self._runs_again(hold, case):
                return file.with_hold(self._held_again(hold, case, hold.signal))
            if hold and hold.leaving and case.furthered and case.furthered.at > hold.leaving.at:
                # The case was taken further in the days of grace of a release.
                hold = hold.brought_back(self.clock.now())
            return file.with_hold(self._with_facts(hold, case)) if hold and hold.active else file

        _, file = self._change(contact_id, facts)
        self._inspect(file)

    def reinspect(self, contact_id: ContactId, *, routine: bool = False) -> None:
        """Inspect a contact again: what arrived late, what is missing, whether the locks are what they should be.

        A ``routine`` look of what is settled asks what is its turn, and is whole where that shows something new.
        """
        file = self.register.file(contact_id)
        if not routine or not self._shows_nothing_new(file, file.settled.turn if file.settled else 0):
            self._look_at_all(file, routine=routine)

    def recheck(self, contact_id: ContactId, attempt: int) -> None:
        """Inspect a contact again soon after its flag, and arrange the next time."""
        file = self.register.file(contact_id)
        enough = self._shows_nothing_new(file, attempt - 1)
        if not enough:
            self._look_at_all(file, routine=True)
        if not enough or attempt < SETTLED_AFTER:
            self._arrange_recheck(contact_id, attempt + 1)

    def _record(self, ref: CaseRef, change: Callable[[Case], Case], *, new: bool = False) -> Case:
        """Change the case. One that is ``new`` most likely is written first and read only if it is not."""
        before = None if new else self.register.case(ref)
        for _ in range(_TRIES):
            after = change(before or Case(case=ref))
            after = cases.with_end(after, self.policy.holds.reasons)
            if after == before:
                return after
            try:
                self.register.save_case(before, after)
            except VersionConflict:
                before = self.register.case(ref)
                continue
            return after
        raise VersionConflict(f"the case changed {_TRIES} times while it was written")

    def _known(self, ref: CaseRef) -> Case:
        case = self.register.case(ref)
        return _on_record(case or Case(case=ref))

    def _asks_otherwise(self, before: Case, after: Case) -> bool:
        """Return whether a case that has contacts already asks for something else of them now."""
        periods = self.policy.holds.reasons
        return before.is_known and (before.stage, before.standing(periods)) != (after.stage, after.standing(periods))

    def _catch_up(self, case: Case) -> None:
        """Let the case's facts reach every contact of it, and note that; whoever changed it meanwhile does it again."""
        self._apply_to_all(case.case)
        with suppress(VersionConflict):
            self.register.save_case(case, replace(case, behind=False))

    def _believed(self, request: HoldRequest, case: Case) -> HoldRequest:
        """Return the request without a date of receipt that would let its hold end before it begins."""
        period = self.policy.holds.reasons[request.reason]
        after = cases.logged(case, request)
        if request.received_on_assumed or (period.open_until_closed(after.stage) and not after.is_closed):
            return request
        if end_of(request.received_on, period.months) > request.flagged_at:
            return request
        doubt = Doubt(
            field="received_on",
            problem=f"the hold would have ended on {london_date(end_of(request.received_on, period.months))}; "
            f"{COUNTED_FROM_THE_FLAG}",
        )
        return replace(
            request,
            received_on=london_date(request.flagged_at),
            received_on_assumed=True,
            doubts=(*request.doubts, doubt),
        )

    def _is_news(self, doubt: Doubt, case: Case) -> bool:
        """Return whether a doubt is worth telling: a date left out is not, where the case's date is known."""
        standing = case.standing(self.policy.holds.reasons)
        return NOT_GIVEN not in doubt.problem or standing is None or standing.assumed

    def _apply_to_all(self, ref: CaseRef) -> None:
        contact_ids = tuple(self.register.contacts_of(ref))
        if len(contact_ids) > AT_ONCE:
            self.work.apply(ref, contact_ids)
            return
        for contact_id in contact_ids:
            self.apply(ref, contact_id)

    def _hold_chain(self, case: Case, contact_id: ContactId, signal: str, flagged_at: datetime | None = None) -> None:
        self._hold_one(case, contact_id, signal, new=True, flagged_at=flagged_at)
        others = self.contacts.associated(contact_id)
        if len(others) > AT_ONCE:
            self.work.hold(case.case, others, CHAIN, flagged_at)
            return
        for other in others:
            self._hold_one(case, other, CHAIN, new=True, flagged_at=flagged_at)

    def _hold_one(
        self, case: Case, contact_id: ContactId, signal: str, *, new: bool, flagged_at: datetime | None = None
    ) -> None:
        def opened(file: ContactHolds) -> ContactHolds:
            hold = file.hold_of(case.case)
            if hold is None:
                return file.with_hold(self._new_hold(case, contact_id, signal))
            if self._runs_again(hold, case, flagged_at):
                return file.with_hold(self._held_again(hold, case, signal))
            # Of a flag that it has had, and that may come a second time, it knows the moment.
            again = new and (flagged_at is None or flagged_at > hold.asked_for_at)
            if again and hold.leaving:
                hold = hold.brought_back(self.clock.now())
            elif again and flagged_at is not None:
                hold = replace(hold, kept_at=flagged_at)
            return file.with_hold(self._with_facts(hold, case)) if hold.active else file

        before, after = self._change(contact_id, opened, new=new)
        hold, known = after.hold_of(case.case), before.hold_of(case.case)
        nothing_new = known is not None and hold == replace(known, kept_at=hold.kept_at if hold else None)
        if hold is None or not hold.active or (nothing_new and after.is_settled(self.clock.now())):
            return
        if not hold.inspected:
            self._arrange_recheck(contact_id, 1)
        self._inspect(after)

    def _shows_nothing_new(self, file: ContactHolds, turn: int) -> bool:
        """Ask what is the turn of a look; return whether that was enough of it."""
        asked = self.reconciler.questions(file, turn)
        if asked is None:
            return False
        if asked.chain:
            self._extend_chain(file)
        return self.reconciler.shows_nothing_new(file, asked)

    def _look_at_all(self, file: ContactHolds, *, routine: bool) -> None:
        """Look wholly. The copies of what is settled are compared with S3 by the statement, not by routine looks."""
        self._extend_chain(file)
        settled = file.settled is not None and file.is_settled(self.clock.now())
        self._inspect(file, Look.TRUSTING if routine and settled else Look.WHOLE)

    def _extend_chain(self, file: ContactHolds) -> None:
        """Hold segments that joined the chain after the flag: a transfer of a running call, a call back weeks later."""
        others = self.contacts.associated(file.contact_id) if file.active else ()
        if not others:
            return
        known = [self._known(hold.case) for hold in file.active]
        for other in others:
            for case in known:
                self._hold_one(case, other, CHAIN, new=False)

    def _change(
        self, contact_id: ContactId, change: Callable[[ContactHolds], ContactHolds], *, new: bool = False
    ) -> tuple[ContactHolds, ContactHolds]:
        """Change the contact's file. One that is ``new`` most likely is written first and read only if it is not."""
        before = ContactHolds(contact_id=contact_id) if new else self.register.file(contact_id)
        for _ in range(_TRIES):
            after = change(before)
            if after == before:
                return before, before
            try:
                return before, self.register.save(
                    before, replace(after, next_action_at=next_action(after, self.clock.now()))
                )
            except VersionConflict:
                before = self.register.file(contact_id)
                continue
        raise VersionConflict(f"the contact's file changed {_TRIES} times while it was written")

    def _inspect(self, file: ContactHolds, look: Look = Look.TRUSTING) -> None:
        for _ in range(_TRIES):
            try:
                self.reconciler.reconcile(file, look)
            except VersionConflict:
                file, look = self.register.file(file.contact_id), Look.WHOLE
                continue
            return
        raise VersionConflict(f"the contact's file changed {_TRIES} times while the contact was inspected")

    def _arrange_recheck(self, contact_id: ContactId, attempt: int) -> None:
        if attempt > len(RECHECKS):
            return
        earlier = RECHECKS[attempt - 2] if attempt > 1 else timedelta(0)
        now = self.clock.now()
        self.work.recheck(contact_id, attempt, now + RECHECKS[attempt - 1] - earlier, now)

    def _new_hold(self, case: Case, contact_id: ContactId, signal: str) -> Hold:
        standing, until = self._standing(case)
        now = self.clock.now()
        over = not standing.open_ended and until <= now
        why = f"the hold had already ended on {london_date(until)}" if over else "not inspected yet"
        return Hold(
            case=case.case,
            contact_id=contact_id,
            reason=standing.reason,
            stage=case.stage,
            received_on=standing.received_on,
            received_on_assumed=standing.assumed,
            hold_until=until,
            open_ended=standing.open_ended,
            requested_by=case.requested_by,
            signal=signal,
            placed_at=now,
            policy_version=self.policy.council.policy_version,
            missing=(MissingArtefact(record_class=RecordClass.CONTACT_RECORD, source_key="", why=why),),
            release=ReleaseNote(by="", approved_by="", why=why, at=now) if over else None,
        )

    def _held_again(self, ended: Hold, case: Case, signal: str) -> Hold:
        """Return a new hold in place of one that was over, of which the complaints team is told."""
        at = london_date(ended.release.at) if ended.release is not None else london_date(ended.hold_until)
        what = "released" if _by_people(ended) else "over"
        return replace(self._new_hold(case, ended.contact_id, signal), again_after=f"{what} on {at}")

    def _with_facts(self, hold: Hold, case: Case) -> Hold:
        standing, until = self._standing(case)
        return replace(
            hold,
            reason=standing.reason,
            stage=case.stage,
            received_on=standing.received_on,
            received_on_assumed=standing.assumed,
            hold_until=max(hold.hold_until, until),
            open_ended=standing.open_ended,
        )

    def _runs_again(self, hold: Hold, case: Case, flagged_at: datetime | None = None) -> bool:
        """Return whether a hold that is over is asked for again: by a later end, or by a flag after its release."""
        if hold.active:
            return False
        standing, until = self._standing(case)
        if hold.release is not None and _by_people(hold):
            runs = standing.open_ended or until > self.clock.now()
            # An event's time has no part of a second: in the second of the release the flag is the later.
            return runs and flagged_at is not None and flagged_at >= hold.release.at.replace(microsecond=0)
        return standing.open_ended or until > hold.hold_until

    def _standing(self, case: Case) -> tuple[Standing, datetime]:
        """Return what the case asks for, and the latest end that it ever asked for."""
        standing = case.standing(self.policy.holds.reasons)
        if standing is None:
            raise _unknown(case)
        return standing, max(standing.until, case.hold_until or standing.until)


def _on_record(case: Case) -> Case:
    if not case.is_known:
        raise _unknown(case)
    return case


def _unknown(case: Case) -> BadRequest:
    """Return the refusal of what overtook its flag, or belongs to none."""
    return BadRequest("case", "is not on record", about=f"case {case.case}", final=False)


def _by_people(hold: Hold) -> bool:
    return hold.release is not None and bool(hold.release.by)
