"""The S3 adapters over HTTP against an S3 that nobody here wrote, on the buckets that the templates make.

What is asserted is AWS's documented behaviour; docs/second-opinion.md lists where LocalStack has another.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.request import urlopen
from uuid import uuid4

import pytest

from second_opinion.deployed import Deployed
from steward.archive import Entry
from steward.aws.clients import client
from steward.failures import AccessDenied, AwsError, NotFound
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.sources import S3Sources
from steward.holds.adapters.versions import S3Versions
from steward.holds.ports import SourceVersion, StoredVersion
from steward.holds.register import Protection
from steward.holds.removing.erasing import Version
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId, RecordClass
from steward.rights.adapters.shelf import S3Shelf

if TYPE_CHECKING:
    from second_opinion.engine import Engine

pytestmark = pytest.mark.second_opinion

BODY = b"RIFF....WAVE"
END = datetime(2029, 3, 1, tzinfo=UTC)
LOCKED = Protection(retain_until=END, legal_hold=False)
OPEN_ENDED = Protection(retain_until=None, legal_hold=True)
RECORDING = RecordClass.CALL_RECORDING
PART = 5 * 1024 * 1024
"""The least that a part of an upload may have, but the last (S3 user guide, "multipart limits")."""

HOSTILE = (
    "plain.wav",
    "with space and + plus.wav",
    "percent%2Fencoded%20.wav",
    "ampersand&equals=question?hash#semicolon;.wav",
    "<xml>&amp;\"quotes'.wav",
    "//double//slash.wav",
    "./dots/../up.wav",
    "Siân Ŵyllt ünïcode 電話.wav",
    "emoji 📞.wav",
    "colon:2026-11-26T10:00_UTC.wav",
    "tilde~!()*'.wav",
    "back\\slash|pipe^caret`tick{brace}[bracket].wav",
    "x" * 900,
)
"""Keys are up to 1,024 bytes of UTF-8, and any character may stand in them (S3 user guide, "Naming objects")."""


@pytest.fixture(scope="module", autouse=True)
def adapters_ask_there(account: Engine) -> Iterator[None]:
    """The adapters make their clients from this process's variables, as in Lambda."""
    with patch.dict(os.environ, account.variables()):
        client.cache_clear()
        yield
    client.cache_clear()


@pytest.fixture(scope="module")
def calls(deployed: Deployed) -> str:
    return deployed.one("stores", "CallRecordingBucket")


@pytest.fixture(scope="module")
def held(deployed: Deployed) -> str:
    return deployed.one("stores", "LegalHoldBucket")


@pytest.fixture(scope="module")
def storage(account: Engine) -> Any:  # noqa: ANN401 - typed by its service
    return account.client("s3")


@pytest.fixture
def contact() -> ContactId:
    return ContactId(str(uuid4()))


def put(storage: Any, bucket: str, key: str, body: bytes = BODY) -> StoredVersion:  # noqa: ANN401
    made = storage.put_object(Bucket=bucket, Key=key, Body=body)
    return StoredVersion(key=key, version_id=made["VersionId"], stored_at=datetime.now(UTC), bytes=len(body))


def protected(storage: Any, calls: str, key: str, body: bytes = BODY) -> SourceVersion:  # noqa: ANN401
    return S3Sources().protect(RECORDING, calls, put(storage, calls, key, body))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_recording_of_any_name_is_found_protected_read_copied_and_freed(
    storage: Any,  # noqa: ANN401
    calls: str,
    held: str,
    contact: ContactId,
    name: str,
) -> None:
    sources, copies = S3Sources(), S3HeldCopies(held)
    key = f"{contact}/{name}"
    stored = put(storage, calls, key)
    [found] = sources.find(calls, f"{contact}/")
    assert (found.key, found.version_id, found.bytes) == (key, stored.version_id, len(BODY))
    source = sources.protect(RECORDING, calls, found)
    assert source.protected
    content = sources.read(source)
    assert content.sha256 == hashlib.sha256(BODY).hexdigest()

    copy = copies.copy(source, content, key, LOCKED)

    assert (copy.sha256, copy.retain_until) == (content.sha256, END)
    described = copies.describe(key, copy.version_id)
    assert described is not None
    assert (described.sha256, described.bytes, described.retain_until) == (content.sha256, len(BODY), END)
    assert copies.versions(contact) == ((key, copy.version_id),)
    sources.free(calls, key, stored.version_id)
    assert S3HeldCopies(calls).dispose([(key, stored.version_id)]) == ()
    assert sources.newest(calls, key) is None


