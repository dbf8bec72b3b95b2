"""What Amazon S3 Inventory lists of a bucket: its manifest, and one version for each row. Pure.

Source: Amazon S3 user guide, "Cataloging and analyzing your data with S3 Inventory" ("Amazon S3 Inventory list",
"Inventory manifest"): the CSV files have no heading, the manifest names their columns; keys are URL-encoded; with all
versions, an object from before versioning has an empty version id. No order of the rows is promised, and none is
assumed here.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

import msgspec

CONFIGURATION: Final = "steward"
"""The id of the inventory configuration on every store."""

PREFIX: Final = "inventory"
"""Where inventories begin in their bucket: ``inventory/SOURCE-BUCKET/steward/…``."""

OPTIONAL_FIELDS: Final = (
    "Size",
    "LastModifiedDate",
    "ObjectLockRetainUntilDate",
    "ObjectLockMode",
    "ObjectLockLegalHoldStatus",
)
"""What has to be listed besides the bucket, key and version."""

_COLUMNS: Final = ("Key", "VersionId", "IsLatest", "IsDeleteMarker", *OPTIONAL_FIELDS)

_TRUTH: Final = {"true": True, "false": False}
_HOLDS: Final = {"on": True, "off": False, "": False}
_MODES: Final = {"governance": "GOVERNANCE", "compliance": "COMPLIANCE", "": ""}
"""What S3's own calls say for ``Governance`` and ``Compliance``, as the user guide spells them in a list."""

LARGEST_MANIFEST: Final = 4 * 1024 * 1024
"""Bytes; an entry of a file takes about 200, and a file holds a million rows or so."""


class UnusableInventory(Exception):
    """An inventory from which nothing can be shown: half-written, changed or of another kind. The text says why."""


class Version(NamedTuple):
    """One version of an object, or one delete marker, as it was when the inventory was taken.

    ``size`` is in bytes; moments are aware, in UTC. ``version_id`` is ``null`` for an object from before versioning.
    ``lock_mode`` is spelt as S3's calls spell it, ``GOVERNANCE``; empty for none.
    """

    key: str
    version_id: str
    is_latest: bool
    is_marker: bool
    size: int
    modified: datetime
    retain_until: datetime | None
    lock_mode: str
    legal_hold: bool


class DataFile(msgspec.Struct, frozen=True):
    """One file of rows: CSV, compressed by gzip."""

    key: str
    size: int
    md5: str = msgspec.field(name="MD5checksum")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A complete inventory. ``scanned_from`` is when the scan began: every age is counted to that moment."""

    bucket: str
    key: str
    sha256: str
    scanned_from: datetime
    columns: tuple[str, ...]
    files: tuple[DataFile, ...]


class _Manifest(msgspec.Struct, frozen=True):
    source_bucket: str = msgspec.field(name="sourceBucket")
    file_format: str = msgspec.field(name="fileFormat")
    file_schema: str = msgspec.field(name="fileSchema")
    created: str = msgspec.field(name="creationTimestamp")
    files: tuple[DataFile, ...]


def read_manifest(bucket: str, key: str, body: bytes, checksum: bytes) -> Manifest:
    """Return the manifest of that bucket's inventory; ``checksum`` is what stands in ``manifest.checksum`` beside it.

    Raises ``UnusableInventory`` if it is broken, another bucket's, or lacks a column that a statement needs.
    """
    if hashlib.md5(body, usedforsecurity=False).hexdigest() != checksum.decode("ascii", "replace").strip():
        raise UnusableInventory("the manifest is not what its checksum says")
    try:
        plain = msgspec.json.decode(body, type=_Manifest)
        scanned = datetime.fromtimestamp(int(plain.created) / 1000, UTC)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError, OSError):
        raise UnusableInventory("the manifest cannot be read") from None
    if plain.source_bucket != bucket:
        raise UnusableInventory("the manifest is of another bucket")
    if plain.file_format != "CSV":
        raise UnusableInventory("the files are not in the format CSV")
    columns = tuple(name.strip() for name in plain.file_schema.split(","))
    if missing := [name for name in _COLUMNS if name not in columns]:
        raise UnusableInventory(f"the columns {', '.join(missing)} are not listed")
    return Manifest(
        bucket=bucket,
        key=key,
        sha256=hashlib.sha256(body).hexdigest(),
        scanned_from=scanned,
        columns=columns,
        files=plain.files,
    )


def read_rows(lines: Iterable[str], manifest: Manifest) -> Iterator[Version]:
    """Return the version of each line of a file. Raises ``UnusableInventory`` for one that cannot be read."""
    places = [manifest.columns.index(name) for name in _COLUMNS]
    width = len(manifest.columns)
    bucket_at = manifest.columns.index("Bucket") if "Bucket" in manifest.columns else None
    read = datetime.fromisoformat
    try:
        for row in csv.reader(lines, strict=True):
            if len(row) != width or (bucket_at is not None and row[bucket_at] != manifest.bucket):
                raise UnusableInventory("a row is not of this bucket, or has more or fewer columns than the manifest")
            key, version_id, latest, marker, size, modified, until, mode, hold = [row[place] for place in places]
            yield Version(
                unquote_plus(key) if "%" in key or "+" in key else key,
                version_id or "null",
                _TRUTH[latest.casefold()],
                _TRUTH[marker.casefold()],
                int(size) if size else 0,
                read(modified),
                read(until) if until else None,
                _MODES[mode.casefold()],
                _HOLDS[hold.casefold()],
            )
    except (csv.Error, KeyError, ValueError):
        raise UnusableInventory("a row cannot be read") from None
