"""The parts of ``maintain_holds``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.notices import SnsNotices
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.releases import SqsReleases
from steward.holds.adapters.work import SqsWork
from steward.holds.nightly.sweep import Sweep
from steward.retention.adapters import read_switch
from steward.settings import Environment, read


class MaintainHolds(Environment, frozen=True, kw_only=True):
    """What ``maintain_holds`` needs to be told."""

    complaints_topic_arn: str
    disposal_switch: str
    hold_bucket: str
    hold_queue_url: str
    register_table: str
    release_queue_url: str


def sweep() -> Sweep:
    """Return what ``maintain_holds`` works with."""
    told = read(MaintainHolds)
    return Sweep(
        clock=SystemClock(),
        register=DynamoRegister(told.register_table),
        evidence=S3HeldCopies(told.hold_bucket),
        work=SqsWork(queue_url=told.hold_queue_url),
        releases=SqsReleases(told.release_queue_url),
        notices=SnsNotices(told.complaints_topic_arn),
        switch=partial(read_switch, told.disposal_switch),
        hold_bucket=told.hold_bucket,
    )