def test_a_version_under_legal_hold_cannot_be_deleted_and_a_marker_does_not_hide_it(
    storage: Any,  # noqa: ANN401
    calls: str,
    contact: ContactId,
) -> None:
    """S3 user guide, "Object Lock legal holds"; "Working with delete markers"."""
    key = f"{contact}/call.wav"
    source = protected(storage, calls, key)
    assert S3HeldCopies(calls).dispose([(key, source.version_id)]) == ((key, source.version_id),)
    storage.delete_object(Bucket=calls, Key=key)

    assert S3Sources().newest(calls, key) is None
    assert [one.version_id for one in S3Sources().find(calls, key)] == [source.version_id]
    assert S3Sources().read(source).bytes == len(BODY)


def test_a_copy_is_made_once_and_a_replacement_is_another_version(
    storage: Any,  # noqa: ANN401
    calls: str,
    held: str,
    contact: ContactId,
) -> None:
    """``If-None-Match`` (S3 API reference, "CopyObject")."""
    key, copies = f"{contact}/call.wav", S3HeldCopies(held)
    source = protected(storage, calls, key)
    content = S3Sources().read(source)
    first = copies.copy(source, content, key, LOCKED)

    assert copies.copy(source, content, key, OPEN_ENDED).version_id == first.version_id
    assert copies.copy(source, content, key, OPEN_ENDED, replace=True).version_id != first.version_id


def test_a_document_is_stored_once_with_its_lock(held: str, contact: ContactId) -> None:
    key, copies = f"{contact}/manifest.json", S3HeldCopies(held)
    first = copies.store(key, b"{}", OPEN_ENDED, replace=False)

    assert copies.store(key, b"[]", LOCKED, replace=False).version_id == first.version_id
    there = copies.describe(key, "")
    assert there is not None
    assert (there.legal_hold, there.retain_until, there.sha256) == (True, None, hashlib.sha256(b"{}").hexdigest())
    assert copies.store(key, b"[]", LOCKED, replace=True).version_id != first.version_id


