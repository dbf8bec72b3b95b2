"""Enters S3's own word in the disposal ledger: only a version that is "Permanently Deleted" counts as disposed of."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.signals.fields import moment, parse, section, text
from steward.holds.wiring import confirming

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
register = confirming.register()


def _handle(record: dict[str, Any]) -> None:
    event = parse(record["body"])
    detail = section(event, "detail")
    if text(detail, "deletion-type") != "Permanently Deleted":
        return
    gone = section(detail, "object")
    register.confirm_disposal(
        text(section(detail, "bucket"), "name", needed=True),
        text(gone, "key", needed=True),
        text(gone, "version-id", needed=True),
        moment(text(event, "time", needed=True), "time"),
    )


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
