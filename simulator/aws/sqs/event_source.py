"""SQS as an event source: what a queue holds, when it becomes visible, and who is told.

moto keeps the queues. Its queues and its receive call are watched, not polled: each message is noted with the moment at
which it becomes visible, and the consumer wakes exactly then.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from moto.sqs.exceptions import ReceiptHandleIsInvalid

from simulator.aws.eventbridge.patterns import compile_pattern

if TYPE_CHECKING:
    from moto.sqs.models import Message, Queue, SQSBackend

    from simulator.aws.eventbridge.patterns import Matcher
    from simulator.aws.lambda_.service import Functions
    from simulator.aws.time.virtual_time import EventQueue

_TICK: Final = timedelta(milliseconds=1)
_CONCURRENCY: Final = 1000
"""An account's concurrent executions, where the mapping sets no limit of its own."""


class WatchedQueue:
    """One queue, with its messages ordered by the moment at which they become visible."""

    def __init__(self, queue: Queue, agenda: EventQueue) -> None:
        self.queue = queue
        self._agenda = agenda
        self._entries: list[tuple[datetime, int, Message]] = []
        self._arrivals = 0
        self.wake: Callable[[datetime], None] | None = None
        add_message = queue.add_message

        def add(message: Message) -> None:
            add_message(message)
            self.note(message)

        queue.add_message = add  # type: ignore[method-assign]

    def note(self, message: Message) -> None:
        """Remember when this message becomes visible next, and tell the consumer."""
        visible = max(_moment(message.visible_at), _moment(message.delayed_until)) + _TICK
        visible = max(visible, self._agenda.now())
        self._arrivals += 1
        heapq.heappush(self._entries, (visible, self._arrivals, message))
        if self.wake:
            self.wake(visible)

    def next_visible(self) -> datetime | None:
        """Return when the next message becomes visible, or ``None`` when there is none."""
        while self._entries and not self._current(*self._entries[0]):
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else None

    def visible_count(self, enough: int) -> int:
        """Return how many messages are visible now, counting no further than ``enough``."""
        found = heapq.nsmallest(enough, self._entries)
        return sum(1 for entry in found if entry[0] <= self._agenda.now() and self._current(*entry))

    def receive(self, limit: int) -> list[Message]:
        """Take up to ``limit`` visible messages; what was received too often goes to the dead-letter queue."""
        taken: list[Message] = []
        redrive = self.queue.redrive_policy or {}
        while len(taken) < limit:
            visible = self.next_visible()
            if visible is None or visible > self._agenda.now():
                break
            message = heapq.heappop(self._entries)[2]
            dead_letters = self.queue.dead_letter_queue
            if dead_letters is not None and message.approximate_receive_count >= int(redrive["maxReceiveCount"]):
                self.queue._messages.remove(message)  # noqa: SLF001 - moto offers no way to move a message
                message.visible_at = message.delayed_until = 0
                dead_letters.add_message(message)
                continue
            message.mark_received(visibility_timeout=int(self.queue.visibility_timeout or 0))  # type: ignore[attr-defined]
            self.note(message)
            taken.append(message)
        return taken

    def delete(self, message: Message) -> None:
        """Remove a message that was processed."""
        if message in self.queue._messages:  # noqa: SLF001
            self.queue._messages.remove(message)  # noqa: SLF001

    def _current(self, visible: datetime, _: int, message: Message) -> bool:
        """Tell whether an entry still says the truth: deleted, moved and re-timed messages leave old entries behind."""
        due = max(_moment(message.visible_at), _moment(message.delayed_until)) + _TICK
        return due <= visible and message in self.queue._messages  # noqa: SLF001