def test_a_large_recording_is_copied_in_parts_whose_digests_s3_states(
    storage: Any,  # noqa: ANN401
    calls: str,
    held: str,
    contact: ContactId,
) -> None:
    """Composite checksums (S3 user guide, "Checking object integrity")."""
    key, body = f"{contact}/long.wav", bytes(range(256)) * (2 * PART // 256 + 7)
    sources = S3Sources(largest_single_copy=PART, part_bytes=PART)
    source = protected(storage, calls, key, body)
    content = sources.read(source)
    assert len(content.parts) == 3

    copy = S3HeldCopies(held, PART, PART).copy(source, content, key, LOCKED)

    parts = b"".join(bytes.fromhex(part) for part in content.parts)
    assert (copy.sha256, copy.parts_sha256) == (None, hashlib.sha256(parts).hexdigest())
    assert (copy.bytes, copy.retain_until) == (len(body), END)
    assert storage.list_multipart_uploads(Bucket=held).get("Uploads", []) == []


def test_a_lock_is_extended_by_anybody_and_shortened_only_with_the_bypass(held: str, contact: ContactId) -> None:
    """S3 user guide, "Object Lock: governance mode"."""
    key, copies = f"{contact}/manifest.json", S3HeldCopies(held)
    version = copies.store(key, b"{}", LOCKED, replace=False).version_id
    later = Protection(retain_until=END + timedelta(days=30), legal_hold=True)
    copies.lock(key, version, LOCKED, later)
    seen = copies.describe(key, version)
    assert seen is not None
    assert (seen.retain_until, seen.legal_hold) == (later.retain_until, True)

    with pytest.raises(AccessDenied):
        copies.lock(key, version, later, LOCKED)
    copies.lock(key, version, later, LOCKED, bypass=True)

    seen = copies.describe(key, version)
    assert seen is not None
    assert (seen.retain_until, seen.legal_hold) == (END, False)


def test_what_s3_refuses_to_delete_it_names_row_by_row(held: str, contact: ContactId) -> None:
    """S3 API reference, "DeleteObjects": an ``Error`` for each key inside a success."""
    copies = S3HeldCopies(held)
    locked = copies.store(f"{contact}/locked.json", b"{}", LOCKED, replace=False)
    held_open = copies.store(f"{contact}/held.json", b"{}", OPEN_ENDED, replace=False)
    free = copies.store(f"{contact}/free.json", b"{}", Protection(retain_until=None, legal_hold=False), replace=False)
    rows = [(one.key, one.version_id) for one in (locked, held_open, free)]

    assert set(copies.dispose(rows)) == {rows[0], rows[1]}
    assert copies.describe(*rows[2]) is None
    # A legal hold outranks the bypass of governance mode.
    assert copies.dispose(rows[:2], bypass=True) == (rows[1],)


def test_a_marker_is_listed_has_no_lock_to_lift_and_is_deleted_like_a_version(
    storage: Any,  # noqa: ANN401
    held: str,
    contact: ContactId,
) -> None:
    key, copies = f"{contact}/manifest.json", S3HeldCopies(held)
    version = copies.store(key, b"{}", LOCKED, replace=False).version_id
    marker = storage.delete_object(Bucket=held, Key=key)["VersionId"]

    assert set(copies.versions(contact)) == {(key, version), (key, marker)}
    assert copies.describe(key, "") is None
    copies.lift(key, marker)
    assert copies.dispose([(key, marker)]) == ()
    assert copies.describe(key, "") is not None


def test_card_data_goes_whatever_its_locks(
    storage: Any,  # noqa: ANN401
    calls: str,
    held: str,
    contact: ContactId,
) -> None:
    key = f"{contact}/card.wav"
    source = protected(storage, calls, key)
    copy = S3HeldCopies(held).copy(source, S3Sources().read(source), key, LOCKED)
    storage.delete_object(Bucket=calls, Key=key)
    versions = S3Versions(held)
    found = [
        Version(stored=StoredObject(bucket=bucket, key=key), version_id=one)
        for bucket in (calls, held)
        for one in versions.of(StoredObject(bucket=bucket, key=key))
    ]
    assert {one.version_id for one in found} >= {source.version_id, copy.version_id}
    assert len(found) == 3

    assert versions.remove(found) == ()
    assert versions.held(contact) == ()


def test_a_version_that_is_gone_already_is_refused_here_where_aws_says_deleted(held: str, contact: ContactId) -> None:
    """The one difference: AWS reports success for what is not there (S3 API reference, "DeleteObjects").

    What steward takes for refused it tries again and tells; so with AWS's answer it does less, not more.
    """
    copies, key = S3HeldCopies(held), f"{contact}/manifest.json"
    version = copies.store(key, b"{}", Protection(retain_until=None, legal_hold=False), replace=False).version_id
    assert copies.dispose([(key, version)]) == ()
    assert copies.dispose([(key, version)]) == ((key, version),)


def test_what_is_not_there_is_none_and_no_error(calls: str, held: str, contact: ContactId) -> None:
    nowhere = f"{contact}/nothing.wav"
    assert S3Sources().newest(calls, nowhere) is None
    assert S3Sources().tags(calls, nowhere, "") is None
    assert S3Sources().metadata(calls, nowhere, "") is None
    assert S3HeldCopies(held).describe(nowhere, "") is None
    S3HeldCopies(held).lift(nowhere, "")
    S3Sources().free(calls, nowhere, "")
    with pytest.raises(NotFound):
        S3Sources().protect(RECORDING, calls, StoredVersion(key=nowhere, version_id="", stored_at=END, bytes=0))


def test_tags_and_what_the_writer_said_are_read(storage: Any, calls: str, contact: ContactId) -> None:  # noqa: ANN401
    key = f"{contact}/tagged.wav"
    storage.put_object(
        Bucket=calls, Key=key, Body=BODY, Tagging="complaint_reference=CMP%2F1", Metadata={"contact_id": contact}
    )
    assert S3Sources().tags(calls, key, "") == {"complaint_reference": "CMP/1"}
    assert S3Sources().metadata(calls, key, "") == {"contact_id": contact}
    assert S3Sources().folders(calls, f"{contact}"[:4]) == (f"{contact}/",)


def test_a_bucket_without_locks_is_copied_from_and_never_said_to_be_protected(
    storage: Any,  # noqa: ANN401
    account: Engine,
    contact: ContactId,
) -> None:
    bucket = f"before-{contact}"
    storage.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": account.region})
    storage.put_object(Bucket=bucket, Key="call.wav", Body=BODY)
    [found] = S3Sources().find(bucket, "")
    assert found.version_id == ""
    assert not S3Sources().protect(RECORDING, bucket, found).protected


def test_a_package_is_fetched_by_its_link(deployed: Deployed, contact: ContactId) -> None:
    shelf = S3Shelf(deployed.one("stores", "RightsBucket"))
    key = f"requests/{contact}/package.zip"
    shelf.keep_package(key, [Entry(name="list.csv", content=b"a,b\n")])
    with urlopen(shelf.link(key, 60)) as answer:  # noqa: S310 - of this machine
        assert answer.read(2) == b"PK"


def test_a_bucket_that_does_not_exist_is_told_by_its_code(contact: ContactId) -> None:
    with pytest.raises(AwsError) as raised:
        S3Sources().find(f"nobody-{contact}", "")
    assert raised.value.code == "NoSuchBucket"
