"""The parts of ``record_request``."""

from __future__ import annotations

from steward.aws.marks import DynamoMarks
from steward.clock import SystemClock
from steward.policy import compiled
from steward.policy.duties import SubjectRights
from steward.rights.adapters.notices import SnsRightsNotices
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.work import SqsRightsWork
from steward.rights.clock.deadlines import Promise
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.handling import Handling
from steward.rights.intake import Intake
from steward.settings import Environment, read
from steward.told import Told


class RecordRequest(Environment, frozen=True, kw_only=True):
    """What ``record_request`` needs to be told."""

    erasure_queue_url: str
    hold_queue_url: str
    information_topic_arn: str
    package_queue_url: str
    policy_file: str
    release_queue_url: str
    rights_table: str
    search_queue_url: str


def promised(rights: SubjectRights) -> Promise:
    """Return the council's promise."""
    return Promise(days=rights.answer_within_days, extends=rights.promise_extends)


def rights_of(policy_file: str) -> SubjectRights:
    """Return the policy's section of rights; raise ValueError where it has none and nothing of this is deployed."""
    rights = compiled.load(policy_file).subject_rights
    if rights is None:
        raise ValueError("the policy has no section subject_rights")
    return rights


def intake() -> Intake:
    """Return what takes events from the queue."""
    told, clock = read(RecordRequest), SystemClock()
    notices = SnsRightsNotices(told.information_topic_arn)
    handling = Handling(
        clock=clock,
        promise=promised(rights_of(told.policy_file)),
        holidays=ENGLAND_AND_WALES,
        requests=DynamoRequests(told.rights_table),
        work=SqsRightsWork(
            hold_queue_url=told.hold_queue_url,
            search_queue_url=told.search_queue_url,
            package_queue_url=told.package_queue_url,
            release_queue_url=told.release_queue_url,
            erasure_queue_url=told.erasure_queue_url,
        ),
        notices=notices,
    )
    told_before = Told(clock=clock, marks=DynamoMarks(told.rights_table))
    return Intake(clock=clock, handling=handling, notices=notices, told=told_before)
