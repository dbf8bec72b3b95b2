from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectLockRetentionModeType

    from simulator.aws.s3 import S3Store
    from tests.simulator.aws.s3.support import Agenda


KEEP_3_DAYS = {"Expiration": {"Days": 3}}
PURGE_NONCURRENT = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
DROP_MARKERS = {"Expiration": {"ExpiredObjectDeleteMarker": True}}


def midnight(day: int, month: int = 1) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def keys(s3: S3Client, bucket: str) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def versions(s3: S3Client, bucket: str) -> tuple[int, int]:
    listed = s3.list_object_versions(Bucket=bucket)
    return len(listed.get("Versions", [])), len(listed.get("DeleteMarkers", []))


def test_an_object_expires_at_the_midnight_after_its_days(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", KEEP_3_DAYS)
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(19) - timedelta(seconds=1))
    assert keys(s3, bucket) == ["call.wav"]
    agenda.until(midnight(19))
    assert keys(s3, bucket) == []
    assert versions(s3, bucket) == (1, 1)


def test_an_expired_version_goes_for_good_after_its_noncurrent_days_and_its_marker_after_it(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, **PURGE_NONCURRENT}, DROP_MARKERS)
    version = world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(20))
    assert versions(s3, bucket) == (1, 1)
    agenda.until(midnight(21))
    assert versions(s3, bucket) == (0, 1)
    (gone,) = world.deletions
    assert (gone.at, gone.bucket, gone.key, gone.version_id, gone.actor, gone.size) == (
        midnight(21),
        bucket,
        "call.wav",
        version,
        "lifecycle",
        100,
    )
    agenda.until(midnight(22))
    assert versions(s3, bucket) == (0, 0)


def test_a_bucket_without_versioning_loses_the_object_at_once(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("plain", KEEP_3_DAYS, plain=True)
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(19))
    assert versions(s3, bucket) == (0, 0)
    assert [(gone.key, gone.actor) for gone in world.deletions] == [("call.wav", "lifecycle")]


def test_a_version_under_legal_hold_stays_until_a_midnight_after_the_hold(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, **PURGE_NONCURRENT})
    version = world.put_object(bucket, "call.wav", 100)
    s3.put_object_legal_hold(Bucket=bucket, Key="call.wav", VersionId=version, LegalHold={"Status": "ON"})
    agenda.until(midnight(1, month=3) + timedelta(hours=9))
    assert keys(s3, bucket) == []
    assert versions(s3, bucket) == (1, 1)
    s3.put_object_legal_hold(Bucket=bucket, Key="call.wav", VersionId=version, LegalHold={"Status": "OFF"})
    assert versions(s3, bucket)[0] == 1
    agenda.until(midnight(2, month=3))
    assert versions(s3, bucket)[0] == 0


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_version_under_retention_goes_at_the_first_midnight_after_it_lapsed(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str], mode: ObjectLockRetentionModeType
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, **PURGE_NONCURRENT})
    version = world.put_object(bucket, "call.wav", 100)
    until = datetime(2026, 2, 10, 15, tzinfo=UTC)
    s3.put_object_retention(
        Bucket=bucket, Key="call.wav", VersionId=version, Retention={"Mode": mode, "RetainUntilDate": until}
    )
    agenda.until(midnight(11, month=2) - timedelta(seconds=1))
    assert versions(s3, bucket)[0] == 1
    agenda.until(midnight(11, month=2))
    assert versions(s3, bucket)[0] == 0


def test_a_retention_that_was_extended_before_it_lapsed_is_respected(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, **PURGE_NONCURRENT})
    version = world.put_object(bucket, "call.wav", 100)
    for until in (midnight(10, month=2), midnight(10, month=4)):
        s3.put_object_retention(
            Bucket=bucket, Key="call.wav", VersionId=version, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until}
        )
    agenda.until(midnight(9, month=4))
    assert versions(s3, bucket)[0] == 1
    agenda.until(midnight(10, month=4))
    assert versions(s3, bucket)[0] == 0


def test_a_new_version_makes_the_earlier_one_noncurrent_from_that_moment(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {"NoncurrentVersionExpiration": {"NoncurrentDays": 2}})
    first = world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(18) + timedelta(hours=1))
    world.put_object(bucket, "call.wav", 200)
    agenda.until(midnight(20))
    assert versions(s3, bucket) == (2, 0)
    agenda.until(midnight(21))
    assert [gone.version_id for gone in world.deletions] == [first]
    assert keys(s3, bucket) == ["call.wav"]


def test_noncurrent_versions_that_are_to_be_retained_by_number_stay(
    agenda: Agenda, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket(
        "recordings", {"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}}
    )
    ids = [world.put_object(bucket, "call.wav", size) for size in (1, 2, 3, 4)]
    agenda.until(midnight(1, month=3))
    assert [stored.version_id for stored in world.stores_state(bucket)] == ids[1:]


def test_an_object_whose_marker_was_removed_is_current_again_and_counts_from_its_creation(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {"Expiration": {"Days": 30}, **PURGE_NONCURRENT})
    world.put_object(bucket, "call.wav", 100)
    marker = s3.delete_object(Bucket=bucket, Key="call.wav")["VersionId"]
    agenda.until(midnight(16) + timedelta(hours=8))
    s3.delete_object(Bucket=bucket, Key="call.wav", VersionId=marker)
    agenda.until(midnight(14, month=2))
    assert keys(s3, bucket) == ["call.wav"]
    agenda.until(midnight(15, month=2))
    assert keys(s3, bucket) == []


def test_a_configuration_put_later_concerns_objects_that_were_there_before(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings")
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(1, month=2) + timedelta(hours=12))
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 3}}]},
    )
    assert keys(s3, bucket) == ["call.wav"]
    agenda.until(midnight(2, month=2))
    assert keys(s3, bucket) == []


