"""The parts of ``place_hold``."""

from __future__ import annotations

from collections.abc import Callable

from steward.aws.dead_letters import SqsDeadLetters
from steward.aws.marks import DynamoMarks
from steward.clock import SystemClock
from steward.evidence.adapters.kms import KmsSigner
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.notices import SnsNotices
from steward.holds.adapters.outbox_table import DynamoOutbox
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.sources import S3Sources
from steward.holds.adapters.work import SqsWork
from steward.holds.discovery import Stores
from steward.holds.inspecting.inspection import HoldReconciler
from steward.holds.placing import Placing
from steward.holds.signals.adapters import DynamoHours, KmsSeal
from steward.holds.signals.dispatch import Dispatcher
from steward.holds.signals.throttling import Throttle
from steward.holds.telling.gathering import Gathering
from steward.holds.telling.refusals import Refusals
from steward.ids import RecordClass
from steward.policy import compiled
from steward.settings import Environment, read
from steward.told import Told


class PlaceHold(Environment, frozen=True, kw_only=True):
    """What ``place_hold`` needs to be told."""

    complaints_topic_arn: str
    dead_letters_url: str
    hold_bucket: str
    hold_queue_arn: str
    hold_queue_url: str
    instance_arn: str
    policy_file: str
    recheck_group: str
    recheck_role_arn: str
    record_buckets: dict[RecordClass, str]
    record_prefixes: dict[RecordClass, str]
    register_table: str
    signing_key_arn: str
    flag_key_arn: str = ""
    """Empty where the policy has no flags signed."""


def dispatcher(count: Callable[[str, int], None]) -> tuple[Dispatcher, Refusals, str]:
    """Return what ``place_hold`` works with, what settles a refusal, and the ARN of the queue whose refusals it does.

    ``count`` adds to the metric of that name.
    """
    told = read(PlaceHold)
    clock, policy = SystemClock(), compiled.load(told.policy_file)
    register = DynamoRegister(told.register_table)
    contacts = ConnectContacts(told.instance_arn, Pace(clock))
    sources = S3Sources()
    team = SnsNotices(told.complaints_topic_arn)
    remembered = Told(clock=clock, marks=DynamoMarks(told.register_table))
    work = SqsWork(
        queue_url=told.hold_queue_url,
        queue_arn=told.hold_queue_arn,
        group=told.recheck_group,
        role_arn=told.recheck_role_arn,
    )
    gathering = Gathering(clock=clock, outbox=DynamoOutbox(told.register_table), later=work, team=team, told=remembered)
    reconciler = HoldReconciler(
        policy=policy,
        stores=Stores(buckets=told.record_buckets, prefixes=told.record_prefixes),
        clock=clock,
        register=register,
        contacts=contacts,
        sources=sources,
        evidence=S3HeldCopies(told.hold_bucket),
        signer=KmsSigner(told.signing_key_arn),
        notices=gathering,
        count=count,
    )
    placing = Placing(
        policy=policy,
        clock=clock,
        register=register,
        contacts=contacts,
        reconciler=reconciler,
        work=work,
        notices=gathering,
    )
    refusals = Refusals(told=remembered, team=team, dead_letters=SqsDeadLetters(told.dead_letters_url))
    dispatcher = Dispatcher(
        instance_arn=told.instance_arn,
        clock=clock,
        contacts=contacts,
        sources=sources,
        placing=placing,
        gathering=gathering,
        throttle=Throttle(clock=clock, hours=DynamoHours(told.register_table), limit=policy.holds.signals.per_hour),
        seal=KmsSeal(told.flag_key_arn),
    )
    return dispatcher, refusals, told.hold_queue_arn
