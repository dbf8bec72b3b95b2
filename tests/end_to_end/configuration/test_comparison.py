"""The comparison on the deployed templates: what somebody changes beside them is found once, and told once."""

from __future__ import annotations

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


def test_the_night_finds_what_no_event_told_of_and_asks_fewer_than_seven_hundred_questions(live: Live) -> None:
    switch_off(live, "attachment")
    live.world.run_until(live.world.clock.now() + timedelta(days=1))

    assert len(live.mails("DataProtectionTopic")) == 1
    calls = live.world.calls["compare_configuration"]
    verbs = ("Describe", "Get", "List")
    reads = {name: number for name, number in calls.items() if name.partition(".")[2].startswith(verbs)}
    assert calls["invocations"] == 1
    assert 100 < sum(reads.values()) < 700


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
