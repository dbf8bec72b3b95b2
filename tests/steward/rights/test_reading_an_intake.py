"""What names a person is read as far as shows whether it can be an intake, however large the object is."""

from __future__ import annotations

import io
from typing import Any

import pytest

from steward.holds.requests import BadRequest
from steward.limits import INTAKE
from steward.rights.adapters import records
from steward.rights.adapters.records import S3RightsStore
from steward.rights.finding.identifiers import read_intake


class Endless(io.RawIOBase):
    """An object that always has more: whoever reads it to its end does not come back with bytes."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            raise AssertionError("the object was to be read to its end")
        self.taken += size
        return b" " * size


def test_an_intake_without_an_end_is_refused_and_little_of_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    body = Endless()

    class Bucket:
        def get_object(self, **_: str) -> dict[str, Any]:
            return {"Body": body}

    monkeypatch.setattr(records, "client", lambda _: Bucket())
    found = S3RightsStore("rights").intake("intake/SAR-1.json")
    assert found is not None
    with pytest.raises(BadRequest, match=f"intake: is larger than {INTAKE.bytes} bytes"):
        read_intake(found)
    assert body.taken == INTAKE.bytes + 1
    assert body.closed
