"""Signs a complaint flag for a contact flow, which then sets it as contact attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steward.failures import AwsError
from steward.flow_event import BadFlowEventError, read
from steward.holds.wiring import signing as wiring
from steward.observability import count, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

signing = wiring.signing()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:  # noqa: ARG001 - Lambda's signature
    """Answer ``status`` (``signed``, ``refused`` or ``failed``), ``reason``, and the attributes that are to be set."""
    try:
        answer = signing.sign(read(event))
    except BadFlowEventError as problem:
        logger.warning("the request cannot be understood: %s", problem)
        answer = {"status": "refused", "reason": "bad_request"}
    except AwsError as error:
        logger.error("the flag could not be signed", extra={"reason": str(error)})
        answer = {"status": "failed", "reason": "key"}
    count(f"Flag{answer['status'].capitalize()}")
    return answer
