"""The parts of ``release_hold``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.work import SqsWork
from steward.holds.release import Releasing
from steward.retention.switch import read_switch
from steward.settings import Environment, read


class ReleaseHold(Environment, frozen=True, kw_only=True):
    """What ``release_hold`` needs to be told."""

    disposal_switch: str
    hold_bucket: str
    hold_queue_url: str
    register_table: str


def releasing() -> Releasing:
    """Return what ``release_hold`` works with."""
    told = read(ReleaseHold)
    return Releasing(
        clock=SystemClock(),
        register=DynamoRegister(told.register_table),
        evidence=S3HeldCopies(told.hold_bucket),
        work=SqsWork(queue_url=told.hold_queue_url),
        switch=partial(read_switch, told.disposal_switch),
        hold_bucket=told.hold_bucket,
    )
