from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cli.flag import events, read_contacts
from cli.main import run

NOW = datetime(2027, 5, 14, tzinfo=UTC)
FLAG = ["--bus", "steward", "--requested-by", "officer.1"]


def listed(folder: Path, text: str) -> Path:
    path = folder / "contacts.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    ["contact_id\na1\na2\n", "a1\na2\n", "﻿Contact_Id,Team\na1,x\na2,y\n", "\na1\n\na2\na1\n"],
)
def test_a_list_is_read_with_or_without_titles(tmp_path: Path, text: str) -> None:
    assert read_contacts(listed(tmp_path, text)) == ("a1", "a2")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("contact_id\na1\nno good\n", "line 3: contact_id: must be a contact id"),
        ("team,agent\nx,y\n", "line 1: there is no column contact_id"),
        ("team,contact_id\nx\n", "line 2: the column contact_id is missing"),
        ("\n", "lists no contact"),
    ],
)
def test_a_bad_list_is_one_line_that_names_file_and_line(
    tmp_path: Path, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listed(tmp_path, text)
    assert run(["flag", "C-1", str(path), *FLAG]) == 2
    said = capsys.readouterr().err
    assert str(path) in said
    assert complaint in said
    assert said.count("\n") == 1


def test_a_missing_list_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flag", "C-1", str(tmp_path / "none.csv"), *FLAG]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_five_thousand_contacts_are_sent_in_events_that_eventbridge_takes() -> None:
    contacts = tuple(f"11111111-2222-4333-8444-{number:012d}" for number in range(5000))
    sent = events({"case": "C-1", "requested_by": "x"}, contacts, NOW)

    assert sum(len(one["contact_ids"]) for one in sent) == 5000
    assert max(len(json.dumps(one)) for one in sent) < 256 * 1024


def test_a_date_in_the_future_is_refused_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["flag", "C-1", str(listed(tmp_path, "a1\n")), *FLAG, "--received-on", "2999-01-01"]
    assert run(arguments) == 2
    assert capsys.readouterr().err == "steward: received_on: lies in the future\n"


def test_the_events_reach_the_bus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    path = listed(tmp_path, "a1\na2\n")
    with mock_aws():
        boto3.client("events").create_event_bus(Name="steward")
        assert run(["flag", "C-1", str(path), *FLAG, "--received-on", "2026-05-03"]) == 0
    assert "2 contacts were sent" in capsys.readouterr().out


def test_a_dry_run_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flag", "C-1", str(listed(tmp_path, "a1\n")), *FLAG, "--dry-run"]) == 0
    assert "nothing was" in capsys.readouterr().out
