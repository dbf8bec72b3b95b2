"""What S3 delivers is read as it is documented, or said to be unusable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from steward.evidence.statement.inventory import UnusableInventory, read_manifest, read_rows

COLUMNS = (
    "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ObjectLockRetainUntilDate,"
    " ObjectLockMode, ObjectLockLegalHoldStatus"
)
PLAIN = {
    "sourceBucket": "recordings",
    "destinationBucket": "arn:aws:s3:::inventories",
    "version": "2016-11-30",
    "creationTimestamp": "1801443600000",
    "fileFormat": "CSV",
    "fileSchema": COLUMNS,
    "files": [{"key": "inventory/recordings/steward/data/a.csv.gz", "size": 5, "MD5checksum": "0" * 32}],
}
"""The form of the example in the user guide, "Inventory manifest"."""


def manifest(**changes: object) -> tuple[bytes, bytes]:
    body = json.dumps({**PLAIN, **changes}).encode()
    return body, hashlib.md5(body, usedforsecurity=False).hexdigest().encode()


def test_ages_are_counted_to_the_moment_at_which_the_scan_began() -> None:
    found = read_manifest("recordings", "key", *manifest())

    assert found.scanned_from == datetime(2027, 2, 1, 1, 0, tzinfo=UTC)
    assert [file.key for file in found.files] == ["inventory/recordings/steward/data/a.csv.gz"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sourceBucket": "another"}, "another bucket"),
        ({"fileFormat": "Parquet"}, "not in the format CSV"),
        ({"fileSchema": COLUMNS.replace(" ObjectLockMode,", "")}, "columns ObjectLockMode are not listed"),
        ({"creationTimestamp": "yesterday"}, "cannot be read"),
        ({"files": None}, "cannot be read"),
    ],
)
def test_another_kind_of_list_shows_nothing(changes: dict[str, object], why: str) -> None:
    with pytest.raises(UnusableInventory, match=why):
        read_manifest("recordings", "key", *manifest(**changes))


def test_a_manifest_that_is_not_what_its_checksum_says_shows_nothing() -> None:
    body, checksum = manifest()

    with pytest.raises(UnusableInventory, match="checksum"):
        read_manifest("recordings", "key", body + b" ", checksum)


def test_a_row_is_read_with_its_lock_and_its_key_decoded() -> None:
    found = read_manifest("recordings", "key", *manifest())
    lock = '"2028-01-01T00:00:00.000Z","GOVERNANCE","On"'
    row = f'"recordings","a%2Bb+c/%C3%BC.wav","","true","false","12","2027-01-04T09:00:01.000Z",{lock}\n'

    (version,) = read_rows([row], found)

    assert version.key == "a+b c/ü.wav"
    assert version.version_id == "null"
    assert (version.is_latest, version.is_marker, version.size, version.legal_hold) == (True, False, 12, True)
    assert version.retain_until == datetime(2028, 1, 1, tzinfo=UTC)


def test_a_delete_marker_has_no_size() -> None:
    found = read_manifest("recordings", "key", *manifest())
    row = '"recordings","a","v","true","true","","2027-01-04T09:00:01.000Z","","",""\n'

    (version,) = read_rows([row], found)

    assert (version.is_marker, version.size, version.lock_mode) == (True, 0, "")


@pytest.mark.parametrize("spelt", [str.lower, str.upper, str.title], ids=["lower", "upper", "guide"])
def test_a_lock_counts_however_s3_spells_it(spelt: Callable[[str], str]) -> None:
    """User guide, "Amazon S3 Inventory list": ``True``, ``Governance`` or ``Compliance``, ``On``."""
    found = read_manifest("recordings", "key", *manifest())
    words = [spelt(one) for one in ("true", "false", "governance", "on")]
    row = '"recordings","a","v","{}","{}","1","2027-01-04T09:00:01.000Z","2028-01-01T00:00:00.000Z","{}","{}"\n'

    (version,) = read_rows([row.format(*words)], found)

    assert (version.is_latest, version.is_marker) == (True, False)
    assert (version.lock_mode, version.legal_hold) == ("GOVERNANCE", True)


@pytest.mark.parametrize(
    "row",
    [
        '"recordings","a","v","yes","false","1","2027-01-04T09:00:01.000Z","","",""\n',
        '"recordings","a","v","true","","1","2027-01-04T09:00:01.000Z","","",""\n',
        '"recordings","a","v","true","false","1","2027-01-04T09:00:01.000Z","","Guarded",""\n',
        '"recordings","a","v","true","false","1","2027-01-04T09:00:01.000Z","","","Maybe"\n',
        '"recordings","a"\n',
        '"another","a","v","true","false","1","2027-01-04T09:00:01.000Z","","",""\n',
        '"recordings","a","v","true","false","one","2027-01-04T09:00:01.000Z","","",""\n',
        '"recordings","a","v","true","false","1","on Monday","","",""\n',
        '"recordings","a"b,"v","true","false","1","2027-01-04T09:00:01.000Z","","",""\n',
    ],
)
def test_a_row_that_is_no_row_of_this_bucket_shows_nothing(row: str) -> None:
    found = read_manifest("recordings", "key", *manifest())

    with pytest.raises(UnusableInventory):
        list(read_rows([row], found))
