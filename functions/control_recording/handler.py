"""Pauses and resumes the recording of a call for a contact flow or an agent guide.

Answers ``{"status", "reason", "reference"}``; ``steward.payments.model.Reason`` lists the reasons.
"""

from __future__ import annotations

from typing import Any

from steward.names import REFUSED_FOR
from steward.observability import count, logger, metrics
from steward.payments.model import Answer, Operation, Reason, Status
from steward.payments.request import BadRequest, read
from steward.payments.wiring import controlling

CONTROLLER = controlling.controller()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Carry out the operation and answer a flat map of strings; `paused` only after Connect confirmed it."""
    try:
        request = read(event)
    except BadRequest as problem:
        logger.warning("the request cannot be understood: %s", problem)
        count(f"{REFUSED_FOR}{Reason.BAD_REQUEST}")
        return Answer(Status.NOT_CONFIRMED, Reason.BAD_REQUEST).as_map()
    answer = CONTROLLER.carry_out(request)
    say = logger.warning if answer.status is Status.NOT_CONFIRMED else logger.info
    say(
        "recording control",
        extra={"contact_id": request.call.contact_id, "operation": request.operation.value, **answer.as_map()},
    )
    if request.operation is Operation.PAUSE and answer.status is Status.NOT_CONFIRMED:
        count(f"{REFUSED_FOR}{answer.reason}")
    return answer.as_map()
