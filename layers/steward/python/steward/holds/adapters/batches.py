"""Messages about contacts, sent to a queue in batches of which single messages may fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import AwsError
from steward.holds.ports import NotHandedOver
from steward.ids import ContactId

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_BATCH = 10
_TRIES = 2


@dataclass(frozen=True)
class Outgoing:
    """A message about a contact; the queue keeps it back for ``delay`` seconds."""

    contact_id: ContactId
    body: str
    delay: int = 0


def send(queue_url: str, messages: Iterable[Outgoing]) -> None:
    """Send in batches; what the queue refuses of one is sent again. Raises NotHandedOver for what is left."""
    refused: dict[ContactId, str] = {}
    waiting = iter(messages)
    while batch := tuple(islice(waiting, _BATCH)):
        for _ in range(_TRIES):
            batch, code = _refused(queue_url, batch)
            if not batch:
                break
        refused |= dict.fromkeys((message.contact_id for message in batch), code)
    if refused:
        raise NotHandedOver("sqs.SendMessageBatch", next(iter(refused.values())), tuple(refused))


def _refused(queue_url: str, batch: tuple[Outgoing, ...]) -> tuple[tuple[Outgoing, ...], str]:
    """Send one batch and return what of it the queue did not take, and why.

    A batch succeeds as a whole while single messages of it fail (Amazon SQS API reference, "SendMessageBatch").
    """
    entries: list[SendMessageBatchRequestEntryTypeDef] = [
        {"Id": str(number), "MessageBody": message.body, "DelaySeconds": message.delay}
        for number, message in enumerate(batch)
    ]
    try:
        with translated("sqs.SendMessageBatch"):
            answer = client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
    except AwsError as error:
        return batch, error.code
    failed = answer.get("Failed", [])
    return tuple(batch[int(row["Id"])] for row in failed), failed[0]["Code"] if failed else ""
