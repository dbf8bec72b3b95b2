"""Takes what people ask for and decide, by a signed call of its Function URL, and "Hold Released" from the own bus."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.decisions import case_events, wiring
from steward.decisions.book import Outcome
from steward.decisions.calls import Unreadable, body_of, call_id_of, call_of, caller
from steward.decisions.deciding import Answer
from steward.decisions.people import CASE_SYSTEM, NOBODY, Person, UnknownCaller
from steward.decisions.subjects import Subject
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import parse
from steward.holds.telling.setting_aside import without_free_text
from steward.names import ATTEMPTS
from steward.observability import count, logger, metrics
from steward.rights.erasure.judging import STATED as ERASURE
from steward.rights.judging import STATED

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
parts = wiring.parts()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer ``status`` and ``reason``; or, to the queue of events, which of them failed.

    A request through the Function URL is always in an envelope of Lambda's own: what its sender wrote is in ``body``.
    """
    if "requestContext" not in event:
        return dict(process_partial_response(event=event, record_handler=_event, processor=processor, context=context))
    return _answered(_request(event))


def _request(event: dict[str, Any]) -> Answer:
    call_id, by = call_id_of(event), NOBODY
    try:
        by = caller(event, account=parts.account, prefix=parts.prefix, permission_sets=parts.permission_sets)
        call = call_of(event, by)
        if parts.judging is not None and call.subject in STATED:
            answer = parts.judging.take(call, body_of(event))
        elif parts.disclosing is not None and call.subject == Subject.DISCLOSURE:
            answer = parts.disclosing.take(call, body_of(event))
        elif parts.erasing is not None and call.subject in ERASURE:
            answer = parts.erasing.take(call, body_of(event))
        else:
            answer = parts.deciding.take(call)
    except (Unreadable, UnknownCaller) as problem:
        answer = parts.deciding.refuse(call_id, by, problem)
    _noted(answer)
    return answer


def _event(record: dict[str, Any]) -> None:
    """Take an event; what is refused, or failed too often, is set aside here, without what people typed."""
    attempt, body = int(record["attributes"]["ApproximateReceiveCount"]), record["body"]
    try:
        refused = attempt > ATTEMPTS or _taken(body, record["messageId"]).status is Outcome.REFUSED
    except Exception as error:
        count("DecisionFailed")
        logger.warning("an event will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        if attempt < ATTEMPTS:
            raise
        refused = True
    if refused:
        parts.dead_letters.put(without_free_text(body))


def _taken(body: str, message_id: str) -> Answer:
    try:
        answer = case_events.released(parse(body), parts.deciding, answers_for_both=parts.case_system_releases)
    except BadRequest as problem:
        answer = parts.deciding.refuse(
            message_id, Person(role=CASE_SYSTEM, name=""), Unreadable(problem.field, problem.problem)
        )
    _noted(answer)
    return answer


def _noted(answer: Answer) -> None:
    count(f"Decision{answer.status.capitalize()}")
    logger.info("decision", extra={"status": answer.status, "reason": answer.reason})


def _answered(answer: Answer) -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"status": answer.status, "reason": answer.reason}),
    }
