"""The parts of ``confirm_disposal``."""

from __future__ import annotations

from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.removals import SnsRemovalNotices
from steward.holds.adapters.versions import S3Versions
from steward.holds.confirming import Confirming
from steward.settings import Environment, read


class ConfirmDisposal(Environment, frozen=True, kw_only=True):
    """What ``confirm_disposal`` needs to be told."""

    data_protection_topic_arn: str
    hold_bucket: str
    register_table: str


def confirming() -> Confirming:
    """Return what ``confirm_disposal`` works with."""
    told = read(ConfirmDisposal)
    return Confirming(
        ledger=DynamoRegister(told.register_table),
        buckets=S3Versions(told.hold_bucket),
        notices=SnsRemovalNotices(told.data_protection_topic_arn),
    )
