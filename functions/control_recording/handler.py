"""Pauses and resumes the recording of a call for a contact flow or an agent guide.

Answers ``{"status", "reason", "reference"}``; ``steward.payments.model.Reason`` lists the reasons.
"""

from __future__ import annotations

from typing import Any

from steward.clock import SystemClock
from steward.observability import logger
from steward.payments.adapters import connect, register_table, watch_queue
from steward.payments.control import RecordingController, section
from steward.payments.model import Answer, Reason, Status
from steward.payments.request import BadRequest, read
from steward.policy.compiled import load
from steward.settings import required


def _controller() -> RecordingController:
    clock = SystemClock()
    recording = connect.in_payment(required("INSTANCE_ARN"))
    return RecordingController(
        policy=section(load()),
        control=recording,
        contacts=recording,
        register=register_table.in_payment(required("PAYMENT_REGISTER_TABLE"), clock),
        watch=watch_queue.in_payment(required("PAYMENT_QUEUE_URL"), clock),
        clock=clock,
    )


CONTROLLER = _controller()


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
