"""The parts of ``guard_payments``."""

from __future__ import annotations

from collections.abc import Callable

from steward.clock import SystemClock
from steward.payments.adapters import connect, notices, register_table, watch_queue
from steward.payments.control import RecordingController, section
from steward.payments.guard import PaymentGuard
from steward.policy import compiled
from steward.settings import Environment, read


class GuardPayments(Environment, frozen=True, kw_only=True):
    """What ``guard_payments`` needs to be told."""

    instance_arn: str
    payment_queue_url: str
    payment_register_table: str
    policy_file: str
    supervisors_topic_arn: str


def guard(count: Callable[[str], None]) -> PaymentGuard:
    """Return what ``guard_payments`` works with; ``count`` adds one to the metric of that name."""
    told, clock = read(GuardPayments), SystemClock()
    controller = RecordingController(
        policy=section(compiled.load(told.policy_file)),
        control=connect.in_payment(told.instance_arn),
        contacts=connect.in_pipeline(told.instance_arn),
        register=register_table.in_pipeline(told.payment_register_table, clock),
        watch=watch_queue.in_pipeline(told.payment_queue_url, clock),
        clock=clock,
    )
    return PaymentGuard(controller, notices.supervisors(told.supervisors_topic_arn), count)
