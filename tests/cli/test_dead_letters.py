"""`steward dead-letters` and `steward redrive`, with the function's own code behind them."""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.environments import OpenEnvironment
from cli.main import run
from simulator.aws.sqs import message_moves
from steward.aws.clients import client

Sqs = Any
HANDLER = Path(__file__).parents[2] / "functions" / "redrive" / "handler.py"
AT = "https://sqs.eu-west-2.amazonaws.com/111122223333/"
COMPLAINT = {
    "source": "steward.complaints",
    "detail-type": "Complaint Logged",
    "detail": {"case": "CMP-1", "contact_ids": ["c1"], "note": "Mrs Example, 07700 900123", "Mrs Example": 1},
}


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sqs]:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.delenv("STEWARD_ENVIRONMENT", raising=False)
    with mock_aws(), message_moves():
        boto3.setup_default_session()
        client.cache_clear()
        queues = boto3.client("sqs")
        dead = queues.create_queue(QueueName="dead")["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "5"})
        queues.create_queue(QueueName="work", Attributes={"RedrivePolicy": policy})
        for name in ("runs", "undelivered"):
            queues.create_queue(QueueName=name)
        topic = boto3.client("sns").create_topic(Name="officer")["TopicArn"]
        inbox = queues.create_queue(QueueName="inbox")["QueueUrl"]
        inbox_arn = queues.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox_arn)
        for variable, value in {
            "DATA_PROTECTION_TOPIC_ARN": topic,
            "DEAD_LETTERS": json.dumps(
                {"hold-requests": "dead", "failed-runs": "runs", "undelivered-events": "undelivered"}
            ),
            "QUEUES_AT": AT,
            "WORK_QUEUES": json.dumps({"hold-requests": "work"}),
        }.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr("cli.dead_letters.ask_mover", _as_the_function_answers())
        yield queues
    client.cache_clear()


