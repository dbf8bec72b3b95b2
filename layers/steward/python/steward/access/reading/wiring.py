"""The parts of ``report_access``."""

from __future__ import annotations

from functools import partial

from steward.access.reading.adapters import S3Reports, S3Trail, ToldOfReads, on_record
from steward.access.reading.reasons import Stores
from steward.access.reading.reporting import Reporting
from steward.clock import SystemClock
from steward.holds.references import folded
from steward.ids import CaseRef
from steward.policy import compiled
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.settings import Environment, read


class ReportAccess(Environment, frozen=True, kw_only=True):
    """What ``report_access`` needs to be told."""

    account: str
    data_protection_topic_arn: str
    hold_bucket: str
    own_bus: str
    policy_file: str
    region: str
    rights_bucket: str
    rights_table: str
    staff_prefix: str
    trail_bucket: str


def reporting() -> Reporting:
    """Return what ``report_access`` works with."""
    told = read(ReportAccess)
    return Reporting(
        clock=SystemClock(),
        council=compiled.load(told.policy_file).council.name,
        stores=Stores(
            rights=told.rights_bucket,
            holds=told.hold_bucket,
            account=told.account,
            prefix=told.staff_prefix,
            fold=lambda one: folded(CaseRef(one)),
        ),
        trail=S3Trail(bucket=told.trail_bucket, account=told.account, region=told.region),
        known=partial(on_record, DynamoRequests(told.rights_table), DynamoDisclosures(told.rights_table)),
        reports=S3Reports(told.rights_bucket),
        told=ToldOfReads(topic_arn=told.data_protection_topic_arn, bus=OwnBus(told.own_bus)),
    )
