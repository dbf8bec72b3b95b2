"""The guard over open pauses: transfers, hang-ups, and what everybody forgot.

Contact events are best effort and unordered, so every act looks at the register first and may be repeated. What must
not depend on an event does not: each pause puts its own examination into the queue before it touches the recording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from steward.ids import ContactId
from steward.payments.control import RecordingController
from steward.payments.legs import FOLLOW_DELAYS
from steward.payments.messages import FORGOTTEN, ContactEvent, FollowAgain, LookAgain, Message
from steward.payments.model import Asker, Call, Entry, Interval, Reason, Status
from steward.payments.ports import ContactState, Notices, Overtaken

WATCHED_FOR = timedelta(days=1)
"""How long a pause that everybody forgot is still looked at, every fifteen minutes; the daily run goes on."""

SAME_CALL = timedelta(hours=1)
"""A contact that begins later after the end of a paused one does not continue its call."""

SWEPT_AT_ONCE = 60
"""Open pauses examined by one daily run, the oldest first; what ended is closed and does not come again."""

SWEEP_PACE = 0.5
"""Seconds between two calls of the sweep: Connect allows two a second to the whole instance."""

_TRUNCATED = timedelta(milliseconds=1)
_FORGOTTEN_LOOK = timedelta(minutes=15)
_NEEDS_SOMEBODY = {Reason.ACCESS_DENIED, Reason.UNEXPECTED_ANSWER}
_CLOSED_MEANWHILE = {Reason.CONTACT_ENDED, Reason.NO_OPEN_PAUSE}


class NotFollowed(Exception):
    """A contact after a transfer could not be paused; the message holds ids and a reason code only."""


class NotHeld(Exception):
    """What records during a pause could not be looked at; the message holds ids and a reason code only."""


class NotResumed(Exception):
    """A pause beyond the limit could not be resumed although the policy says so."""


@dataclass(frozen=True, slots=True)
class PaymentGuard:
    """Deals with one message at a time. Whatever it raises, the message has to come again."""

    controller: RecordingController
    notices: Notices
    count: Callable[[str], None]
    """Adds one to the metric of that name."""

    def deal_with(self, message: Message) -> None:
        """Do what the message asks for, if it still stands.

        Raises RegisterUnavailable, Undelivered, NotFollowed, NotHeld or NotResumed.
        """
        if isinstance(message, LookAgain):
            self._look(message)
        elif isinstance(message, FollowAgain):
            self._follow(_call(message), message.previous, message.attempt)
        elif message.ends_contact:
            self._end(message.contact_id, message.at)
        elif message.is_voice:
            self._started(message)

    def sweep(self) -> int:
        """Compare every open pause with the contact itself, as lost events demand; return how many were looked at.

        Raises RegisterUnavailable, Undelivered or NotResumed.
        """
        looked_at = 0
        for entry in islice(self.controller.register.open_entries(), SWEPT_AT_ONCE):
            if looked_at:
                self.controller.clock.sleep(SWEEP_PACE)
            self._examine(entry)
            looked_at += 1
        return looked_at

    def _started(self, event: ContactEvent) -> None:
        """Pause a contact that a paused one was transferred to, or that an agent joined."""
        call = Call(event.contact_id, event.initial_contact_id)
        previous = event.previous or event.contact_id
        if previous != event.contact_id and self._is_another_call(event, previous):
            # Connect copied the tag of the earlier call; whatever this one is transferred to must not carry it on.
            self.controller.control.unmark(call)
            return
        if self._follow(call, previous, attempt=0) and event.kind == "CONNECTED_TO_AGENT":
            # The agent's recording starts when the agent joins: perhaps just after this event.
            self._follow_later(call, previous, attempt=1)

    def _is_another_call(self, event: ContactEvent, previous: ContactId) -> bool:
        """Return whether the contact only comes after the paused one, such as the callback of the next day."""
        own = self.controller.register.find(event.contact_id)
        if own and own.current:
            return False
        if event.is_another_call:
            return True
        began = event.began or event.at
        entries = (self.controller.register.find(one) for one in dict.fromkeys((previous, event.initial_contact_id)))
        ends = [entry.ended_at for entry in entries if entry and not entry.current and entry.ended_at]
        return bool(ends) and all(began > end + SAME_CALL for end in ends)

    def _follow(self, call: Call, previous: ContactId, attempt: int) -> bool:
        """Pause the contact if it is bound to be; return whether it is confirmed now."""
        since = self.controller.clock.now()
        bound = self._bound(call, previous)
        if bound is None:
            return False
        call, because = bound
        if because is None:
            answer = self.controller.hold(call, Asker.GUARD)
        else:
            try:
                self.controller.register.link(because, call.contact_id)
            except Overtaken:
                return self._follow(call, previous, attempt)
            answer = self.controller.pause(call, Asker.GUARD, since=since)
        if answer.status is Status.PAUSED:
            self.count("PaymentPauseFollowed")
            return True
        if answer.reason is Reason.RESUME_IN_PROGRESS:
            self.controller.legs.take_back(call)
            return False
        if answer.status is Status.RECORDING or answer.reason in _CLOSED_MEANWHILE:
            return False
        if answer.reason is not Reason.NOTHING_SUSPENDED:
            self._tell_not_followed(call, answer.reason)
        records_nothing = answer.reason is Reason.NOTHING_SUSPENDED
        longest = self.controller.policy.limit_minutes if records_nothing else 0
        if attempt < len(FOLLOW_DELAYS) + longest:
            self._follow_later(call, previous, attempt + 1)
        elif not records_nothing:
            raise NotFollowed(f"contact {call.contact_id} could not be paused after a transfer: {answer.reason}")
        return False

    def _bound(self, call: Call, previous: ContactId) -> tuple[Call, Entry | None] | None:
        """Return the contact if it has to be paused: an earlier one is, and nobody resumed since.

        With it comes the entry of the earlier contact; None if the contact's own pause is open. An event may lack the
        initial contact; then it is that of the earlier contact.
        """
        own = self.controller.register.find(call.contact_id)
        if own and own.paused:
            return own.call, None
        if own and own.current and own.binds_since is None:
            return None
        for earlier in dict.fromkeys((previous, call.initial_contact_id)):
            entry = self.controller.register.find(earlier) if earlier != call.contact_id else None
            if entry is not None:
                named = call.initial_contact_id != call.contact_id
                initial = call.initial_contact_id if named else entry.call.initial_contact_id
                bound = own.is_bound_by(entry) if own else entry.binds_since is not None
                return (Call(call.contact_id, initial), entry) if bound else None
        return None

    def _follow_later(self, call: Call, previous: ContactId, attempt: int) -> None:
        due = self.controller.clock.now() + timedelta(seconds=FOLLOW_DELAYS[min(attempt, len(FOLLOW_DELAYS)) - 1])
        self.controller.watch.follow_again(call, previous=previous, attempt=attempt, due=due)

    def _end(self, contact_id: ContactId, at: datetime) -> None:
        entry = self.controller.register.find(contact_id)
        if entry and entry.current:
            self._close_as_ended(entry, entry.current, at)

    def _look(self, message: LookAgain) -> None:
        call, now = _call(message), self.controller.clock.now()
        entry = self.controller.register.find(call.contact_id)
        current = entry.current if entry else None
        settled = bool(entry and entry.settled_at and entry.settled_at + _TRUNCATED > message.asked_at)
        if now < message.due:
            if current is None and settled:
                return
            if entry and current and abs(current.asked_at - message.asked_at) <= _TRUNCATED:
                self._hold(entry)
                if message.seek:
                    self._seek(call)
            watch = self.controller.watch
            watch.look_again(call, asked_at=message.asked_at, due=message.due, look=message.look + 1, seek=message.seek)
            return
        if entry and current:
            self._examine(entry)
            self._go_on_looking(message, entry)
            return
        if settled:
            return
        if self.controller.contacts.ended_at(call.contact_id) in (ContactState.LIVE, ContactState.UNKNOWN):
            self.count("PaymentPauseUnknown")
            self.notices.tell(
                "A payment pause has an unknown outcome",
                f"At {_clock_time(message.asked_at)} recording was to be paused on contact {call.contact_id}, and what"
                " came of it is not known. The payment was refused. Recording may still be suspended: ask the agent to"
                ' press "Payment finished".',
            )

    def _hold(self, entry: Entry) -> None:
        """Suspend what started to be recorded since the pause began."""
        if not entry.paused:
            return
        answer = self.controller.hold(entry.call, Asker.GUARD)
        if answer.reason is Reason.RESUME_IN_PROGRESS:
            self.controller.legs.take_back(entry.call)
        elif answer.reason in _NEEDS_SOMEBODY:
            raise NotHeld(f"contact {entry.call.contact_id} is paused and could not be looked at: {answer.reason}")

    def _seek(self, call: Call) -> None:
        """Find what the call was transferred to, of which no event tells because the contact carries no tag of ours."""
        joined = self.controller.contacts.joined(call.contact_id)
        if joined is None:
            raise NotHeld(f"contact {call.contact_id} is paused and what it was transferred to could not be looked up")
        for event in joined:
            self._started(event)

    def _go_on_looking(self, message: LookAgain, before: Entry) -> None:
        """Look on at a pause that is open beyond its limit."""
        now = self.controller.clock.now()
        if before.current is None or abs(before.current.asked_at - message.asked_at) > _TRUNCATED:
            return
        entry = self.controller.register.find(before.call.contact_id)
        if entry and entry.paused and now < message.asked_at + WATCHED_FOR:
            self._hold(entry)
            if message.seek:
                self._seek(entry.call)
            due = now + _FORGOTTEN_LOOK
            watch = self.controller.watch
            watch.look_again(entry.call, asked_at=message.asked_at, due=due, look=FORGOTTEN, seek=message.seek)

    def _examine(self, entry: Entry) -> None:
        """Close an open pause whose contact ended; tell of one that is open for too long."""
        current = entry.current
        if current is None:
            return
        ended_at = self.controller.contacts.ended_at(entry.call.contact_id)
        now = self.controller.clock.now()
        if ended_at is ContactState.GONE:
            ended_at = now
        if isinstance(ended_at, datetime):
            self._close_as_ended(entry, current, ended_at)
            return
        limit = timedelta(minutes=self.controller.policy.limit_minutes)
        if now + _TRUNCATED < current.asked_at + limit:
            return
        if entry.alerted_reference != current.reference:
            self._tell_overdue(entry, current)
        if self.controller.policy.resume_by_itself and ended_at is ContactState.LIVE:
            answer = self.controller.resume(entry.call, Asker.GUARD)
            if answer.status is not Status.RECORDING and answer.reason is not Reason.CONTACT_ENDED:
                raise NotResumed(f"contact {entry.call.contact_id} could not be resumed: {answer.reason}")

    def _close_as_ended(self, entry: Entry, current: Interval, at: datetime) -> None:
        ended = replace(current, status=Status.ENDED, reason=Reason.CONTACT_ENDED, ended_at=at)
        self.controller.register.end(entry.call, ended)

    def _tell_overdue(self, entry: Entry, current: Interval) -> None:
        self.count("PaymentPauseOverdue")
        contact_id = entry.call.contact_id
        minutes = self.controller.policy.limit_minutes
        acts = self.controller.policy.resume_by_itself
        self.notices.tell(
            "A payment pause is open for too long",
            f"Recording of contact {contact_id} was paused for a payment at {_clock_time(current.asked_at)}"
            f" ({current.reference}) and has not resumed within {minutes} minutes. "
            + ("steward resumes it now, as the policy says." if acts else "steward does not resume it by itself.")
            + " Ask the agent whether the payment is finished.",
        )
        self.controller.register.note_alert(contact_id, current.reference)

    def _tell_not_followed(self, call: Call, reason: Reason) -> None:
        mark = f"follow {call.contact_id}"
        entry = self.controller.register.find(call.contact_id)
        if entry and entry.alerted_reference == mark:
            return
        self.count("PaymentPauseNotFollowed")
        self.notices.tell(
            "A call was transferred during a payment and may be recording",
            f"Contact {call.contact_id} continues a call that was paused for a payment, and Amazon Connect has not"
            f" confirmed that its recording is suspended ({reason}). steward goes on trying. No card may be read out:"
            " stop the payment, and see docs/card-data-in-a-recording.md if one was.",
        )
        self.controller.register.note_alert(call.contact_id, mark)


def _call(message: LookAgain | FollowAgain) -> Call:
    return Call(message.contact_id, message.initial_contact_id)


def _clock_time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC on {moment:%d %B %Y}"
