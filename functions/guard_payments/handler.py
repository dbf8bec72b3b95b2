"""Watches over open payment pauses: contact events and delayed looks from the queue, and a sweep once a day."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from steward.observability import count, logger, metrics
from steward.payments.messages import read
from steward.payments.wiring import guarding

GUARD = guarding.guard(count)
PROCESSOR = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def deal_with(record: SQSRecord) -> None:
    """Deal with one message; whatever it raises brings that message back alone."""
    try:
        GUARD.deal_with(read(record.body))
    except Exception as problem:
        logger.warning("a message was not dealt with", extra={"problem": type(problem).__name__, "why": str(problem)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 -- Lambda's own context object
    """Work through a batch of messages, or sweep when the schedule asks."""
    if "Records" in event:
        return dict(process_partial_response(event, deal_with, PROCESSOR, context))
    looked_at = GUARD.sweep()
    count("Heartbeat")
    logger.info("open payment pauses examined", extra={"looked_at": looked_at})
    count("PaymentPausesExamined", looked_at)
    return {"looked_at": looked_at}
