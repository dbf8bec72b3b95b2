"""The parts of ``find_person``."""

from __future__ import annotations

from collections.abc import Callable

from steward.aws.clients import client
from steward.clock import SystemClock
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.register_table import DynamoRegister
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.messaging.adapters.kms import KmsNumberHasher
from steward.policy import compiled
from steward.rights.adapters.attributes import ConnectAttributes
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.chains import KnownChains
from steward.rights.adapters.notices import SnsRightsNotices
from steward.rights.adapters.records import S3Records, S3RightsStore
from steward.rights.adapters.registers import DynamoRegisters
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.scans import DynamoScans
from steward.rights.adapters.stopped_texts import DynamoStoppedTexts
from steward.rights.adapters.work import SqsRightsWork
from steward.rights.correcting import Correcting
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.finding.belonging import Belonging
from steward.rights.finding.messages import SearchMessages
from steward.rights.finding.searching import Searching
from steward.rights.restricting import Restricting
from steward.rights.wiring.recording import rights_of
from steward.settings import Environment, read


class FindPerson(Environment, frozen=True, kw_only=True):
    """What ``find_person`` needs to be told; nothing stands for what the policy does without."""

    consents_table: str = ""
    contact_record_bucket: str = ""
    hold_queue_url: str
    information_topic_arn: str
    instance_arn: str
    messages_table: str = ""
    number_key_id: str = ""
    own_bus: str
    payments_table: str = ""
    policy_file: str
    register_table: str
    rights_bucket: str
    rights_table: str
    search_queue_url: str


def messages(count: Callable[[str, int], None]) -> SearchMessages:
    """Return what works through the queue of searches; ``count`` adds to the metric of that name."""
    told, clock = read(FindPerson), SystemClock()
    periods = compiled.load(told.policy_file).retention
    contacts = ConnectContacts(told.instance_arn, Pace(clock))
    store = S3RightsStore(told.rights_bucket)
    registers = DynamoRegisters(
        hasher=KmsNumberHasher(client("kms"), told.number_key_id) if told.number_key_id else None,
        clock=clock,
        consents=told.consents_table,
        messages=told.messages_table,
        payments=told.payments_table,
    )
    kept = [one for one in S3_RECORD_CLASSES if one is not RecordClass.CONTACT_RECORD and one in periods]
    return SearchMessages(
        correcting=Correcting(
            clock=clock,
            requests=DynamoRequests(told.rights_table),
            kept=store,
            attributes=ConnectAttributes(told.instance_arn, Pace(clock)),
            disclosed=DynamoDisclosures(told.rights_table),
            told=OwnBus(told.own_bus),
            notices=SnsRightsNotices(told.information_topic_arn),
        ),
        restricting=Restricting(
            requests=DynamoRequests(told.rights_table),
            kept=store,
            numbers=registers,
            texts=DynamoStoppedTexts(told.consents_table, clock),
            disclosed=DynamoDisclosures(told.rights_table),
            told=OwnBus(told.own_bus),
        ),
        searching=Searching(
            clock=clock,
            search_months=rights_of(told.policy_file).search_months,
            held_for_months=max((periods[one].months for one in kept), default=0),
            requests=DynamoRequests(told.rights_table),
            scans=DynamoScans(told.rights_table),
            records=S3Records(told.contact_record_bucket),
            store=store,
            belonging=Belonging(
                chains=KnownChains(contacts, DynamoRegister(told.register_table)),
                registers=registers,
                kept=store,
            ),
            work=SqsRightsWork(hold_queue_url=told.hold_queue_url, search_queue_url=told.search_queue_url),
            outside=OwnBus(told.own_bus),
            notices=SnsRightsNotices(told.information_topic_arn),
            count=count,
        ),
    )
