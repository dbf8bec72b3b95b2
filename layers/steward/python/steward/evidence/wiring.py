"""The parts of ``write_statement``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from steward.clock import SystemClock
from steward.evidence.adapters.counts import CloudWatchCounts
from steward.evidence.adapters.decisions import ScannedDecisions
from steward.evidence.adapters.inventories import S3Inventories
from steward.evidence.adapters.kms import KmsSigner
from steward.evidence.adapters.requests import AgendaOfRequests
from steward.evidence.adapters.stores import Registers, S3Shelf, S3Stores, SnsOfficer
from steward.evidence.packs import Packs
from steward.evidence.register.nightly import Nights
from steward.evidence.register.refusals import RefusalCounts, kinds
from steward.evidence.register.requests import Deadlines
from steward.evidence.statement.counting import Rule
from steward.evidence.statement.making import About, Statements
from steward.evidence.statement.whole import HOLDS
from steward.holds.adapters.work import SqsWork
from steward.ids import RecordClass
from steward.policy import compiled
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days
from steward.rights.clock.deadlines import Promise
from steward.settings import Environment, read


class WriteStatement(Environment, frozen=True, kw_only=True):
    """What ``write_statement`` needs to be told; ``record_buckets`` are the buckets by record class."""

    adopted_buckets: dict[str, str]
    """Those that are adopted as they are, and not counted yet, by record class."""
    data_protection_topic_arn: str
    decisions_table: str
    erasure_bucket: str = ""
    """The ledger of erasures; empty where the policy knows none."""
    evidence_bucket: str
    hold_bucket: str
    hold_queue_url: str
    inventory_bucket: str
    policy_file: str
    record_buckets: dict[str, str]
    register_table: str
    rights_table: str = ""
    """The register of requests; empty where the policy knows none."""
    statement_key: str
    steward_environment: str


def statements() -> Statements:
    """Return what ``write_statement`` works with."""
    told = read(WriteStatement)
    policy = compiled.load(told.policy_file)
    clock = SystemClock()
    return Statements(
        clock=clock,
        about=About(
            council=policy.council.name,
            environment=told.steward_environment,
            policy_version=policy.council.policy_version,
            policy_sha256=hashlib.sha256(Path(told.policy_file).read_bytes()).hexdigest(),
        ),
        rules=[_rule(policy, RecordClass(name), bucket) for name, bucket in sorted(told.record_buckets.items())],
        adopted=[_rule(policy, RecordClass(name), bucket) for name, bucket in sorted(told.adopted_buckets.items())],
        hold_bucket=told.hold_bucket,
        inventories=S3Inventories(told.inventory_bucket),
        stores=S3Stores(),
        registers=_registers(told),
        shelf=S3Shelf(told.evidence_bucket, clock),
        signer=KmsSigner(told.statement_key),
        notices=SnsOfficer(told.data_protection_topic_arn),
        looks=SqsWork(told.hold_queue_url),
    )


def nights() -> Nights:
    """Return what the register of each night is written with."""
    told = read(WriteStatement)
    policy = compiled.load(told.policy_file)
    clock = SystemClock()
    stores = {**told.adopted_buckets, **told.record_buckets, HOLDS: told.hold_bucket}
    return Nights(
        clock=clock,
        council=policy.council.name,
        environment=told.steward_environment,
        stores={bucket: name for name, bucket in stores.items()},
        registers=_registers(told),
        decisions=ScannedDecisions(told.decisions_table),
        deadlines=_deadlines(told, policy),
        refusals=_refusals(told, policy),
        shelf=S3Shelf(told.evidence_bucket, clock),
        notices=SnsOfficer(told.data_protection_topic_arn),
    )


def packs() -> Packs:
    """Return what packs are signed with."""
    told = read(WriteStatement)
    council, clock = compiled.load(told.policy_file).council, SystemClock()
    return Packs(
        clock=clock,
        council=council.name,
        environment=told.steward_environment,
        policy_version=council.policy_version,
        signer=KmsSigner(told.statement_key),
        shelf=S3Shelf(told.evidence_bucket, clock),
    )


def _registers(told: WriteStatement) -> Registers:
    return Registers(told.register_table, told.erasure_bucket, {**told.record_buckets, HOLDS: told.hold_bucket})


def _deadlines(told: WriteStatement, policy: Policy) -> Deadlines | None:
    rights = policy.subject_rights
    if rights is None:
        return None
    promise = Promise(days=rights.answer_within_days, extends=rights.promise_extends)
    return Deadlines(requests=AgendaOfRequests(told.rights_table), promise=promise)


def _refusals(told: WriteStatement, policy: Policy) -> RefusalCounts | None:
    known = kinds(policy)
    return RefusalCounts(counts=CloudWatchCounts(told.steward_environment), kinds=known) if known else None


def _rule(policy: Policy, record_class: RecordClass, bucket: str) -> Rule:
    period = policy.retention[record_class]
    return Rule(
        store=record_class,
        bucket=bucket,
        months=period.months,
        days=lifecycle_days(period),
        by_month=record_class is RecordClass.CONTACT_RECORD,
        own_register=record_class is RecordClass.APPLICATION_INFORMATION,
    )
