"""The parts of ``maintain_holds``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.notices import SnsNotices
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.work import SqsWork
from steward.holds.sweep import Sweep
from steward.retention.switch import read_switch
from steward.settings import required


def sweep() -> Sweep:
    """Return what ``maintain_holds`` works with."""
    hold_bucket = required("HOLD_BUCKET")
    return Sweep(
        clock=SystemClock(),
        register=DynamoRegister(required("REGISTER_TABLE")),
        evidence=S3HeldCopies(hold_bucket),
        work=SqsWork(queue_url=required("HOLD_QUEUE_URL")),
        notices=SnsNotices(required("COMPLAINTS_TOPIC_ARN")),
        switch=partial(read_switch, required("DISPOSAL_SWITCH")),
        hold_bucket=hold_bucket,
    )
