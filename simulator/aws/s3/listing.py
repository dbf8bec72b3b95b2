"""Listings that cost what they return.

moto 5.2.5 copies the whole bucket, and every version in it, for each page; it also guesses the latest version from
times, which are equal when two things happen at one virtual moment. Here keys are kept sorted and versions in order.
"""

# ruff: noqa: ANN401 - overrides take what moto's methods take

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.s3.models import FakeDeleteMarker, FakeKey
from moto.s3.utils import _VersionedKeyStore

from simulator.aws.s3.objects import versions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moto.s3.models import FakeBucket

    from simulator.aws.s3.objects import Version


class SortedKeys(_VersionedKeyStore):
    """moto's store of versions by key, which also knows its keys in order."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.ordered: list[str] = []

    def __setitem__(self, key: str, value: Any) -> None:
        """Append a version to a key."""
        self._note(key)
        super().__setitem__(key, value)

    def setlist(self, key: str, list_: Any) -> None:
        """Replace the versions of a key."""
        self._note(key)
        super().setlist(key, list_)

    def pop(self, key: str) -> None:  # type: ignore[override]
        """Forget a key."""
        super().pop(key)
        del self.ordered[bisect_left(self.ordered, key)]

    def _note(self, key: str) -> None:
        if key not in self:
            insort(self.ordered, key)


def ordered_keys(bucket: FakeBucket) -> list[str]:
    """Return the keys of a bucket in order."""
    return bucket.keys.ordered if isinstance(bucket.keys, SortedKeys) else sorted(bucket.keys)


@dataclass(slots=True)
class Page:
    """One page of ListObjectVersions."""

    versions: list[FakeKey] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    markers: list[FakeDeleteMarker] = field(default_factory=list)
    next_key: str | None = None
    next_version: str | None = None

    def __len__(self) -> int:
        """Count what S3 counts towards MaxKeys."""
        return len(self.versions) + len(self.folders) + len(self.markers)


def entries(bucket: FakeBucket, prefix: str, delimiter: str | None, start: int) -> Iterator[tuple[str, bool]]:
    """Yield key names under the prefix from that index on, or a common prefix (True) in place of those it covers."""
    names = ordered_keys(bucket)
    index = start
    while index < len(names) and names[index].startswith(prefix):
        name = names[index]
        cut = name.find(delimiter, len(prefix)) if delimiter else -1
        if cut < 0 or delimiter is None:
            yield name, False
            index += 1
            continue
        folder = name[: cut + len(delimiter)]
        yield folder, True
        index = bisect_left(names, folder + "\U0010ffff", lo=index)


def after(bucket: FakeBucket, prefix: str, delimiter: str | None, marker: str | None) -> int:
    """Return the index of the first key of a page that follows the marker."""
    names = ordered_keys(bucket)
    if not marker:
        return bisect_left(names, prefix)
    if delimiter and marker.endswith(delimiter):
        return max(bisect_left(names, prefix), bisect_left(names, marker + "\U0010ffff"))
    return max(bisect_left(names, prefix), bisect_right(names, marker))


def live_objects(
    bucket: FakeBucket, prefix: str, delimiter: str | None, marker: str | None, limit: int
) -> tuple[list[FakeKey | str], bool]:
    """Return one page of ListObjectsV2 (objects and common prefixes in order) and whether more follows."""
    found: list[FakeKey | str] = []
    for name, is_folder in entries(bucket, prefix, delimiter, after(bucket, prefix, delimiter, marker)):
        latest = versions_of(bucket, name)[-1] if not is_folder else None
        if isinstance(latest, FakeDeleteMarker) or (is_folder and not _any_live(bucket, name)):
            continue
        if len(found) == limit:
            return found, True
        found.append(latest if latest is not None else name)
    return found, False


def _any_live(bucket: FakeBucket, prefix: str) -> bool:
    start = bisect_left(ordered_keys(bucket), prefix)
    return any(isinstance(versions_of(bucket, name)[-1], FakeKey) for name, _ in entries(bucket, prefix, None, start))


def page_of_versions(
    bucket: FakeBucket, prefix: str, delimiter: str | None, marker: tuple[str | None, str | None], limit: int
) -> Page:
    """Return one page of ListObjectVersions: keys in order, the newest version of each first."""
    page = Page()
    last: tuple[str, str | None] | None = None
    for name, version in _listed(bucket, prefix, delimiter, marker):
        if len(page) == limit:
            page.next_key, page.next_version = last or (None, None)
            return page
        if version is None:
            page.folders.append(name)
        elif isinstance(version, FakeDeleteMarker):
            page.markers.append(version)
        else:
            page.versions.append(version)
        last = (name, None if version is None else str(version.version_id))
    return page


def _listed(
    bucket: FakeBucket, prefix: str, delimiter: str | None, marker: tuple[str | None, str | None]
) -> Iterator[tuple[str, Version | None]]:
    key_marker, version_marker = marker
    if key_marker and version_marker and key_marker in bucket.keys:
        newest_first = _newest_first(bucket, key_marker)
        position = next((i for i, v in enumerate(newest_first) if str(v.version_id) == version_marker), -1)
        for version in newest_first[position + 1 :]:
            yield key_marker, version
    for name, is_folder in entries(bucket, prefix, delimiter, after(bucket, prefix, delimiter, key_marker)):
        if is_folder:
            yield name, None
            continue
        for version in _newest_first(bucket, name):
            yield name, version


def _newest_first(bucket: FakeBucket, name: str) -> list[Version]:
    newest_first = versions_of(bucket, name)[::-1]
    for position, version in enumerate(newest_first):
        vars(version)["is_latest"] = position == 0
    return newest_first
