"""The queue of releases, on SQS."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import Unavailable, translated
from steward.decisions.subjects import Subject
from steward.ids import CaseRef, ContactId

_BATCH = 10


@dataclass(frozen=True)
class SqsReleases:
    """Orders releases, contact by contact; ``decide`` orders those of a whole case on the same queue."""

    queue_url: str

    def order(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        """Let each contact be released by itself."""
        sqs: Any = client("sqs")
        waiting = iter(contact_ids)
        while batch := tuple(islice(waiting, _BATCH)):
            entries = [
                {
                    "Id": str(number),
                    "MessageBody": json.dumps({"steward": str(Subject.RELEASE), "id": case, "contact_id": contact_id}),
                }
                for number, contact_id in enumerate(batch)
            ]
            with translated("sqs.SendMessageBatch"):
                answer = sqs.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
            if answer.get("Failed"):
                raise Unavailable("sqs.SendMessageBatch", "PartialFailure")
