"""``steward report CASE``: the receipt of a case, from the register."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.main import run
from steward.holds.adapters import rows
from steward.holds.register import ContactHolds, HoldStatus, MissingArtefact
from steward.ids import CaseRef, ContactId, RecordClass
from tests.support.evidence.desk import held_contact

LOST = MissingArtefact(record_class=RecordClass.SCREEN_RECORDING, source_key="x.mp4", why="not found")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The register's table, in a stack of the account that the command is for."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    register = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        },
    }
    with mock_aws():
        boto3.client("cloudformation", "eu-west-2").create_stack(
            StackName="local-steward-stores",
            TemplateBody=json.dumps({"Resources": {"RegisterTable": register}}),
        )
        [name] = boto3.client("dynamodb", "eu-west-2").list_tables()["TableNames"]
        yield boto3.client("dynamodb", "eu-west-2"), name


def store(table: Any, file: ContactHolds) -> None:  # noqa: ANN401 - the fixture's client and name
    api, name = table
    found = [rows.file_row(file), *(rows.artefact_row(one) for one in file.artefacts)]
    found += [row for hold in file.holds for row in (rows.hold_row(hold), rows.membership_row(hold))]
    for row in found:
        api.put_item(TableName=name, Item=row)


def of_contact(name: str, **changes: Any) -> ContactHolds:  # noqa: ANN401 - fields of a hold by name
    file = held_contact(contact_id=ContactId(name), **changes)
    copies = [replace(one, contact_id=ContactId(name), hold_key=f"{name}/x.wav") for one in file.artefacts]
    return replace(file, contact_id=ContactId(name), artefacts=tuple(copies))


def test_a_case_that_is_held_whole_has_every_file_of_every_contact(
    table: Any,  # noqa: ANN401 - as above
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(table, of_contact("a1"))
    store(table, of_contact("a2"))
    store(table, of_contact("a3", case=CaseRef("C-2")))

    assert run(["report", "c-1", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [(one["contact_id"], [file["key"] for file in one["files"]]) for one in said["contacts"]] == [
        ("a1", ["a1/x.wav"]),
        ("a2", ["a2/x.wav"]),
    ]
    assert (said["case"], said["environment"]) == ("C-1", "local")


def test_what_is_missing_is_said_and_makes_the_status_one(
    table: Any,  # noqa: ANN401 - as above
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(table, of_contact("a1", status=HoldStatus.PARTIAL, missing=(LOST,)))

    assert run(["report", "C-1"]) == 1
    assert "missing: screen recording (x.mp4): not found" in capsys.readouterr().out
    assert run(["report", "C-1", "--format", "html"]) == 1
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")


def test_a_contact_whose_rows_cannot_be_read_stops_no_other(
    table: Any,  # noqa: ANN401 - as above
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(table, of_contact("a1"))
    store(table, of_contact("a2"))
    api, name = table
    api.put_item(TableName=name, Item={"pk": {"S": "CONTACT#a2"}, "sk": {"S": "HOLD#C-1"}, "status": {"N": "7"}})

    assert run(["report", "C-1"]) == 1
    told = capsys.readouterr().out
    assert "contact a1" in told
    assert "1 contact could not be read" in told


@pytest.mark.parametrize(
    ("case", "says"),
    [("C-9", "the register has no hold of the case C-9 in local"), ("", "case"), ("x" * 500, "case")],
)
def test_a_case_that_there_is_none_of_or_can_be_none_is_one_sentence(
    case: str,
    says: str,
    table: Any,  # noqa: ANN401 - as above
    capsys: pytest.CaptureFixture[str],
) -> None:
    del table
    assert run(["report", case]) == 2
    assert says in capsys.readouterr().err
