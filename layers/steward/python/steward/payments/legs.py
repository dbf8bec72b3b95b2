"""The other contacts of a paused call: who joined it, and what it was transferred to.

The guard suspends each when Connect tells of it. Connect tells once: a leg that recorded again after one payment is
suspended by the next pause of the same call itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from steward.clock import Clock
from steward.ids import ContactId
from steward.payments.asking import Turn
from steward.payments.model import Answer, Asker, Call, Entry, Reason, Status
from steward.payments.ports import Contacts, ContactState, Overtaken, Register, Undelivered, Watch

FOLLOW_DELAYS = (5, 10, 20, 40, 60, 60, 60)
"""Seconds between attempts to pause a contact after a transfer; one that does not record yet is looked at further, as
long as a pause may last, at the last of these intervals."""

_NOT_SUSPENDED_ANY_MORE = {Reason.CONTACT_ENDED, Reason.NO_OPEN_PAUSE, Reason.CONTACT_NOT_FOUND}


class OneContact(Protocol):
    """Pause and resume of a single contact. Both raise RegisterUnavailable."""

    def pause(self, call: Call, asker: Asker, *, shared_turn: Turn | None = None) -> Answer:
        """Suspend what it records, in the time of ``shared_turn``."""

    def resume(self, call: Call, asker: Asker, *, turn: Turn | None = None, sparing_claims: bool = False) -> Answer:
        """Resume it; with ``sparing_claims`` not if a flow or a guide relies on its pause."""


@dataclass(frozen=True, slots=True)
class Legs:
    """What happens to other contacts because one is paused or resumed. Every method raises RegisterUnavailable."""

    one: OneContact
    register: Register
    contacts: Contacts
    watch: Watch
    clock: Clock

    def suspend(self, paused: Entry, turn: Turn) -> Reason | None:
        """Suspend every leg of an earlier pause of the call that is on the line; return what failed, or None."""
        return self._suspend_each(paused, paused, {paused.call.contact_id}, turn)

    def resume(self, before: Entry, turn: Turn) -> bool:
        """Resume what steward suspended because of a contact; return whether none of it is suspended any more."""
        resumed = [self._resume(leg, before.call, turn) for leg in sorted(before.followers)]
        return all(resumed)

    def take_back(self, leg: Call) -> None:
        """Let a recording go on that steward suspended just when somebody resumed the call."""
        entry = self.register.find(leg.contact_id)
        if entry is None or not entry.paused:
            self.one.resume(leg, Asker.GUARD, sparing_claims=True)

    def _suspend_each(self, paused: Entry, earlier: Entry, seen: set[ContactId], turn: Turn) -> Reason | None:
        """Do so for the legs of ``earlier``, and for those to which one of them was transferred."""
        failure: Reason | None = None
        for leg in sorted(earlier.legs - seen):
            seen.add(leg)
            own = self.register.find(leg)
            if own is None or own.is_bound_by(paused):
                failure = failure or self._suspend(Call(leg, paused.call.initial_contact_id), paused, turn)
            if own is not None:
                failure = failure or self._suspend_each(paused, own, seen, turn)
        return failure

    def _suspend(self, leg: Call, paused: Entry, turn: Turn) -> Reason | None:
        if turn.short_of_time:
            return Reason.OUT_OF_TIME
        if self.contacts.ended_at(leg.contact_id) not in (ContactState.LIVE, ContactState.UNKNOWN):
            return None
        try:
            self.register.link(paused, leg.contact_id)
        except Overtaken:
            return Reason.RESUME_IN_PROGRESS
        answer = self.one.pause(leg, Asker.GUARD, shared_turn=turn)
        if answer.status is Status.PAUSED or answer.reason is Reason.CONTACT_NOT_FOUND:
            return None
        if answer.reason is Reason.NOTHING_SUSPENDED:  # it may be recorded again any moment
            return self._follow(leg, paused)
        if answer.reason is Reason.RESUME_IN_PROGRESS:
            self.take_back(leg)
        return Reason.OTHER_LEG_RECORDING

    def _follow(self, leg: Call, paused: Entry) -> Reason | None:
        due = self.clock.now() + timedelta(seconds=FOLLOW_DELAYS[0])
        try:
            self.watch.follow_again(leg, previous=paused.call.contact_id, attempt=1, due=due)
        except Undelivered:
            return Reason.GUARD_UNAVAILABLE
        return None

    def _resume(self, leg: ContactId, earlier: Call, turn: Turn) -> bool:
        """Resume a leg; return whether it is not suspended any more.

        One on which a flow or a guide has a payment of its own is left to that payment.
        """
        if turn.short_of_time:
            return False
        answer = self.one.resume(Call(leg, earlier.initial_contact_id), Asker.GUARD, turn=turn, sparing_claims=True)
        if answer.status is Status.RECORDING or answer.reason in _NOT_SUSPENDED_ANY_MORE:
            return True
        entry = self.register.find(leg) if answer.reason is Reason.PAUSE_IN_PROGRESS else None
        return entry is not None and entry.current is not None and entry.current.claimed
