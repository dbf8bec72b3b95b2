"""An object of contact records is unpacked no further than Firehose can have packed it."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pytest

from steward.rights.erasure.adapters import records
from steward.rights.finding.scanning import UnreadableRecords


class _S3:
    def get_object(self, **_: object) -> dict[str, Any]:
        return {"Body": io.BytesIO(gzip.compress(b'{"ContactId": "c-1"}\n' * 100)), "ETag": '"1"'}


def test_a_small_object_that_unpacks_to_any_size_is_unreadable_and_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "client", lambda _name: _S3())
    monkeypatch.setattr(records, "MOST_UNPACKED", 100)

    with pytest.raises(UnreadableRecords, match="more in it than contact records take"):
        records.S3RecordLines("records").rewrite("2027/01/x.gz", ())
