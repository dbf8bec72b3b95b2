"""Copies of objects that are too large for one request, by our adapters on the emulated S3.

Amazon S3 API reference, "CreateMultipartUpload" (the object's lock), "UploadPartCopy" (a checksum for each part),
"CompleteMultipartUpload" (``If-None-Match``), "CopyObject" (at most 5 GiB); user guide, "Checking object integrity".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from simulator.aws.s3.responses import LARGEST_COPY
from steward.failures import AwsError
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.sources import Parts, S3Sources
from steward.holds.manifests import composite
from steward.holds.ports import Content, SourceVersion
from steward.holds.register import Protection
from steward.ids import RecordClass

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from simulator.aws.s3 import S3Store

MIB = 1024**2
BODY = b"voice" * (11 * MIB // 5)
UNTIL = datetime(2028, 2, 29, tzinfo=UTC)
LOCK = Protection(retain_until=UNTIL, legal_hold=True)
KEY = "c-1/screen_recording/a b.mp4"


@pytest.fixture
def copies(s3: S3Client, make_bucket: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> S3HeldCopies:
    monkeypatch.setattr("steward.holds.adapters.evidence.client", lambda _: s3)
    monkeypatch.setattr("steward.holds.adapters.sources.client", lambda _: s3)
    return S3HeldCopies(make_bucket("hold"), largest_single_copy=8 * MIB, part_bytes=5 * MIB)


@pytest.fixture
def original(copies: S3HeldCopies, world: S3Store, make_bucket: Callable[..., str]) -> tuple[SourceVersion, Content]:
    del copies
    bucket = make_bucket("recordings")
    source = SourceVersion(
        record_class=RecordClass.SCREEN_RECORDING,
        bucket=bucket,
        key="a b.mp4",
        version_id=world.put_object(bucket, "a b.mp4", BODY),
        protected=True,
    )
    return source, S3Sources(largest_single_copy=8 * MIB, part_bytes=5 * MIB).read(source)


def test_what_is_read_has_the_digest_of_the_whole_and_of_each_part(original: tuple[SourceVersion, Content]) -> None:
    _, content = original
    parts = [BODY[start : start + 5 * MIB] for start in range(0, len(BODY), 5 * MIB)]

    assert (content.bytes, content.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert content.parts == tuple(hashlib.sha256(part).hexdigest() for part in parts)


def test_a_copy_in_parts_has_the_bytes_the_lock_and_a_digest_that_proves_it(
    copies: S3HeldCopies, original: tuple[SourceVersion, Content], s3: S3Client
) -> None:
    source, content = original

    copy = copies.copy(source, content, KEY, LOCK)

    assert copy.parts_sha256 == composite(content.parts)
    assert (copy.sha256, copy.bytes, copy.retain_until, copy.legal_hold) == (None, len(BODY), UNTIL, True)
    assert s3.get_object(Bucket=copies.bucket, Key=KEY)["Body"].read() == BODY
    assert s3.list_multipart_uploads(Bucket=copies.bucket).get("Uploads", []) == []


def test_a_copy_that_exists_is_described_and_not_made_again(
    copies: S3HeldCopies, original: tuple[SourceVersion, Content], s3: S3Client
) -> None:
    source, content = original
    first = copies.copy(source, content, KEY, LOCK)

    again = copies.copy(source, content, KEY, LOCK)
    replaced = copies.copy(source, content, KEY, LOCK, replace=True)

    assert again == first
    assert replaced.version_id != first.version_id
    assert len(s3.list_object_versions(Bucket=copies.bucket, Prefix=KEY)["Versions"]) == 2


@pytest.mark.parametrize("operation", ["upload_part_copy", "complete_multipart_upload"])
def test_a_copy_that_fails_half_way_is_given_up(
    copies: S3HeldCopies,
    original: tuple[SourceVersion, Content],
    s3: S3Client,
    operation: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, content = original

    def refuse(**_: Any) -> None:  # noqa: ANN401 - parameters of boto3
        raise ClientError({"Error": {"Code": "SlowDown"}}, operation)

    monkeypatch.setattr(s3, operation, refuse)
    with pytest.raises(AwsError):
        copies.copy(source, content, KEY, LOCK)

    assert s3.list_multipart_uploads(Bucket=copies.bucket).get("Uploads", []) == []
    assert copies.describe(KEY, "") is None


def test_s3_copies_no_more_than_five_gibibytes_in_one_request(
    copies: S3HeldCopies, world: S3Store, make_bucket: Callable[..., str], s3: S3Client
) -> None:
    bucket = make_bucket("large")
    world.put_object(bucket, "k", LARGEST_COPY + 1)

    with pytest.raises(ClientError, match="larger than the maximum allowable size"):
        s3.copy_object(Bucket=copies.bucket, Key="k", CopySource={"Bucket": bucket, "Key": "k"})


@pytest.mark.parametrize("chunk", [1, 3, 4, 5, 100])
@pytest.mark.parametrize("size", [1, 4, 5, 8, 9])
def test_parts_are_cut_at_their_length_however_the_bytes_arrive(chunk: int, size: int) -> None:
    body, parts = b"abcdefghi"[:size], Parts(4)
    for start in range(0, size, chunk):
        parts.update(body[start : start + chunk])

    assert parts.digests() == tuple(hashlib.sha256(body[start : start + 4]).hexdigest() for start in range(0, size, 4))
