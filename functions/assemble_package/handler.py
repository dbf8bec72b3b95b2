"""Puts a package together once every contact is matched and every file reviewed; before that it lists the files.

What is still under way, such as a hold, is found when the message comes back.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.observability import logger, metrics
from steward.rights.wiring.assembling import assembling

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
deal_with = assembling()


def _handle(record: dict[str, Any]) -> None:
    try:
        deal_with(record["body"])
    except Exception as error:
        logger.warning("a package will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
