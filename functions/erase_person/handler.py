"""Lists what is kept of a person who asked for erasure, and erases what two people agreed on and nothing holds."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.observability import count, logger, metrics
from steward.rights.wiring.erasing import messages

LEAVE_MS = 240_000
"""What is left of the function's time when it notes its place and asks for the rest.

More than a fifth of it: the alarm on runs that take longer than four fifths is for those that do not.
"""

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
erasures = messages(count)


def _handle(record: dict[str, Any], lambda_context: LambdaContext) -> None:
    try:
        erasures.handle(record["body"], lambda: lambda_context.get_remaining_time_in_millis() > LEAVE_MS)
    except Exception as error:
        logger.warning("an erasure will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
