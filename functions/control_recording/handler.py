"""Pauses and resumes the recording of a call for a contact flow or an agent guide.

Answers ``{"status", "reason", "reference"}``; ``steward.payments.model.Reason`` lists the reasons.
"""

from __future__ import annotations

from typing import Any

from steward.observability import logger
from steward.payments.model import Answer, Reason, Status
from steward.payments.request import BadRequest, read
from steward.payments.wiring import controlling

CONTROLLER = controlling.controller()


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Carry out the operation and answer a flat map of strings; `paused` only after Connect confirmed it."""
    try:
        request = read(event)
    except BadRequest as problem:
        logger.warning("the request cannot be understood: %s", problem)
        return Answer(Status.NOT_CONFIRMED, Reason.BAD_REQUEST).as_map()
    answer = CONTROLLER.carry_out(request)
    say = logger.warning if answer.status is Status.NOT_CONFIRMED else logger.info
    say(
        "recording control",
        extra={"contact_id": request.call.contact_id, "operation": request.operation.value, **answer.as_map()},
    )
    return answer.as_map()
