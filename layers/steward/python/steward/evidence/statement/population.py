"""What came and what left between two inventories of a store, and whether it was time. Pure.

Two and a half million versions have to fit into a function's memory, and S3 promises no order of the rows: so a version
is remembered by eight bytes of its hash, in 256 arrays, and those that left are looked up in the earlier inventory
once more. That two versions share a hash happens once in some millions of statements, and then one is not seen to go.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Final

from steward.evidence.statement.inventory import Version

_PARTS: Final = 256
_MASK: Final = (1 << 64) - 1


class Population:
    """The versions of one inventory; delete markers hold no bytes and are none."""

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(_PARTS)]

    def passing(self, versions: Iterable[Version]) -> Iterator[Version]:
        """Hand the versions on, and remember them as they pass."""
        parts = self._parts
        for version in versions:
            if not version.is_marker:
                mark = mark_of(version.key, version.version_id)
                parts[mark % _PARTS].append(mark)
            yield version

    def __len__(self) -> int:
        """Return how many versions there are."""
        return sum(map(len, self._parts))

    def without(self, other: Population) -> Iterator[int]:
        """Return the marks of those that are here and not there."""
        for mine, theirs in zip(self._parts, other._parts, strict=True):
            yield from set(mine).difference(theirs)


def mark_of(key: str, version_id: str) -> int:
    """Return the number by which a version is remembered; another one in each process."""
    return hash((key, version_id)) & _MASK
