from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from simulator.aws.s3 import S3Store
    from tests.simulator.aws.s3.support import Agenda, Published


SAMPLE_KEYS = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}


def told(published: list[Any]) -> list[tuple[str, str | None, str | None]]:
    return [
        (event["detail-type"], event["detail"].get("reason"), event["detail"].get("deletion-type"))
        for event in published
    ]


def test_each_way_of_creating_an_object_is_told_once_with_its_reason(
    s3: S3Client, published: Published, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", events=True)
    s3.put_object(Bucket=bucket, Key="put", Body=b"voice", Tagging="a=b")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "put"})
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="parts",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert told(published) == [
        ("Object Created", "PutObject", None),
        ("Object Created", "CopyObject", None),
        ("Object Created", "CompleteMultipartUpload", None),
    ]


def test_an_event_has_the_envelope_and_the_names_that_s3_documents(
    s3: S3Client, world: S3Store, published: Published, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", events=True)
    version = world.put_object(bucket, "a folder/50%+x:y.wav", 7)
    (event,) = published
    assert set(event) == SAMPLE_KEYS
    assert (event["source"], event["time"], event["region"]) == ("aws.s3", "2026-01-15T10:30:00Z", "eu-west-2")
    assert event["resources"] == ["arn:aws:s3:::recordings"]
    detail = event["detail"]
    assert detail["bucket"] == {"name": "recordings"}
    assert {key: detail["object"][key] for key in ("key", "size", "version-id", "etag")} == {
        "key": "a folder/50%+x:y.wav",
        "size": 7,
        "version-id": version,
        "etag": s3.head_object(Bucket=bucket, Key="a folder/50%+x:y.wav")["ETag"].strip('"'),
    }
    assert detail["source-ip-address"]
    assert detail["requester"] == event["account"]


def test_deletions_say_whether_the_bytes_are_gone_and_who_did_it(
    agenda: Agenda, s3: S3Client, world: S3Store, published: Published, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket(
        "recordings", {"Expiration": {"Days": 1}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, events=True
    )
    first = world.put_object(bucket, "first", 1)
    world.put_object(bucket, "second", 1)
    marker = s3.delete_object(Bucket=bucket, Key="first")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="first", VersionId=first)
    published.clear()
    agenda.until(datetime(2026, 1, 25, tzinfo=UTC))
    assert told(published) == [
        ("Object Deleted", "Lifecycle Expiration", "Permanently Deleted"),
        ("Object Deleted", "Lifecycle Expiration", "Delete Marker Created"),
        ("Object Deleted", "Lifecycle Expiration", "Permanently Deleted"),
        ("Object Deleted", "Lifecycle Expiration", "Permanently Deleted"),
    ]
    assert published[0]["detail"]["object"]["version-id"] == marker
    assert all("source-ip-address" not in event["detail"] for event in published)
    assert all(event["detail"]["requester"] == "s3.amazonaws.com" for event in published)
    assert [(gone.key, gone.actor) for gone in world.deletions] == [
        ("first", "maintain_holds"),
        ("second", "lifecycle"),
    ]


def test_a_request_that_deletes_is_told_as_marker_or_as_permanent(
    s3: S3Client, world: S3Store, published: Published, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", events=True)
    version = world.put_object(bucket, "call.wav", 1)
    published.clear()
    marker = s3.delete_object(Bucket=bucket, Key="call.wav")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="call.wav", VersionId=version)
    assert told(published) == [
        ("Object Deleted", "DeleteObject", "Delete Marker Created"),
        ("Object Deleted", "DeleteObject", "Permanently Deleted"),
    ]
    assert [event["detail"]["object"]["version-id"] for event in published] == [marker, version]
    assert [(gone.version_id, gone.actor) for gone in world.deletions] == [(version, "maintain_holds")]


def test_sequencers_order_the_events_of_a_key(
    world: S3Store, published: Published, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", events=True)
    for _ in range(20):
        world.put_object(bucket, "call.wav", 1)
    sequencers = [event["detail"]["object"]["sequencer"] for event in published]
    assert sequencers == sorted(set(sequencers))


def test_tags_are_told_without_their_values_and_only_when_somebody_sets_them(
    s3: S3Client, world: S3Store, published: Published, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", events=True)
    world.put_object(bucket, "call.wav", 1, tags={"kept": "yes"})
    s3.put_object_tagging(Bucket=bucket, Key="call.wav", Tagging={"TagSet": [{"Key": "kept", "Value": "still"}]})
    world.tag_object(bucket, "call.wav", {"complaint_reference": "C-1"})
    s3.delete_object_tagging(Bucket=bucket, Key="call.wav")
    assert [event["detail-type"] for event in published] == [
        "Object Created",
        "Object Tags Added",
        "Object Tags Added",
        "Object Tags Deleted",
    ]
    assert "C-1" not in str(published)


def test_tags_added_in_the_console_keep_those_that_were_there(
    s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings")
    world.put_object(bucket, "call.wav", 1, tags={"kept": "yes"})
    world.tag_object(bucket, "call.wav", {"complaint_reference": "C-1"})
    tags = s3.get_object_tagging(Bucket=bucket, Key="call.wav")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"kept": "yes", "complaint_reference": "C-1"}


def test_tagging_what_is_not_there_names_it(s3: S3Client, world: S3Store, make_bucket: Callable[..., str]) -> None:
    bucket = make_bucket("recordings")
    world.put_object(bucket, "hidden", 1)
    s3.delete_object(Bucket=bucket, Key="hidden")
    for key in ("nothing", "hidden"):
        with pytest.raises(LookupError, match=f"bucket recordings has no object {key} to tag"):
            world.tag_object(bucket, key, {"a": "b"})


def test_a_bucket_without_eventbridge_tells_nothing(
    s3: S3Client, published: Published, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings")
    world.put_object(bucket, "call.wav", 1)
    s3.delete_object(Bucket=bucket, Key="call.wav")
    assert published == []


def test_the_state_lists_versions_with_their_locks_and_no_markers(
    s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings")
    first = world.put_object(bucket, "call.wav", 100, tags={"a": "b"})
    s3.put_object_retention(
        Bucket=bucket,
        Key="call.wav",
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": datetime(2027, 7, 1, tzinfo=UTC)},
    )
    second = world.put_object(bucket, "call.wav", b"12345", at=datetime(2026, 1, 14, 9, tzinfo=UTC))
    s3.put_object_legal_hold(Bucket=bucket, Key="call.wav", LegalHold={"Status": "ON"})
    stored = [asdict(version) for version in world.stores_state(bucket)]
    assert stored == [
        {
            "key": "call.wav",
            "version_id": first,
            "bytes": 100,
            "last_modified": "2026-01-15T10:30:00+00:00",
            "is_latest": False,
            "tags": {"a": "b"},
            "lock_mode": "GOVERNANCE",
            "retain_until": "2027-07-01T00:00:00+00:00",
            "legal_hold": None,
        },
        {
            "key": "call.wav",
            "version_id": second,
            "bytes": 5,
            "last_modified": "2026-01-14T09:00:00+00:00",
            "is_latest": True,
            "tags": {},
            "lock_mode": None,
            "retain_until": None,
            "legal_hold": "ON",
        },
    ]
    s3.delete_object(Bucket=bucket, Key="call.wav")
    assert [version.is_latest for version in world.stores_state(bucket)] == [False, False]


def test_listing_pages_through_keys_and_folders_in_order(
    s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings")
    names = [f"2026/{month:02}/{day}" for month in (1, 2, 3) for day in range(5)] + ["root", "2026-root"]
    for name in names:
        world.put_object(bucket, name, 1)
    s3.delete_object(Bucket=bucket, Key="root")
    flat, folders = s3.get_paginator("list_objects_v2"), []
    pages = flat.paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    assert [item["Key"] for page in pages for item in page["Contents"]] == sorted(set(names) - {"root"})
    for page in flat.paginate(Bucket=bucket, Prefix="2026/", Delimiter="/", PaginationConfig={"PageSize": 2}):
        folders += [item["Prefix"] for item in page.get("CommonPrefixes", [])]
    assert folders == ["2026/01/", "2026/02/", "2026/03/"]


def test_listing_versions_pages_through_each_version_newest_first(
    s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings")
    expected = {name: [world.put_object(bucket, name, 1) for _ in range(5)][::-1] for name in ("a", "b", "c")}
    marker = s3.delete_object(Bucket=bucket, Key="b")["VersionId"]
    listed: dict[str, list[str]] = {}
    markers, latest = [], []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2}):
        for version in page.get("Versions", []):
            listed.setdefault(version["Key"], []).append(version["VersionId"])
            latest += [version["Key"]] if version["IsLatest"] else []
        markers += [item["VersionId"] for item in page.get("DeleteMarkers", [])]
    assert listed == expected
    assert markers == [marker]
    assert latest == ["a", "c"]


def test_zeros_take_no_memory_until_they_are_read(world: S3Store, make_bucket: Callable[..., str]) -> None:
    bucket = make_bucket("recordings")
    for number in range(50):
        world.put_object(bucket, f"{number}.wav", 10**12)
    assert sum(version.bytes for version in world.stores_state(bucket)) == 50 * 10**12


def test_an_uploaded_checksum_is_answered_when_asked_for(s3: S3Client, make_bucket: Callable[..., str]) -> None:
    bucket = make_bucket("recordings")
    s3.put_object(Bucket=bucket, Key="manifest", Body=b"hello", ChecksumAlgorithm="SHA256")
    head = s3.head_object(Bucket=bucket, Key="manifest", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="


def test_moto_has_its_own_s3_back_after_close(
    world: S3Store, published: Published, make_bucket: Callable[..., str], s3: S3Client
) -> None:
    bucket = make_bucket("recordings", events=True)
    world.close()
    s3.put_object(Bucket=bucket, Key="late", Body=b"1")
    assert published == []
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["late"]
