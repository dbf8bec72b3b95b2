"""A dead-letter queue, for a function that sets aside by itself what must not lie there as it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated


@dataclass(frozen=True)
class SqsDeadLetters:
    """Sends to the dead-letter queue of the queue that the function works through. Raises ``AwsError``."""

    queue_url: str

    def put(self, body: str) -> None:
        """Set a message aside."""
        sqs: Any = client("sqs")
        with translated("sqs.SendMessage"):
            sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)
