"""Break-glass on the deployed templates: through one door, with a trace first; and what CloudTrail sees beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.iam.permissions import REFUSED
from simulator.aws.lambda_.function_url import post, staff_prefix
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from steward.aws.rows import values
from steward.holds.adapters.rows import disposal_key
from tests.end_to_end.stories import call, logged, moment

BARNET = Path("policies/barnet.toml")
START = "2027-01-04T09:00"
BREAK_GLASS = "arn:aws:iam::111122223333:role/local-steward-break-glass"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    lines = [*call("a1", START), logged("2027-01-04T10:00", "C-1", ["a1"], received_on="2027-01-04")]
    path = tmp_path_factory.mktemp("glass") / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-01-04T12:00"))
        yield running.world


def _copy(world: EmbeddedAws) -> dict[str, str]:
    bucket = world.names.buckets["legal_hold"]
    found = world.client("s3").list_object_versions(Bucket=bucket, Prefix="a1/call_recording/")["Versions"][0]
    return {"key": found["Key"], "version_id": found["VersionId"]}


def _break(world: EmbeddedAws, role: str, **body: object) -> dict[str, Any]:
    answer = post(world, "guard_evidence", role=f"{staff_prefix(world)}{role}", session="ann", body=json.dumps(body))
    found: dict[str, Any] = answer.decoded()
    return found


def _told(world: EmbeddedAws) -> list[str]:
    return [one.message for one in world.notifications if "DataProtection" in one.topic]


@pytest.mark.parametrize(
    ("role", "body", "reason"),
    [
        ("break-glass", {"version_id": "none"}, "version_id"),
        ("break-glass", {"why": ""}, "why"),
        ("break-glass", {"why": "because\u202e"}, "why"),
        ("break-glass", {"key": "../elsewhere"}, "version_id"),
        ("break-glass", {"bucket": "another"}, "fields"),
    ],
)
def test_what_is_not_said_rightly_is_refused_and_nothing_goes(
    world: EmbeddedAws, role: str, body: dict[str, str], reason: str
) -> None:
    copy = _copy(world)
    answer = _break(world, role, **{**copy, "why": "a test", **body})

    assert answer["status"] == "refused"
    assert reason in answer["reason"]
    assert _copy(world) == copy


@pytest.mark.parametrize("role", ["release-approver", "platform-engineer", "data-protection-officer"])
def test_nobody_else_comes_through_the_door(world: EmbeddedAws, role: str) -> None:
    answer = post(
        world,
        "guard_evidence",
        role=f"{staff_prefix(world)}{role}",
        session="ann",
        body=json.dumps({**_copy(world), "why": "a test"}),
    )
    assert answer.status == 403


def test_the_role_itself_can_neither_lift_a_hold_nor_remove_a_copy(world: EmbeddedAws) -> None:
    copy = _copy(world)
    place = {"Bucket": world.names.buckets["legal_hold"], "Key": copy["key"], "VersionId": copy["version_id"]}
    with world.permissions.acting_as("LegalHoldBreakGlassRole"):
        storage: Any = boto3.client("s3")
        with pytest.raises(ClientError, match="AccessDenied"):
            storage.put_object_legal_hold(**place, LegalHold={"Status": "OFF"})
        with pytest.raises(ClientError, match="AccessDenied"):
            storage.delete_object(**place, BypassGovernanceRetention=True)
    # What a test asks for on purpose is no fault of the templates.
    REFUSED.clear()


def test_a_false_word_that_a_copy_is_gone_is_told_and_never_entered(world: EmbeddedAws) -> None:
    copy = _copy(world)
    notice = {
        "eventSource": "aws:s3",
        "eventName": "ObjectRemoved:Delete",
        "eventTime": "2027-01-04T12:00:00.000Z",
        "s3": {
            "bucket": {"name": world.names.buckets["legal_hold"]},
            "object": {"key": copy["key"], "versionId": copy["version_id"]},
        },
    }
    [queue] = [url for name, url in world.names.queues.items() if name.endswith("RemovedCopiesQueue")]
    world.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"Records": [notice]}))
    world.run_until(world.clock.now() + timedelta(minutes=5))

    assert "Still there" in _told(world)[-1]
    rows = world.client("dynamodb").scan(TableName=world.names.tables["RegisterTable"])["Items"]
    assert [row for row in rows if row["pk"]["S"].startswith("DISPOSAL#")] == []


@pytest.mark.parametrize("cause", ["hold_ended", "erasure", "break_glass", "tidied up"])
def test_a_ledger_row_that_no_decision_stands_behind_makes_no_removal_ordinary(world: EmbeddedAws, cause: str) -> None:
    """Somebody who may do everything writes the ledger, and puts and removes a version of their own."""
    key, bucket = "a1/call_recording/forged.wav", world.names.buckets["legal_hold"]
    storage, told = world.client("s3"), len(_told(world))
    version = storage.put_object(Bucket=bucket, Key=key, Body=b"x")["VersionId"]
    row = {**disposal_key(bucket, key, version), **values({"cause": cause, "planned_at": world.clock.now()})}
    world.client("dynamodb").put_item(TableName=world.names.tables["RegisterTable"], Item=row)
    storage.delete_object(Bucket=bucket, Key=key, VersionId=version, BypassGovernanceRetention=True)
    world.run_until(world.clock.now() + timedelta(minutes=5))

    [mail] = _told(world)[told:]
    assert "nothing explains it" in mail
    assert key in mail


def test_the_ledger_has_who_and_why_and_the_officer_is_told_before_anything_goes(world: EmbeddedAws) -> None:
    copy = _copy(world)
    bucket = world.names.buckets["legal_hold"]
    role = f"{staff_prefix(world)}break-glass"
    body = json.dumps({**copy, "why": "copied in error"})
    # It lists, enters, tells, lifts and deletes; and dies once it has told.
    world.kill_after("guard_evidence", 3)
    assert post(world, "guard_evidence", role=role, session="ann", body=body).status == 502
    assert _copy(world) == copy
    assert "copied in error" in _told(world)[-1]
    assert _break(world, "break-glass", **copy, why="copied in error") == {"status": "removed", "reason": ""}
    world.run_until(world.clock.now() + timedelta(minutes=5))

    [row] = [
        row
        for row in world.client("dynamodb").scan(TableName=world.names.tables["RegisterTable"])["Items"]
        if row["pk"]["S"].startswith("DISPOSAL#") and "why" in row
    ]
    assert (row["cause"]["S"], row["by"]["S"], row["why"]["S"]) == ("break_glass", "break-glass/ann", "copied in error")
    assert row["planned_at"]["S"] <= row["confirmed_at"]["S"]
    assert "copied in error" in _told(world)[-1]
    assert "break-glass/ann" in _told(world)[-1]
    there = world.client("s3").list_object_versions(Bucket=bucket, Prefix="a1/call_recording/")
    assert copy["version_id"] not in [one["VersionId"] for one in there.get("Versions", ())]


def _trail(service: str, name: str, identity: dict[str, Any], asked: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return an event as CloudTrail sends it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """
    return {
        "source": f"aws.{service}",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": "2027-01-05T09:00:00Z",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": "eu-west-2",
            "sourceIPAddress": "203.0.113.9",
            "requestParameters": asked,
            **more,
        },
    }


