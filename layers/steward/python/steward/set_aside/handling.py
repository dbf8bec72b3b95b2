"""Looking at what was set aside, putting one message back as it is, and doing away with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steward.set_aside.describing import Content, content

MOST_SHOWN = 100
"""About so many of one queue; how many there are is said."""

MOST_SEARCHED = 3000
"""Among so many one is looked for; where there are more, all of them have the same cause and go back together."""


class UnknownQueue(Exception):
    """There is no queue of that name whose messages are set aside."""


class NoSuchMessage(Exception):
    """No message of that id is set aside there now: it went back, is looked at by somebody else, or never was."""


class NoWayBack(Exception):
    """These messages came from no queue: there is nowhere to put them back."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it was taken out of a dead-letter queue, for a while."""

    id: str
    body: str
    sent_at: datetime
    receipt: str
    target: str = ""
    """The ARN of the queue that EventBridge could not bring it to, as EventBridge itself says; empty for others."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an engineer sees of a message."""

    id: str
    sent_at: datetime
    content: Content


class Queues(Protocol):
    """Dead-letter queues by their readable names. Raises ``UnknownQueue`` and ``steward.failures``."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all that there are."""

    def waiting(self, name: str) -> int:
        """Return about how many messages are set aside."""

    def take(self, name: str) -> Iterable[Sequence[Message]]:
        """Take messages out, a few at a time, until there are no more; nobody else gets them for a while."""

    def give_back(self, name: str, messages: Sequence[Message]) -> None:
        """Let others see them again at once."""

    def way_back(self, name: str, message: Message) -> str | None:
        """Return the queue to which a message goes back; None if it came from none that steward works through."""

    def send(self, queue: str, message: Message) -> None:
        """Put a message into that queue, byte by byte as it is; raise ``steward.failures`` if SQS took another."""

    def remove(self, name: str, message: Message) -> None:
        """Take a message out for good."""

    def move_all(self, name: str) -> None:
        """Let SQS move all of them back; raise ``NoWayBack`` where they came from no queue."""


class Notices(Protocol):
    """The data protection officer."""

    def discarded(self, queue: str, shown: Shown) -> None:
        """Tell that a message is being done away with, before it is."""


@dataclass(frozen=True)
class SetAside:
    """What an engineer may do with what was set aside, without a look at any value in it."""

    queues: Queues
    notices: Notices

    def counts(self) -> Mapping[str, int]:
        """Return about how many messages are set aside, by queue."""
        return {name: self.queues.waiting(name) for name in sorted(self.queues.names())}

    def look(self, name: str) -> tuple[Shown, ...]:
        """Return the first messages of a queue; raise ``UnknownQueue`` if there is none of that name."""
        taken: list[Message] = []
        try:
            for some in self.queues.take(name):
                taken += some
                if len(taken) >= MOST_SHOWN:
                    break
        finally:
            self.queues.give_back(name, taken)
        return tuple(sorted((_shown(one) for one in taken), key=lambda one: (one.sent_at, one.id)))

    def put_back(self, name: str, message_id: str) -> Shown:
        """Put one message back into the queue that it came from, and take it out here once SQS has it there.

        Whoever dies between the two leaves it in both, and every message may be dealt with twice. Raises
        ``UnknownQueue`` if no such queue sets messages aside, ``NoSuchMessage`` if none of that id is in it, and
        ``NoWayBack`` if nothing says where it came from.
        """
        message = self._one(name, message_id)
        queue = self.queues.way_back(name, message)
        if queue is None:
            self.queues.give_back(name, [message])
            raise NoWayBack(name)
        self.queues.send(queue, message)
        self.queues.remove(name, message)
        return _shown(message)

    def discard(self, name: str, message_id: str) -> Shown:
        """Do away with one message, after the data protection officer was told; raise as ``put_back`` does."""
        message = self._one(name, message_id)
        self.notices.discarded(name, _shown(message))
        self.queues.remove(name, message)
        return _shown(message)

    def _one(self, name: str, message_id: str) -> Message:
        others: list[Message] = []
        try:
            for some in self.queues.take(name):
                others += [one for one in some if one.id != message_id]
                for one in some:
                    if one.id == message_id:
                        return one
                if len(others) >= MOST_SEARCHED:
                    break
        finally:
            self.queues.give_back(name, others)
        raise NoSuchMessage(message_id)


def _shown(message: Message) -> Shown:
    return Shown(id=message.id, sent_at=message.sent_at, content=content(message.body))
