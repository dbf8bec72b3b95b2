"""Enters S3's own word in the disposal ledger: only a version that is gone for good counts as disposed of."""

from __future__ import annotations

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.removing.confirming import Confirming, Removed
from steward.holds.removing.locations import StoredObject
from steward.holds.requests import BadRequest
from steward.holds.signals import s3_notices
from steward.holds.signals.fields import parse
from steward.holds.wiring.confirming import confirming
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
of_batch = confirming()


def _handle(ledger: Confirming, record: dict[str, Any]) -> None:
    refused: BadRequest | None = None
    removals: list[Removed] = []
    for part in s3_notices.apart(record["body"]):
        try:
            removals += _removals(part)
        except BadRequest as error:
            # It comes again, and is set aside in the end, after all that can be read beside it is entered.
            refused = error
    doubtful = ledger.confirm(removals)
    if doubtful:
        count("UnannouncedRemoval", doubtful)
        logger.error("removed without an entry in the ledger, or a decision behind it", extra={"versions": doubtful})
    if refused is not None:
        raise refused


def _removals(body: str) -> list[Removed]:
    gone = [one for one in s3_notices.notices(parse(body)) if one.event in s3_notices.GONE_FOR_GOOD]
    if not all(one.version_id for one in gone):
        raise BadRequest("versionId", "is missing")
    return [Removed(stored=StoredObject(one.bucket, one.key), version_id=one.version_id, at=one.at) for one in gone]


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    handle = partial(_handle, of_batch())
    answer = process_partial_response(event=event, record_handler=handle, processor=processor, context=context)
    return dict(answer)
