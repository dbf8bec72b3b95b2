"""Records what a caller decided about text messages, for a contact flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steward.flow_event import BadFlowEventError
from steward.messaging import flow_call
from steward.messaging.answers import Reason, refused
from steward.messaging.wiring import consents as wiring
from steward.observability import count, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

consents = wiring.consents()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:  # noqa: ARG001 - Lambda's signature
    """Answer ``status`` (``recorded`` or ``refused``) and ``reason``."""
    try:
        call = flow_call.parse(event)
    except BadFlowEventError as problem:
        logger.warning("the request cannot be understood: %s", problem)
        return refused(Reason.BAD_REQUEST).response("status", "reason")
    answer = consents.record(call)
    response = answer.response("status", "reason")
    logger.info("consent", extra={"contact_id": call.contact_id, **response})
    count(f"Consent{answer.status.capitalize()}")
    return response
