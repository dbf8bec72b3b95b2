"""The parts of ``release_hold``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.work import SqsWork
from steward.holds.release import Releasing
from steward.retention.switch import read_switch
from steward.settings import required


def releasing() -> Releasing:
    """Return what ``release_hold`` works with."""
    hold_bucket = required("HOLD_BUCKET")
    return Releasing(
        clock=SystemClock(),
        register=DynamoRegister(required("REGISTER_TABLE")),
        evidence=S3HeldCopies(hold_bucket),
        work=SqsWork(queue_url=required("HOLD_QUEUE_URL")),
        switch=partial(read_switch, required("DISPOSAL_SWITCH")),
        hold_bucket=hold_bucket,
    )
