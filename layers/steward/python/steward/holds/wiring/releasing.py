"""The parts of ``release_hold``."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from steward.aws.marks import DynamoMarks
from steward.clock import SystemClock
from steward.decisions.adapters.book_table import DynamoBook
from steward.decisions.adapters.orders import SnsDecisionNotices
from steward.decisions.book import Agreement, agreements
from steward.decisions.subjects import Subject, rules
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.releases import SqsReleases
from steward.holds.adapters.work import SqsWork
from steward.holds.release import Rejection, Releasing
from steward.ids import CaseRef
from steward.policy.compiled import load
from steward.policy.holds import ReleaseBy
from steward.retention.adapters import read_switch
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.requests import RequestId, Verdict
from steward.settings import Environment, read
from steward.told import Told


class ReleaseHold(Environment, frozen=True, kw_only=True):
    """What ``release_hold`` needs to be told."""

    complaints_topic_arn: str
    decisions_table: str
    disposal_switch: str
    hold_bucket: str
    hold_queue_url: str
    policy_file: str
    register_table: str
    release_queue_url: str
    rights_table: str = ""


def releasing() -> tuple[Releasing, SnsDecisionNotices, Told]:
    """Return what ``release_hold`` works with, whom it tells of an order that nobody agreed on, and whether it did."""
    told = read(ReleaseHold)
    holds = load(told.policy_file).holds
    rule = rules(case_system_releases=holds.release_by is ReleaseBy.CASE_SYSTEM)[Subject.RELEASE]
    book = DynamoBook(told.decisions_table)

    def agreed(case: CaseRef) -> tuple[Agreement, ...]:
        return agreements(rule, book.of(Subject.RELEASE, case))

    releasing = Releasing(
        clock=SystemClock(),
        register=DynamoRegister(told.register_table),
        evidence=S3HeldCopies(told.hold_bucket),
        work=SqsWork(queue_url=told.hold_queue_url),
        releases=SqsReleases(told.release_queue_url),
        switch=partial(read_switch, told.disposal_switch),
        agreed=agreed,
        rejected=partial(rejections, told.rights_table),
        grace=timedelta(days=holds.release_grace_days),
        hold_bucket=told.hold_bucket,
    )
    remembered = Told(clock=SystemClock(), marks=DynamoMarks(told.register_table))
    return releasing, SnsDecisionNotices(told.complaints_topic_arn), remembered


def rejections(rights_table: str, case: CaseRef) -> tuple[Rejection, ...]:
    """Return the contacts that an officer rejected for the request of that reference; none without a table of them."""
    known = DynamoRequests(rights_table).find(RequestId(case)) if rights_table else None
    return tuple(
        Rejection(contact_id=one.contact_id, by=one.by, why=one.why)
        for one in (known.request.matches if known else ())
        if one.verdict is Verdict.REJECTED
    )
