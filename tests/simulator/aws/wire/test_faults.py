"""Planned failures look to botocore like AWS's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore import xform_name

from simulator.aws.lambda_.invocation import FunctionError
from simulator.aws.wire.faults import Faults

if TYPE_CHECKING:
    from tests.simulator.aws.conftest import Assembly

CALL = """
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=3)

def handler(event, context):
    client = boto3.client(event["service"], config=ONCE)
    try:
        getattr(client, event["method"])(**event["parameters"])
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"code": error.response["Error"]["Code"], "status": status}
    return {"code": "", "status": 200}
"""
BUCKET = {"Bucket": "tests"}
CALLS = [
    ("s3", "PutObject", {"Bucket": "tests", "Key": "k", "Body": "x"}, "SlowDown", 503),
    ("s3", "GetObject", {"Bucket": "tests", "Key": "k"}, "NoSuchKey", 404),
    ("s3", "CopyObject", {"Bucket": "tests", "Key": "k", "CopySource": "tests/k"}, "PreconditionFailed", 412),
    ("dynamodb", "ListTables", {}, "ProvisionedThroughputExceededException", 400),
    ("sqs", "ListQueues", {}, "RequestThrottled", 400),
    ("sns", "ListTopics", {}, "AuthorizationError", 403),
    ("events", "ListRules", {}, "ThrottlingException", 400),
    ("scheduler", "ListSchedules", {}, "ThrottlingException", 429),
    ("connect", "DescribeContact", {"InstanceId": "i" * 36, "ContactId": "c"}, "ResourceNotFoundException", 404),
    ("pinpoint-sms-voice-v2", "DescribeOptOutLists", {}, "ThrottlingException", 400),
    ("ssm", "DescribeParameters", {}, "InternalServerError", 500),
    ("kms", "ListKeys", {}, "InvalidMarkerException", 400),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}.{call[1]}")
def test_an_error_code_arrives_as_a_client_error_with_that_code_and_a_fitting_status(
    assembly: Assembly, call: tuple[str, str, dict[str, str], str, int]
) -> None:
    service, operation, parameters, code, status = call
    assembly.function("Worker", CALL)
    world = assembly.start()
    world.faults.add(service=service, operation=operation, error=code)
    method = xform_name(operation)
    payload = {"service": service, "method": method, "parameters": parameters}
    answer = world.invoke("worker", payload)
    assert answer["code"] == code
    assert answer["status"] == status
    assert world.calls["worker"][f"{service}.{operation}"] == 1


def test_a_fault_of_a_head_request_is_told_by_its_status(assembly: Assembly) -> None:
    assembly.function("Worker", CALL)
    world = assembly.start()
    world.faults.add(service="s3", operation="HeadObject", error="NoSuchKey")
    payload = {"service": "s3", "method": "head_object", "parameters": {"Bucket": "tests", "Key": "k"}}
    assert world.invoke("worker", payload) == {"code": "404", "status": 404}


def test_a_fault_before_effect_leaves_no_trace_and_one_after_effect_does(assembly: Assembly) -> None:
    assembly.add("Bucket", "AWS::S3::Bucket", BucketName="tests")
    assembly.function("Worker", CALL)
    world = assembly.start()
    storage = world.client("s3")
    payload = {"service": "s3", "method": "put_object", "parameters": {"Bucket": "tests", "Key": "k", "Body": "x"}}
    world.faults.add(service="s3", operation="PutObject", error="InternalError")
    assert world.invoke("worker", payload)["code"] == "InternalError"
    assert storage.list_objects_v2(Bucket="tests")["KeyCount"] == 0
    world.faults.add(service="s3", operation="PutObject", error="InternalError", after_effect=True)
    assert world.invoke("worker", payload)["code"] == "InternalError"
    assert storage.list_objects_v2(Bucket="tests")["KeyCount"] == 1
    assert world.invoke("worker", payload)["code"] == ""


def test_a_read_time_out_takes_the_client_s_patience_in_virtual_time(assembly: Assembly) -> None:
    assembly.function("Worker", CALL)
    world = assembly.start()
    world.faults.add(service="dynamodb", operation="ListTables", error="ReadTimeout")
    outcome = world.run("worker", {"service": "dynamodb", "method": "list_tables", "parameters": {}})
    assert outcome.error is not None
    assert outcome.error.error_type == "ReadTimeoutError"
    assert outcome.elapsed == 3


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("ConnectTimeout", "ConnectTimeoutError"),
        ("EndpointConnectionError", "EndpointConnectionError"),
        ("ConnectionClosed", "ConnectionClosedError"),
    ],
)
def test_a_broken_line_arrives_as_botocore_s_own_exception(assembly: Assembly, error: str, raised: str) -> None:
    assembly.function("Worker", CALL)
    world = assembly.start()
    world.faults.add(service="dynamodb", operation="ListTables", error=error)
    with pytest.raises(FunctionError) as failed:
        world.invoke("worker", {"service": "dynamodb", "method": "list_tables", "parameters": {}})
    assert failed.value.error_type == raised


def test_the_client_s_own_retries_meet_the_next_fault(assembly: Assembly) -> None:
    assembly.function("Worker", CALL.replace('"total_max_attempts": 1', '"total_max_attempts": 3, "mode": "standard"'))
    world = assembly.start()
    world.faults.add(service="dynamodb", operation="ListTables", error="ThrottlingException", times=2)
    payload = {"service": "dynamodb", "method": "list_tables", "parameters": {}}
    assert world.invoke("worker", payload)["code"] == ""
    assert world.calls["worker"]["dynamodb.ListTables"] == 3


def test_faults_never_hit_the_world_s_own_calls(assembly: Assembly) -> None:
    assembly.function("Worker", CALL)
    world = assembly.start()
    world.faults.add(service="dynamodb", operation="ListTables", error="InternalServerError")
    assert world.client("dynamodb").list_tables()["TableNames"] == []
    boto3.client("dynamodb", region_name="eu-west-2").list_tables()


BATCH = """
import boto3

