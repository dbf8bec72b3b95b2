"""The hold queue and the later looks at a contact, on SQS and EventBridge Scheduler."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import Conflict
from steward.holds.adapters.batches import Outgoing, send
from steward.holds.messages import ApplyCase, FlaggedContact, HoldContact, Recheck, Reinspect, TellOfCase, encode
from steward.ids import CaseRef, ContactId

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

LONGEST_DELAY = timedelta(minutes=15)
"""SQS delays a message by at most this (Amazon SQS developer guide, "Delay queues")."""

UNTIL_NOTED = 10
"""Seconds that an inspection waits, so that whoever asked for it has noted that before it begins."""

LONGEST_NAME = 64

_WAITING: Final[tuple[QueueAttributeNameType, ...]] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class SqsWork:
    """Sends work to the hold queue. ``group`` and ``role_arn`` are those of the one-time schedules.

    Whatever asks AWS raises ``AwsError``.
    """

    queue_url: str
    queue_arn: str = ""
    group: str = ""
    role_arn: str = ""

    def hold(
        self, case: CaseRef, contact_ids: Iterable[ContactId], signal: str, flagged_at: datetime | None = None
    ) -> None:
        """Let each contact be held for the case, as it was flagged at that moment."""
        self._send(HoldContact(case, one, signal, flagged_at) for one in contact_ids)

    def apply(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        """Let the case's new facts reach each contact."""
        self._send(ApplyCase(case, one) for one in contact_ids)

    def reinspect(self, contact_ids: Iterable[ContactId], *, routine: bool = False) -> None:
        """Let each contact be inspected; a ``routine`` inspection may be brief."""
        self._send(Reinspect(one, routine) for one in contact_ids)

    def relay(self, flag: FlaggedContact) -> None:
        """Hand on a flag among a contact's attributes. Raises AwsError where the queue does not take it."""
        with translated("sqs.SendMessage"):
            client("sqs").send_message(QueueUrl=self.queue_url, MessageBody=encode(flag))

    def tell(self, case: CaseRef, after: timedelta) -> None:
        """Let what came up for the case be told after that time, at most ``LONGEST_DELAY``."""
        with translated("sqs.SendMessage"):
            client("sqs").send_message(
                QueueUrl=self.queue_url,
                MessageBody=encode(TellOfCase(case)),
                DelaySeconds=int(after.total_seconds()),
            )

    def waiting(self) -> int:
        """Return about how many messages are to be dealt with, now or soon."""
        with translated("sqs.GetQueueAttributes"):
            answer = client("sqs").get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=[*_WAITING])
        return sum(int(answer["Attributes"][name]) for name in _WAITING)

    def recheck(self, contact_id: ContactId, attempt: int, at: datetime, now: datetime) -> None:
        """Let the contact be inspected at that moment: by a delayed message, or by a schedule if that is too far off.

        A schedule of the same name that exists already is the same one, made by an earlier try.
        """
        message = encode(Recheck(contact_id, attempt))
        if at - now <= LONGEST_DELAY:
            sqs = client("sqs")
            with translated("sqs.SendMessage"):
                sqs.send_message(
                    QueueUrl=self.queue_url,
                    MessageBody=message,
                    DelaySeconds=max(0, int((at - now).total_seconds())),
                )
            return
        scheduler = client("scheduler")
        try:
            with translated("scheduler.CreateSchedule"):
                scheduler.create_schedule(
                    Name=_schedule_name(contact_id, attempt),
                    GroupName=self.group,
                    ScheduleExpression=f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
                    ScheduleExpressionTimezone="UTC",
                    FlexibleTimeWindow={"Mode": "OFF"},
                    ActionAfterCompletion="DELETE",
                    Target={"Arn": self.queue_arn, "RoleArn": self.role_arn, "Input": message},
                )
        except Conflict:
            return

    def _send(self, messages: Iterable[HoldContact | ApplyCase | Reinspect]) -> None:
        send(
            self.queue_url,
            (
                Outgoing(one.contact_id, encode(one), UNTIL_NOTED if isinstance(one, Reinspect) else 0)
                for one in messages
            ),
        )


def _schedule_name(contact_id: ContactId, attempt: int) -> str:
    """Return a name that Scheduler takes (64 characters); a contact id that is too long stands there as its digest."""
    name = f"recheck-{attempt}-{contact_id}"
    return name if len(name) <= LONGEST_NAME else f"recheck-{attempt}-{sha256(contact_id.encode()).hexdigest()[:40]}"
