"""Files that were made to take a command's time or memory: each is one clear line, soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cli.main import run
from infra.checks.toml_lines import lines_of
from steward.limits import SETTINGS

SOON = 10
"""Seconds."""

POLICIES = {
    "deep list": ("a = " + "[" * 100_000, "is nested deeper than 16 tables and lists"),
    "deep tables": ("a = " + "{a=" * 5000 + "1" + "}" * 5000, "is nested deeper than 16 tables and lists"),
    "long name": (".".join(["a"] * 2000) + " = 1", "is nested deeper than 16 tables and lists"),
    "many digits": ("a = " + "9" * 10_000, "has a number of too many digits"),
    "too large": ("# x\n" * SETTINGS.bytes, f"is larger than {SETTINGS.bytes} bytes"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_no_person_wrote_is_one_line_soon(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content, said = POLICIES[name]
    path = tmp_path / "policy.toml"
    path.write_text(content)
    began = time.process_time()

    assert run(["check-policy", str(path)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert str(path) in told
    assert told.count("\n") == 1
    assert time.process_time() - began < SOON


def test_a_value_of_very_many_lines_has_its_line_given_up() -> None:
    began = time.process_time()
    places = lines_of('a = 1\nb = """' + "x\n" * 60_000 + '"""\nc = 1\n')

    assert places == {"a": 1}
    assert time.process_time() - began < SOON


LISTS = {
    "too large": ("contact_id\n" + "a1\n" * 2_000_000, "is larger than"),
    "a cell without an end": ('contact_id\n"' + "a\n" * 200_000, "is not CSV"),
    "a wide cell": ("contact_id\n" + "a" * 1_000_000, "is not CSV"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_no_person_made_is_one_line_soon(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content, said = LISTS[name]
    path = tmp_path / "contacts.csv"
    path.write_text(content)
    began = time.process_time()

    assert run(["flag", "C-1", str(path), "--requested-by", "officer.1", "--dry-run"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert time.process_time() - began < SOON


def test_a_scenario_that_is_nested_without_end_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text('{"at": "2027-01-01T00:00:00Z", "contact": ' + '{"a":' * 30_000 + "1" + "}" * 30_001)

    assert run(["simulate", str(path), "--policy", "policies/barnet.toml", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "line 1: " in told
    assert "nested too deeply" in told
    assert told.count("\n") == 1
