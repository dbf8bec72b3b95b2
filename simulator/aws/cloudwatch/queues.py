"""What SQS reports of queues, once a minute.

Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS". A queue is reported for six hours after its
last message; a message that was received three times is left out of the age of the oldest one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from simulator.aws.cloudwatch.metrics import MetricId, Sample

if TYPE_CHECKING:
    from moto.sqs.models import Message, Queue

    from simulator.aws.account.account import EmbeddedAws

_POISON: Final = 3
_ACTIVE: Final = timedelta(hours=6)


class QueueGauge:
    """Looks at every deployed queue."""

    def __init__(self, world: EmbeddedAws) -> None:
        from moto.sqs.models import sqs_backends  # noqa: PLC0415 - the backends exist once moto has started

        self._queues: list[Queue] = list(sqs_backends[world.account][world.region].queues.values())
        self._had_messages: dict[str, datetime] = {}

    def samples(self, at: datetime) -> Iterator[Sample]:
        """Return the values of the minute that begins then."""
        for queue in self._queues:
            messages = queue._messages  # noqa: SLF001 - reading by API would hide them for a while
            if messages:
                self._had_messages[queue.name] = at
            elif queue.name not in self._had_messages or at - self._had_messages[queue.name] > _ACTIVE:
                continue
            now = at.timestamp() * 1000
            dimensions = {"QueueName": queue.name}
            visible = sum(1 for message in messages if _is_visible(message, now))
            yield Sample(MetricId.of("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions), at, visible)
            ages = [now - sent for message in messages if (sent := _counts_since(message)) is not None]
            oldest = max(0.0, *ages, 0.0) / 1000
            yield Sample(MetricId.of("AWS/SQS", "ApproximateAgeOfOldestMessage", dimensions), at, oldest)


def _is_visible(message: Message, now: float) -> bool:
    return message.visible_at <= now and message.delayed_until <= now


def _counts_since(message: Message) -> float | None:
    return None if message.approximate_receive_count >= _POISON else float(message.sent_timestamp or 0)
