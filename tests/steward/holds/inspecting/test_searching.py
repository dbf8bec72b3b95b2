from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from steward.holds.discovery import Search
from steward.holds.inspecting.searching import found
from steward.holds.ports import Sources, StoredVersion
from steward.ids import RecordClass


@dataclass
class Listed:
    """Answers searches and remembers where it was asked to look."""

    keys: Mapping[str, tuple[str, ...]]
    asked: list[str] = field(default_factory=list)

    def find(self, _: str, prefix: str) -> tuple[StoredVersion, ...]:
        self.asked.append(prefix)
        return tuple(
            StoredVersion(key=key, version_id="v", stored_at=datetime(2027, 1, 12, tzinfo=UTC), bytes=1)
            for key in self.keys.get(prefix, ())
        )


def search(**more: Any) -> Search:  # noqa: ANN401 - fields of the search
    return Search(
        record_class=RecordClass.ATTACHMENT, bucket="b", prefixes=("a/f", "b/f", "c/f"), matches=("f",), **more
    )


@pytest.mark.parametrize(("single", "keys", "asked"), [(True, ("b/f1",), 2), (False, ("b/f1", "c/f2"), 3)])
def test_what_lies_in_one_place_is_looked_for_no_further_once_found(
    single: bool,  # noqa: FBT001 - a case of the test
    keys: tuple[str, ...],
    asked: int,
) -> None:
    store = Listed({"b/f": ("b/f1", "b/other"), "c/f": ("c/f2",)})

    versions = found(cast("Sources", store), search(single=single), everywhere=False)

    assert tuple(one.key for one in versions) == keys
    assert store.asked == ["a/f", "b/f", "c/f"][:asked]


def test_the_newest_version_of_each_key_comes_first_however_the_keys_are_found() -> None:
    """The first of a key stands under the original's name in the hold bucket, the others in folders beside it."""

    def version(key: str, number: str) -> StoredVersion:
        return StoredVersion(key=key, version_id=number, stored_at=datetime(2027, 1, 12, tzinfo=UTC), bytes=1)

    kept = {
        "a/f": (version("b/f", "2"), version("b/f", "1")),
        "b/f": (version("a/f", "4"), version("a/f", "3"), version("b/f", "2")),
    }
    store = SimpleNamespace(find=lambda _bucket, prefix: kept.get(prefix, ()))

    versions = found(cast("Sources", store), search(), everywhere=False)

    assert [(one.key, one.version_id) for one in versions] == [("a/f", "4"), ("a/f", "3"), ("b/f", "2"), ("b/f", "1")]
