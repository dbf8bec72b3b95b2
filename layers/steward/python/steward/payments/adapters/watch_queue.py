"""The guard's queue as a watch: messages that SQS delivers later, and sends on as often as the wait is longer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from steward.aws.clients import PIPELINE, ClientTimeouts, client
from steward.aws.errors import translated
from steward.clock import Clock
from steward.failures import AwsError
from steward.ids import ContactId
from steward.payments.messages import FollowAgain, LookAgain, look_delay
from steward.payments.model import Call
from steward.payments.ports import STORE_CALL_SECONDS, Undelivered

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

LONGEST_DELAY = 900
"""Seconds; SQS delays a message no longer (API reference, SendMessage)."""

IN_PAYMENT = ClientTimeouts(connect=0.2, read=STORE_CALL_SECONDS - 0.2, attempts=1)


@dataclass(frozen=True, slots=True)
class WatchQueue:
    """Sends to the guard's queue; ``api`` is a boto3 client of SQS. Every call raises ``AwsError``."""

    api: SQSClient
    queue_url: str
    clock: Clock

    def look_again(self, call: Call, *, asked_at: datetime, due: datetime, look: int, seek: bool = False) -> None:
        """Have a pause looked at soon, and examined at ``due``. Raises Undelivered."""
        message = LookAgain(call.contact_id, call.initial_contact_id, asked_at=asked_at, due=due, look=look, seek=seek)
        self._send(message, min(due, self.clock.now() + timedelta(seconds=look_delay(look))))

    def follow_again(self, call: Call, *, previous: ContactId, attempt: int, due: datetime) -> None:
        """Have a transferred contact paused again at ``due``. Raises Undelivered."""
        message = FollowAgain(call.contact_id, call.initial_contact_id, previous=previous, attempt=attempt, due=due)
        self._send(message, due)

    def _send(self, message: LookAgain | FollowAgain, due: datetime) -> None:
        wait = math.ceil((due - self.clock.now()).total_seconds())  # never before it is due
        try:
            with translated("sqs.SendMessage"):
                self.api.send_message(
                    QueueUrl=self.queue_url,
                    MessageBody=msgspec.json.encode(message).decode(),
                    DelaySeconds=max(0, min(wait, LONGEST_DELAY)),
                )
        except AwsError as error:
            raise Undelivered from error


def in_payment(queue_url: str, clock: Clock) -> WatchQueue:
    """Return the watch for a function that a caller is waiting for."""
    return WatchQueue(client("sqs", IN_PAYMENT), queue_url, clock)


def in_pipeline(queue_url: str, clock: Clock) -> WatchQueue:
    """Return the watch for a function that works from a queue."""
    return WatchQueue(client("sqs", PIPELINE), queue_url, clock)
