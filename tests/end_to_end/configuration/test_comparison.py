"""The comparison on the deployed templates: what somebody changes beside them is found once, and told once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

from simulator.aws.iam.needs.objects import OPERATIONS as OBJECT_OPERATIONS
from simulator.aws.iam.permissions import REFUSED
from tests.end_to_end.configuration.conftest import Live


def test_what_was_just_deployed_does_not_differ_and_everything_is_shown(live: Live) -> None:
    answer = live.compare()

    assert answer["status"] == "compared"
    assert answer["findings"] == []
    assert answer["not_shown"] == []
    assert live.world.notifications == []


def test_a_night_asks_fewer_than_seven_hundred_questions(live: Live) -> None:
    live.world.run_until(live.world.clock.now() + timedelta(days=1))

    calls = live.world.calls["compare_configuration"]
    verbs = ("Describe", "Get", "List")
    reads = {name: number for name, number in calls.items() if name.partition(".")[2].startswith(verbs)}
    assert calls["invocations"] == 1
    assert 100 < sum(reads.values()) < 700


def switch_off(live: Live, record_class: str) -> None:
    storage, bucket = live.world.client("s3"), live.bucket(record_class)
    rules = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    off = [{**rule, "Status": "Disabled"} if rule["ID"] == "policy-period" else rule for rule in rules]
    storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": off})


def put_back(live: Live, record_class: str) -> None:
    storage, bucket = live.world.client("s3"), live.bucket(record_class)
    rules = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    on = [{**rule, "Status": "Enabled"} for rule in rules]
    storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": on})


def test_a_lifecycle_rule_that_was_switched_off_is_one_finding_told_once_and_once_more_when_it_is_back(
    live: Live,
) -> None:
    switch_off(live, "call_recording")
    for _ in range(3):
        found = live.findings()
        assert set(found) == {"CallRecordingBucket/lifecycle rules"}
    one = found["CallRecordingBucket/lifecycle rules"]
    assert (one["harm"], one["expected"], one["found"]) == (
        "stop",
        "policy-period.Status: Enabled",
        "policy-period.Status: Disabled",
    )
    [mail] = live.mails("DataProtectionTopic")
    assert "CallRecordingBucket/lifecycle rules" in mail
    assert live.mails("SupervisorsTopic") == []

    put_back(live, "call_recording")
    assert live.findings() == {}
    assert live.findings() == {}
    _, closed = live.mails("DataProtectionTopic")
    assert "As it was written again" in closed


def test_the_night_finds_what_no_event_told_of(live: Live) -> None:
    switch_off(live, "attachment")
    live.world.run_until(live.world.clock.now() + timedelta(days=1))

    assert len(live.mails("DataProtectionTopic")) == 1


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


@pytest.mark.parametrize(
    ("operation", "arguments", "setting"),
    [
        ("delete_public_access_block", {}, "public access block"),
        ("delete_bucket_policy", {}, "policy"),
        ("delete_bucket_encryption", {}, "encryption"),
        ("delete_bucket_lifecycle", {}, "lifecycle rules"),
        ("put_bucket_notification_configuration", {"NotificationConfiguration": {}}, "notifications"),
        ("put_bucket_inventory_configuration", {"Id": "steward", "InventoryConfiguration": OFF}, "inventories"),
        (
            "put_bucket_cors",
            {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}},
            "origins of browsers",
        ),
        (
            "put_bucket_website",
            {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}},
            "website",
        ),
        (
            "put_bucket_accelerate_configuration",
            {"AccelerateConfiguration": {"Status": "Enabled"}},
            "acceleration",
        ),
        ("put_bucket_replication", {"ReplicationConfiguration": COPIED_AWAY}, "replication"),
    ],
)
def test_each_setting_of_a_bucket_is_compared(
    live: Live, operation: str, arguments: dict[str, Any], setting: str
) -> None:
    getattr(live.world.client("s3"), operation)(Bucket=live.bucket("evaluation"), **arguments)

    [found] = live.findings()
    assert found.endswith(f"/{setting}")
    assert found.startswith("Evaluation")


def test_versions_that_are_no_longer_kept_are_a_finding(live: Live) -> None:
    """S3 refuses that for a bucket with Object Lock."""
    suspended = {"Status": "Suspended"}
    live.world.client("s3").put_bucket_versioning(
        Bucket=live.bucket("InventoriesBucket"), VersioningConfiguration=suspended
    )

    assert set(live.findings()) == {"InventoriesBucket/versioning"}


def test_a_bucket_that_is_gone_is_one_finding_and_not_one_for_each_setting(live: Live) -> None:
    live.world.client("s3").delete_bucket(Bucket=live.bucket("evaluation"))

    assert set(live.findings()) == {"EvaluationBucket/is there", "EvaluationBucketPolicy/is there"}


def test_recordings_that_go_to_another_bucket_are_a_finding_that_says_where(live: Live) -> None:
    storage = live.world.connect.storage
    [association] = storage.of("CALL_RECORDINGS")
    moved = {**association, "S3Config": {**association["S3Config"], "BucketName": "an-old-bucket"}}
    identity = moved.pop("AssociationId")
    storage.update("CALL_RECORDINGS", identity, moved)

    [(name, found)] = live.findings().items()
    assert name == "CallRecordingAssociation/where it is stored"
    assert found["harm"] == "stop"
    assert "an-old-bucket" in found["found"]


def test_an_edit_of_the_payment_flow_is_told_to_supervisors_and_so_is_its_end(live: Live) -> None:
    flow = live.flow("payment-guide")
    written = str(flow.published)
    flow.publish(live.edited(written))

    [(name, found)] = live.findings().items()
    assert name.endswith("/content")
    assert found["harm"] == "cards"
    [mail] = live.mails("SupervisorsTopic")
    assert "Take no card payments" in mail
    assert "NextAction" in mail
    flow.publish(written)
    assert live.findings() == {}
    assert "may be taken as before" in live.mails("SupervisorsTopic")[1]


def test_the_same_edit_saved_and_not_published_is_a_note_that_nobody_is_mailed(live: Live) -> None:
    flow = live.flow("payment-guide")
    written = str(flow.published)
    flow.save(live.edited(written))

    [(name, found)] = live.findings().items()
    assert name.endswith("/draft")
    assert found["harm"] == "note"
    flow.save(written)
    assert live.findings() == {}
    assert live.world.notifications == []


def edit_view(live: Live, status: str) -> None:
    [arn] = [one.identity.ref for one in live.world.resources if one.declaration.logical_id == "PausedView"]
    connect, named = live.world.client("connect"), {"InstanceId": live.world.connect.instance_id, "ViewId": arn}
    content = connect.describe_view(**named)["View"]["Content"]
    template = content["Template"].replace("the recording is paused", "read the number out")
    connect.update_view_content(**named, Status=status, Content={**content, "Template": template})


def test_a_view_that_agents_meet_otherwise_than_it_was_written_is_a_finding(live: Live) -> None:
    edit_view(live, "PUBLISHED")

    [(name, found)] = live.findings().items()
    assert (name, found["harm"]) == ("PausedView/content", "high")
    assert "the recording is paused" in found["expected"]
    assert "read the number out" in found["found"]


def test_a_view_that_was_only_saved_is_none(live: Live) -> None:
    edit_view(live, "SAVED")

    assert live.findings() == {}


def test_a_layout_that_the_console_rewrote_is_no_difference(live: Live) -> None:
    flow = live.flow("payment-guide")
    moved = json.loads(str(flow.published))
    moved["Metadata"] = {"entryPointPosition": {"x": 1, "y": 2}}
    moved["Actions"] = moved["Actions"][::-1]
    flow.publish(json.dumps(moved))

    assert live.findings() == {}


def test_an_edit_of_a_module_is_without_effect_until_its_alias_moves_and_that_is_told_to_supervisors(
    live: Live,
) -> None:
    module = live.flow("-payment")
    module.publish(live.edited(str(module.published)))

    [(name, found)] = live.findings().items()
    assert name == "PaymentModule/content" or name.endswith("PaymentModule/content")
    assert found["harm"] == "high"
    assert live.mails("SupervisorsTopic") == []

    [alias] = module.aliases.values()
    alias.version = module.freeze()
    moved = {name: one for name, one in live.findings().items() if name.endswith("/version in force")}
    assert [one["harm"] for one in moved.values()] == ["cards"]
    assert len(live.mails("SupervisorsTopic")) == 1


def test_what_may_not_be_read_is_not_shown_and_neither_opens_nor_closes_anything(live: Live) -> None:
    switch_off(live, "call_recording")
    assert len(live.findings()) == 1
    put_back(live, "call_recording")
    faults = live.world.faults
    faults.add(service="s3", operation="GetBucketLifecycleConfiguration", error="AccessDenied", times=1000)

    answer = live.compare()

    assert [one["id"].partition("/")[2] for one in answer["findings"]] == ["CallRecordingBucket/lifecycle rules"]
    assert len(answer["not_shown"]) == 13
    assert {one["why"] for one in answer["not_shown"]} == {"s3.GetBucketLifecycleConfiguration answered AccessDenied"}
    faults.clear()
    assert live.findings() == {}


def test_a_throttled_read_of_connect_is_not_shown(live: Live) -> None:
    live.world.faults.add(
        service="connect", operation="DescribeContactFlow", error="TooManyRequestsException", times=1000
    )

    answer = live.compare()

    assert {one["why"] for one in answer["not_shown"]} == {
        "connect.DescribeContactFlow answered TooManyRequestsException"
    }
    assert answer["findings"] == []


def test_during_a_deployment_nothing_is_compared_and_there_is_no_sign_of_life(live: Live) -> None:
    switch_off(live, "call_recording")
    live.stack("controls").stack_status = "UPDATE_IN_PROGRESS"

    assert live.compare() == {
        "status": "postponed",
        "settings": 0,
        "reads": 0,
        "findings": [],
        "accepted_without_effect": [],
        "not_shown": [],
    }
    assert not any("Heartbeat" in line.text for line in live.world.logs)
    live.stack("controls").stack_status = "UPDATE_COMPLETE"
    assert len(live.findings()) == 1


def test_a_mail_that_could_not_be_sent_is_sent_by_the_next_run(live: Live) -> None:
    switch_off(live, "call_recording")
    live.world.faults.add(service="sns", operation="Publish", error="InternalErrorException", times=5)
    assert live.world.run("compare_configuration", {}).error is not None
    assert live.mails("DataProtectionTopic") == []

    assert len(live.findings()) == 1
    assert len(live.mails("DataProtectionTopic")) == 1


def test_what_can_be_read_of_nothing_does_not_close_that_a_bucket_is_gone(live: Live) -> None:
    buckets = s3_backends[live.world.account]["aws"].buckets
    gone = buckets.pop(live.bucket("evaluation"))
    # moto would look for it in the account that it has by itself, without end.
    account = s3_backends.bucket_accounts.pop(gone.name, None)
    assert "EvaluationBucket/is there" in live.findings()
    buckets[gone.name] = gone
    if account is not None:
        s3_backends.bucket_accounts[gone.name] = account
    for operation in OBJECT_OPERATIONS:
        if operation.startswith("GetBucket") or operation.endswith(("Block", "Configuration", "Configurations")):
            live.world.faults.add(service="s3", operation=operation, error="AccessDenied", times=1000)

    assert "EvaluationBucket/is there" in live.findings()
    live.world.faults.clear()
    assert live.findings() == {}


def test_supervisors_hear_that_all_is_well_only_when_every_flow_that_takes_cards_was_read_and_is(live: Live) -> None:
    flow, module = live.flow("payment-guide"), live.flow("-payment")
    written, [alias] = str(flow.published), module.aliases.values()
    before = alias.version
    flow.publish(live.edited(written))
    alias.version = module.freeze()
    assert len(live.findings()) == 2
    flow.publish(written)
    assert len(live.findings()) == 1
    assert len(live.mails("SupervisorsTopic")) == 1
    alias.version = before
    live.world.faults.add(service="connect", operation="DescribeContactFlow", error="AccessDeniedException", times=1000)
    assert live.findings() == {}
    assert len(live.mails("SupervisorsTopic")) == 1
    live.world.faults.clear()
    assert live.findings() == {}
    [_, well] = live.mails("SupervisorsTopic")
    assert "may be taken as before" in well


def test_a_finding_about_what_is_no_longer_written_is_closed(live: Live) -> None:
    switch_off(live, "call_recording")
    assert len(live.findings()) == 1
    stack = live.stack("stores")
    template = json.loads(stack.template)
    del template["Resources"]["CallRecordingBucket"]
    stack.template = json.dumps(template)
    stack.creation_time += timedelta(days=1)

    assert "CallRecordingBucket/lifecycle rules" not in live.findings()


@pytest.mark.parametrize("calls", range(1, 8))
def test_a_run_that_dies_between_any_two_writes_is_made_good_by_the_next(live: Live, calls: int) -> None:
    live.compare()
    first = sum(live.world.calls["compare_configuration"].values())
    live.compare()
    reads = sum(live.world.calls["compare_configuration"].values()) - first - 1
    switch_off(live, "call_recording")
    live.world.kill_after("compare_configuration", reads + calls - 1)
    live.world.run("compare_configuration", {})

    assert set(live.findings()) == {"CallRecordingBucket/lifecycle rules"}
    assert 1 <= len(live.mails("DataProtectionTopic")) <= 2
    put_back(live, "call_recording")
    assert live.findings() == {}


def test_what_another_run_saw_after_this_one_began_to_read_is_not_closed_by_it(live: Live) -> None:
    switch_off(live, "call_recording")
    assert len(live.findings()) == 1
    table, dynamodb = live.world.names.tables["RegisterTable"], live.world.client("dynamodb")
    [row] = [one for one in dynamodb.scan(TableName=table)["Items"] if one["sk"]["S"].startswith("OPEN#")]
    later = (live.world.clock.now() + timedelta(hours=1)).isoformat(timespec="microseconds")
    dynamodb.put_item(TableName=table, Item={**row, "seen_at": {"S": later}})
    live.world.memory.forget("dynamodb")
    put_back(live, "call_recording")

    assert len(live.findings()) == 1
    assert len(live.mails("DataProtectionTopic")) == 1


def test_the_comparison_writes_no_row_of_a_hold(live: Live) -> None:
    table = live.world.names.tables["RegisterTable"]
    row = {"pk": {"S": "CASE#X"}, "sk": {"S": "CASE"}}
    with live.world.permissions.acting_as("CompareConfigurationRole"):
        dynamodb: Any = boto3.client("dynamodb")
        with pytest.raises(ClientError, match="AccessDenied"):
            dynamodb.put_item(TableName=table, Item=row)
        with pytest.raises(ClientError, match="AccessDenied"):
            dynamodb.delete_item(TableName=table, Key=row)
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": "CONFIGURATION"}, "sk": {"S": "none"}})
    REFUSED.clear()
