"""The parts of ``control_recording``."""

from __future__ import annotations

from steward.clock import SystemClock
from steward.payments.adapters import connect, register_table, watch_queue
from steward.payments.control import RecordingController, section
from steward.policy import compiled
from steward.settings import Environment, read


class ControlRecording(Environment, frozen=True, kw_only=True):
    """What ``control_recording`` needs to be told."""

    instance_arn: str
    payment_queue_url: str
    payment_register_table: str
    policy_file: str


def controller() -> RecordingController:
    """Return what ``control_recording`` works with."""
    told, clock = read(ControlRecording), SystemClock()
    recording = connect.in_payment(told.instance_arn)
    return RecordingController(
        policy=section(compiled.load(told.policy_file)),
        control=recording,
        contacts=recording,
        register=register_table.in_payment(told.payment_register_table, clock),
        watch=watch_queue.in_payment(told.payment_queue_url, clock),
        clock=clock,
    )
