"""Releases what two people agreed to release, after the days of grace. This role alone may shorten a lock."""

from __future__ import annotations

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import DecodeError

from steward.decisions import orders
from steward.decisions.subjects import Subject
from steward.holds import requests
from steward.holds.release import Released, Unfounded
from steward.holds.requests import BadRequest
from steward.holds.wiring.releasing import releasing
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
release, notices, told = releasing()


def _handle(record: dict[str, Any]) -> None:
    try:
        done = _released(record["body"])
    except (BadRequest, Unfounded) as error:
        count("ReleaseRefused")
        logger.error("an order to release was refused: %s", error)
        told.once(notices.unfounded, "unfounded", record["messageId"])
        raise
    except Exception as error:
        count("ReleaseFailed")
        logger.warning("release will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        raise
    for name in ("leaving", "released", "kept", "waiting", "extended", "foreign"):
        count(f"Release{name.capitalize()}", getattr(done, name))


def _released(body: str) -> Released:
    try:
        order = orders.decode(body)
    except DecodeError:
        raise BadRequest("body", "is not an order") from None
    if order.subject is not Subject.RELEASE:
        raise BadRequest("steward", "is not an order to release")
    case = requests.case_ref(order.id, "id")
    done = release.release(case, requests.contact_id(order.contact_id, "contact_id") if order.contact_id else None)
    if done.flagged_since:
        notices.flagged_since(case)
    if done.extended:
        notices.extended(case)
    if done.foreign:
        # The order is given again every night.
        told.once(partial(notices.held_by_hand, case), "held by hand", case)
    return done


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
