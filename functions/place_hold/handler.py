"""Works through the hold queue: flags, escalations, closures, and work that steward gave to itself.

A message that fails comes back after the queue's visibility time-out and ends in the dead-letter queue.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.requests import BadRequest, Unmatched
from steward.holds.wiring.placing import dispatcher
from steward.names import ATTEMPTS, UNMATCHED
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
dispatch = dispatcher(count)


def _handle(record: dict[str, Any]) -> None:
    try:
        attempt = int(record["attributes"]["ApproximateReceiveCount"])
        dispatch.handle(record["body"], attempt=attempt, last=attempt >= ATTEMPTS)
    except BadRequest as error:
        count("HoldRequestRefused")
        said = UNMATCHED if isinstance(error, Unmatched) else "request refused"
        logger.error(said, extra={"field": error.field, "problem": error.problem})
        raise
    except Exception as error:
        count("HoldFailed")
        logger.warning("request will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
