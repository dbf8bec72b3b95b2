"""The records of a day against the contacts that ended in it. Pure, but for its ports.

Connect reports no error where it cannot write to the stream, and nothing that watches the stream or its delivery can
miss what never came: only Connect knows which contacts there were. A record is sent when its contact has ended and
again whenever it changes. Contacts are compared one by one: with two numbers, a record that came of a contact that the
search does not tell would hide one that did not come.

A day of which records were not kept from its beginning cannot be compared: whoever begins with steward has had contacts
for years, and every one of them would be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Final, Protocol

import msgspec

from steward.retention.contact_records import Month
from steward.rights.finding.scanning import UnreadableRecords

LONGEST_CONTACT: Final = timedelta(days=90)
"""How long before its end a contact may have begun, and so in which months its record may lie: a task stays open for 90
days at most (Amazon Connect administrator guide, "Amazon Connect service quotas", tasks)."""

FIRST_RECORDS: Final = timedelta(days=1)
"""How long before a day the stream has to be there, where nothing ever came of it: it is made before the instance is
associated with it, and what ends soon after may still be under way to the bucket at midnight."""


@dataclass(frozen=True)
class Ended:
    """A contact that Connect says was disconnected."""

    contact: str
    at: datetime
    """When, in UTC."""


class Contacts(Protocol):
    """The instance's contacts. Raises ``steward.failures.AwsError``: what was not read is not nothing."""

    def ended(self, since: datetime, until: datetime) -> Iterator[Ended]:
        """Return the contacts that ended in that time, and perhaps some that ended at its very end."""


class Records(Protocol):
    """What is kept of contact records. Raises ``steward.failures.AwsError``."""

    def arrived_before(self, first: Month, last: Month, moment: datetime) -> bool | None:
        """Return whether anything of those months was written before that moment; None where nothing was at all."""

    def objects(self, first: Month, last: Month, since: datetime) -> Iterator[str]:
        """Return the keys of what was written since then in the partitions of those months."""

    def lines(self, key: str) -> Iterator[bytes]:
        """Return the records of an object. Raises UnreadableRecords."""


class Stream(Protocol):
    """The stream to which the instance writes. Raises ``steward.failures.AwsError``."""

    def made(self) -> datetime:
        """Return when it was made, in UTC."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a day came to."""

    contacts: int
    """As many ended, Connect says."""
    missing: tuple[str, ...]
    """Those of them without a record, in order."""
    unreadable: int
    """Records, or objects of them, that nobody can read."""

    @property
    def records(self) -> int:
        """Of so many of the contacts a record arrived."""
        return self.contacts - len(self.missing)


class NotCompared(Enum):
    """Why a day has no result: records were not kept from its beginning."""

    NEW_STREAM = "the stream was not there a day before, and nothing had come"
    FIRST_RECORDS = "the first records came on that day or later"


class _Record(msgspec.Struct, frozen=True):
    """As much of a contact record as is looked at.

    https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html
    """

    contact: str = msgspec.field(name="ContactId")
    ended: datetime | None = msgspec.field(name="DisconnectTimestamp", default=None)


def count(day: date, contacts: Contacts, records: Records, stream: Stream) -> Counted | NotCompared:
    """Look for the records of the contacts that ended on that day in UTC, among what was written since it began.

    The contact's end decides, as Connect's search tells it: a record may give the same end in whole seconds, so that
    the last of a day would fall into the next one if each side went by its own.
    """
    since = datetime.combine(day, time.min, UTC)
    until = since + timedelta(days=1)
    began = since - LONGEST_CONTACT
    first, last = Month(began.year, began.month), Month(day.year, day.month)
    match records.arrived_before(first, last, since):
        case False:
            return NotCompared.FIRST_RECORDS
        case None if stream.made() > since - FIRST_RECORDS:
            return NotCompared.NEW_STREAM
    arrived, unreadable = set[str](), 0
    for key in records.objects(first, last, since):
        try:
            for line in records.lines(key):
                if not line.strip():
                    continue
                try:
                    record = msgspec.json.decode(line, type=_Record)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    unreadable += 1
                    continue
                if record.ended is not None:
                    arrived.add(record.contact)
        except UnreadableRecords:
            unreadable += 1
    ended = {one.contact for one in contacts.ended(since, until) if since <= one.at < until}
    return Counted(contacts=len(ended), missing=tuple(sorted(ended - arrived)), unreadable=unreadable)
