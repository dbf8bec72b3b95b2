"""The parts of ``redrive``."""

from __future__ import annotations

from steward.set_aside.adapters import SnsNotices, SqsQueues
from steward.set_aside.handling import SetAside
from steward.settings import Environment, read


class Redrive(Environment, frozen=True, kw_only=True):
    """What ``redrive`` needs to be told: queues by their readable names, such as ``hold-requests``."""

    data_protection_topic_arn: str
    dead_letters: dict[str, str]
    queues_at: str
    work_queues: dict[str, str]


def set_aside() -> SetAside:
    """Return what ``redrive`` works with."""
    told = read(Redrive)
    queues = SqsQueues(at=told.queues_at, dead_letters=told.dead_letters, work_queues=told.work_queues)
    return SetAside(queues, SnsNotices(told.data_protection_topic_arn))
