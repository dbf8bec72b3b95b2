from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopySourceTypeDef as Source
    from mypy_boto3_s3.type_defs import ObjectLockRetentionTypeDef as Retention

    from simulator.aws.s3 import S3Store


LATER = datetime(2028, 2, 29, tzinfo=UTC)
SOONER = datetime(2027, 2, 28, tzinfo=UTC)
NAME = "connect/x/CallRecordings/2026/01/15/0a1b_20260115T10:30_UTC 1+1=50%.wav"


def code(refused: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def source(world: S3Store, make_bucket: Callable[..., str]) -> Source:
    bucket = make_bucket("recordings")
    return {"Bucket": bucket, "Key": NAME, "VersionId": world.put_object(bucket, NAME, b"voice", tags={"a": "b"})}


@pytest.fixture
def hold(make_bucket: Callable[..., str]) -> str:
    return make_bucket("hold")


def test_a_copy_carries_its_lock_in_the_same_request_and_says_what_it_copied(
    s3: S3Client, source: Source, hold: str
) -> None:
    answer = s3.copy_object(
        Bucket=hold,
        Key="case/copy",
        CopySource=source,
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=LATER,
        ObjectLockLegalHoldStatus="ON",
        ChecksumAlgorithm="SHA256",
        IfNoneMatch="*",
    )
    digest = b64encode(hashlib.sha256(b"voice").digest()).decode()
    assert answer["CopySourceVersionId"] == source["VersionId"]
    assert answer["CopyObjectResult"]["ChecksumSHA256"] == digest
    head = s3.head_object(Bucket=hold, Key="case/copy", VersionId=answer["VersionId"], ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == digest
    assert head["ContentLength"] == 5
    assert (head["ObjectLockMode"], head["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")
    assert head["ObjectLockRetainUntilDate"] == LATER
    assert s3.get_object(Bucket=hold, Key="case/copy")["Body"].read() == b"voice"


def test_a_copy_of_zeros_has_the_checksum_of_its_bytes(
    s3: S3Client, world: S3Store, hold: str, make_bucket: Callable[..., str]
) -> None:
    size = 3_000_001
    bucket = make_bucket("recordings")
    world.put_object(bucket, "call.wav", size)
    answer = s3.copy_object(
        Bucket=hold, Key="copy", CopySource={"Bucket": bucket, "Key": "call.wav"}, ChecksumAlgorithm="SHA256"
    )
    expected = b64encode(hashlib.sha256(bytes(size)).digest()).decode()
    assert answer["CopyObjectResult"]["ChecksumSHA256"] == expected
    read = s3.get_object(Bucket=hold, Key="copy")["Body"].read()
    assert b64encode(hashlib.sha256(read).digest()).decode() == expected


def test_a_copy_leaves_the_lock_behind_and_takes_the_tags_along(s3: S3Client, source: Source, hold: str) -> None:
    s3.put_object_legal_hold(**source, LegalHold={"Status": "ON"})
    s3.copy_object(Bucket=hold, Key="copy", CopySource=source)
    assert "ObjectLockLegalHoldStatus" not in s3.head_object(Bucket=hold, Key="copy")
    assert s3.get_object_tagging(Bucket=hold, Key="copy")["TagSet"] == [{"Key": "a", "Value": "b"}]
    s3.copy_object(Bucket=hold, Key="copy", CopySource=source, TaggingDirective="REPLACE", Tagging="c=d")
    assert s3.get_object_tagging(Bucket=hold, Key="copy")["TagSet"] == [{"Key": "c", "Value": "d"}]


def test_metadata_is_copied_or_replaced_as_asked(s3: S3Client, source: Source, hold: str) -> None:
    s3.copy_object(Bucket=hold, Key="one", CopySource=source, MetadataDirective="REPLACE", Metadata={"case": "1"})
    s3.copy_object(Bucket=hold, Key="two", CopySource={"Bucket": hold, "Key": "one"})
    assert s3.head_object(Bucket=hold, Key="two")["Metadata"] == {"case": "1"}


def test_a_copy_that_must_be_new_is_refused_when_the_key_is_there(s3: S3Client, source: Source, hold: str) -> None:
    s3.copy_object(Bucket=hold, Key="copy", CopySource=source, IfNoneMatch="*")
    with pytest.raises(ClientError) as refused:
        s3.copy_object(Bucket=hold, Key="copy", CopySource=source, IfNoneMatch="*")
    assert code(refused) == ("PreconditionFailed", 412)
    s3.delete_object(Bucket=hold, Key="copy")
    s3.copy_object(Bucket=hold, Key="copy", CopySource=source, IfNoneMatch="*")


def test_an_upload_that_must_be_new_is_refused_when_the_key_is_there(s3: S3Client, hold: str) -> None:
    s3.put_object(Bucket=hold, Key="manifest", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=hold, Key="manifest", Body=b"2", IfNoneMatch="*")
    assert code(refused) == ("PreconditionFailed", 412)


def test_a_copy_of_a_source_that_changed_is_refused(s3: S3Client, source: Source, hold: str) -> None:
    etag = s3.head_object(**source)["ETag"]
    s3.copy_object(Bucket=hold, Key="copy", CopySource=source, CopySourceIfMatch=etag)
    with pytest.raises(ClientError) as refused:
        s3.copy_object(Bucket=hold, Key="copy", CopySource=source, CopySourceIfMatch='"other"')
    assert code(refused) == ("PreconditionFailed", 412)


def test_a_source_that_is_gone_or_hidden_cannot_be_copied(s3: S3Client, source: Source, hold: str) -> None:
    marker = s3.delete_object(Bucket=source["Bucket"], Key=NAME)["VersionId"]
    by_name: Source = {"Bucket": source["Bucket"], "Key": NAME}
    refusals: list[tuple[Source, tuple[str, int]]] = [
        (by_name, ("NoSuchKey", 404)),
        ({**by_name, "VersionId": marker}, ("InvalidRequest", 400)),
        ({**by_name, "VersionId": "6e0f5d2c-0000-4000-8000-000000000000"}, ("NoSuchVersion", 404)),
    ]
    for named, expected in refusals:
        with pytest.raises(ClientError) as refused:
            s3.copy_object(Bucket=hold, Key="copy", CopySource=named)
        assert code(refused) == expected
    s3.copy_object(Bucket=hold, Key="copy", CopySource=source)


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        ({"ObjectLockMode": "GOVERNANCE"}, "InvalidArgument"),
        ({"ObjectLockRetainUntilDate": LATER}, "InvalidArgument"),
        (
            {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": datetime(2026, 1, 1, tzinfo=UTC)},
            "InvalidArgument",
        ),
    ],
)
def test_a_bad_retention_is_refused_for_copies_and_uploads(
    s3: S3Client, source: Source, hold: str, lock: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ClientError) as refused:
        s3.copy_object(Bucket=hold, Key="copy", CopySource=source, **lock)
    assert code(refused) == (expected, 400)
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=hold, Key="new", Body=b"x", **lock)
    assert code(refused) == (expected, 400)
    assert "Contents" not in s3.list_objects_v2(Bucket=hold)


def test_a_bucket_without_object_lock_takes_no_locks(
    s3: S3Client, source: Source, make_bucket: Callable[..., str]
) -> None:
    plain = make_bucket("plain", plain=True)
    for lock in (
        {"ObjectLockLegalHoldStatus": "ON"},
        {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": LATER},
    ):
        with pytest.raises(ClientError) as refused:
            s3.copy_object(Bucket=plain, Key="copy", CopySource=source, **lock)
        assert code(refused) == ("InvalidRequest", 400)


def test_a_lock_is_read_back_and_its_absence_is_an_error_of_its_own(s3: S3Client, source: Source) -> None:
    for read in (s3.get_object_retention, s3.get_object_legal_hold):
        with pytest.raises(ClientError) as refused:
            read(**source)
        assert code(refused) == ("NoSuchObjectLockConfiguration", 404)
    s3.put_object_retention(**source, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": LATER})
    s3.put_object_legal_hold(**source, LegalHold={"Status": "OFF"})
    assert s3.get_object_retention(**source)["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": LATER}
    assert s3.get_object_legal_hold(**source)["LegalHold"] == {"Status": "OFF"}


def test_a_retention_may_be_extended_by_anybody(s3: S3Client, source: Source) -> None:
    for until in (SOONER, LATER):
        s3.put_object_retention(**source, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until})
    assert s3.get_object_retention(**source)["Retention"]["RetainUntilDate"] == LATER


@pytest.mark.parametrize("options", [{}, {"BypassGovernanceRetention": True}])
def test_compliance_is_never_shortened(s3: S3Client, source: Source, options: dict[str, Any]) -> None:
    s3.put_object_retention(**source, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": LATER})
    weaker: list[Retention] = [
        {"Mode": "COMPLIANCE", "RetainUntilDate": SOONER},
        {"Mode": "GOVERNANCE", "RetainUntilDate": LATER},
    ]
    for retention in weaker:
        with pytest.raises(ClientError) as refused:
            s3.put_object_retention(**source, Retention=retention, **options)
        assert code(refused) == ("AccessDenied", 403)


def test_governance_is_shortened_or_removed_only_with_the_bypass(s3: S3Client, source: Source) -> None:
    s3.put_object_retention(**source, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": LATER})
    weaker: list[Retention] = [{"Mode": "GOVERNANCE", "RetainUntilDate": SOONER}, {}]
    for retention in weaker:
        with pytest.raises(ClientError) as refused:
            s3.put_object_retention(**source, Retention=retention)
        assert code(refused) == ("AccessDenied", 403)
        s3.put_object_retention(**source, Retention=retention, BypassGovernanceRetention=True)


def test_a_retention_in_the_past_is_refused(s3: S3Client, source: Source) -> None:
    with pytest.raises(ClientError) as refused:
        s3.put_object_retention(
            **source, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": datetime(2026, 1, 15, tzinfo=UTC)}
        )
    assert code(refused) == ("InvalidArgument", 400)


def test_what_is_locked_is_not_deleted_unless_governance_is_bypassed(s3: S3Client, source: Source) -> None:
    s3.put_object_retention(**source, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": LATER})
    without_bypass: list[dict[str, Any]] = [{}, {"BypassGovernanceRetention": False}]
    for options in without_bypass:
        with pytest.raises(ClientError) as refused:
            s3.delete_object(**source, **options)
        assert code(refused) == ("AccessDenied", 403)
    s3.delete_object(**source, BypassGovernanceRetention=True)
    with pytest.raises(ClientError):
        s3.head_object(**source)


def test_a_legal_hold_beats_the_bypass(s3: S3Client, source: Source) -> None:
    s3.put_object_legal_hold(**source, LegalHold={"Status": "ON"})
    with pytest.raises(ClientError) as refused:
        s3.delete_object(**source, BypassGovernanceRetention=True)
    assert code(refused) == ("AccessDenied", 403)


def test_a_locked_key_can_be_hidden_but_stays(s3: S3Client, source: Source) -> None:
    s3.put_object_legal_hold(**source, LegalHold={"Status": "ON"})
    answer = s3.delete_object(Bucket=source["Bucket"], Key=NAME)
    assert answer["DeleteMarker"] is True
    assert s3.get_object(**source)["Body"].read() == b"voice"


def test_deleting_many_names_the_version_of_each_error(s3: S3Client, source: Source) -> None:
    s3.put_object_legal_hold(**source, LegalHold={"Status": "ON"})
    free = s3.put_object(Bucket=source["Bucket"], Key=NAME, Body=b"2")["VersionId"]
    answer = s3.delete_objects(
        Bucket=source["Bucket"],
        Delete={"Objects": [{"Key": NAME, "VersionId": source["VersionId"]}, {"Key": NAME, "VersionId": free}]},
    )
    assert [(item["Key"], item["VersionId"]) for item in answer["Deleted"]] == [(NAME, free)]
    assert [(item["Key"], item["VersionId"], item["Code"]) for item in answer["Errors"]] == [
        (NAME, source["VersionId"], "AccessDenied")
    ]


def test_a_hidden_key_is_missing_and_its_marker_is_no_object(s3: S3Client, source: Source) -> None:
    marker = s3.delete_object(Bucket=source["Bucket"], Key=NAME)["VersionId"]
    by_name: Source = {"Bucket": source["Bucket"], "Key": NAME}
    by_marker: Source = {**by_name, "VersionId": marker}
    with pytest.raises(ClientError) as refused:
        s3.get_object(**by_name)
    assert code(refused) == ("NoSuchKey", 404)
    requests: list[Callable[[], object]] = [
        lambda: s3.get_object(**by_marker),
        lambda: s3.put_object_legal_hold(**by_name, LegalHold={"Status": "ON"}),
        lambda: s3.put_object_legal_hold(**by_marker, LegalHold={"Status": "ON"}),
        lambda: s3.put_object_retention(**by_name, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": LATER}),
    ]
    for request in requests:
        with pytest.raises(ClientError) as refused:
            request()
        assert code(refused) == ("MethodNotAllowed", 405)
    s3.put_object_legal_hold(**source, LegalHold={"Status": "ON"})


def test_locking_what_was_never_there_is_an_error_by_name_and_by_version(s3: S3Client, source: Source) -> None:
    with pytest.raises(ClientError) as refused:
        s3.put_object_legal_hold(Bucket=source["Bucket"], Key="nothing", LegalHold={"Status": "ON"})
    assert code(refused) == ("NoSuchKey", 404)
    never: Source = {**source, "VersionId": "6e0f5d2c-0000-4000-8000-000000000000"}
    with pytest.raises(ClientError) as refused:
        s3.put_object_legal_hold(**never, LegalHold={"Status": "ON"})
    assert code(refused) == ("NoSuchVersion", 404)


def test_deleting_a_marker_says_so_and_shows_the_object_again(s3: S3Client, source: Source) -> None:
    by_name: Source = {"Bucket": source["Bucket"], "Key": NAME}
    by_marker: Source = {**by_name, "VersionId": s3.delete_object(**by_name)["VersionId"]}
    assert s3.delete_object(**by_marker)["DeleteMarker"] is True
    assert s3.get_object(**by_name)["Body"].read() == b"voice"


def test_deleting_a_key_that_was_never_there_leaves_a_marker(s3: S3Client, source: Source) -> None:
    s3.delete_object(Bucket=source["Bucket"], Key="nothing")
    markers = s3.list_object_versions(Bucket=source["Bucket"])["DeleteMarkers"]
    assert [(marker["Key"], marker["IsLatest"]) for marker in markers] == [("nothing", True)]


def test_object_lock_is_enabled_on_a_bucket_that_has_objects_and_then_versioning_stays(
    s3: S3Client, make_bucket: Callable[..., str]
) -> None:
    bucket = make_bucket("old", plain=True)
    s3.put_object(Bucket=bucket, Key="old", Body=b"1")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    s3.put_object_legal_hold(Bucket=bucket, Key="old", LegalHold={"Status": "ON"})
    with pytest.raises(ClientError) as refused:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert code(refused)[0] == "InvalidBucketState"


def test_a_default_retention_applies_where_the_request_names_none(s3: S3Client, source: Source, hold: str) -> None:
    s3.put_object_lock_configuration(
        Bucket=hold,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    s3.copy_object(Bucket=hold, Key="default", CopySource=source)
    s3.copy_object(
        Bucket=hold, Key="own", CopySource=source, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=LATER
    )
    tomorrow = datetime(2026, 1, 16, 10, 30, tzinfo=UTC)
    assert s3.head_object(Bucket=hold, Key="default")["ObjectLockRetainUntilDate"] == tomorrow
    assert s3.head_object(Bucket=hold, Key="own")["ObjectLockRetainUntilDate"] == LATER


def test_a_copy_is_encrypted_as_asked_or_as_the_bucket_says(s3: S3Client, source: Source, hold: str) -> None:
    s3.put_bucket_encryption(
        Bucket=hold,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "default-key"},
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    s3.copy_object(Bucket=hold, Key="default", CopySource=source)
    s3.copy_object(Bucket=hold, Key="own", CopySource=source, ServerSideEncryption="aws:kms", SSEKMSKeyId="own-key")
    for key, expected in (("default", "default-key"), ("own", "own-key")):
        head = s3.head_object(Bucket=hold, Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", expected)


def test_an_object_from_before_versioning_has_the_version_id_null(s3: S3Client) -> None:
    s3.create_bucket(Bucket="before", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_object(Bucket="before", Key="old.wav", Body=b"old")
    assert "VersionId" not in s3.get_object(Bucket="before", Key="old.wav")

    s3.put_bucket_versioning(Bucket="before", VersioningConfiguration={"Status": "Enabled"})

    assert s3.get_object(Bucket="before", Key="old.wav")["VersionId"] == "null"
    assert s3.head_object(Bucket="before", Key="old.wav")["VersionId"] == "null"
