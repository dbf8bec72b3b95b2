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
    """What ``redrive`` needs to be told, by a queue's readable name: its dead letters' address, and its own ARN."""

    dead_letters: dict[str, str]
    work_queues: dict[str, str]


@dataclass(frozen=True)
class Redriving:
    """Moves dead letters. Addresses of them and ARNs of their queues by readable name, such as ``hold-requests``."""

    dead_letters: Mapping[str, str]
    work_queues: Mapping[str, str]

    def waiting(self, queue: str) -> int:
        """Return about how many messages are set aside; raise ``UnknownQueue``."""
        return int(self._attributes(queue)["ApproximateNumberOfMessages"])

    def start(self, queue: str) -> None:
        """Let SQS move them all back, each as if it had just arrived; raise ``UnknownQueue``.

        The queue is named: SQS knows where a message came from only if it set the message aside itself.
        """
        arn = self._attributes(queue)["QueueArn"]
        with translated("sqs.StartMessageMoveTask"):
            client("sqs").start_message_move_task(SourceArn=arn, DestinationArn=self.work_queues[queue])

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
    told = read(Redrive)
    return Redriving(told.dead_letters, told.work_queues)
