"""Passes a complaint flag among a contact's attributes on to the hold queue; invoked for flagged records only.

What is passed on is the flag and the ids it needs, nothing else of the contact record.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.signals.connect_events import flag_of
from steward.holds.wiring import relaying

processor = BatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)
work = relaying.work()


def _handle(record: dict[str, Any]) -> None:
    flag = flag_of(json.loads(base64.b64decode(record["kinesis"]["data"])))
    if flag is not None:
        work.relay(flag)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which records of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
