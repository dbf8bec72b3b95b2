"""Objects of records are listed without being asked for, and a connection is given back once one is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from steward.ids import ContactId
from steward.rights.adapters import records as reading
from steward.rights.erasure.adapters import records
from steward.rights.erasure.adapters.records import S3RecordLines
from steward.rights.finding.scanning import UnreadableRecords

KEYS = [f"contact-records/year=2026/month=12/{number:02}.json" for number in range(12)]


class Counted(io.BytesIO):
    """Notes how many bytes each read came to."""

    def __init__(self, content: bytes, taken: list[int]) -> None:
        super().__init__(content)
        self.taken = taken

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.taken.append(len(found))
        return found


@dataclass
class Bucket:
    asked: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    bodies: list[io.BytesIO] = field(default_factory=list)

    def get_paginator(self, operation: str) -> Bucket:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, **asked: str) -> Iterator[dict[str, Any]]:
        yield {"Contents": [{"Key": one} for one in KEYS if one.startswith(asked["Prefix"])]}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's own
        del Bucket
        self.asked.append(Key)
        self.bodies.append(Counted(b'{"ContactId":"one"}\n', self.taken))
        return {"Body": self.bodies[-1], "ContentLength": 20}


def test_each_object_is_asked_for_once_and_its_body_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket()
    for module in (reading, records):
        monkeypatch.setattr(module, "client", lambda _: bucket)
    lines = S3RecordLines("records")
    assert list(lines.partition("2026-12", None)) == KEYS
    assert bucket.asked == []
    assert [lines.contacts_in(one, [ContactId("one")]) for one in KEYS] == [("one",)] * len(KEYS)
    assert bucket.asked == KEYS
    assert all(one.closed for one in bucket.bodies)


def test_an_object_with_more_in_it_than_records_take_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket()
    monkeypatch.setattr(records, "client", lambda _: bucket)
    monkeypatch.setattr(records, "MOST_UNPACKED", 7)
    with pytest.raises(UnreadableRecords, match="more in it"):
        S3RecordLines("records").contacts_in(KEYS[0], [ContactId("one")])
    assert bucket.taken == [8]
