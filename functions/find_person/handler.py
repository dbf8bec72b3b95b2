"""Looks for a person's contacts: one message begins a look, and one for each month of exported records does it."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.names import ATTEMPTS
from steward.observability import count, logger, metrics
from steward.rights.wiring.finding import messages

LEAVE_MS = 60_000
"""What is left of the function's time when it notes its place and asks for the rest."""

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
searches = messages(count)


def _handle(record: dict[str, Any], lambda_context: LambdaContext) -> None:
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        searches.handle(
            record["body"],
            last=attempt >= ATTEMPTS,
            time_left=lambda: lambda_context.get_remaining_time_in_millis() > LEAVE_MS,
        )
    except Exception as error:
        logger.warning("a search will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
