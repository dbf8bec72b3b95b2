"""The parts of ``erase_person`` and ``replay_erasures``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from steward.clock import SystemClock
from steward.decisions.adapters.book_table import DynamoBook
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.discovery import Stores
from steward.ids import RecordClass
from steward.policy import compiled
from steward.retention.adapters import read_switch
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.records import S3RightsStore
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.erasure.adapters.connect import ConnectRedaction
from steward.rights.erasure.adapters.kept import OpenRequests, WhatIsKept
from steward.rights.erasure.adapters.ledger import S3Ledger
from steward.rights.erasure.adapters.notices import SnsErasureNotices
from steward.rights.erasure.adapters.records import S3RecordLines
from steward.rights.erasure.adapters.table import DynamoErasures
from steward.rights.erasure.adapters.versions import S3SourcesByVersion
from steward.rights.erasure.adapters.work import SqsErasureWork
from steward.rights.erasure.carrying_out import CarryingOut
from steward.rights.erasure.judging import STATED
from steward.rights.erasure.messages import ErasureMessages
from steward.rights.erasure.nightly import Replaying
from steward.rights.erasure.planning import Looking, Planning
from steward.rights.erasure.running import Running
from steward.rights.erasure.tombstones import comes_back_for
from steward.settings import Environment, read


class ErasePerson(Environment, frozen=True, kw_only=True):
    """What ``erase_person`` needs to be told; nothing stands for what the policy does without."""

    decisions_table: str
    disposal_switch: str
    erasure_queue_url: str
    information_topic_arn: str
    instance_arn: str
    ledger_bucket: str
    messages_table: str = ""
    own_bus: str
    policy_file: str
    record_buckets: dict[RecordClass, str]
    record_prefixes: dict[RecordClass, str]
    register_table: str
    rights_bucket: str
    rights_table: str


class ReplayErasures(Environment, frozen=True, kw_only=True):
    """What ``replay_erasures`` needs to be told."""

    erasure_queue_url: str
    ledger_bucket: str
    policy_file: str
    rights_table: str


def kept_for(policy_file: str) -> timedelta:
    """Return how long after its beginning anything of a contact could be there, or come back."""
    return comes_back_for(compiled.load(policy_file).retention.values())


def messages(count: Callable[[str, int], None]) -> ErasureMessages:
    """Return what works through the queue of erasures; ``count`` adds to the metric of that name."""
    told, clock = read(ErasePerson), SystemClock()
    pace = Pace(clock)
    buckets = dict(told.record_buckets)
    records = S3RecordLines(buckets.pop(RecordClass.CONTACT_RECORD, ""))
    requests, erasures = DynamoRequests(told.rights_table), DynamoErasures(told.rights_table)
    store, notices = S3RightsStore(told.rights_bucket), SnsErasureNotices(told.information_topic_arn)
    looking = Looking(
        kept=WhatIsKept(
            clock=clock,
            stores=Stores(buckets=buckets, prefixes=told.record_prefixes),
            contacts=ConnectContacts(told.instance_arn, pace),
            sources=S3SourcesByVersion(),
            register=DynamoRegister(told.register_table),
            redaction=ConnectRedaction(told.instance_arn, pace),
            matches=requests,
            others=OpenRequests(requests, clock),
            disclosures=DynamoDisclosures(told.rights_table),
            rights=store,
            messages=told.messages_table,
        ),
        records=records,
    )
    longest = kept_for(told.policy_file)
    ledger = S3Ledger(bucket=told.ledger_bucket, clock=clock, kept_for=longest)
    book, work = DynamoBook(told.decisions_table), SqsErasureWork(told.erasure_queue_url)
    return ErasureMessages(
        planning=Planning(
            clock=clock,
            requests=requests,
            erasures=erasures,
            looking=looking,
            work=work,
            notices=notices,
        ),
        running=Running(
            clock=clock,
            erasures=erasures,
            ledger=ledger,
            decided=lambda request: [row for one in STATED for row in book.of(one, str(request).upper())],
            carrying=CarryingOut(
                clock=clock, looking=looking, ledger=ledger, switch=partial(read_switch, told.disposal_switch)
            ),
            work=work,
            outside=OwnBus(told.own_bus),
            notices=notices,
            kept_for=longest,
            count=count,
        ),
    )


def replaying() -> Replaying:
    """Return what ``replay_erasures`` works with."""
    told, clock = read(ReplayErasures), SystemClock()
    return Replaying(
        erasures=DynamoErasures(told.rights_table),
        ledger=S3Ledger(bucket=told.ledger_bucket, clock=clock, kept_for=kept_for(told.policy_file)),
        work=SqsErasureWork(told.erasure_queue_url),
    )
