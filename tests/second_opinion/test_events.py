"""Events reach the queues that the templates name, by rules, filters and notifications that nobody here reads.

The sample events are those of ``events/``; which queue takes each is written here by hand.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from second_opinion.deployed import Deployed

if TYPE_CHECKING:
    from second_opinion.engine import Engine

pytestmark = pytest.mark.second_opinion

OWN, DEFAULT = "own", "default"

ROUTES = {
    "steward.complaints/complaint-logged.json": (OWN, "HoldRequests"),
    "steward.complaints/complaint-closed.json": (OWN, "HoldRequests"),
    "steward.complaints/complaint-escalated.json": (OWN, "HoldRequests"),
    "steward.complaints/hold-released.json": (OWN, "ReleaseRequests"),
    "aws.connect/contact-tagged.json": (DEFAULT, "HoldRequests"),
    "aws.connect/contact-tagged-other-casing.json": (DEFAULT, "HoldRequests"),
    "aws.connect/evaluation-rules-matched.json": (DEFAULT, "HoldRequests"),
    "aws.connect/contact-initiated-by-transfer.json": (DEFAULT, "PausedCalls"),
    "aws.connect/contact-completed.json": (DEFAULT, "PausedCalls"),
    "aws.sms-voice/text-delivered.json": (DEFAULT, "SmsStatuses"),
    "aws.sms-voice/text-unreachable.json": (DEFAULT, "SmsStatuses"),
}
QUEUES = ("HoldRequests", "ReleaseRequests", "PausedCalls", "SmsStatuses", "RequestEvents")


@pytest.fixture(scope="module")
def queues(deployed: Deployed) -> dict[str, str]:
    return {name: deployed.one("controls", f"{name}Queue") for name in QUEUES}


def taken(account: Engine, url: str, seconds: float = 10) -> list[str]:
    """Return the bodies of what comes to a queue, as soon as anything does."""
    queue = account.client("sqs")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        messages = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        if messages:
            for message in messages:
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return [message["Body"] for message in messages]
    return []


def put(account: Engine, deployed: Deployed, bus: str, event: dict[str, Any]) -> None:
    where = {"EventBusName": deployed.one("stores", "Bus")} if bus == OWN else {}
    entry = {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Resources": event.get("resources", []),
    }
    assert account.client("events").put_events(Entries=[{**entry, **where}])["FailedEntryCount"] == 0


def waiting(account: Engine, url: str) -> int:
    said = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(said["Attributes"]["ApproximateNumberOfMessages"])


@pytest.mark.parametrize("name", ROUTES)
def test_an_event_reaches_its_queue_and_no_other(
    account: Engine, deployed: Deployed, queues: dict[str, str], name: str
) -> None:
    bus, queue = ROUTES[name]
    event = json.loads((Path("events") / name).read_text(encoding="utf-8"))
    put(account, deployed, bus, event)
    [body] = taken(account, queues[queue])
    assert json.loads(body)["detail"] == event["detail"]
    assert {other: waiting(account, url) for other, url in queues.items()} == dict.fromkeys(QUEUES, 0)


def test_an_ordinary_call_reaches_no_queue(account: Engine, deployed: Deployed, queues: dict[str, str]) -> None:
    event = json.loads(Path("events/aws.connect/contact-completed.json").read_text(encoding="utf-8"))
    ordinary = {**event, "detail": {name: each for name, each in event["detail"].items() if name.lower() != "tags"}}
    put(account, deployed, DEFAULT, ordinary)
    put(account, deployed, DEFAULT, event)
    assert len(taken(account, queues["PausedCalls"])) == 1
    assert {other: waiting(account, url) for other, url in queues.items()} == dict.fromkeys(QUEUES, 0)


@pytest.mark.parametrize(
    ("source", "kind"),
    [("steward.rights", "Subject Request Received"), ("steward.rights", "Request Closed")],
)
def test_what_is_said_of_requests_reaches_the_queue_of_requests(
    account: Engine, deployed: Deployed, queues: dict[str, str], source: str, kind: str
) -> None:
    put(account, deployed, OWN, {"source": source, "detail-type": kind, "detail": {"request": "SAR-1"}})
    assert len(taken(account, queues["RequestEvents"])) == 1


@pytest.mark.parametrize(
    ("source", "kind"),
    [("steward.complaints", "Complaint Loged"), ("steward.rights", "Request Closd"), ("council.case", "Hello")],
)
def test_what_nothing_else_takes_is_told_of(
    account: Engine, deployed: Deployed, queues: dict[str, str], source: str, kind: str
) -> None:
    put(account, deployed, OWN, {"source": source, "detail-type": kind, "detail": {}})
    assert len(taken(account, queues["HoldRequests"])) == 1


def noticed(account: Engine, url: str) -> list[dict[str, Any]]:
    """Return the records of S3's notifications, without the one that S3 sends when they are set up."""
    bodies = [json.loads(body) for body in taken(account, url)]
    return [record for body in bodies for record in body.get("Records", [])] or (
        noticed(account, url) if bodies else []
    )


def test_a_tag_on_a_recording_is_noticed_and_an_ordinary_recording_is_not(account: Engine, deployed: Deployed) -> None:
    """S3 user guide, "Supported event types for SQS, SNS, and Lambda": ``s3:ObjectTagging:Put``."""
    storage, bucket = account.client("s3"), deployed.one("stores", "CallRecordingBucket")
    url = deployed.one("stores", "TaggedObjectsQueue")
    storage.put_object(Bucket=bucket, Key="2026/11/26/a+b c.wav", Body=b"voice")
    storage.put_object_tagging(
        Bucket=bucket, Key="2026/11/26/a+b c.wav", Tagging={"TagSet": [{"Key": "complaint_reference", "Value": "C-1"}]}
    )
    [record] = noticed(account, url)
    assert record["eventName"] == "ObjectTagging:Put"
    assert record["s3"]["bucket"]["name"] == bucket


def test_a_held_copy_that_is_removed_is_noticed_and_one_that_is_made_is_not(
    account: Engine, deployed: Deployed
) -> None:
    """As above, ``s3:ObjectRemoved:Delete``: a version that was deleted for good."""
    storage, bucket = account.client("s3"), deployed.one("stores", "LegalHoldBucket")
    url = deployed.one("stores", "RemovedCopiesQueue")
    account.client("sqs").purge_queue(QueueUrl=url)
    version = storage.put_object(Bucket=bucket, Key="call/held.wav", Body=b"voice")["VersionId"]
    storage.delete_object(Bucket=bucket, Key="call/held.wav", VersionId=version)
    records = noticed(account, url)
    assert [(one["eventName"], one["s3"]["object"]["versionId"]) for one in records] == [
        ("ObjectRemoved:Delete", version)
    ]


def test_what_is_not_deployed_here_is_named(deployed: Deployed) -> None:
    """So that a new type of resource is looked at: can it be judged here?"""
    assert sorted(kind for kind in deployed.left_out if not kind.startswith(("AWS::Connect::", "AWS::SMSVOICE::"))) == [
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::DynamoDB::Table",
        "AWS::Events::Archive",
        "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
        "AWS::Logs::LogGroup",
        "AWS::Logs::LogStream",
    ]
