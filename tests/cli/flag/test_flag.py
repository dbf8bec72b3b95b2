from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.core.responses import ActionResult

from cli.flag.command import ContactList, events, read_contacts
from cli.main import run

NOW = datetime(2027, 5, 14, tzinfo=UTC)
CASES = Path(__file__).parent / "cases"
FLAG = ["--requested-by", "officer.1"]


def listed(folder: Path, text: str) -> Path:
    path = folder / "contacts.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "contact_id\na1\na2\n",
        "a1\na2\n",
        "ContactId\na1\na2\n",
        "Contact ID\na1\na2\n",
        "﻿Contact_Id,Team\na1,x\na2,y\n",
        "\na1\n\na2\na1\n",
        "\ufeffContactId\r\na1\r\na2\r\n",
    ],
)
def test_a_list_is_read_with_or_without_titles(tmp_path: Path, text: str) -> None:
    assert read_contacts(listed(tmp_path, text)) == ContactList(contacts=("a1", "a2"), bad_rows=())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("contact_id\na1\nno good\n", "line 3: contact_id: must be a contact id"),
        ("team,contact_id\nx\ny,a1\n", "line 2: the column contact_id is missing"),
        ('"contact_id","name"\n"a1","x"\n"",""\n"n/a","y"\n', "line 4: contact_id: must be a contact id"),
        ('"contact_id","note"\n"a1","of two\nlines"\n"n/a","y"\n', "line 4: contact_id: must be a contact id"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_does_not_stop_the_good_ones(
    tmp_path: Path, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listed(tmp_path, text)
    assert run(["flag", "C-1", str(path), *FLAG, "--dry-run"]) == 1
    said = capsys.readouterr()
    assert f"{path}, {complaint}" in said.err
    assert said.err.count("\n") == 1
    assert "1 contact in 1 event would be sent; nothing was; 1 row would be refused." in said.out


def test_the_lists_that_were_reported_send_their_good_rows_and_name_the_bad_one_by_its_line() -> None:
    """`cases` holds them byte for byte: one as Excel saves it, one quoted with CR LF, an empty row and a bad one."""
    good = ("0000abc0-4000-4000-8000-000000000001",)
    assert read_contacts(CASES / "contacts-excel.csv") == ContactList(contacts=good, bad_rows=())
    read = read_contacts(CASES / "contacts-quoted-bad-row.csv")
    assert read.contacts == good
    [bad] = read.bad_rows
    assert "contacts-quoted-bad-row.csv, line 4: contact_id: " in str(bad)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("team,agent\nx,y\n", "line 1: there is no column contact_id"),
        ("\n", "lists no contact"),
        ("contact_id\n", "lists no contact"),
        ("\ufeffContactId\n", "lists no contact"),
    ],
)
def test_a_list_without_contacts_is_one_line(
    tmp_path: Path, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["flag", "C-1", str(listed(tmp_path, text)), *FLAG]) == 2
    said = capsys.readouterr().err
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


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account of the environment `local`, and nothing in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    with mock_aws():
        yield


@pytest.mark.usefixtures("account")
def test_the_events_reach_the_bus_of_the_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = listed(tmp_path, "a1\na2\n")
    boto3.client("events", region_name="eu-west-2").create_event_bus(Name="local-steward")
    assert run(["flag", "C-1", str(path), *FLAG, "--received-on", "2026-05-03"]) == 0
    assert "2 contacts sent for holding" in capsys.readouterr().out


@pytest.mark.usefixtures("account")
def test_nothing_is_said_to_be_sent_where_there_is_no_bus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """PutEvents to a bus that does not exist drops the event without a word, so EventBridge is asked first."""
    assert run(["flag", "C-1", str(listed(tmp_path, "a1\n")), *FLAG]) == 2
    assert capsys.readouterr() == (
        "",
        "steward: there is no event bus local-steward in eu-west-2 of this account: deploy it first\n",
    )


@pytest.mark.usefixtures("account")
def test_nothing_is_sent_with_the_credentials_of_another_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "moto.sts.responses.TokenResponse.get_caller_identity",
        lambda _: ActionResult({"Account": "999988887777", "UserId": "x", "Arn": "arn:aws:iam::999988887777:user/x"}),
    )
    assert run(["flag", "C-1", str(listed(tmp_path, "a1\n")), *FLAG]) == 2
    assert "999988887777; the environment local is in 111122223333" in capsys.readouterr().err


def test_a_dry_run_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flag", "C-1", str(listed(tmp_path, "a1\n")), *FLAG, "--dry-run"]) == 0
    assert "nothing was" in capsys.readouterr().out
