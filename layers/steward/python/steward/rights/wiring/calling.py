"""The parts of ``start_request``."""

from __future__ import annotations

from steward.clock import SystemClock
from steward.rights.calling.adapters import S3AndBus
from steward.rights.calling.starting import Starting
from steward.settings import Environment, read


class StartRequest(Environment, frozen=True, kw_only=True):
    """What ``start_request`` needs to be told."""

    own_bus: str
    rights_bucket: str


def starting() -> Starting:
    """Return what ``start_request`` works with."""
    told = read(StartRequest)
    return Starting(clock=SystemClock(), doors=S3AndBus(bucket=told.rights_bucket, bus=told.own_bus))
