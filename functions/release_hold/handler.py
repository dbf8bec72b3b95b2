"""Releases a hold before its end, on the word of two people. This role alone may shorten a lock."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.requests import BadRequest
from steward.holds.signals.case_events import released
from steward.holds.signals.fields import parse, section
from steward.holds.wiring.releasing import releasing
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
release = releasing()


def _handle(record: dict[str, Any]) -> None:
    try:
        release.release(released(section(parse(record["body"]), "detail")))
    except BadRequest as error:
        count("ReleaseRefused")
        logger.error("release refused", extra={"field": error.field, "problem": error.problem})
        raise
    except Exception as error:
        count("ReleaseFailed")
        logger.warning("release will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
