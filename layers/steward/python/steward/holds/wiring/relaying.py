"""The parts of ``relay_flags``."""

from __future__ import annotations

from steward.holds.adapters.work import SqsWork
from steward.settings import Environment, read


class RelayFlags(Environment, frozen=True, kw_only=True):
    """What ``relay_flags`` needs to be told."""

    hold_queue_url: str


def work() -> SqsWork:
    """Return the hold queue."""
    return SqsWork(queue_url=read(RelayFlags).hold_queue_url)
