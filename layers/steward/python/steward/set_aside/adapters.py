"""SQS, for what was set aside.

A body goes back as it came. Nothing vouches for it but where it lay: most of these messages are EventBridge's and S3's,
which sign nothing, so what counts is that only they, the functions and SQS itself can put anything into these queues
(``infra.parts.closing``). That is why no code over the body is compared, and why a person never hands in a body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import TYPE_CHECKING, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.failures import Unavailable
from steward.set_aside.handling import Message, NoWayBack, Shown, UnknownQueue

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

AT_ONCE: Final = 10
"""As many as SQS hands out, or takes back, in one request."""

TAKEN_FOR: Final = 120
"""Seconds for which a message that was taken is nobody else's: as long as the function runs."""

PATIENCE: Final = 1
"""Seconds of a long poll, which asks all of SQS's servers; a short one asks a few and misses messages.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""


@dataclass(frozen=True, kw_only=True)
class SqsQueues:
    """The queues of one deployment: physical names by readable names, of what is set aside and of where it goes back.

    ``at`` is what comes before a queue's name in its address.

    Whatever asks AWS raises ``AwsError``.
    """

    at: str
    dead_letters: Mapping[str, str]
    work_queues: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """Return the readable names."""
        return tuple(self.dead_letters)

    def waiting(self, name: str) -> int:
        """Count what others see; what somebody has taken for a while is not in it."""
        return int(self._attribute(self._address(name), "ApproximateNumberOfMessages"))

    def take(self, name: str) -> Iterator[Sequence[Message]]:
        """Receive until a poll finds nothing."""
        address = self._address(name)
        while True:
            with translated("sqs.ReceiveMessage"):
                found = client("sqs").receive_message(
                    QueueUrl=address,
                    MaxNumberOfMessages=AT_ONCE,
                    VisibilityTimeout=TAKEN_FOR,
                    WaitTimeSeconds=PATIENCE,
                    MessageSystemAttributeNames=["SentTimestamp"],
                    MessageAttributeNames=["TARGET_ARN"],
                )
            messages = [_message(one) for one in found.get("Messages", ())]
            if not messages:
                return
            yield messages

    def give_back(self, name: str, messages: Sequence[Message]) -> None:
        """Change their visibility; one whose time is over is visible already."""
        for begin in range(0, len(messages), AT_ONCE):
            with translated("sqs.ChangeMessageVisibilityBatch"):
                client("sqs").change_message_visibility_batch(
                    QueueUrl=self._address(name),
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
                        for number, one in enumerate(messages[begin : begin + AT_ONCE])
                    ],
                )

    def way_back(self, name: str, message: Message) -> str | None:
        """Go by the dead letters' own queue; for an event that a rule could not deliver, by its rule's target.

        EventBridge writes the target beside the body, and it alone may send to that queue.
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html ("TARGET_ARN")
        """
        if name in self.work_queues:
            return self.work_queues[name]
        target = message.target.rpartition(":")[2]
        return target if target in self.work_queues.values() else None

    def send(self, queue: str, message: Message) -> None:
        """Send the body; raise ``Unavailable`` if SQS's digest of what it took is not that of what was set aside."""
        with translated("sqs.SendMessage"):
            sent = client("sqs").send_message(QueueUrl=self.at + queue, MessageBody=message.body)
        # SQS names its digest by this algorithm: it guards against an accident, not against a person.
        if sent["MD5OfMessageBody"] != md5(message.body.encode(), usedforsecurity=False).hexdigest():
            raise Unavailable("sqs.SendMessage", "another body arrived")

    def remove(self, name: str, message: Message) -> None:
        """Delete it."""
        with translated("sqs.DeleteMessage"):
            client("sqs").delete_message(QueueUrl=self._address(name), ReceiptHandle=message.receipt)

    def move_all(self, name: str) -> None:
        """Start SQS's own redrive, which touches no body.

        The queue is named: SQS knows where a message came from only if it set the message aside itself. Raises
        ``NoWayBack`` where they came from none.
        """
        source = self._attribute(self._address(name), "QueueArn")
        if name not in self.work_queues:
            raise NoWayBack(name)
        destination = self._attribute(self.at + self.work_queues[name], "QueueArn")
        with translated("sqs.StartMessageMoveTask"):
            client("sqs").start_message_move_task(SourceArn=source, DestinationArn=destination)

    def _address(self, name: str) -> str:
        try:
            return self.at + self.dead_letters[name]
        except KeyError:
            raise UnknownQueue(name) from None

    def _attribute(self, address: str, name: str) -> str:
        with translated("sqs.GetQueueAttributes"):
            known = client("sqs").get_queue_attributes(
                QueueUrl=address, AttributeNames=["QueueArn", "ApproximateNumberOfMessages"]
            )
        return {str(key): value for key, value in known["Attributes"].items()}[name]


@dataclass(frozen=True)
class SnsNotices:
    """Tells the data protection officer. Every call raises ``AwsError``."""

    topic_arn: str

    def discarded(self, queue: str, shown: Shown) -> None:
        """Say which queue, and what may be shown of the message."""
        said = (
            f"An engineer does away with a message that could not be dealt with.\n\n"
            f"Queue: {queue}\n"
            f"Message: {shown.id}\n"
            f"Sent first: {shown.sent_at:%Y-%m-%d %H:%M} UTC\n"
            f"Kind: {shown.content.kind}\n"
            f"Fields: {', '.join(shown.content.fields) or 'none'}\n\n"
            "What it asked for does not happen. CloudTrail says who invoked the function redrive, if the council keeps"
            " a trail of its data events; ask the platform team why."
        )
        send_mail(self.topic_arn, "A message was done away with", said)


def _message(found: MessageTypeDef) -> Message:
    sent = int(found.get("Attributes", {}).get("SentTimestamp", "0")) / 1000
    named = found.get("MessageAttributes", {})
    return Message(
        id=found["MessageId"],
        body=found["Body"],
        sent_at=datetime.fromtimestamp(sent, tz=UTC),
        receipt=found["ReceiptHandle"],
        target=named["TARGET_ARN"].get("StringValue", "") if "TARGET_ARN" in named else "",
    )
