"""What CloudTrail tells of is compared within minutes; a burst is one run, and what is not ours is none."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.test_comparison import put_back, switch_off
from tests.support.trail import session, user

MALLORY = session("admin", "mallory")
DEPLOYER = session("cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2", "AWSCloudFormation")


def called(live: Live, service: str, name: str, who: dict[str, Any] = MALLORY, **more: Any) -> None:  # noqa: ANN401
    """Let CloudTrail tell of a call: ``requestParameters``, and what else is given.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    detail = {
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "userIdentity": who,
        "sourceIPAddress": "192.0.2.7",
        "requestParameters": None,
        "responseElements": None,
        **more,
    }
    event = {"source": f"aws.{service}", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
    live.world.publish("default", event)


def about_bucket(live: Live, name: str = "", **more: Any) -> None:  # noqa: ANN401
    bucket = name or live.bucket("call_recording")
    called(live, "s3", "PutBucketLifecycle", requestParameters={"bucketName": bucket}, **more)


def runs(live: Live, within: timedelta = timedelta(minutes=10)) -> int:
    """Return how often it was compared in that time."""
    calls = live.world.calls["compare_configuration"]
    before = calls["invocations"]
    live.world.run_until(live.world.clock.now() + within)
    return calls["invocations"] - before


def test_a_change_is_told_within_minutes(live: Live) -> None:
    switch_off(live, "call_recording")
    about_bucket(live)
    live.world.run_until(live.world.clock.now() + timedelta(minutes=4))

    [mail] = live.mails("DataProtectionTopic")
    assert "CallRecordingBucket/lifecycle rules" in mail
    # Only the schedule's own run says that the schedule is alive.
    assert not any("Heartbeat" in line.text for line in live.world.logs)
    put_back(live, "call_recording")


def test_a_burst_of_changes_is_one_run_or_two(live: Live) -> None:
    for _ in range(300):
        about_bucket(live)

    assert 1 <= runs(live) <= 2


CHANGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a flow": ("connect", "UpdateContactFlowContent", {"requestParameters": {"InstanceId": "{instance_id}"}}),
    "a flow of an instance by its ARN": (
        "connect",
        "UpdateContactFlowModuleAlias",
        {"requestParameters": {"instanceId": "{instance_arn}"}},
    ),
    "a view": ("connect", "UpdateViewContent", {"requestParameters": {"InstanceId": "{instance_id}"}}),
    "where records go": (
        "connect",
        "UpdateInstanceStorageConfig",
        {"requestParameters": {"InstanceId": "{instance_id}"}},
    ),
    "a function": (
        "lambda",
        "UpdateFunctionConfiguration20150331v2",
        {"requestParameters": {"functionName": "local-steward-place_hold"}},
    ),
    "the code of a function": (
        "lambda",
        "UpdateFunctionCode20150331v2",
        {"requestParameters": {"functionName": "local-steward-place_hold"}},
    ),
    "a function by its ARN": (
        "lambda",
        "PutFunctionConcurrency20171031",
        {
            "requestParameters": {
                "functionName": "arn:aws:lambda:eu-west-2:111122223333:function:local-steward-place_hold"
            }
        },
    ),
    "the version that flows run": (
        "lambda",
        "UpdateAlias20150331",
        {"requestParameters": {"functionName": "local-steward-send_sms", "name": "in-call", "functionVersion": "1"}},
    ),
    "what is kept ready": (
        "lambda",
        "DeleteProvisionedConcurrencyConfig",
        {"requestParameters": {"functionName": "local-steward-send_sms", "qualifier": "in-call"}},
    ),
    "what brings a function its work": (
        "lambda",
        "UpdateEventSourceMapping20150331",
        {
            "requestParameters": {"uUID": "x", "enabled": False},
            "responseElements": {
                "functionArn": "arn:aws:lambda:eu-west-2:111122223333:function:local-steward-place_hold"
            },
        },
    ),
    "a rule": ("events", "DisableRule", {"requestParameters": {"name": "local-steward-controls-x"}}),
    "a rule's targets": ("events", "RemoveTargets", {"requestParameters": {"rule": "local-steward-controls-x"}}),
    "a schedule": ("scheduler", "UpdateSchedule", {"requestParameters": {"name": "local-steward-controls-x"}}),
    "a key": ("kms", "DisableKey", {"resources": [{"ARN": "{key}", "type": "AWS::KMS::Key"}]}),
    "a table": ("dynamodb", "UpdateTable", {"requestParameters": {"tableName": "local-steward-stores-x"}}),
    "a table's policy": (
        "dynamodb",
        "DeleteResourcePolicy",
        {"requestParameters": {"resourceArn": "arn:aws:dynamodb:eu-west-2:111122223333:table/local-steward-stores-x"}},
    ),
    "an alarm": ("monitoring", "PutMetricAlarm", {"requestParameters": {"alarmName": "local-steward-controls-x"}}),
    "whether alarms tell anybody": (
        "monitoring",
        "DisableAlarmActions",
        {"requestParameters": {"alarmNames": ["somebody-elses", "local-steward-controls-x"]}},
    ),
    "a log group": ("logs", "PutRetentionPolicy", {"requestParameters": {"logGroupName": "local-steward-controls-x"}}),
    "who is subscribed to a topic": (
        "sns",
        "Subscribe",
        {"requestParameters": {"topicArn": "arn:aws:sns:eu-west-2:111122223333:local-steward-stores-x"}},
    ),
    "a queue": (
        "sqs",
        "SetQueueAttributes",
        {
            "requestParameters": {
                "queueUrl": "https://sqs.eu-west-2.amazonaws.com/111122223333/local-steward-controls-x"
            }
        },
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_kind_of_change_is_brought(live: Live, what: str) -> None:
    service, name, stated = CHANGES[what]
    key = next(one for one in live.world.resources if one.declaration.logical_id.startswith("HeldKey"))
    known = {
        "{instance_id}": live.world.instance_arn.rpartition("/")[2],
        "{instance_arn}": live.world.instance_arn,
        "{key}": str(key.identity.attributes["Arn"]),
    }
    text = json.dumps(stated)
    for placeholder, value in known.items():
        text = text.replace(placeholder, value)
    called(live, service, name, **json.loads(text))

    assert bodies(live) == [{"call": name, "at": live.world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")}]


def bodies(live: Live) -> list[Any]:
    """Take what lies in the queue, before anything works through it."""
    live.world.settle()
    queue = next(one for name, one in live.world.names.queues.items() if "Changes" in name and "Dead" not in name)
    queues = live.world.client("sqs")
    found = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for one in found:
        queues.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
    return [json.loads(one["Body"]) for one in found]


@pytest.mark.parametrize(
    ("service", "name", "stated"),
    [
        ("s3", "PutBucketLifecycle", {"requestParameters": {"bucketName": "somebody-elses"}}),
        ("s3", "PutObject", {"requestParameters": {"bucketName": "local-steward-stores-x"}}),
        ("connect", "UpdateContactFlowContent", {"requestParameters": {"InstanceId": "another"}}),
        ("lambda", "UpdateFunctionConfiguration20150331v2", {"requestParameters": {"functionName": "another"}}),
        ("lambda", "UpdateEventSourceMapping20150331", {"requestParameters": {"uUID": "x"}}),
        ("events", "DisableRule", {"requestParameters": {"name": "another"}}),
        ("kms", "DisableKey", {"resources": [{"ARN": "arn:aws:kms:eu-west-2:111122223333:key/another"}]}),
        ("dynamodb", "UpdateTable", {"requestParameters": {"tableName": "another"}}),
        ("sqs", "SetQueueAttributes", {"requestParameters": {"queueUrl": "https://sqs/111122223333/another"}}),
        ("monitoring", "DeleteAlarms", {"requestParameters": {"alarmNames": ["another"]}}),
        ("logs", "DeleteLogGroup", {"requestParameters": {"logGroupName": "another"}}),
        ("sns", "Subscribe", {"requestParameters": {"topicArn": "arn:aws:sns:eu-west-2:111122223333:another"}}),
    ],
)
def test_what_is_not_of_this_deployment_is_not_brought(
    live: Live, service: str, name: str, stated: dict[str, Any]
) -> None:
    called(live, service, name, **stated)

    assert bodies(live) == []


def test_what_cloudformation_deploys_and_what_was_refused_are_not_brought_and_what_a_user_does_is(live: Live) -> None:
    about_bucket(live, who=DEPLOYER)
    about_bucket(live, errorCode="AccessDenied")
    assert bodies(live) == []

    about_bucket(live, who=user("mallory"))
    assert [one["call"] for one in bodies(live)] == ["PutBucketLifecycle"]


def test_during_a_deployment_the_change_waits_and_is_told_after_it(live: Live) -> None:
    switch_off(live, "call_recording")
    live.stack("controls").stack_status = "UPDATE_IN_PROGRESS"
    about_bucket(live)
    assert runs(live) == 1
    assert live.mails("DataProtectionTopic") == []

    live.stack("controls").stack_status = "UPDATE_COMPLETE"
    assert runs(live, timedelta(hours=2)) == 1
    assert len(live.mails("DataProtectionTopic")) == 1
    put_back(live, "call_recording")
