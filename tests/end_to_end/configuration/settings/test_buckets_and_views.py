"""The comparison of buckets, of where records go, and of views: each setting that somebody changes is one.

They are changed together, each of another resource, and compared once.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.settings.rounds import Change, Found, found

COPIED_AWAY = {
    "Role": "arn:aws:iam::111122223333:role/copies",
    "Rules": [
        {
            "Destination": {"Bucket": "arn:aws:s3:::somebody-elses"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Filter": {},
            "ID": "away",
            "Priority": 1,
            "Status": "Enabled",
        }
    ],
}
OFF = {
    "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::elsewhere", "Format": "CSV"}},
    "Id": "steward",
    "IncludedObjectVersions": "Current",
    "IsEnabled": False,
    "Schedule": {"Frequency": "Weekly"},
}


def bucket(name: str, operation: str, **arguments: object) -> Callable[[Live], object]:
    return lambda live: getattr(live.world.client("s3"), operation)(Bucket=live.bucket(name), **arguments)


def moved_away(live: Live) -> None:
    storage = live.world.connect.storage
    [association] = storage.of("CALL_RECORDINGS")
    moved = {**association, "S3Config": {**association["S3Config"], "BucketName": "an-old-bucket"}}
    identity = moved.pop("AssociationId")
    storage.update("CALL_RECORDINGS", identity, moved)


def edit_view(live: Live, status: str) -> None:
    [arn] = [one.identity.ref for one in live.world.resources if one.declaration.logical_id == "PausedView"]
    connect, named = live.world.client("connect"), {"InstanceId": live.world.connect.instance_id, "ViewId": arn}
    content = connect.describe_view(**named)["View"]["Content"]
    template = content["Template"].replace("the recording is paused", "read the number out")
    connect.update_view_content(**named, Status=status, Content={**content, "Template": template})


CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
SITE = {"IndexDocument": {"Suffix": "index.html"}}
_DONE: dict[str, tuple[Callable[[Live], object], str]] = {
    "AccessLogs/public access block": (bucket("AccessLogs", "delete_public_access_block"), "high"),
    "ErasuresBucketPolicy/policy": (bucket("ErasuresBucket", "delete_bucket_policy"), "high"),
    "EmailMessageBucket/encryption": (bucket("email_message", "delete_bucket_encryption"), "high"),
    "ScreenRecordingBucket/lifecycle rules": (bucket("screen_recording", "delete_bucket_lifecycle"), "stop"),
    "ChatTranscriptBucket/notifications": (
        bucket("chat_transcript", "put_bucket_notification_configuration", NotificationConfiguration={}),
        "high",
    ),
    "CallRecordingBucket/inventories": (
        bucket("call_recording", "put_bucket_inventory_configuration", Id="steward", InventoryConfiguration=OFF),
        "medium",
    ),
    "ContactRecordBucket/origins of browsers": (
        bucket("contact_record", "put_bucket_cors", CORSConfiguration=CORS),
        "medium",
    ),
    "EvaluationBucket/website": (bucket("evaluation", "put_bucket_website", WebsiteConfiguration=SITE), "high"),
    "LegalHoldBucket/acceleration": (
        bucket("legal_hold", "put_bucket_accelerate_configuration", AccelerateConfiguration={"Status": "Enabled"}),
        "medium",
    ),
    "RightsBucket/replication": (
        bucket("rights", "put_bucket_replication", ReplicationConfiguration=COPIED_AWAY),
        "stop",
    ),
    # S3 refuses that for a bucket with Object Lock.
    "InventoriesBucket/versioning": (
        bucket("InventoriesBucket", "put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        "high",
    ),
    "CallRecordingAssociation/where it is stored": (moved_away, "stop"),
    "PausedView/content": (lambda live: edit_view(live, "PUBLISHED"), "high"),
}
GONE = Change(
    bucket("attachment", "delete_bucket"),
    {"AttachmentBucket/is there": "stop", "AttachmentBucketPolicy/is there": "high"},
)
CHANGES = {setting: Change(act, {setting: harm}) for setting, (act, harm) in _DONE.items()} | {"a bucket": GONE}


@pytest.fixture(scope="module")
def changed(deployed: EmbeddedAws) -> Found:
    return found(deployed, CHANGES)


@pytest.mark.parametrize("what", CHANGES)
def test_each_setting_is_compared_and_a_bucket_that_is_gone_is_not_one_finding_for_each(
    changed: Found, what: str
) -> None:
    harms = {name: finding["harm"] for name, finding in changed.of[what].items()}
    assert harms == dict(CHANGES[what].differ)


def test_nothing_else_differs_by_that(changed: Found) -> None:
    assert changed.besides == []


def test_recordings_that_go_to_another_bucket_are_a_finding_that_says_where(changed: Found) -> None:
    [finding] = changed.of["CallRecordingAssociation/where it is stored"].values()
    assert "an-old-bucket" in finding["found"]


def test_a_view_that_agents_meet_otherwise_than_it_was_written_is_a_finding_that_says_how(changed: Found) -> None:
    [finding] = changed.of["PausedView/content"].values()
    assert "the recording is paused" in finding["expected"]
    assert "read the number out" in finding["found"]


def test_drafts_and_a_layout_that_the_console_rewrote_are_told_to_nobody_and_a_flows_draft_is_noted(
    live: Live,
) -> None:
    flow, another = live.flow("payment-guide"), live.flow("transfer-out")
    written = str(flow.published)
    flow.save(live.edited(written))
    edit_view(live, "SAVED")
    moved = json.loads(str(another.published))
    moved["Metadata"] = {"entryPointPosition": {"x": 1, "y": 2}}
    moved["Actions"] = moved["Actions"][::-1]
    another.publish(json.dumps(moved))

    [(name, found)] = live.findings().items()
    assert name.startswith("PaymentGuide")
    assert name.endswith("/draft")
    assert found["harm"] == "note"
    flow.save(written)
    assert live.findings() == {}
    assert live.world.notifications == []