def handler(event, context):
    s3, sqs, bus = boto3.client("s3"), boto3.client("sqs"), boto3.client("events")
    objects = [{"Key": key} for key in event["keys"]]
    deleted = s3.delete_objects(Bucket="tests", Delete={"Objects": objects, "Quiet": event["quiet"]})
    entries = [{"Id": str(number), "MessageBody": f"about {key}"} for number, key in enumerate(event["keys"])]
    sent = sqs.send_message_batch(QueueUrl=event["queue"], Entries=entries)
    details = ['{"this": "about %s"}' % key for key in event["keys"]]
    named = [{"Source": "tests", "DetailType": "test", "Detail": detail} for detail in details]
    put = bus.put_events(Entries=named)
    return {
        "deleted": [[row["Key"], row["Code"]] for row in deleted.get("Errors", [])],
        "sent": [[row["Id"], row["Code"], row["SenderFault"]] for row in sent.get("Failed", [])],
        "put": [row.get("ErrorCode", "") for row in put["Entries"]],
        "counted": put["FailedEntryCount"],
    }
"""


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("failing", [["b"], ["a", "b", "c"], ["nowhere"]])
def test_rows_of_a_batch_fail_one_by_one_and_the_others_take_effect(
    assembly: Assembly,
    quiet: bool,  # noqa: FBT001 -- a parameter of the test
    failing: list[str],
) -> None:
    """Amazon S3 API reference, "DeleteObjects"; SQS, "SendMessageBatch"; EventBridge, "PutEvents"."""
    assembly.function("Worker", BATCH)
    world = assembly.start()
    s3, sqs = world.client("s3"), world.client("sqs")
    s3.create_bucket(Bucket="tests", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    queue = sqs.create_queue(QueueName="tests")["QueueUrl"]
    keys = ["a", "b", "c"]
    for key in keys:
        s3.put_object(Bucket="tests", Key=key, Body=b"x")
    for service, operation in (("s3", "DeleteObjects"), ("sqs", "SendMessageBatch"), ("events", "PutEvents")):
        texts = failing if service == "s3" else [f"about {key}" for key in failing]
        world.faults.add(service=service, operation=operation, error="InternalError", keys=texts)

    answer = world.invoke("worker", {"keys": keys, "queue": queue, "quiet": quiet})

    failed = [key for key in keys if key in failing]
    assert answer["deleted"] == [[key, "InternalError"] for key in failed]
    assert answer["sent"] == [[str(keys.index(key)), "InternalError", False] for key in failed]
    assert answer["put"] == ["InternalError" if key in failed else "" for key in keys]
    assert answer["counted"] == len(failed)
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="tests").get("Contents", [])] == failed
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    assert int(attributes["Attributes"]["ApproximateNumberOfMessages"]) == len(keys) - len(failed)
    assert world.faults.any() == (not failed), "times counts the calls that have such a row"


def test_an_operation_without_rows_has_none_that_fail(assembly: Assembly) -> None:
    with pytest.raises(ValueError, match="no rows that can fail one by one"):
        assembly.start().faults.add(service="s3", operation="PutObject", error="SlowDown", keys=["a"])


def test_a_failure_until_a_moment_meets_every_call_before_it_and_none_after() -> None:
    now = [datetime(2027, 1, 12, 9, 0, tzinfo=UTC)]
    faults = Faults(lambda: now[0])
    faults.add(service="s3", operation="PutObject", error="SlowDown", until=now[0] + timedelta(minutes=1))
    assert all(faults.take("s3", "PutObject") for _ in range(50))
    assert faults.take("s3", "GetObject") is None
    now[0] += timedelta(minutes=1)
    assert faults.take("s3", "PutObject") is None
    assert not faults.any()
