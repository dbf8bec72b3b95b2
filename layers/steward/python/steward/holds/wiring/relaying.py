"""The parts of ``relay_flags``."""

from __future__ import annotations

from collections.abc import Callable

from steward.aws.dead_letters import SqsDeadLetters
from steward.holds.adapters.work import SqsWork
from steward.holds.signals.relaying import Relaying
from steward.settings import Environment, read


class RelayFlags(Environment, frozen=True, kw_only=True):
    """What ``relay_flags`` needs to be told."""

    hold_queue_url: str
    unread_flags_url: str


def relaying(say: Callable[[str], None]) -> Relaying:
    """Return what ``relay_flags`` works with; ``say`` logs of what kind it was that could not be read."""
    told = read(RelayFlags)
    return Relaying(SqsWork(queue_url=told.hold_queue_url), SqsDeadLetters(told.unread_flags_url), say)
