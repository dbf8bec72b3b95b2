"""The parts of ``retire_contact_records``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from steward.clock import SystemClock
from steward.ids import RecordClass
from steward.policy import compiled
from steward.retention.adapters import RegisterLedger, S3Partitions, read_switch
from steward.retention.contact_records import retire
from steward.retention.disposal import Tally
from steward.settings import Environment, read


class RetireContactRecords(Environment, frozen=True, kw_only=True):
    """What ``retire_contact_records`` needs to be told."""

    contact_record_bucket: str
    disposal_switch: str
    policy_file: str
    register_table: str


LOOKED_BACK = timedelta(hours=25)
"""The longest day; what was set aside in the hour twice looked at is told twice."""


def set_aside() -> Callable[[], int]:
    """Return what counts the objects of records that Firehose could not deliver in the last day."""
    told, clock = read(RetireContactRecords), SystemClock()
    return lambda: S3Partitions(told.contact_record_bucket).set_aside(clock.now() - LOOKED_BACK)


def retiring() -> Callable[[], Tally]:
    """Return what disposes of the months that are due, now."""
    told, clock = read(RetireContactRecords), SystemClock()
    months = compiled.load(told.policy_file).retention[RecordClass.CONTACT_RECORD].months
    partitions, ledger = S3Partitions(told.contact_record_bucket), RegisterLedger(told.register_table)
    switch = partial(read_switch, told.disposal_switch)
    return lambda: retire(partitions, ledger, switch, months=months, now=clock.now())
