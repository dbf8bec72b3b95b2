"""Pause, resume, status: what a payment may rely on.

The rule for ``paused``: Connect confirmed at least one type and refused every other with ``InvalidRequestException``,
or it refused every type while the register has a confirmed pause open. AWS does not document how a type that is not in
use is refused, so a refusal alone proves nothing: a type that was refused before Connect confirmed any other is asked
about once more after it did. Any other answer, or none, is a failure.

The register keeps operations on one contact apart: a resume announces itself there before it touches the recording, and
a pause that finds such an announcement since it began is not confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.clock import Clock
from steward.ids import ContactId
from steward.payments.model import Answer, Asker, Call, Entry, Interval, Operation, Reason, Request, Status
from steward.payments.ports import (
    CONNECT_CALL_SECONDS,
    STORE_CALL_SECONDS,
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

PATIENCE = timedelta(seconds=3)
"""The function answers within this time; the flow waits for eight seconds."""

LONGEST_RUN = timedelta(seconds=5)
"""A resume that began longer ago cannot still be under way: Lambda ends the function before."""

CLOCK_TOLERANCE = timedelta(milliseconds=250)
"""By how much the clocks of two Lambda hosts may differ (Amazon Time Sync keeps them within milliseconds)."""

_LAST_CONNECT_CALL = timedelta(seconds=CONNECT_CALL_SECONDS + STORE_CALL_SECONDS)
_REFERENCE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What Connect answered for the types asked for, one after the other until one failed."""

    done: frozenset[RecordingType]
    unsure: frozenset[RecordingType]
    failure: Reason | None


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

    def carry_out(self, request: Request) -> Answer:
        """Do what is asked and say what is certain. Does not raise for anything that AWS answers."""
        act = {Operation.PAUSE: self.pause, Operation.RESUME: self.resume, Operation.STATUS: self._status}
        try:
            return act[request.operation](request.call, request.asker)
        except RegisterUnavailable:
            return Answer(Status.NOT_CONFIRMED, Reason.REGISTER_UNAVAILABLE)

    def pause(self, call: Call, asker: Asker) -> Answer:
        """Suspend every type the policy names; at most six calls for three types, register and watch included.

        The watch comes first: if this function dies after it suspended, somebody will know. Raises RegisterUnavailable.
        """
        asked_at = self.clock.now()
        try:
            due = asked_at + timedelta(minutes=self.policy.limit_minutes)
            self.watch.look_again(call, asked_at=asked_at, due=due)
        except Undelivered:
            return Answer(Status.NOT_CONFIRMED, Reason.GUARD_UNAVAILABLE)

        outcome = self._each(lambda kind: self.control.suspend(call, kind), asked_at)
        failure = outcome.failure
        if failure is None and not outcome.done:
            return self._nothing_suspended(call, asker, asked_at)
        if failure is None:
            failure = self._mark(call, asked_at)

        interval = self._attempt(call, asker, asked_at, failure or Reason.CONFIRMED, outcome.done | outcome.unsure)
        if failure is None:
            confirmed = replace(interval, status=Status.PAUSED, paused_at=self.clock.now())
            try:
                opened = self.register.open(
                    call,
                    confirmed,
                    clear_since=asked_at - CLOCK_TOLERANCE,
                    idle_since=asked_at - LONGEST_RUN,
                )
            except Overtaken:
                return Answer(Status.NOT_CONFIRMED, Reason.RESUME_IN_PROGRESS, interval.reference)
            return Answer(Status.PAUSED, Reason.CONFIRMED, opened.reference)
        with suppress(RegisterUnavailable):  # the watch knows of the attempt; the first failure is the one to tell
            (self.register.open_unconfirmed if interval.types else self.register.note_attempt)(call, interval)
        return Answer(Status.NOT_CONFIRMED, failure, interval.reference)

    def resume(self, call: Call, asker: Asker) -> Answer:
        """Resume every type the policy names. Raises RegisterUnavailable.

        If the register cannot take note first, recording stays suspended: a register that wrongly says `paused` would
        be believed.
        """
        asked_at = self.clock.now()
        forgotten_at = expires_at(asked_at, self.policy.register_months)
        try:
            before = self.register.ask_to_resume(call, at=asked_at, expires_at=forgotten_at)
        except Overtaken:
            return Answer(Status.NOT_CONFIRMED, Reason.PAUSE_IN_PROGRESS)
        outcome = self._each(lambda kind: self.control.resume(call, kind), asked_at)
        current = before.current if before else None
        reference = current.reference if current else ""
        if outcome.failure is not None:
            return Answer(Status.NOT_CONFIRMED, outcome.failure, reference)
        if not outcome.done:
            return self._nothing_resumed(call, asked_at, before)
        interval = current or self._attempt(call, asker, asked_at, Reason.CONFIRMED)
        return self._close(call, interval, opened=current is not None, reason=Reason.CONFIRMED)

    def _status(self, call: Call, _asker: Asker) -> Answer:
        entry = self.register.find(call.contact_id)
        current = entry.current if entry else None
        if entry and current:
            if entry.paused:
                return Answer(Status.PAUSED, current.reason, current.reference)
            reason = Reason.RESUME_IN_PROGRESS if current.status is Status.PAUSED else current.reason
            return Answer(Status.NOT_CONFIRMED, reason, current.reference)
        last = entry.closed[-1] if entry and entry.closed else None
        if last is None:
            return Answer(Status.NOT_CONFIRMED, Reason.NO_OPEN_PAUSE)
        if last.status is Status.RECORDING:
            return Answer(Status.RECORDING, last.reason, last.reference)
        return Answer(Status.NOT_CONFIRMED, last.reason, last.reference)

    def _each(self, act: Callable[[RecordingType], Reply], asked_at: datetime) -> _Outcome:
        """Ask Connect about one type after the other, until one fails or time runs short."""
        done: set[RecordingType] = set()
        doubtful: list[RecordingType] = []
        waiting = list(self.policy.suspend)
        while waiting:
            kind = waiting.pop(0)
            if self._short_of_time(asked_at):
                return _Outcome(frozenset(done), frozenset(), Reason.OUT_OF_TIME)
            reply = act(kind)
            if reply is Reply.DONE:
                done.add(kind)
                waiting += doubtful
                doubtful.clear()
            elif reply is Reply.REFUSED:
                if not done:
                    doubtful.append(kind)
            else:
                unsure = frozenset({kind}) if reply.may_have_taken_effect else frozenset[RecordingType]()
                return _Outcome(frozenset(done), unsure, reply.failure)
        return _Outcome(frozenset(done), frozenset(), None)

    def _short_of_time(self, asked_at: datetime) -> bool:
        return self.clock.now() + _LAST_CONNECT_CALL > asked_at + PATIENCE

    def _mark(self, call: Call, asked_at: datetime) -> Reason | None:
        if self._short_of_time(asked_at):
            return Reason.OUT_OF_TIME
        return None if self.control.mark(call) is Reply.DONE else Reason.GUARD_UNAVAILABLE

    def _nothing_suspended(self, call: Call, asker: Asker, asked_at: datetime) -> Answer:
        """Tell a second press apart from a call that is not recorded."""
        confirmed = self.register.confirm_open(call.contact_id, asked_at=asked_at)
        if confirmed is not None:
            return Answer(Status.PAUSED, Reason.ALREADY_PAUSED, confirmed.reference)
        attempt = self._attempt(call, asker, asked_at, Reason.NOTHING_SUSPENDED)
        self.register.note_attempt(call, attempt)
        return Answer(Status.NOT_CONFIRMED, attempt.reason, attempt.reference)

    def _nothing_resumed(self, call: Call, asked_at: datetime, before: Entry | None) -> Answer:
        """Tell a second press, a call that ended and a resume without a pause apart."""
        current = before.current if before else None
        if before is None or current is None:
            self.register.settle_resume(call.contact_id, asked_at=asked_at)
            last = before.closed[-1] if before and before.closed else None
            if last is not None and last.status is Status.RECORDING:
                return Answer(Status.RECORDING, Reason.ALREADY_RECORDING, last.reference)
            over = last is not None and last.status is Status.ENDED
            return Answer(Status.NOT_CONFIRMED, Reason.CONTACT_ENDED if over else Reason.NO_OPEN_PAUSE)
        if self._short_of_time(asked_at):
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
            return self._close(call, current, opened=True, reason=Reason.ALREADY_RECORDING)
        return self._unless_resumed(call, current, Reason.NOTHING_RESUMED)

    def _unless_resumed(self, call: Call, interval: Interval, reason: Reason) -> Answer:
        """Return that failure, unless another press has resumed the same interval meanwhile."""
        entry = self.register.find(call.contact_id)
        last = entry.closed[-1] if entry and entry.closed and not entry.current else None
        if last is not None and last.status is Status.RECORDING and last.reference == interval.reference:
            return Answer(Status.RECORDING, Reason.ALREADY_RECORDING, last.reference)
        return Answer(Status.NOT_CONFIRMED, reason, interval.reference)

    def _close(self, call: Call, interval: Interval, *, opened: bool, reason: Reason) -> Answer:
        closed = replace(interval, status=Status.RECORDING, reason=reason, resumed_at=self.clock.now())
        try:
            self.register.close(call, closed, opened_as=interval.reference if opened else None)
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


def _reference(contact_id: ContactId, moment: datetime) -> str:
    """Return a short name for an interval that can be read out and holds nothing personal."""
    digest = hashlib.sha256(f"{contact_id}|{moment.isoformat()}".encode()).hexdigest()
    return f"P-{digest[:_REFERENCE_DIGITS].upper()}"
