"""Removes the card data that two people agreed to remove, and every copy of it, at once."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import DecodeError

from steward.decisions import orders
from steward.decisions.subjects import Subject
from steward.holds import requests
from steward.holds.removing.orders import Unfounded
from steward.holds.requests import BadRequest
from steward.holds.wiring.removing import card_data_orders
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
removals, notices = card_data_orders()


def _handle(record: dict[str, Any]) -> None:
    first = record.get("attributes", {}).get("ApproximateReceiveCount") == "1"
    try:
        done = _removed(record["body"], first=first)
    except (BadRequest, Unfounded) as error:
        count("CardDataRefused")
        logger.error("an order to remove card data was refused: %s", error)
        if first:
            notices.unfounded()
        raise
    except Exception as error:
        count("CardDataNotGone")
        logger.warning("removal will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise
    count("CardDataRemoved", done)


def _removed(body: str, *, first: bool) -> int:
    try:
        order = orders.decode(body)
    except DecodeError:
        raise BadRequest("body", "is not an order") from None
    if order.subject is not Subject.CARD_DATA:
        raise BadRequest("steward", "is not an order to remove card data")
    return removals.carry_out(requests.contact_id(order.id, "id"), first=first)


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
