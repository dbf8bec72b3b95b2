from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import boto3
import msgspec
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3_library
from moto import mock_aws

from infra.checks import adoption
from infra.checks.adoption import BucketState, assess, read_state
from infra.checks.contents import Contents, survey
from infra.config import CONTEXT_KEY, ROOT, Deployment, ExistingBucket, cdk_context, choose
from infra.parts.naming import NamedStack
from infra.refusal import RefusalError
from infra.stores.records.record_store import RecordStore
from steward.ids import RecordClass
from steward.policy.retention import Period
from tests.support.synthesised import templates_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

NAME = "council-recordings"
BUCKET = ExistingBucket(name=NAME, prefix="connect/council/CallRecordings")
CLEAN = BucketState(region="eu-west-2", versioning="Enabled", locks=True)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-2")
        client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        yield client


def adopting(**settings: object) -> Deployment:
    context = cdk_context()
    context[CONTEXT_KEY]["local"]["existing_buckets"] = {
        "call_recording": {"name": NAME, "prefix": BUCKET.prefix, **settings}
    }
    return choose(context, "local")


def stops(existing: ExistingBucket, state: BucketState) -> list[str]:
    return [finding.says for finding in assess(existing, state, region="eu-west-2", days=184) if finding.stops]


def resources(**settings: str) -> dict[str, Any]:
    existing = msgspec.structs.replace(BUCKET, **settings)
    app = cdk.App()
    stack = NamedStack(app, "stores")
    store = RecordStore(
        stack,
        "CallRecording",
        record_class=RecordClass.CALL_RECORDING,
        period=Period(months=6),
        key=kms.Key(stack, "RecordsKey"),
        access_logs=s3_library.Bucket(stack, "AccessLogs"),
        existing=existing,
    )
    store.associate("arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4")
    written: dict[str, Any] = app.synth().get_stack_by_name("stores").template["Resources"]
    return written


def test_a_plain_bucket_can_be_adopted() -> None:
    assert stops(BUCKET, CLEAN) == []


def test_a_lifecycle_rule_that_nobody_named_stands_in_the_way() -> None:
    state = BucketState(region="eu-west-2", lifecycle_rules=("archive",))
    assert stops(BUCKET, state) == [
        (
            "has the lifecycle rule `archive`, which the deployment would replace;"
            " name it in `replaces_lifecycle_rules` if it may go"
        )
    ]
    named = msgspec.structs.replace(BUCKET, replaces_lifecycle_rules=("archive",))
    assert stops(named, state) == []
    assert "loses its lifecycle rule `archive`" in [f.says for f in assess(named, state, region="eu-west-2", days=184)]


@pytest.mark.parametrize("setting", ["bucket-policy", "cors", "notifications", "replication"])
def test_a_setting_that_nobody_gave_up_stands_in_the_way(setting: str) -> None:
    state = BucketState(region="eu-west-2", other=frozenset({setting}))
    assert len(stops(BUCKET, state)) == 1
    assert stops(msgspec.structs.replace(BUCKET, replaces=(setting,)), state) == []


@pytest.mark.parametrize(
    ("state", "part"),
    [
        (BucketState(region="eu-west-1"), "is in eu-west-1"),
        (BucketState(region="eu-west-2", default_lock_mode="COMPLIANCE"), "by default in compliance mode"),
        (BucketState(region="eu-west-2", default_lock_mode="GOVERNANCE"), "by default in governance mode"),
        (BucketState(region="eu-west-2", mfa_delete=True), "second factor"),
    ],
)
def test_what_no_setting_can_mend_stands_in_the_way(state: BucketState, part: str) -> None:
    (reason,) = stops(BUCKET, state)
    assert part in reason


def test_what_cannot_be_undone_is_said() -> None:
    says = " ".join(f.says for f in assess(BUCKET, BucketState(region="eu-west-2"), region="eu-west-2", days=184))
    assert "versioning, which cannot be switched off" in says
    assert "Object Lock without a default retention, which cannot be switched off" in says
    assert "everything older than 184 days" in says


def test_what_a_bucket_has_is_read_from_it_and_nothing_is_changed(s3: S3Client) -> None:
    s3.put_object(Bucket=NAME, Key="connect/council/CallRecordings/2025/01/01/old.wav", Body=b"old")
    s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={
            "Rules": [{"ID": "archive", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3650}}]
        },
    )
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    state = read_state(s3, NAME)
    assert state == BucketState(
        region="eu-west-2", lifecycle_rules=("archive",), other=frozenset({"bucket-policy"}), key=state.key
    )
    assert [rule["ID"] for rule in s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]] == ["archive"]
    assert s3.list_objects_v2(Bucket=NAME)["KeyCount"] == 1


def test_a_bucket_that_is_not_there_is_named(s3: S3Client) -> None:
    with pytest.raises(RefusalError, match=r"^another: cannot be read \(NoSuchBucket\)$"):
        read_state(s3, "another")


class Instance:
    """An instance that stores calls in the bucket, as Connect's own API answers, and nothing else."""

    def get_paginator(self, _: str) -> Instance:
        return self

    def paginate(self, *, ResourceType: str, **_: str) -> list[dict[str, Any]]:  # noqa: N803 - Connect's own name
        place = {"BucketName": NAME, "BucketPrefix": BUCKET.prefix}
        calls = {"AssociationId": "a-1", "StorageType": "S3", "S3Config": place}
        return [{"StorageConfigs": [calls] if ResourceType == "CALL_RECORDINGS" else []}]


