"""Pause, resume, status: what a payment may rely on.

The rule for ``paused``: Connect confirmed at least one type and refused every other with ``InvalidRequestException``,
or it refused every type while the register has a confirmed pause open. ``steward.payments.asking`` says how a refusal
is told from a doubt. Any other answer, or none, is a failure.

Where Connect refuses every type and the register knows of no pause, Connect itself has to say whether recording is
suspended: what it agrees to resume was suspended, and is suspended again at once. The register keeps such a probe, and
the operations on one contact, apart: a resume announces itself there before it touches the recording, and a pause that
finds such an announcement since it began is not confirmed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.clock import Clock
from steward.ids import ContactId
from steward.payments.asking import PATIENCE, Outcome, Turn
from steward.payments.legs import Legs
from steward.payments.model import Answer, Asker, Call, Entry, Interval, Operation, Reason, Request, Status
from steward.payments.ports import (
    Contacts,
    ContactState,
    Overtaken,
    RecordingControl,
    Register,
    RegisterUnavailable,
    Reply,
    Undelivered,
    Watch,
)
from steward.policy.model import Policy
from steward.policy.payments import Payments, RecordingType
from steward.retention.expiry import expires_at

LONGEST_RUN = timedelta(seconds=8)
"""A resume that began longer ago cannot still be under way: Lambda ends the function before."""

CLOCK_TOLERANCE = timedelta(milliseconds=250)
"""By how much the clocks of two Lambda hosts may differ (Amazon Time Sync keeps them within milliseconds)."""

_REFERENCE_DIGITS = 10


def section(policy: Policy) -> Payments:
    """Return what the policy says of payments; raise ValueError if it takes none."""
    if policy.payments is None:
        raise ValueError("the policy has no section `payments`, so nothing may ask for a pause")
    return policy.payments


@dataclass(frozen=True, slots=True)
class RecordingController:
    """Carries out requests. Safe to run twice, at once, or to be cut off between any two calls."""

    policy: Payments
    control: RecordingControl
    contacts: Contacts
    register: Register
    watch: Watch
    clock: Clock

    @property
    def legs(self) -> Legs:
        """The other contacts of a call."""
        return Legs(self, self.register, self.contacts, self.watch, self.clock)

    def carry_out(self, request: Request) -> Answer:
        """Do what is asked and say what is certain. Does not raise for anything that AWS answers."""
        act: dict[Operation, Callable[[Call, Asker], Answer]] = {
            Operation.PAUSE: self.pause,
            Operation.RESUME: self.resume,
            Operation.STATUS: self.hold,
        }
        try:
            return act[request.operation](request.call, request.asker)
        except RegisterUnavailable:
            return Answer(Status.NOT_CONFIRMED, Reason.REGISTER_UNAVAILABLE)

    def pause(
        self, call: Call, asker: Asker, *, since: datetime | None = None, shared_turn: Turn | None = None
    ) -> Answer:
        """Suspend every type the policy names; six calls for three types, register and watch included.

        The watch comes first: if this function dies after it suspended, somebody will know. ``since`` is the moment
        from which a resume overtakes it, where that is before now; ``shared_turn``: whose time it takes. A press that
        suspends what started during an open pause makes one call more, a leg on the line six. Raises
        RegisterUnavailable.
        """
        asked_at = since or self.clock.now()
        turn, probe = shared_turn or self._turn(call), ""
        try:
            due = asked_at + timedelta(minutes=self.policy.limit_minutes)
            self.watch.look_again(call, asked_at=asked_at, due=due, look=0)
        except Undelivered:
            return Answer(Status.NOT_CONFIRMED, Reason.GUARD_UNAVAILABLE)

        ask = turn.at_once if shared_turn else turn.each  # a leg costs one request
        outcome = ask(lambda kind: self.control.suspend(call, kind), self.policy.suspend)
        if outcome.nothing:
            open_already = self.register.confirm_open(call.contact_id, asked_at=asked_at, claims=_claims(asker))
            if open_already is not None:
                return self._paused(open_already, Reason.ALREADY_PAUSED, asker, turn)
            if asker is Asker.GUARD:  # which comes again by itself
                forgotten_at = expires_at(asked_at, self.policy.register_months)
                self.register.note_followed(call, at=asked_at, expires_at=forgotten_at)
                return Answer(Status.NOT_CONFIRMED, Reason.NOTHING_SUSPENDED)
            outcome, probe = self._insist(call, asked_at, turn)
            if outcome.nothing:
                attempt = self._attempt(call, asker, asked_at, Reason.NOTHING_SUSPENDED)
                self.register.note_attempt(call, attempt)
                return Answer(Status.NOT_CONFIRMED, attempt.reason, attempt.reference)
        failure = outcome.failure or self._mark(call, turn, asked_at, due)
        interval = self._attempt(call, asker, asked_at, failure or Reason.CONFIRMED, outcome.done | outcome.unsure)
        if failure is None:
            return self._open(call, interval, probe, turn)
        with suppress(RegisterUnavailable):  # the watch knows of the attempt; the first failure is the one to tell
            (self.register.open_unconfirmed if interval.types else self.register.note_attempt)(call, interval)
        return Answer(Status.NOT_CONFIRMED, failure, interval.reference)

    def resume(self, call: Call, asker: Asker, *, turn: Turn | None = None, sparing_claims: bool = False) -> Answer:
        """Resume every type the policy names, then what the guard suspended because of this contact.

        If the register cannot take note first, recording stays suspended: a register that wrongly says `paused` would
        be believed. ``sparing_claims``: not if a flow or a guide relies on what is open. Raises RegisterUnavailable.
        """
        asked_at = self.clock.now()
        turn = turn or self._turn(call)
        forgotten_at = expires_at(asked_at, self.policy.register_months)
        try:
            before = self.register.ask_to_resume(
                call, at=asked_at, expires_at=forgotten_at, sparing_claims=sparing_claims
            )
        except Overtaken:
            return Answer(Status.NOT_CONFIRMED, Reason.PAUSE_IN_PROGRESS)
        ask = turn.at_once if sparing_claims else turn.each  # a leg costs one request
        outcome = ask(lambda kind: self.control.resume(call, kind), self.policy.suspend)
        current = before.current if before else None
        reference = current.reference if current else ""
        if outcome.failure is not None:
            return Answer(Status.NOT_CONFIRMED, outcome.failure, reference)
        all_resumed = self.legs.resume(before, turn) if before else True
        if outcome.done:
            interval = current or self._attempt(call, asker, asked_at, Reason.CONFIRMED)
            answer = self._close(call, interval, opened=current is not None, with_followers=all_resumed)
        else:
            answer = self._nothing_resumed(call, asked_at, before, turn, with_followers=all_resumed)
        if answer.status is Status.RECORDING and not all_resumed:
            return Answer(Status.NOT_CONFIRMED, Reason.OTHER_LEG_SUSPENDED, answer.reference)
        return answer

    def hold(self, call: Call, asker: Asker) -> Answer:
        """Say how the call stands; while a pause is on, suspend what started since and say `paused` only then.

        The guard, which comes often, asks as little as it can. Raises RegisterUnavailable.
        """
        asked_at = self.clock.now()
        entry = self.register.find(call.contact_id)
        current = entry.current if entry else None
        if entry is None or current is None or not entry.paused:
            return _as_registered(entry)
        call = entry.call
        turn = self._turn(call)
        if asker is Asker.GUARD:
            unknown = [kind for kind in self.policy.suspend if kind not in current.types]
            outcome = turn.at_once(lambda kind: self.control.suspend(call, kind), unknown or self.policy.suspend)
        else:
            outcome = turn.each(lambda kind: self.control.suspend(call, kind), self.policy.suspend)
        late = outcome.done | outcome.unsure
        claims = _claims(asker) and outcome.failure is None
        held = self.register.hold_open(call.contact_id, at=self.clock.now(), claims=claims, late=late)
        if outcome.failure is not None:
            return Answer(Status.NOT_CONFIRMED, outcome.failure, current.reference)
        if held is not None:
            return self._paused(held, None, asker, turn)
        if late:  # a resume came between, and what it let go on is suspended again
            attempt = self._attempt(call, asker, asked_at, Reason.RESUME_IN_PROGRESS, late)
            self.register.open_unconfirmed(call, attempt)
        return Answer(Status.NOT_CONFIRMED, Reason.RESUME_IN_PROGRESS, current.reference)

    def _turn(self, call: Call) -> Turn:
        return Turn(self.clock, self.clock.now() + PATIENCE, call.contact_id)

    def _mark(self, call: Call, turn: Turn, asked_at: datetime, due: datetime) -> Reason | None:
        """Have Connect tell of what the call is transferred to; where it takes no tag more, have the guard look.

        A contact has at most six tags (administrator guide, "Amazon Connect quotas"). A flow may have set all of them,
        and no payment is to fail because of it.
        """
        reply = turn.once(lambda: self.control.mark(call))
        if isinstance(reply, Reason):
            return reply
        if reply is Reply.REFUSED:
            try:
                self.watch.look_again(call, asked_at=asked_at, due=due, look=0, seek=True)
            except Undelivered:
                return Reason.GUARD_UNAVAILABLE
            return None
        return None if reply is Reply.DONE else Reason.GUARD_UNAVAILABLE

    def _open(self, call: Call, interval: Interval, probe: str, turn: Turn) -> Answer:
        confirmed = replace(
            interval, status=Status.PAUSED, paused_at=self.clock.now(), claimed=_claims(interval.asked_by)
        )
        asked_at = interval.asked_at
        try:
            opened = self.register.open(
                call,
                confirmed,
                clear_since=asked_at - CLOCK_TOLERANCE,
                idle_since=asked_at - LONGEST_RUN,
                probe=probe,
            )
        except Overtaken:
            return Answer(Status.NOT_CONFIRMED, Reason.RESUME_IN_PROGRESS, interval.reference)
        except RegisterUnavailable:
            with suppress(RegisterUnavailable):
                self.register.open_unconfirmed(call, replace(interval, reason=Reason.REGISTER_UNAVAILABLE))
            raise
        paused_at = opened.current.paused_at if opened.current else None
        if paused_at is not None and paused_at < asked_at:
            # An earlier pause is open, so what was suspended just now had started since.
            claims, at = _claims(interval.asked_by), self.clock.now()
            self.register.hold_open(call.contact_id, at=at, claims=claims, late=interval.types)
        return self._paused(opened, Reason.CONFIRMED, interval.asked_by, turn)

    def _paused(self, entry: Entry, reason: Reason | None, asker: Asker, turn: Turn) -> Answer:
        """Answer `paused` for an open pause, once every leg of an earlier one that is on the line is suspended too.

        Connect tells of a leg only when it joins. ``reason`` None: the one in the register.
        """
        current = entry.current
        if current is None:
            return Answer(Status.NOT_CONFIRMED, Reason.RESUME_IN_PROGRESS)
        if asker is not Asker.GUARD:  # which follows each leg by itself
            failure = self.legs.suspend(entry, turn)
            if failure is not None:
                return Answer(Status.NOT_CONFIRMED, failure, current.reference)
        return Answer(Status.PAUSED, reason or current.reason, current.reference)

    def _insist(self, call: Call, asked_at: datetime, turn: Turn) -> tuple[Outcome, str]:
        """Find out whether recording is suspended already, or about to begin; return also the probe that is open."""
        nothing = Outcome(frozenset(), frozenset(), None)
        probe = secrets.token_hex(8)
        try:
            forgotten_at = expires_at(asked_at, self.policy.register_months)
            self.register.begin_probe(call, probe=probe, at=self.clock.now(), expires_at=forgotten_at)
        except Overtaken:
            return nothing, ""
        resumed = turn.at_once(lambda kind: self.control.resume(call, kind), self.policy.suspend)
        if resumed.failure is not None:
            return resumed, probe
        if resumed.nothing:
            self.register.end_probe(call.contact_id, probe=probe)
            probe = ""
        while True:
            suspended = turn.at_once(lambda kind: self.control.suspend(call, kind), self.policy.suspend)
            if not suspended.nothing or not turn.wait():
                return suspended, probe

    def _nothing_resumed(
        self, call: Call, asked_at: datetime, before: Entry | None, turn: Turn, *, with_followers: bool
    ) -> Answer:
        """Tell a second press, a call that ended and a resume without a pause apart."""
        current = before.current if before else None
        if before is None or current is None:
            self.register.settle_resume(call.contact_id, asked_at=asked_at)
            last = before.closed[-1] if before and before.closed else None
            if last is not None and last.status is Status.RECORDING:
                return Answer(Status.RECORDING, Reason.ALREADY_RECORDING, last.reference)
            over = last is not None and last.status is Status.ENDED
            return Answer(Status.NOT_CONFIRMED, Reason.CONTACT_ENDED if over else Reason.NO_OPEN_PAUSE)
        if turn.short_of_time:
            return Answer(Status.NOT_CONFIRMED, Reason.OUT_OF_TIME, current.reference)
        ended_at = self.contacts.ended_at(call.contact_id)
        if ended_at is ContactState.GONE:
            ended_at = asked_at
        if isinstance(ended_at, datetime):
            ended = replace(current, status=Status.ENDED, reason=Reason.CONTACT_ENDED, ended_at=ended_at)
            self.register.end(call, ended)
            return Answer(Status.NOT_CONFIRMED, Reason.CONTACT_ENDED, current.reference)
        if before.resume_pending and ended_at is ContactState.LIVE:
            # The earlier resume took effect and only its answer, or its note in the register, was lost.
            return self._close(
                call, current, opened=True, reason=Reason.ALREADY_RECORDING, with_followers=with_followers
            )
        return self._unless_resumed(call, current, Reason.NOTHING_RESUMED)

    def _unless_resumed(self, call: Call, interval: Interval, reason: Reason) -> Answer:
        """Return that failure, unless another press has resumed the same interval meanwhile."""
        entry = self.register.find(call.contact_id)
        last = entry.closed[-1] if entry and entry.closed and not entry.current else None
        if last is not None and last.status is Status.RECORDING and last.reference == interval.reference:
            return Answer(Status.RECORDING, Reason.ALREADY_RECORDING, last.reference)
        return Answer(Status.NOT_CONFIRMED, reason, interval.reference)

    def _close(
        self,
        call: Call,
        interval: Interval,
        *,
        opened: bool,
        with_followers: bool,
        reason: Reason = Reason.CONFIRMED,
    ) -> Answer:
        closed = replace(interval, status=Status.RECORDING, reason=reason, resumed_at=self.clock.now())
        opened_as = interval.reference if opened else None
        try:
            self.register.close(call, closed, opened_as=opened_as, with_followers=with_followers)
        except Overtaken:
            return self._unless_resumed(call, interval, Reason.PAUSE_IN_PROGRESS)
        # A tag that stays costs the guard one look at the register when the call is transferred or ends.
        self.control.unmark(call)
        return Answer(Status.RECORDING, reason, closed.reference)

    def _attempt(
        self,
        call: Call,
        asker: Asker,
        asked_at: datetime,
        reason: Reason,
        types: frozenset[RecordingType] = frozenset(),
    ) -> Interval:
        return Interval(
            reference=_reference(call.contact_id, asked_at),
            status=Status.NOT_CONFIRMED,
            reason=reason,
            asked_by=asker,
            asked_at=asked_at,
            expires_at=expires_at(asked_at, self.policy.register_months),
            types=types,
        )


def _claims(asker: Asker) -> bool:
    """Return whether who asks goes on to take a payment once it hears `paused`."""
    return asker is not Asker.GUARD


def _as_registered(entry: Entry | None) -> Answer:
    """Say how a call stands that has no confirmed pause open, by the register alone."""
    if entry and entry.current:
        current = entry.current
        reason = Reason.RESUME_IN_PROGRESS if current.status is Status.PAUSED else current.reason
        return Answer(Status.NOT_CONFIRMED, reason, current.reference)
    last = entry.closed[-1] if entry and entry.closed else None
    if last is None:
        return Answer(Status.NOT_CONFIRMED, Reason.NO_OPEN_PAUSE)
    if last.status is Status.RECORDING:
        return Answer(Status.RECORDING, last.reason, last.reference)
    return Answer(Status.NOT_CONFIRMED, last.reason, last.reference)


def _reference(contact_id: ContactId, moment: datetime) -> str:
    """Return a short name for an interval that can be read out and holds nothing personal."""
    digest = hashlib.sha256(f"{contact_id}|{moment.isoformat()}".encode()).hexdigest()
    return f"P-{digest[:_REFERENCE_DIGITS].upper()}"
