"""Works through what is recorded of applications: each is entered once, with the day on which it goes.

A message that fails comes back after the queue's visibility time-out and ends in the dead-letter queue.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.requests import BadRequest
from steward.names import ATTEMPTS
from steward.observability import count, logger, metrics
from steward.rights.wiring.applications import recording

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
taking = recording()


def _handle(record: dict[str, Any]) -> None:
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        taking.take(record["body"], last=attempt >= ATTEMPTS)
    except BadRequest as error:
        count("ApplicationRefused")
        logger.error("an application was refused", extra={"field": error.field, "problem": error.problem})
        raise
    except Exception as error:
        logger.warning("an event will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
