"""The parts of ``retire_contact_records``."""

from __future__ import annotations

from collections.abc import Callable
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


def retiring() -> Callable[[], Tally]:
    """Return what disposes of the months that are due, now."""
    told, clock = read(RetireContactRecords), SystemClock()
    months = compiled.load(told.policy_file).retention[RecordClass.CONTACT_RECORD].months
    partitions, ledger = S3Partitions(told.contact_record_bucket), RegisterLedger(told.register_table)
    switch = partial(read_switch, told.disposal_switch)
    return lambda: retire(partitions, ledger, switch, months=months, now=clock.now())
