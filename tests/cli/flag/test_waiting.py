"""``steward flag --wait``: what came of each contact, from the register."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.environments import open_environment
from cli.flag import command
from cli.flag.waiting import UNANSWERED, Register
from cli.main import run
from steward.holds.adapters import rows
from steward.holds.register import Ground, Hold, HoldStatus, MissingArtefact
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import HoldReason, Stage

AT = datetime(2027, 5, 14, tzinfo=UTC)
LOST = MissingArtefact(
    record_class=RecordClass.CALL_RECORDING, source_key="k", why="deleted before the flag", ground=Ground.ABSENT
)
HOLD = Hold(
    case=CaseRef("C-1"),
    contact_id=ContactId("a1"),
    reason=HoldReason.COMPLAINT,
    stage=Stage.ONE,
    received_on=date(2027, 5, 3),
    received_on_assumed=False,
    hold_until=AT,
    open_ended=False,
    requested_by="officer.1",
    signal="event",
    placed_at=AT,
    policy_version="1",
    status=HoldStatus.HELD,
    inspected=True,
)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    monkeypatch.setattr("cli.flag.waiting.BETWEEN_LOOKS", 0)
    with mock_aws():
        template = {
            "Resources": {
                "RegisterTable": {
                    "Type": "AWS::DynamoDB::Table",
                    "Properties": {
                        "BillingMode": "PAY_PER_REQUEST",
                        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
                        "KeySchema": [
                            {"AttributeName": "pk", "KeyType": "HASH"},
                            {"AttributeName": "sk", "KeyType": "RANGE"},
                        ],
                    },
                }
            }
        }
        stacks = boto3.client("cloudformation", "eu-west-2")
        stacks.create_stack(StackName="local-steward-stores", TemplateBody=json.dumps(template))
        boto3.client("events", "eu-west-2").create_event_bus(Name="local-steward")
        [one] = stacks.list_stack_resources(StackName="local-steward-stores")["StackResourceSummaries"]
        yield boto3.resource("dynamodb", "eu-west-2").Table(one["PhysicalResourceId"])


def store(table: Any, hold: Hold) -> None:  # noqa: ANN401 - a table of boto3's
    boto3.client("dynamodb", "eu-west-2").put_item(TableName=table.name, Item=rows.hold_row(hold))


def listed(folder: Path, *contacts: str) -> str:
    path = folder / "contacts.csv"
    path.write_text("\n".join(["contact_id", *contacts]), encoding="utf-8")
    return str(path)


WAIT = ["--requested-by", "officer.1", "--received-on", "2026-05-03", "--wait", "--patience", "1"]


def test_every_contact_held_whole_is_a_table_and_status_0(
    table: Any,  # noqa: ANN401 - as above
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for contact in ("a1", "a2"):
        store(table, replace(HOLD, contact_id=ContactId(contact), case=CaseRef("c-1")))
    assert run(["flag", "C-1", listed(tmp_path, "a1", "a2"), *WAIT]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "contact  status  files  why",
        "a1       held    0",
        "a2       held    0",
        "2 contacts: 2 held",
    ]
    assert said.err.startswith("steward: 2 contacts sent for holding; waiting for the register\n")


def test_what_is_partial_says_why_and_what_has_no_answer_is_told(
    table: Any,  # noqa: ANN401 - as above
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(table, replace(HOLD, status=HoldStatus.PARTIAL, missing=(LOST,)))
    store(table, replace(HOLD, contact_id=ContactId("a2"), inspected=False))
    store(table, replace(HOLD, contact_id=ContactId("a3"), case=CaseRef("C-2")))
    assert run(["flag", "C-1", listed(tmp_path, "a3", "a2", "a1"), *WAIT, "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [(one["contact_id"], one["status"], one["why"]) for one in answer["came"]] == [
        ("a3", UNANSWERED, "the complaints team is told if it was refused"),
        ("a2", UNANSWERED, "the complaints team is told if it was refused"),
        ("a1", "partial", "call_recording: deleted before the flag"),
    ]


def test_an_answer_that_comes_later_is_waited_for(table: Any) -> None:  # noqa: ANN401 - as above
    environment = open_environment("local")
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            store(table, HOLD)

    register = Register(environment, table.name, sleep=sleep, now=lambda: float(len(looks)))
    [came] = register.wait_for("C-1", ["a1"], patience=10)
    assert (came.status, len(looks)) == ("held", 3)


def test_who_may_not_find_the_register_learns_it_before_anything_is_sent(
    table: Any,  # noqa: ANN401 - as above
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert table.name
    sent: list[object] = []
    monkeypatch.setattr(command, "_send", lambda *one: sent.append(one))
    boto3.client("cloudformation", "eu-west-2").delete_stack(StackName="local-steward-stores")
    assert run(["flag", "C-1", listed(tmp_path, "a1"), *WAIT]) == 2
    assert "there is no stack local-steward-stores" in capsys.readouterr().err
    assert sent == []
