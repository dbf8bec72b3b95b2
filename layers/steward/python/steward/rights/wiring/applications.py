"""The parts of ``record_application`` and ``retire_applications``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.holds.adapters.register_table import DynamoRegister
from steward.ids import ContactId, RecordClass
from steward.policy import compiled
from steward.retention.adapters import read_switch
from steward.rights.applications.adapters import DynamoApplications, S3Applications, SnsApplicationNotices
from steward.rights.applications.keeping import Recording, Retiring
from steward.settings import Environment, read


class RecordApplication(Environment, frozen=True, kw_only=True):
    """What ``record_application`` needs to be told."""

    application_bucket: str
    information_topic_arn: str
    policy_file: str
    rights_table: str


class RetireApplications(Environment, frozen=True, kw_only=True):
    """What ``retire_applications`` needs to be told."""

    application_bucket: str
    disposal_switch: str
    policy_file: str
    register_table: str
    rights_table: str


def _months(policy_file: str) -> int:
    return compiled.load(policy_file).retention[RecordClass.APPLICATION_INFORMATION].months


def recording() -> Recording:
    """Return what takes events from the queue."""
    told = read(RecordApplication)
    return Recording(
        clock=SystemClock(),
        months=_months(told.policy_file),
        applications=DynamoApplications(told.rights_table),
        store=S3Applications(told.application_bucket),
        notices=SnsApplicationNotices(told.information_topic_arn),
    )


def retiring() -> Retiring:
    """Return what ``retire_applications`` works with."""
    told = read(RetireApplications)
    register = DynamoRegister(told.register_table)

    def is_held(contact_id: ContactId) -> bool:
        return bool(register.file(contact_id).active)

    return Retiring(
        clock=SystemClock(),
        months=_months(told.policy_file),
        applications=DynamoApplications(told.rights_table),
        store=S3Applications(told.application_bucket),
        is_held=is_held,
        switch=partial(read_switch, told.disposal_switch),
    )
