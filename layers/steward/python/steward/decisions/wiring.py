"""The parts of ``decide``."""

from __future__ import annotations

from dataclasses import dataclass

from steward.aws.dead_letters import SqsDeadLetters
from steward.aws.marks import DynamoMarks
from steward.clock import SystemClock
from steward.decisions.adapters.book_table import DynamoBook
from steward.decisions.adapters.orders import SnsDecisionNotices, SqsOrders, ToldOnce
from steward.decisions.deciding import Deciding, Ground
from steward.decisions.subjects import Subject, rules
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.deciding.grounds import CardData, HeldCase
from steward.ids import RecordClass
from steward.policy.compiled import load
from steward.policy.holds import ReleaseBy
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.disclosing.judging import DisclosureJudging
from steward.rights.erasure.adapters.table import DynamoErasures
from steward.rights.erasure.adapters.work import SqsErasureWork
from steward.rights.erasure.judging import ErasureJudging
from steward.rights.judging import Judging
from steward.settings import Environment, read
from steward.told import Told


class Decide(Environment, frozen=True, kw_only=True):
    """What ``decide`` needs to be told."""

    account: str
    card_data_queue_url: str
    complaints_topic_arn: str
    data_protection_topic_arn: str
    dead_letters_url: str
    decisions_table: str
    hold_bucket: str
    policy_file: str
    record_buckets: dict[RecordClass, str]
    register_table: str
    release_queue_url: str
    staff_prefix: str
    permission_sets: str = ""
    own_bus: str = ""
    erasure_queue_url: str = ""
    rights_table: str = ""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What ``decide`` works with: who it is about, where its roles are, and whether events answer for two people."""

    deciding: Deciding
    judging: Judging | None
    """None where the policy has no section of people's rights."""
    disclosing: DisclosureJudging | None
    """None where the policy has no section of rights, or none of disclosure."""
    erasing: ErasureJudging | None
    """None where the policy has no section of people's rights."""
    dead_letters: SqsDeadLetters
    account: str
    prefix: str
    permission_sets: str
    case_system_releases: bool


def parts() -> Parts:
    """Return them, from the function's environment and the policy."""
    told = read(Decide)
    policy = load(told.policy_file)
    by_case_system = policy.holds.release_by is ReleaseBy.CASE_SYSTEM
    built: dict[Subject, Ground] = {
        Subject.RELEASE: HeldCase(DynamoRegister(told.register_table)),
        Subject.CARD_DATA: CardData(frozenset(told.record_buckets.values()), told.hold_bucket),
    }
    clock, book = SystemClock(), DynamoBook(told.decisions_table)
    judging = (
        Judging(clock=clock, book=book, requests=DynamoRequests(told.rights_table), events=OwnBus(told.own_bus))
        if told.rights_table
        else None
    )
    disclosing = (
        DisclosureJudging(
            clock=clock,
            policy=policy.disclosure,
            book=book,
            disclosures=DynamoDisclosures(told.rights_table),
            events=OwnBus(told.own_bus),
        )
        if told.rights_table and policy.disclosure
        else None
    )
    erasing = (
        ErasureJudging(
            clock=clock,
            book=book,
            requests=DynamoRequests(told.rights_table),
            plans=DynamoErasures(told.rights_table),
            events=OwnBus(told.own_bus),
            orders=SqsErasureWork(told.erasure_queue_url),
        )
        if told.rights_table
        else None
    )
    return Parts(
        judging=judging,
        erasing=erasing,
        disclosing=disclosing,
        deciding=Deciding(
            clock=clock,
            book=book,
            rules={
                subject: rule
                for subject, rule in rules(case_system_releases=by_case_system).items()
                if subject in built
            },
            grounds=built,
            orders=SqsOrders({Subject.RELEASE: told.release_queue_url, Subject.CARD_DATA: told.card_data_queue_url}),
            notices=ToldOnce(
                notices=SnsDecisionNotices(
                    told.complaints_topic_arn, {Subject.CARD_DATA: told.data_protection_topic_arn}
                ),
                remembered=Told(clock=clock, marks=DynamoMarks(told.decisions_table)),
            ),
        ),
        dead_letters=SqsDeadLetters(told.dead_letters_url),
        account=told.account,
        prefix=told.staff_prefix,
        permission_sets=told.permission_sets,
        case_system_releases=by_case_system,
    )
