"""The parts of ``record_disclosure`` and ``watch_disclosures``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from steward.aws.dead_letters import SqsDeadLetters
from steward.clock import SystemClock
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.sources import S3Sources
from steward.holds.discovery import Stores
from steward.ids import RecordClass
from steward.policy import compiled
from steward.policy.disclosure import Disclosure
from steward.retention.adapters import read_switch
from steward.rights.adapters.removing import S3Removing
from steward.rights.clearing import Clearing
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.disclosing.adapters.notices import SnsDisclosureNotices
from steward.rights.disclosing.adapters.originals import DisclosureShelf, KeptOriginals
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.disclosing.handling import Handling
from steward.rights.disclosing.intake import Intake
from steward.rights.disclosing.watching import Watching
from steward.settings import Environment, read


class RecordDisclosure(Environment, frozen=True, kw_only=True):
    """What ``record_disclosure`` needs to be told."""

    data_protection_topic_arn: str
    dead_letters_url: str
    hold_bucket: str
    information_topic_arn: str
    instance_arn: str
    policy_file: str
    record_buckets: dict[RecordClass, str]
    record_prefixes: dict[RecordClass, str]
    register_table: str
    rights_bucket: str
    rights_table: str


class WatchDisclosures(Environment, frozen=True, kw_only=True):
    """What ``watch_disclosures`` needs to be told."""

    data_protection_topic_arn: str
    disposal_switch: str
    information_topic_arn: str
    policy_file: str
    rights_bucket: str
    rights_table: str


def disclosure_of(policy_file: str) -> Disclosure:
    """Return the policy's section of disclosure; raise ValueError where it has none and nothing of this is deployed."""
    disclosure = compiled.load(policy_file).disclosure
    if disclosure is None:
        raise ValueError("the policy has no section disclosure")
    return disclosure


def dead_letters() -> SqsDeadLetters:
    """Return where ``record_disclosure`` sets aside what was refused."""
    return SqsDeadLetters(read(RecordDisclosure).dead_letters_url)


def intake(count: Callable[[str, int], None]) -> Intake:
    """Return what takes events from the queue; ``count`` adds to the metric of that name."""
    told, clock = read(RecordDisclosure), SystemClock()
    notices = SnsDisclosureNotices(told.information_topic_arn, told.data_protection_topic_arn)
    buckets = dict(told.record_buckets)
    buckets.pop(RecordClass.CONTACT_RECORD, None)
    handling = Handling(
        clock=clock,
        policy=disclosure_of(told.policy_file),
        holidays=ENGLAND_AND_WALES,
        disclosures=DynamoDisclosures(told.rights_table),
        originals=KeptOriginals(
            clock=clock,
            stores=Stores(buckets=buckets, prefixes=told.record_prefixes),
            contacts=ConnectContacts(told.instance_arn, Pace(clock)),
            sources=S3Sources(),
            register=DynamoRegister(told.register_table),
            hold_bucket=told.hold_bucket,
        ),
        shelf=DisclosureShelf(told.rights_bucket),
        notices=notices,
        count=count,
    )
    return Intake(clock=clock, handling=handling, notices=notices)


def watching() -> Watching:
    """Return what ``watch_disclosures`` works with."""
    told = read(WatchDisclosures)
    return Watching(
        clock=SystemClock(),
        policy=disclosure_of(told.policy_file),
        disclosures=DynamoDisclosures(told.rights_table),
        notices=SnsDisclosureNotices(told.information_topic_arn, told.data_protection_topic_arn),
        clearing=Clearing(removing=S3Removing(told.rights_bucket), switch=partial(read_switch, told.disposal_switch)),
    )
