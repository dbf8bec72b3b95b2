"""The parts of ``count_contact_records``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from steward.arrivals.adapters import ConnectContacts, ExportedRecords, KinesisStream
from steward.arrivals.counting import Counted, NotCompared, count
from steward.clock import SystemClock
from steward.rights.adapters.records import S3Records
from steward.settings import Environment, read


class CountContactRecords(Environment, frozen=True, kw_only=True):
    """What ``count_contact_records`` needs to be told."""

    contact_record_bucket: str
    contact_record_stream: str
    instance_arn: str


def counting() -> Callable[[], Counted | NotCompared]:
    """Return what counts the day before today, in UTC as Connect writes times."""
    told, clock = read(CountContactRecords), SystemClock()
    contacts = ConnectContacts(told.instance_arn)
    records = ExportedRecords(S3Records(told.contact_record_bucket))
    stream = KinesisStream(told.contact_record_stream)
    return lambda: count((clock.now() - timedelta(days=1)).date(), contacts, records, stream)
