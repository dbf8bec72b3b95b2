"""A month's objects are asked for ahead of their turn, so that a search does not wait for S3 thousands of times."""

from __future__ import annotations

import io
import threading
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from steward.failures import NotFound
from steward.rights.adapters import records
from steward.rights.adapters.records import AHEAD, S3Records

KEYS = [f"contact-records/year=2027/month=01/{number:04}" for number in range(30)]


class Bucket:
    """A bucket that answers no read before so many are waiting for it at once."""

    def __init__(self, together: int) -> None:
        self.gate = threading.Barrier(together)
        self.counting = threading.Lock()
        self.waiting = self.most = self.asked = 0
        self.streams: dict[str, io.BytesIO] = {}
        self.gone: set[str] = set()

    def get_paginator(self, name: str) -> Bucket:
        assert name == "list_objects_v2"
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [{"Contents": [{"Key": key} for key in KEYS]}]

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - the operation's own names
        assert Bucket == "records"
        with self.counting:
            self.asked += 1
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        if self.asked <= (len(KEYS) // self.gate.parties) * self.gate.parties:
            self.gate.wait(timeout=30)
        with self.counting:
            self.waiting -= 1
        if Key in self.gone:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        stream = self.streams[Key] = io.BytesIO(f"{Key}\n".encode())
        return {"Body": StreamingBody(stream, len(Key) + 1), "ContentLength": len(Key) + 1}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    found = Bucket(together=AHEAD)
    monkeypatch.setattr(records, "client", lambda _: found)
    return found


def test_as_many_reads_overlap_as_are_meant_to_and_lines_come_in_order(bucket: Bucket) -> None:
    store = S3Records("records")
    with closing(store.objects("2027-01", "", None)) as keys:
        found = [line.decode() for key in keys for line in store.lines(key)]
    assert found == KEYS
    assert bucket.most == AHEAD
    assert bucket.asked == len(KEYS)


def test_an_object_that_went_meanwhile_is_missed_at_its_turn_and_stops_no_other(bucket: Bucket) -> None:
    bucket.gone = {KEYS[3]}
    store, found = S3Records("records"), list[str]()
    with closing(store.objects("2027-01", "", None)) as keys:
        for key in keys:
            if key == KEYS[3]:
                with pytest.raises(NotFound):
                    next(store.lines(key))
            else:
                found += [line.decode() for line in store.lines(key)]
    assert found == [key for key in KEYS if key != KEYS[3]]


def test_whoever_stops_early_leaves_no_connection_open(bucket: Bucket) -> None:
    store = S3Records("records")
    with closing(store.objects("2027-01", "", None)) as keys:
        assert list(store.lines(next(keys))) == [KEYS[0].encode()]
    assert bucket.asked <= AHEAD + 1
    assert [key for key, one in bucket.streams.items() if not one.closed and key != KEYS[0]] == []
    assert store._asked_for == {}  # noqa: SLF001 - nothing is left of it
