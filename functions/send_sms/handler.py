"""Sends one text for a contact flow, unless a rule forbids it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steward.flow_event import BadFlowEventError
from steward.messaging import flow_call
from steward.messaging.answers import Reason, failed
from steward.messaging.wiring import texts as wiring
from steward.names import REFUSED_FOR
from steward.observability import count, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

texts = wiring.texts()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:  # noqa: ARG001 - Lambda's signature
    """Answer ``status`` (``sent``, ``refused`` or ``failed``), ``reason`` and ``message_id``."""
    try:
        call = flow_call.parse(event)
    except BadFlowEventError as problem:
        logger.warning("the request cannot be understood: %s", problem)
        count(f"{REFUSED_FOR}{Reason.BAD_REQUEST}")
        return failed(Reason.BAD_REQUEST).response("status", "reason", "message_id")
    answer = texts.send(call)
    response = answer.response("status", "reason", "message_id")
    logger.info("text", extra={"contact_id": call.contact_id, **response})
    count(f"Text{answer.status.capitalize()}")
    if answer.reason:
        count(f"{REFUSED_FOR}{answer.reason}")
    return response