def test_an_import_is_told_what_to_take_over(s3: S3Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``cdk import --resource-mapping`` takes logical ids with the identifiers of each type's schema."""
    monkeypatch.setattr(boto3, "client", lambda service, **_: s3 if service == "s3" else Instance())
    monkeypatch.setattr(adoption, "choose", lambda *_: adopting(stage="import"))
    assert adoption.main(["local", str(tmp_path / "mapping.json")]) == 0
    assert json.loads((tmp_path / "mapping.json").read_text(encoding="utf-8")) == {
        "CallRecordingBucket": {"BucketName": NAME},
        "CallRecordingAssociation": {
            "InstanceArn": "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4",
            "AssociationId": "a-1",
            "ResourceType": "CALL_RECORDINGS",
        },
    }


def test_a_bucket_that_steward_set_up_is_not_asked_for_its_settings_again() -> None:
    state = BucketState(region="eu-west-2", set_up=True, other=frozenset({"notifications", "bucket-policy", "cors"}))
    assert stops(BUCKET, state) == []


def test_what_the_rule_would_delete_besides_and_what_could_not_be_read_stand_in_the_way() -> None:
    since = datetime(2024, 3, 1, tzinfo=UTC)
    state = BucketState(region="eu-west-2", contents=Contents(others=("exports/",), keys={"old-key": since}))
    unreadable, shared = stops(BUCKET, state)
    assert "objects of March 2024 and perhaps later that are encrypted with old-key" in unreadable
    assert "also holds `exports/`" in shared
    named = msgspec.structs.replace(BUCKET, previous_key_arns=("old-key",), also_expires=("exports/",))
    assert stops(named, state) == []


def test_a_bucket_is_looked_through_by_its_prefixes(s3: S3Client) -> None:
    for key in (
        "Analysis/Voice/2025/01/01/a.json",
        "connect/council/CallRecordings/2025/01/01/a.wav",
        "connect/council/CallRecordings/2025/02/01/b.wav",
        "connect/council/Reports/r.csv",
        "notes.txt",
    ):
        s3.put_object(Bucket=NAME, Key=key, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=f"key-of-{key[-5]}")
    found = survey(s3, NAME, BUCKET.prefix)
    assert found.others == ("notes.txt", "connect/council/Reports/")
    assert sorted(found.keys) == ["key-of-a", "key-of-b"]


def test_the_command_tells_what_stands_in_the_way_and_its_status_does_too(
    s3: S3Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={
            "Rules": [{"ID": "archive", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3650}}]
        },
    )
    monkeypatch.setattr(adoption, "choose", lambda *_: adopting())
    monkeypatch.setattr(boto3, "client", lambda service, **_: s3 if service == "s3" else Instance())
    assert adoption.main([]) == 1
    assert f"{NAME}: STOP: has the lifecycle rule `archive`" in capsys.readouterr().out
    monkeypatch.setattr(adoption, "choose", lambda *_: adopting(replaces_lifecycle_rules=["archive"]))
    assert adoption.main([]) == 0


def test_an_import_declares_only_the_name_so_that_the_next_deployment_changes_the_rest() -> None:
    found = resources(stage="import")
    assert found["CallRecordingBucket"]["Properties"] == {"BucketName": NAME}
    assert "CallRecordingBucketPolicy" not in found
    for name in ("CallRecordingBucket", "CallRecordingAssociation"):
        assert found[name]["DeletionPolicy"] == "RetainExceptOnCreate", "CloudFormation imports nothing without it"


def test_a_bucket_in_preparation_can_hold_and_lets_nothing_go() -> None:
    bucket = resources(stage="prepare")["CallRecordingBucket"]["Properties"]
    assert bucket["BucketName"] == NAME
    assert bucket["ObjectLockEnabled"] is True
    assert {rule["Status"] for rule in bucket["LifecycleConfiguration"]["Rules"]} == {"Disabled"}


def test_an_adopted_bucket_keeps_its_name_and_prefix_and_gets_the_policys_rule() -> None:
    found = resources()
    assert found["CallRecordingBucket"]["Properties"]["BucketName"] == NAME
    assert found["CallRecordingAssociation"]["Properties"]["S3Config"]["BucketPrefix"] == BUCKET.prefix
    rules = found["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert [
        rule["ExpirationInDays"] for rule in rules if rule["Status"] == "Enabled" and "ExpirationInDays" in rule
    ] == [184]


@pytest.mark.prove
def test_only_the_rules_state_differs_between_the_last_two_stages(tmp_path: Path) -> None:
    templates = {}
    for stage in ("prepare", "managed"):
        folder = tmp_path / stage
        templates_of(adopting(stage=stage), ROOT / "policies" / "barnet.toml", folder)
        content = json.loads((folder / "local-steward-stores.template.json").read_text(encoding="utf-8"))
        templates[stage] = content["Resources"]
    for rule in templates["prepare"]["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]:
        rule["Status"] = "Enabled"
    assert templates["prepare"] == templates["managed"]


def test_a_kept_statement_that_shuts_connect_out_stands_in_the_way() -> None:
    locked = {"Sid": "ReadOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}
    over_tls = {**locked, "Sid": "OnlyTls", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    keeping = msgspec.structs.replace(BUCKET, keeps_policy="policy.json")
    state = BucketState(region="eu-west-2", other=frozenset({"bucket-policy"}), statements=(locked, over_tls))
    found = assess(keeping, state, region="eu-west-2", days=184, kept=[locked, over_tls])
    assert [one.says for one in found if one.stops] == [
        "its policy's statement `ReadOnly` denies everybody to write, Connect's own role too: it cannot stay"
    ]
