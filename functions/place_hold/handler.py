"""Works through the hold queue: flags, escalations, closures, and work that steward gave to itself.

A message that fails comes back after the queue's visibility time-out. What is refused, and what failed too often, is
set aside by this function and not by SQS, because what people typed is no matter for a dead-letter queue.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.requests import BadRequest, Unmatched
from steward.holds.signals import s3_notices
from steward.holds.signals.throttling import Flood
from steward.holds.wiring.placing import dispatcher
from steward.names import ATTEMPTS, UNMATCHED
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
dispatch, refusals, hold_queue = dispatcher(count)


def _handle(record: dict[str, Any]) -> None:
    parts = s3_notices.apart(record["body"])
    if len(parts) == 1:
        _dispatched(record)
        return
    problems = [problem for number, part in enumerate(parts) if (problem := _problem(part, record, number)) is not None]
    if problems:
        # What was seen to is seen to again, which changes nothing.
        raise problems[0]


def _problem(part: str, record: dict[str, Any], number: int) -> Exception | None:
    """See to one of several parts of a message; return what makes another try worth while."""
    try:
        dispatch.handle(part)
    except BadRequest as error:
        _refused(error)
        refusals.settle_part(error, part, f"{record['messageId']}/{number}")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one part, the others are seen to
        _failed(error)
        return error
    return None


def _dispatched(record: dict[str, Any]) -> None:
    attempt, body = int(record["attributes"]["ApproximateReceiveCount"]), record["body"]
    # S3's notifications come from a queue of their own; people typed nothing there, and SQS sets aside what is refused.
    settles = record["eventSourceARN"] == hold_queue
    if settles and attempt > ATTEMPTS:
        # Every attempt ended the function itself; another would do no better.
        refusals.give_up(body)
        return
    try:
        dispatch.handle(body)
    except BadRequest as error:
        _refused(error)
        if not error.final and attempt < ATTEMPTS:
            raise
        if not settles:
            refusals.tell(error, body, record["messageId"])
            raise
        refusals.settle(error, body, record["messageId"])
    except Exception as error:
        _failed(error)
        if not settles or attempt < ATTEMPTS:
            raise
        refusals.give_up(body)


def _refused(error: BadRequest) -> None:
    count("FlagsBeyondTheHour" if isinstance(error, Flood) else "HoldRequestRefused")
    said = UNMATCHED if isinstance(error, Unmatched) else "request refused"
    logger.error(said, extra={"field": error.field, "problem": error.problem})


def _failed(error: Exception) -> None:
    count("HoldFailed")
    logger.warning("request will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
