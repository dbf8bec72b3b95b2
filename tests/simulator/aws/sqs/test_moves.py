"""The shim for moving messages back keeps to the SQS API reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from simulator.aws.sqs import message_moves

Sqs = Any


@pytest.fixture
def sqs() -> Iterator[Sqs]:
    with mock_aws(), message_moves():
        yield boto3.client("sqs", region_name="eu-west-2")


def make(sqs: Sqs, name: str, **attributes: str) -> tuple[str, str]:
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def test_messages_go_back_to_the_queue_that_they_came_from_as_new_ones(sqs: Sqs) -> None:
    dead_url, dead_arn = make(sqs, "dead")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    work_url, work_arn = make(sqs, "work", RedrivePolicy=policy, VisibilityTimeout="0")
    sqs.send_message(QueueUrl=dead_url, MessageBody="one")
    sqs.receive_message(QueueUrl=dead_url, VisibilityTimeout=0)

    assert sqs.start_message_move_task(SourceArn=dead_arn)["TaskHandle"]

    [message] = sqs.receive_message(QueueUrl=work_url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert message["Body"] == "one"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "Messages" not in sqs.receive_message(QueueUrl=dead_url)
    [task] = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert (task["Status"], task["DestinationArn"], task["ApproximateNumberOfMessagesMoved"]) == (
        "COMPLETED",
        work_arn,
        1,
    )


def test_messages_may_go_to_another_queue(sqs: Sqs) -> None:
    dead_url, dead_arn = make(sqs, "dead")
    make(sqs, "work", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}))
    other_url, other_arn = make(sqs, "other")
    sqs.send_message(QueueUrl=dead_url, MessageBody="one")

    sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=other_arn)

    assert len(sqs.receive_message(QueueUrl=other_url)["Messages"]) == 1


def test_a_queue_that_is_nobodys_dead_letter_queue_is_refused(sqs: Sqs) -> None:
    _, arn = make(sqs, "lonely")

    with pytest.raises(ClientError) as refused:
        sqs.start_message_move_task(SourceArn=arn)
    assert refused.value.response["Error"]["Code"].endswith("UnsupportedOperation")


def test_a_queue_that_is_not_there_is_not_found(sqs: Sqs) -> None:
    with pytest.raises(ClientError) as missing:
        sqs.start_message_move_task(SourceArn="arn:aws:sqs:eu-west-2:123456789012:gone")
    assert missing.value.response["Error"]["Code"].endswith("ResourceNotFoundException")