def _session(role: str) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::111122223333:assumed-role/{role}/mallory",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": f"arn:aws:iam::111122223333:role/{role}",
                "userName": role.rpartition("/")[2],
            }
        },
    }


USER = {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "userName": "mallory"}
ROOT = {"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root"}
CONNECT = "aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_x"
DEPLOYER = "cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2"


@pytest.mark.parametrize(
    "act",
    [
        ("sts", "AssumeRole", USER, {"roleArn": BREAK_GLASS, "roleSessionName": "mallory"}, {}, True),
        ("sts", "AssumeRole", USER, {"roleArn": f"{BREAK_GLASS}-other", "roleSessionName": "mallory"}, {}, False),
        ("s3", "PutObjectLegalHold", _session("admin"), {"bucketName": "HELD", "key": "a"}, {}, True),
        ("s3", "DeleteObject", _session("admin"), {"bucketName": "HELD"}, {"errorCode": "AccessDenied"}, True),
        ("s3", "DeleteObject", USER, {"bucketName": "HELD", "key": "a"}, {}, True),
        ("s3", "DeleteObject", _session("local-steward-release-hold"), {"bucketName": "HELD"}, {}, False),
        ("s3", "DeleteObject", _session("local-steward-guard-evidence"), {"bucketName": "HELD"}, {}, False),
        ("s3", "DeleteObject", _session("admin"), {"bucketName": "not-ours"}, {}, False),
        ("s3", "PutObject", _session("admin"), {"bucketName": "RECORDING", "key": "x.wav"}, {}, True),
        ("s3", "PutObject", _session(CONNECT), {"bucketName": "RECORDING", "key": "x.wav"}, {}, False),
        ("s3", "PutObject", ROOT, {"bucketName": "RECORDING", "key": "x.wav"}, {}, True),
        ("s3", "PutBucketPolicy", ROOT, {"bucketName": "HELD"}, {}, True),
        ("s3", "DeleteBucketEncryption", USER, {"bucketName": "HELD"}, {}, True),
        ("s3", "PutBucketPolicy", _session(DEPLOYER), {"bucketName": "HELD"}, {}, False),
        ("cloudtrail", "StopLogging", _session("admin"), {"name": "trail"}, {}, True),
        ("cloudtrail", "DescribeTrails", _session("admin"), {}, {}, False),
    ],
)
def test_what_people_do_beside_the_functions_is_told_and_what_functions_do_is_not(
    world: EmbeddedAws, act: tuple[str, str, dict[str, Any], dict[str, Any], dict[str, str], bool]
) -> None:
    service, name, identity, asked, more, told = act
    names = {"HELD": world.names.buckets["legal_hold"], "RECORDING": world.names.buckets["call_recording"]}
    said = {field: names.get(value, value) for field, value in asked.items()}
    before = len(_told(world))
    world.publish("default", _trail(service, name, identity, said, **more))
    world.run_until(world.clock.now() + timedelta(minutes=5))

    new = _told(world)[before:]
    assert len(new) == told
    if told:
        assert f"{service}:{name}" in new[0]
        assert identity["arn"] in new[0]
        assert ("AWS refused it" in new[0]) == bool(more)
