"""Messages that were set aside, back into the queue that they came from, by SQS itself: nobody touches a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.settings import Environment, read


class UnknownQueue(Exception):
    """There is no queue of that name whose dead letters could go back."""


class Redrive(Environment, frozen=True, kw_only=True):
    """What ``redrive`` needs to be told: the address of each dead-letter queue, by its queue's readable name."""

    dead_letters: dict[str, str]


@dataclass(frozen=True)
class Redriving:
    """Moves dead letters. Addresses by readable name, such as ``hold-requests``."""

    dead_letters: Mapping[str, str]

    def waiting(self, queue: str) -> int:
        """Return about how many messages are set aside; raise ``UnknownQueue``."""
        return int(self._attributes(queue)["ApproximateNumberOfMessages"])

    def start(self, queue: str) -> None:
        """Let SQS move them all back, each as if it had just arrived; raise ``UnknownQueue``."""
        arn = self._attributes(queue)["QueueArn"]
        with translated("sqs.StartMessageMoveTask"):
            client("sqs").start_message_move_task(SourceArn=arn)

    def _attributes(self, queue: str) -> Mapping[str, str]:
        address = self.dead_letters.get(queue)
        if address is None:
            raise UnknownQueue(queue)
        with translated("sqs.GetQueueAttributes"):
            known = client("sqs").get_queue_attributes(
                QueueUrl=address, AttributeNames=["QueueArn", "ApproximateNumberOfMessages"]
            )
        return {str(name): value for name, value in known["Attributes"].items()}


def redriving() -> Redriving:
    """Return what ``redrive`` works with."""
    return Redriving(read(Redrive).dead_letters)
