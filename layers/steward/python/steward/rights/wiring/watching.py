"""The parts of ``watch_requests``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.policy import compiled
from steward.policy.holds import HoldReason
from steward.retention.adapters import read_switch
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.notices import SnsRightsNotices
from steward.rights.adapters.records import S3RightsStore
from steward.rights.adapters.removing import S3Removing
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.work import SqsRightsWork
from steward.rights.clearing import Clearing
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.watching import Watching
from steward.rights.wiring.recording import promised, rights_of
from steward.settings import Environment, read


class WatchRequests(Environment, frozen=True, kw_only=True):
    """What ``watch_requests`` needs to be told."""

    disposal_switch: str
    erasure_queue_url: str
    information_topic_arn: str
    own_bus: str
    package_queue_url: str
    policy_file: str
    release_queue_url: str
    rights_bucket: str
    rights_table: str
    search_queue_url: str


def watching() -> Watching:
    """Return what ``watch_requests`` works with."""
    told = read(WatchRequests)
    rights = rights_of(told.policy_file)
    held = compiled.load(told.policy_file).holds.reasons.get(HoldReason.SUBJECT_ACCESS)
    return Watching(
        clock=SystemClock(),
        promise=promised(rights),
        holidays=ENGLAND_AND_WALES,
        council=compiled.load(told.policy_file).council.name,
        package_days=rights.package_days,
        kept_months=held.months if held else 0,
        requests=DynamoRequests(told.rights_table),
        work=SqsRightsWork(
            search_queue_url=told.search_queue_url,
            package_queue_url=told.package_queue_url,
            release_queue_url=told.release_queue_url,
            erasure_queue_url=told.erasure_queue_url,
        ),
        outside=OwnBus(told.own_bus),
        notices=SnsRightsNotices(told.information_topic_arn),
        pages=S3RightsStore(told.rights_bucket),
        clearing=Clearing(removing=S3Removing(told.rights_bucket), switch=partial(read_switch, told.disposal_switch)),
    )
