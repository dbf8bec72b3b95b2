"""The parts of ``compare_configuration``."""

from __future__ import annotations

from steward.clock import SystemClock
from steward.configuration.accepting import Accepted
from steward.configuration.adapters.account import CloudFormationStacks, LiveAccount
from steward.configuration.adapters.book import RegisterBook, SnsNotices
from steward.configuration.checks import CHECKS
from steward.configuration.comparing import Comparing
from steward.configuration.written import Place
from steward.settings import Environment, read


class CompareConfiguration(Environment, frozen=True, kw_only=True):
    """What ``compare_configuration`` needs to be told."""

    accepted_differences: list[Accepted] = []  # noqa: RUF012 - msgspec copies it for each
    account: str
    data_protection_topic_arn: str
    region: str
    register_table: str
    stacks: list[str]
    supervisors_topic_arn: str


def comparing() -> Comparing:
    """Return what ``compare_configuration`` works with."""
    told, clock = read(CompareConfiguration), SystemClock()
    return Comparing(
        stacks=CloudFormationStacks(tuple(told.stacks)),
        live=lambda: LiveAccount(clock),
        place=Place(account=told.account, region=told.region),
        checks=CHECKS,
        book=RegisterBook(told.register_table),
        notices=SnsNotices(told.data_protection_topic_arn, told.supervisors_topic_arn),
        clock=clock,
        accepted=tuple(told.accepted_differences),
    )
