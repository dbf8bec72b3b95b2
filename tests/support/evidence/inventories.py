"""Versions as an inventory lists them, and inventories that a test makes up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from steward.evidence.statement.inventory import DataFile, Manifest, UnusableInventory, Version
from steward.evidence.statement.ports import Delivered, Seen, Stored
from steward.evidence.statement.register import Entry
from steward.failures import AccessDenied
from steward.holds.register import ContactHolds

PLAIN = Version(
    key="CallRecordings/2027/07/20/x.wav",
    version_id="v1",
    is_latest=True,
    is_marker=False,
    size=10,
    modified=datetime(2027, 7, 20, 9, tzinfo=UTC),
    retain_until=None,
    lock_mode="",
    legal_hold=False,
)


def listed(**changes: Any) -> Version:  # noqa: ANN401 - columns by name
    """Return a current version of a recording, with what the test says instead."""
    return PLAIN._replace(**changes)


@dataclass
class MadeUpInventories:
    """Inventories by bucket: when each was begun, and what it lists. ``broken`` says why one cannot be used."""

    lists: dict[str, dict[datetime, Sequence[Version]]] = field(default_factory=dict)
    broken: dict[tuple[str, datetime], str] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    without_files: set[tuple[str, datetime]] = field(default_factory=set)

    def of(self, bucket: str) -> list[Delivered]:
        """Return them, the newest first."""
        if bucket in self.denied:
            raise AccessDenied("s3.ListObjectsV2", "AccessDenied")
        begun = sorted(self.lists.get(bucket, ()), reverse=True)
        return [Delivered(one, f"{bucket}/{one:%Y-%m-%dT%H}/manifest.json") for one in begun]

    def manifest(self, bucket: str, key: str) -> Manifest:
        """Return one."""
        begun = next(one.begun for one in self.of(bucket) if one.manifest == key)
        if (bucket, begun) in self.broken:
            raise UnusableInventory(self.broken[bucket, begun])
        files = () if (bucket, begun) in self.without_files else (DataFile(key="data.csv.gz", size=1, md5="0" * 32),)
        return Manifest(bucket=bucket, key=key, sha256="0" * 64, scanned_from=begun, columns=(), files=files)

    def versions(self, manifest: Manifest) -> Iterator[Version]:
        """Return what it lists."""
        yield from self.lists[manifest.bucket][manifest.scanned_from]


@dataclass
class MadeUpStores:
    """What S3 shows of a version when it is asked: as ``now`` says, else that it is there and unlocked."""

    now: dict[tuple[str, str], Seen | None] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, list[datetime]] = field(default_factory=dict)
    denied: bool = False
    asked: list[str] = field(default_factory=list)

    def look(self, bucket: str, key: str, version_id: str) -> Seen | None:
        """Return the version."""
        self.asked.append(f"{bucket}/{key}")
        if self.denied:
            raise AccessDenied("s3.HeadObject", "403")
        unlocked = Seen(bytes=10, retain_until=None, lock_mode="", legal_hold=False)
        return self.now.get((key, version_id), unlocked)

    def digest(self, bucket: str, key: str, version_id: str) -> str:
        """Return what the test says its bytes come to."""
        del bucket, version_id
        return self.digests.get(key, "0" * 64)

    def unfinished(self, bucket: str) -> list[datetime]:
        """Return the uploads."""
        if self.denied:
            raise AccessDenied("s3.ListMultipartUploads", "AccessDenied")
        return self.uploads.get(bucket, [])


@dataclass
class MadeUpRegisters:
    """The register's rows; ``denied`` is a table that cannot be read."""

    found: list[ContactHolds | Entry | None] = field(default_factory=list)
    denied: bool = False

    def rows(self) -> Iterator[ContactHolds | Entry | None]:
        """Return them."""
        if self.denied:
            raise AccessDenied("dynamodb.Scan", "AccessDeniedException")
        yield from self.found


@dataclass
class MadeUpShelf:
    """The evidence store in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def newest(self, before: str = "") -> Stored | None:
        """Return the newest month's envelope."""
        months = sorted(key for key in self.kept if key.startswith("statements/2") and key.endswith("/envelope.json"))
        found = [key for key in months if not before or key.split("/")[1] < before]
        return Stored(key=found[-1], body=self.kept[found[-1]]) if found else None

    def read(self, key: str) -> Stored | None:
        """Return a document."""
        return Stored(key=key, body=self.kept[key]) if key in self.kept else None

    def last(self, folder: str, name: str) -> Stored | None:
        """Return the last document of that name."""
        found = [key for key in self.kept if key.startswith(f"{folder}/") and key.endswith(f"/{name}")]
        return Stored(key=max(found), body=self.kept[max(found)]) if found else None

    def put(self, key: str, body: bytes, kind: str, *, kept: timedelta | None = None) -> None:
        """Keep a document."""
        del kind, kept
        self.kept[key] = body

    def put_for_few(self, key: str, body: bytes) -> None:
        """Keep exceptions."""
        self.kept[key] = body

    def seal(self, key: str, body: bytes, *, kept: timedelta | None = None) -> bool:
        """Keep it unless there is one."""
        del kept
        return self.kept.setdefault(key, body) is body


@dataclass
class ToldOfficer:
    """What the officer was told."""

    mails: list[tuple[str, list[str]]] = field(default_factory=list)

    def tell(self, subject: str, lines: list[str]) -> None:
        """Note a mail."""
        self.mails.append((subject, lines))
