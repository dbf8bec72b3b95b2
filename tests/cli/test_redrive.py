"""`steward redrive`, against a stack with the logical ids of the deployed one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.environments import OpenEnvironment
from cli.main import run
from simulator.aws.sqs import message_moves
from steward.aws.clients import client
from steward.aws.redrive import Redriving, UnknownQueue

Sqs = Any

STACK = {
    "Resources": {
        "HoldRequestsDeadLettersQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}},
        "HoldRequestsQueue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": "work",
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["HoldRequestsDeadLettersQueue", "Arn"]},
                    "maxReceiveCount": 5,
                },
            },
        },
        "FailedRunsQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "runs"}},
    }
}


def _as_the_function_does(_: OpenEnvironment, event: dict[str, Any]) -> dict[str, Any]:
    """Do what functions/redrive does: moto runs functions in containers only."""
    client.cache_clear()
    url = boto3.client("sqs").get_queue_url(QueueName="dead")["QueueUrl"]
    work = "arn:aws:sqs:eu-west-2:111122223333:work"
    redrive = Redriving({"hold-requests": url}, {"hold-requests": work})
    try:
        waiting = redrive.waiting(event["queue"])
    except UnknownQueue:
        return {"status": "refused", "messages": 0, "queues": sorted(redrive.dead_letters)}
    if waiting and not event["dry_run"]:
        redrive.start(event["queue"])
    return {"status": "moving" if waiting else "nothing", "messages": waiting}


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sqs]:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.delenv("STEWARD_ENVIRONMENT", raising=False)
    monkeypatch.setattr("cli.redrive.ask_mover", _as_the_function_does)
    with mock_aws(), message_moves():
        boto3.setup_default_session()
        boto3.client("cloudformation").create_stack(StackName="local-steward-controls", TemplateBody=json.dumps(STACK))
        yield boto3.client("sqs")


def put(sqs: Sqs, *bodies: str) -> None:
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def waiting(sqs: Sqs, name: str) -> int:
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    known = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(known["Attributes"]["ApproximateNumberOfMessages"])


def test_what_was_set_aside_goes_back_to_its_queue(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    put(sqs, "one", "two")

    assert run(["redrive", "hold-requests"]) == 0

    assert capsys.readouterr().out == "2 messages on the way back to hold-requests.\n"
    assert (waiting(sqs, "dead"), waiting(sqs, "work")) == (0, 2)


def test_a_dry_run_moves_nothing(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    put(sqs, "one")

    assert run(["redrive", "hold-requests", "--dry-run"]) == 0

    assert capsys.readouterr().out == "1 message would go back to hold-requests; nothing was moved.\n"
    assert (waiting(sqs, "dead"), waiting(sqs, "work")) == (1, 0)


@pytest.mark.usefixtures("sqs")
def test_an_empty_queue_is_said_to_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["redrive", "hold-requests"]) == 0
    assert capsys.readouterr().out == "Nothing is set aside for hold-requests.\n"


@pytest.mark.usefixtures("sqs")
def test_a_queue_of_the_other_stack_is_moved_by_the_function_that_knows_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.redrive.ask_mover", lambda _, event: {"status": "moving", "messages": 2, **event})

    assert run(["redrive", "tagged-objects"]) == 0
    assert capsys.readouterr().out == "2 messages on the way back to tagged-objects.\n"


@pytest.mark.usefixtures("sqs")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["hold-request"], ["hold-request;", "hold-requests"]),
        (["failed-runs"], ["failed-runs", "docs/runbook.md#failed-runs"]),
        (["hold-requests", "--environment", "live"], ["no environment `live`"]),
        ([], ["QUEUE"]),
    ],
)
def test_a_wrong_name_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert run(["redrive", *arguments]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    for word in words:
        assert word in printed.err
