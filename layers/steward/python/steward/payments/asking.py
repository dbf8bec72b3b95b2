"""Asking Connect about one recording type after the other, within the time that the flow has.

Three things about Connect decide the order. AWS does not document how a type that is not in use is refused, so a type
that was refused before Connect confirmed any other is asked about again after it did. A request that names no type
concerns whatever is recorded (API reference, SuspendContactRecording), so that one such request answers for all that
is in doubt. And the account has two requests a second, five at once, for each operation (administrator guide, "API
throttling quotas"): a request that was throttled waits for its turn, and then asks about everything at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.clock import Clock
from steward.ids import ContactId
from steward.payments.model import Reason
from steward.payments.ports import CONNECT_CALL_SECONDS, STORE_CALL_SECONDS, Reply
from steward.policy.payments import RecordingType

PATIENCE = timedelta(seconds=5.5)
"""No call to Connect begins unless it and the register are done within this time; the flow waits for eight seconds."""

_LAST_CONNECT_CALL = timedelta(seconds=CONNECT_CALL_SECONDS + STORE_CALL_SECONDS)
_WAITS = (0.3, 0.6, 0.9)
_JITTER = 0.4

Ask = Callable[[RecordingType | None], Reply]
"""One request to Connect about one type, or about whatever is recorded."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Connect answered for the types asked for, one after the other until one failed."""

    done: frozenset[RecordingType]
    """What was changed, or may have been: a request without a type does not say which."""
    unsure: frozenset[RecordingType]
    failure: Reason | None

    @property
    def nothing(self) -> bool:
        """Whether Connect refused every type."""
        return self.failure is None and not self.done


@dataclass(slots=True)
class Turn:
    """The time that one request of a flow has left, and its place among those that ask at the same moment."""

    clock: Clock
    until: datetime
    contact_id: ContactId
    _waited: int = 0

    @property
    def short_of_time(self) -> bool:
        """Whether one more call to Connect could take too long."""
        return self.clock.now() + _LAST_CONNECT_CALL > self.until

    def wait(self) -> bool:
        """Wait a little longer than the last time; return whether there is time for one more call afterwards.

        Contacts wait differently long, so that those who were turned away together do not come back together.
        """
        share = hashlib.sha256(f"{self.contact_id}|{self._waited}".encode()).digest()[0] / 255
        seconds = _WAITS[min(self._waited, len(_WAITS) - 1)] + _JITTER * share
        self._waited += 1
        if self.clock.now() + timedelta(seconds=seconds) + _LAST_CONNECT_CALL > self.until:
            return False
        self.clock.sleep(seconds)
        return True

    def once(self, act: Callable[[], Reply]) -> Reply | Reason:
        """Make one call, again and again while it is throttled and there is time; a Reason if there was none at all."""
        if self.short_of_time:
            return Reason.OUT_OF_TIME
        reply = act()
        while reply is Reply.THROTTLED and self.wait():
            reply = act()
        return reply

    def at_once(self, ask: Ask, kinds: Sequence[RecordingType]) -> Outcome:
        """Ask about all these types in one request where they are all that there are, else one after the other."""
        if set(kinds) == set(RecordingType):
            return self._about_everything(ask, kinds, set())
        return self.each(ask, kinds)

    def each(self, ask: Ask, kinds: Sequence[RecordingType]) -> Outcome:
        """Ask about one type after the other, at most as many times as there are types unless throttled."""
        every = set(kinds) == set(RecordingType)
        done: set[RecordingType] = set()
        doubtful: list[RecordingType] = []
        waiting = list(kinds)
        while waiting:
            if every and doubtful and len(waiting) == 1:
                return self._about_everything(ask, kinds, done)
            kind = waiting.pop(0)
            if self.short_of_time:
                return Outcome(frozenset(done), frozenset(), Reason.OUT_OF_TIME)
            reply = ask(kind)
            if reply is Reply.DONE:
                done.add(kind)
                if every and doubtful:
                    return self._about_everything(ask, kinds, done)
                waiting += doubtful
                doubtful.clear()
            elif reply is Reply.REFUSED:
                if not done:
                    doubtful.append(kind)
            elif reply is Reply.THROTTLED and self.wait():
                if every:
                    return self._about_everything(ask, kinds, done)
                waiting.insert(0, kind)
            else:
                return _failed(done, {kind}, reply)
        return Outcome(frozenset(done), frozenset(), None)

    def _about_everything(self, ask: Ask, kinds: Sequence[RecordingType], done: set[RecordingType]) -> Outcome:
        reply = self.once(lambda: ask(None))
        if reply is Reply.DONE:
            return Outcome(frozenset(kinds), frozenset(), None)
        if reply is Reply.REFUSED:
            return Outcome(frozenset(done), frozenset(), None)
        return _failed(done, set(kinds), reply)


def _failed(done: set[RecordingType], asked: set[RecordingType], reply: Reply | Reason) -> Outcome:
    if isinstance(reply, Reason):
        return Outcome(frozenset(done), frozenset(), reply)
    unsure = asked - done if reply.may_have_taken_effect else set[RecordingType]()
    return Outcome(frozenset(done), frozenset(unsure), reply.failure)