class Queues:
    """Every queue of the account."""

    def __init__(self, backend: SQSBackend, agenda: EventQueue) -> None:
        self._agenda = agenda
        self._watched: dict[str, WatchedQueue] = {}
        change_visibility = backend.change_message_visibility

        def change(queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
            watched = self._by_name(queue_name)
            if watched is None:
                change_visibility(queue_name, receipt_handle, visibility_timeout)
                return
            # moto counts the twelve hours from the sending; SQS from the receipt, which they cannot outlast here.
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
            held = [one for one in watched.queue._messages if one.had_receipt_handle(receipt_handle)]  # noqa: SLF001
            if not held:
                raise ReceiptHandleIsInvalid
            for message in held:
                message.change_visibility(visibility_timeout)
                if not visibility_timeout:
                    # For moto it is visible a moment later, and virtual time stands still meanwhile.
                    message.visible_at = 0
                watched.note(message)

        backend.change_message_visibility = change  # type: ignore[method-assign]

    def __iter__(self) -> Iterator[WatchedQueue]:
        """Go through every queue."""
        return iter(self._watched.values())

    def watch(self, queue: Queue) -> None:
        """Follow what happens in a queue."""
        self._watched[queue.queue_arn] = WatchedQueue(queue, self._agenda)

    def forget(self, arn: str) -> None:
        """Follow a queue no longer, because it is deleted."""
        self._watched.pop(arn, None)

    def find(self, arn: str) -> WatchedQueue | None:
        """Return the queue with that ARN."""
        return self._watched.get(arn)

    def _by_name(self, name: str) -> WatchedQueue | None:
        return next((watched for watched in self if watched.queue.name == name), None)


@dataclass(frozen=True)
class QueueMapping:
    """What ``AWS::Lambda::EventSourceMapping`` says of a queue. ``window`` is in seconds."""

    function: str
    batch_size: int = 10
    window: int = 0
    max_concurrency: int = _CONCURRENCY
    partial_batches: bool = False
    filters: Sequence[Mapping[str, Any]] = ()


@dataclass
class QueueConsumer:
    """Lambda's poller of one queue."""

    mapping: QueueMapping
    watched: WatchedQueue
    functions: Functions
    agenda: EventQueue
    region: str
    _busy: int = 0
    _planned: datetime | None = None
    _window_ends: datetime | None = None
    _filters: list[Matcher] = field(default_factory=list)

    def start(self) -> None:
        """Begin to wait for messages; those that were there before are taken too."""
        self._filters = [compile_pattern(pattern) for pattern in self.mapping.filters]
        self.watched.wake = self._plan
        due = self.watched.next_visible()
        if due is not None:
            self._plan(due)

    def stop(self) -> None:
        """Take no further message."""
        self.watched.wake = None
        self._planned = None

    def _plan(self, moment: datetime) -> None:
        if self._planned is None or moment < self._planned:
            self._planned = moment
            self.agenda.at(moment, lambda: self._poll(moment))

    def _poll(self, planned_for: datetime) -> None:
        if self._planned != planned_for:
            return
        self._planned = None
        while self._busy < self.mapping.max_concurrency:
            due = self.watched.next_visible()
            if due is None:
                return
            if due > self.agenda.now():
                self._plan(due)
                return
            if self._waits_for_more():
                return
            batch = self._accepted(self.watched.receive(self.mapping.batch_size))
            if batch:
                self._invoke(batch)

    def _waits_for_more(self) -> bool:
        """Tell whether the batching window is still open and the batch not yet full."""
        if not self.mapping.window:
            return False
        now = self.agenda.now()
        if self._window_ends is None:
            self._window_ends = now + timedelta(seconds=self.mapping.window)
        if now < self._window_ends and self.watched.visible_count(self.mapping.batch_size) < self.mapping.batch_size:
            self._plan(self._window_ends)
            return True
        self._window_ends = None
        return False

    def _accepted(self, batch: list[Message]) -> list[Message]:
        """Drop what no filter accepts: Lambda deletes it from the queue without an invocation."""
        if not self._filters:
            return batch
        accepted = [message for message in batch if self._passes(message)]
        for message in batch:
            if message not in accepted:
                self.watched.delete(message)
        return accepted

    def _passes(self, message: Message) -> bool:
        try:
            body = json.loads(message.body)
        except ValueError:
            body = message.body
        return any(matches({"body": body}) for matches in self._filters)

    def _invoke(self, batch: list[Message]) -> None:
        records = [_record(message, self.watched.queue.queue_arn, self.region) for message in batch]
        started = self.agenda.now()
        self._busy += 1
        outcome = self.functions.run(self.mapping.function, {"Records": records})

        def finish() -> None:
            self._busy -= 1
            if outcome.error is None:
                for message in self._processed(batch, outcome.response):
                    self.watched.delete(message)
            due = self.watched.next_visible()
            if due is not None:
                self._plan(due)

        if outcome.elapsed:
            self.agenda.at(started + timedelta(seconds=outcome.elapsed), finish)
        else:
            finish()

    def _processed(self, batch: list[Message], response: Any) -> list[Message]:  # noqa: ANN401 - the handler's answer
        """Return what succeeded. Lambda developer guide, "Implementing partial batch responses"."""
        if not self.mapping.partial_batches or response is None:
            return batch
        if not isinstance(response, Mapping):
            return []
        failures = response.get("batchItemFailures")
        if failures is None:
            return batch
        try:
            failed = {failure["itemIdentifier"] for failure in failures}
        except (KeyError, TypeError):
            return []
        if not failed <= {message.id for message in batch}:
            return []
        return [message for message in batch if message.id not in failed]


def _record(message: Message, arn: str, region: str) -> dict[str, Any]:
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if message.group_id:
        attributes["MessageGroupId"] = message.group_id
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {
            name: {
                "dataType": value.get("DataType", value.get("data_type")),
                "stringValue": value.get("StringValue", value.get("string_value")),
            }
            for name, value in message.message_attributes.items()
        },
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": region,
    }


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
