"""What may be given to others is found where a hold finds it: a folder that nobody named hides nothing from a court."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.holds.contacts import Contact
from steward.holds.discovery import Stores
from steward.holds.ports import StoredVersion
from steward.ids import ContactId, RecordClass
from steward.rights.disclosing.adapters.originals import KeptOriginals

AT = datetime(2026, 12, 5, 10, tzinfo=UTC)
ONE = ContactId("one")


@dataclass
class World:
    """A contact of which Connect names no file, and one file in the only bucket."""

    channel: str
    key: str

    def now(self) -> datetime:
        return datetime(2027, 1, 5, 9, tzinfo=UTC)

    def describe(self, contact_id: ContactId) -> Contact:
        return Contact(
            contact_id=contact_id,
            channel=self.channel,
            initiated_at=AT,
            ended_at=AT,
            recordings=(),
            evaluated=False,
            snapshot=b"{}",
        )

    def references(self, contact_id: ContactId) -> tuple[()]:
        del contact_id
        return ()

    def file(self, contact_id: ContactId) -> World:
        del contact_id
        return self

    present = ()

    def find(self, bucket: str, prefix: str) -> tuple[StoredVersion, ...]:
        stored = self.newest(bucket, self.key)
        return (stored,) if self.key.startswith(prefix) else ()

    def newest(self, bucket: str, key: str) -> StoredVersion:
        assert (bucket, key) == ("files", self.key)
        return StoredVersion(key=key, version_id="1", stored_at=AT, bytes=7)

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        del bucket
        below, slash, _ = self.key.removeprefix(prefix).partition("/")
        return (f"{prefix}{below}/",) if slash and self.key.startswith(prefix) else ()


@pytest.mark.parametrize(
    ("channel", "record_class", "key"),
    [
        ("VOICE", RecordClass.CALL_RECORDING, "odd/place/2026/12/05/one_20261205T10:00_UTC.wav"),
        ("CHAT", RecordClass.CHAT_TRANSCRIPT, "odd/2026/12/05/one_20261205T10:00_UTC.json"),
        ("EMAIL", RecordClass.EMAIL_MESSAGE, "odd/2026/12/05/one_20261205T10:00_UTC.eml"),
        ("VOICE", RecordClass.CALL_RECORDING, "2026/12/05/one_20261205T10:00_UTC.wav"),
    ],
    ids=["a call", "a chat", "an e-mail", "where it is expected"],
)
def test_what_connect_names_nowhere_is_listed_wherever_it_lies(
    channel: str, record_class: RecordClass, key: str
) -> None:
    world: Any = World(channel, key)
    kept = KeptOriginals(
        clock=world,
        stores=Stores(buckets={record_class: "files"}, prefixes={}),
        contacts=world,
        sources=world,
        register=world,
        hold_bucket="holds",
    )
    assert [(one.source_key, one.bytes) for one in kept.files(ONE, None, None)] == [(key, 7)]
