"""The parts of ``guard_evidence``."""

from __future__ import annotations

from dataclasses import dataclass

from steward.clock import SystemClock
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.removals import SnsRemovalNotices
from steward.holds.adapters.versions import S3Versions
from steward.holds.removing.breaking import BreakingGlass
from steward.settings import Environment, read


class GuardEvidence(Environment, frozen=True, kw_only=True):
    """What ``guard_evidence`` needs to be told."""

    account: str
    data_protection_topic_arn: str
    hold_bucket: str
    register_table: str
    staff_prefix: str
    permission_sets: str = ""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What ``guard_evidence`` works with, and where its roles are."""

    breaking: BreakingGlass
    notices: SnsRemovalNotices
    account: str
    prefix: str
    permission_sets: str


def parts() -> Parts:
    """Return them, from the function's environment."""
    told = read(GuardEvidence)
    notices = SnsRemovalNotices(told.data_protection_topic_arn)
    return Parts(
        breaking=BreakingGlass(
            register=DynamoRegister(told.register_table),
            versions=S3Versions(told.hold_bucket),
            notices=notices,
            clock=SystemClock(),
            hold_bucket=told.hold_bucket,
        ),
        notices=notices,
        account=told.account,
        prefix=told.staff_prefix,
        permission_sets=told.permission_sets,
    )
