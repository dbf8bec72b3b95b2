from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.doctor import examination
from cli.doctor.command import doctor
from cli.doctor.examination import Examination, Outlook
from cli.doctor.findings import fine, note, skipped, stop
from cli.main import run

LINES = [fine("account", "right"), note("texts", "a limit"), skipped("keys", "not known", "ask")]


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    found = Examination(lines=LINES, outlook=Outlook(made=3, adopted=("a-bucket",)))
    monkeypatch.setattr(examination, "examine_environment", lambda *_: found)


def test_what_is_as_it_has_to_be_is_said_only_when_asked_for() -> None:
    short = CliRunner().invoke(doctor, ["--environment", "local"], standalone_mode=False)
    assert "fine: account" not in short.output
    assert "skipped: keys: not known -> ask" in short.output
    assert "local: 1 note, 1 skipped, 1 fine" in short.output
    assert "fine: account: right" in CliRunner().invoke(doctor, ["--environment", "local", "--all"]).output


def test_what_could_not_be_read_is_status_2_and_a_stop_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(doctor, ["--environment", "local"], standalone_mode=False).return_value == 2
    stopped = Examination(lines=[*LINES, stop("storage", "taken", "x")], outlook=Outlook(made=3, adopted=()))
    monkeypatch.setattr(examination, "examine_environment", lambda *_: stopped)
    assert CliRunner().invoke(doctor, ["--environment", "local"], standalone_mode=False).return_value == 1


def test_as_json_there_is_every_line_and_the_outlook() -> None:
    answer = json.loads(CliRunner().invoke(doctor, ["--environment", "local", "--format", "json"]).output)
    assert [line["severity"] for line in answer["lines"]] == ["fine", "note", "skipped"]
    assert answer["outlook"]["made"] == 3


def test_the_policy_that_its_role_needs_can_be_printed_without_an_account() -> None:
    printed = CliRunner().invoke(doctor, ["--policy"], standalone_mode=False).output
    assert printed == Path("deployment/doctor-policy.json").read_text(encoding="utf-8")


def test_without_an_environment_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 2
    assert capsys.readouterr().err == "steward: name the environment to read: --environment NAME\n"