def test_a_configuration_that_is_lengthened_or_taken_away_keeps_what_was_about_to_go(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", KEEP_3_DAYS)
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(18))
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 10}}]},
    )
    agenda.until(midnight(25))
    assert keys(s3, bucket) == ["call.wav"]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    agenda.until(midnight(25, month=3))
    assert keys(s3, bucket) == ["call.wav"]


def test_a_shorter_configuration_replaces_what_was_planned(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {"Expiration": {"Days": 30}})
    world.put_object(bucket, "call.wav", 100)
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 3}}]},
    )
    agenda.until(midnight(19))
    assert versions(s3, bucket) == (1, 1)
    agenda.until(midnight(1, month=3))
    assert versions(s3, bucket) == (1, 1)


def test_a_held_version_costs_nothing_while_it_waits(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, **PURGE_NONCURRENT})
    world.put_object(bucket, "call.wav", 100)
    s3.put_object_legal_hold(Bucket=bucket, Key="call.wav", LegalHold={"Status": "ON"})
    agenda.until(midnight(1, month=12))
    assert agenda.actions == 1


def test_a_disabled_rule_does_nothing(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, "Status": "Disabled"})
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(1, month=3))
    assert keys(s3, bucket) == ["call.wav"]


@pytest.mark.parametrize(
    "case",
    [
        ({"Prefix": "a/"}, ["a/big", "a/small"]),
        ({"Tag": {"Key": "keep", "Value": "no"}}, ["a/small", "b/big"]),
        ({"ObjectSizeGreaterThan": 100}, ["a/big", "b/big"]),
        ({"ObjectSizeLessThan": 100}, ["a/small"]),
        ({"And": {"Prefix": "a/", "Tags": [{"Key": "keep", "Value": "no"}], "ObjectSizeLessThan": 100}}, ["a/small"]),
    ],
)
def test_a_filter_chooses_by_prefix_tag_and_size(
    agenda: Agenda,
    s3: S3Client,
    world: S3Store,
    make_bucket: Callable[..., str],
    case: tuple[dict[str, Any], list[str]],
) -> None:
    chosen, expired = case
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, "Filter": chosen})
    world.put_object(bucket, "a/big", 500)
    world.put_object(bucket, "a/small", 5, tags={"keep": "no", "more": "x"})
    world.put_object(bucket, "b/big", 500, tags={"keep": "no"})
    agenda.until(midnight(1, month=2))
    assert sorted({"a/big", "a/small", "b/big"} - set(keys(s3, bucket))) == expired


def test_of_two_rules_the_shorter_one_wins(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {"Expiration": {"Days": 30}}, KEEP_3_DAYS)
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(19))
    assert keys(s3, bucket) == []


def test_a_tag_set_later_brings_an_object_under_a_rule(
    agenda: Agenda, s3: S3Client, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, "Filter": {"Tag": {"Key": "gone", "Value": "yes"}}})
    world.put_object(bucket, "call.wav", 100)
    agenda.until(midnight(1, month=2))
    s3.put_object_tagging(Bucket=bucket, Key="call.wav", Tagging={"TagSet": [{"Key": "gone", "Value": "yes"}]})
    agenda.until(midnight(2, month=2))
    assert keys(s3, bucket) == []


def test_an_upload_with_tags_is_under_the_rule_of_its_tags(
    agenda: Agenda, s3: S3Client, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {**KEEP_3_DAYS, "Filter": {"Tag": {"Key": "gone", "Value": "yes"}}})
    s3.put_object(Bucket=bucket, Key="tagged", Body=b"1", Tagging="gone=yes")
    s3.put_object(Bucket=bucket, Key="untagged", Body=b"1")
    agenda.until(midnight(19))
    assert keys(s3, bucket) == ["untagged"]


def test_an_incomplete_upload_is_given_up_and_a_completed_one_is_not(
    agenda: Agenda, s3: S3Client, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}})
    s3.create_multipart_upload(Bucket=bucket, Key="never")
    done = s3.create_multipart_upload(Bucket=bucket, Key="done")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="done", UploadId=done, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="done",
        UploadId=done,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    agenda.until(midnight(17) - timedelta(seconds=1))
    assert len(s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
    agenda.until(midnight(17))
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert keys(s3, bucket) == ["done"]


def test_the_rules_are_answered_as_they_were_put(s3: S3Client, make_bucket: Callable[..., str]) -> None:
    both = {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}], "ObjectSizeGreaterThan": 10}
    rule = {
        "ID": "everything",
        "Filter": {"And": both},
        "Expiration": {"Days": 5},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 3},
    }
    bucket = make_bucket("recordings", rule)
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [{**rule, "Status": "Enabled"}]


@pytest.mark.parametrize(
    "rule",
    [
        {"Expiration": {"Days": 0}},
        {"Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
    ],
)
def test_a_rule_that_s3_refuses_is_refused(s3: S3Client, make_bucket: Callable[..., str], rule: dict[str, Any]) -> None:
    with pytest.raises(s3.exceptions.ClientError) as refused:
        make_bucket("recordings", rule)
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"


def test_objects_that_are_due_together_wait_for_one_midnight_each(
    agenda: Agenda, world: S3Store, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("recordings", {"Expiration": {"Days": 184}, **PURGE_NONCURRENT}, DROP_MARKERS)
    for number in range(200):
        world.put_object(bucket, f"{number}.wav", 1_000_000)
    agenda.until(midnight(1, month=12))
    assert len(world.deletions) == 200
    assert agenda.actions == 3