def _as_the_function_answers() -> Any:  # noqa: ANN401 - a stand-in for Lambda
    spec = importlib.util.spec_from_file_location("redrive_handler", HANDLER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    said = io.StringIO()
    with redirect_stdout(said):
        spec.loader.exec_module(module)

    def answer(_: OpenEnvironment, event: dict[str, Any]) -> dict[str, Any]:
        with redirect_stdout(said):
            found: dict[str, Any] = json.loads(json.dumps(module.handler(event, None)))
        return found

    return answer


def put(sqs: Sqs, *bodies: str, queue: str = "dead", **attributes: str) -> list[str]:
    named = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    return [
        sqs.send_message(QueueUrl=AT + queue, MessageBody=body, MessageAttributes=named)["MessageId"] for body in bodies
    ]


def waiting(sqs: Sqs, name: str) -> int:
    known = sqs.get_queue_attributes(QueueUrl=AT + name, AttributeNames=["ApproximateNumberOfMessages"])
    return int(known["Attributes"]["ApproximateNumberOfMessages"])


def bodies(sqs: Sqs, name: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=AT + name, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [one["Body"] for one in found.get("Messages", ())]


def test_everything_that_was_set_aside_goes_back_to_its_queue(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    put(sqs, "one", "two")

    assert run(["redrive", "hold-requests"]) == 0

    assert capsys.readouterr().out == "2 messages on the way back to hold-requests.\n"
    assert (waiting(sqs, "dead"), waiting(sqs, "work")) == (0, 2)


def test_one_message_goes_back_by_its_id_byte_by_byte_and_the_others_stay(
    sqs: Sqs, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps({**COMPLAINT, "odd": "  \u202e trailing\t "}, ensure_ascii=False, indent=3)
    numbered = [put(sqs, str(number))[0] for number in range(25)]
    [wanted] = put(sqs, body)

    assert run(["redrive", "hold-requests", "--message", wanted]) == 0

    assert capsys.readouterr().out == f"{wanted} is back where it came from.\n"
    assert bodies(sqs, "work") == [body]
    assert waiting(sqs, "dead") == len(numbered)


def test_a_message_that_is_not_there_is_named_and_nothing_moves(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    put(sqs, "one")

    assert run(["redrive", "hold-requests", "--message", "no-such"]) == 2

    assert capsys.readouterr().err == (
        "steward: hold-requests: no message no-such is set aside there now; look again\n"
    )
    assert (waiting(sqs, "dead"), waiting(sqs, "work")) == (1, 0)


def test_an_event_that_a_rule_could_not_deliver_goes_to_the_queue_that_eventbridge_names(sqs: Sqs) -> None:
    [one] = put(sqs, "{}", queue="undelivered", TARGET_ARN="arn:aws:sqs:eu-west-2:111122223333:work")
    [other] = put(sqs, "{}", queue="undelivered", TARGET_ARN="arn:aws:sqs:eu-west-2:999999999999:elsewhere")

    assert run(["redrive", "undelivered-events", "--message", one]) == 0
    assert run(["redrive", "undelivered-events", "--message", other]) == 2

    assert (waiting(sqs, "undelivered"), waiting(sqs, "work")) == (1, 1)


def test_what_is_shown_has_kinds_and_fields_and_no_value(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    [one] = put(sqs, json.dumps(COMPLAINT))

    assert run(["dead-letters", "hold-requests"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith(f"{one}  20")
    assert shown.endswith("  Complaint Logged  (source, detail-type, detail, case, contact_ids, note, 1 other)\n")
    for value in ("CMP-1", "c1", "Example", "07700"):
        assert value not in shown.replace(one, "")
    assert waiting(sqs, "dead") == 1, "it is given back at once"


def test_without_a_queue_the_counts_are_shown(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    put(sqs, "one", "two")
    put(sqs, "{}", queue="runs")

    assert run(["dead-letters"]) == 0
    assert capsys.readouterr().out == "failed-runs    1\nhold-requests  2\n"
    assert run(["dead-letters", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"failed-runs": 1, "hold-requests": 2, "undelivered-events": 0}


def test_what_is_done_away_with_is_told_to_the_data_protection_officer(sqs: Sqs) -> None:
    [one] = put(sqs, json.dumps(COMPLAINT))

    assert run(["dead-letters", "hold-requests", "--discard", one]) == 0

    assert waiting(sqs, "dead") == 0
    [mail] = [json.loads(body) for body in bodies(sqs, "inbox")]
    assert "Queue: hold-requests" in mail["Message"]
    assert one in mail["Message"]
    assert "CMP-1" not in mail["Message"]


def test_a_dry_run_moves_nothing(sqs: Sqs, capsys: pytest.CaptureFixture[str]) -> None:
    put(sqs, "one")

    assert run(["redrive", "hold-requests", "--dry-run"]) == 0

    assert capsys.readouterr().out == "1 message would go back to hold-requests; nothing was moved.\n"
    assert (waiting(sqs, "dead"), waiting(sqs, "work")) == (1, 0)


@pytest.mark.usefixtures("sqs")
def test_an_empty_queue_is_said_to_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["redrive", "hold-requests"]) == 0
    assert run(["dead-letters", "hold-requests"]) == 0
    assert run(["dead-letters"]) == 0
    nothing = "Nothing is set aside for hold-requests.\n"
    assert capsys.readouterr().out == f"{nothing}{nothing}Nothing is set aside.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["redrive", "hold-request"], ["hold-request;", "hold-requests"]),
        (["dead-letters", "hold-request"], ["hold-request;", "hold-requests"]),
        (["redrive", "failed-runs"], ["failed-runs", "docs/runbook.md#failed-runs"]),
        (["redrive", "hold-requests", "--environment", "live"], ["no environment `live`"]),
        (["redrive"], ["QUEUE"]),
        (["dead-letters", "--discard", "x"], ["--discard", "queue"]),
        (["redrive", "hold-requests", "--message", "x", "--dry-run"], ["--dry-run", "--message"]),
    ],
)
def test_a_wrong_name_is_one_clear_line(
    sqs: Sqs, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    put(sqs, "{}", queue="runs")
    assert run(arguments) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    for word in words:
        assert word in printed.err
