"""Enters S3's own word in the disposal ledger: only a version that is gone for good counts as disposed of."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.requests import BadRequest
from steward.holds.signals import s3_notices
from steward.holds.signals.fields import parse
from steward.holds.wiring import confirming

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
register = confirming.register()


def _handle(record: dict[str, Any]) -> None:
    for notice in s3_notices.notices(parse(record["body"])):
        if notice.event in s3_notices.GONE_FOR_GOOD:
            if not notice.version_id:
                raise BadRequest("versionId", "is missing")
            register.confirm_disposal(notice.bucket, notice.key, notice.version_id, notice.at)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
