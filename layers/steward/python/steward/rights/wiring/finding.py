"""The parts of ``find_person``."""

from __future__ import annotations

from collections.abc import Callable

from steward.clock import SystemClock
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.register_table import DynamoRegister
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.policy import compiled
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.chains import KnownChains
from steward.rights.adapters.notices import SnsRightsNotices
from steward.rights.adapters.records import S3Records, S3RightsStore
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.scans import DynamoScans
from steward.rights.adapters.work import SqsRightsWork
from steward.rights.finding.messages import SearchMessages
from steward.rights.finding.searching import Searching
from steward.rights.wiring.recording import rights_of
from steward.settings import Environment, read


class FindPerson(Environment, frozen=True, kw_only=True):
    """What ``find_person`` needs to be told. There is no bucket of contact records where the policy keeps none."""

    contact_record_bucket: str = ""
    hold_queue_url: str
    information_topic_arn: str
    instance_arn: str
    own_bus: str
    policy_file: str
    register_table: str
    rights_bucket: str
    rights_table: str
    search_queue_url: str


def messages(count: Callable[[str, int], None]) -> SearchMessages:
    """Return what works through the queue of searches; ``count`` adds to the metric of that name."""
    told, clock = read(FindPerson), SystemClock()
    periods = compiled.load(told.policy_file).retention
    kept = [one for one in S3_RECORD_CLASSES if one is not RecordClass.CONTACT_RECORD and one in periods]
    return SearchMessages(
        searching=Searching(
            clock=clock,
            search_months=rights_of(told.policy_file).search_months,
            held_for_months=max((periods[one].months for one in kept), default=0),
            requests=DynamoRequests(told.rights_table),
            scans=DynamoScans(told.rights_table),
            records=S3Records(told.contact_record_bucket),
            store=S3RightsStore(told.rights_bucket),
            chains=KnownChains(ConnectContacts(told.instance_arn, Pace(clock)), DynamoRegister(told.register_table)),
            work=SqsRightsWork(hold_queue_url=told.hold_queue_url, search_queue_url=told.search_queue_url),
            outside=OwnBus(told.own_bus),
            notices=SnsRightsNotices(told.information_topic_arn),
            count=count,
        )
    )
