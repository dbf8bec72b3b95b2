"""Writes what became of texts into the message log, from a queue of delivery events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from steward.messaging.wiring import deliveries as wiring
from steward.observability import count, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

deliveries = wiring.deliveries()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def take(record: SQSRecord) -> None:
    """Record one EventBridge event; what fails comes back, and in the end goes to the dead-letter queue."""
    try:
        deliveries.record(json.loads(record.body))
    except Exception as problem:
        logger.warning("delivery_not_recorded", extra={"problem": type(problem).__name__})
        count("DeliveryNotRecorded")
        raise
    count("DeliveryRecorded")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Answer which messages shall come back."""
    return process_partial_response(event=event, record_handler=take, processor=processor, context=context)
