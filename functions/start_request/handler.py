"""Receives a request of a person who makes it during a call, for the agent's guide.

Answers ``{"status", "reason", "reference"}``; ``steward.rights.calling.starting`` says which. Nothing of what was typed
is logged.
"""

from __future__ import annotations

from typing import Any

from steward.failures import AwsError
from steward.flow_event import BadFlowEventError, read
from steward.observability import count, logger, metrics
from steward.rights.calling.starting import Answer, Status
from steward.rights.wiring import calling

starting = calling.starting()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Answer a flat map of strings."""
    try:
        answer = starting.start(read(event))
    except BadFlowEventError as problem:
        logger.warning("the request cannot be understood: %s", problem)
        answer = Answer(status=Status.REFUSED, reason="bad_request")
    except AwsError as error:
        logger.error("a request was not received", extra={"reason": str(error)})
        answer = Answer(status=Status.FAILED, reason="store")
    logger.info("request by guide", extra=answer.as_map())
    count(f"GuideRequest{answer.status.capitalize()}")
    return answer.as_map()
