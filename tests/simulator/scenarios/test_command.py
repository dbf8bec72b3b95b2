"""The console script: every mistake is one line on stderr and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run

LINE = '{"at": "2027-01-12T14:20:10Z", "pass": true}\n'


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "story.jsonl"
    path.write_text(LINE)
    return str(path)


def _said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["simulate"], "SCENARIO"),
        (["simulate", "story.jsonl"], "--out"),
        (["replay"], "No such command 'replay'"),
        (["simulate", "story.jsonl", "--out", "x", "--speed", "2"], "--speed"),
        (["lint-flow"], "FILES"),
        (["lint-flow", "flow.json", "--format", "xml"], "'xml' is not one of"),
        (["check-policy"], "FILE"),
    ],
)
def test_a_wrong_argument_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in _said(arguments, capsys)


def test_a_missing_scenario_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(["simulate", "no-such.jsonl", "--out", str(tmp_path / "out")], capsys)
    assert "no-such.jsonl: cannot be read: No such file" in said


@pytest.mark.parametrize("until", ["soon", "2027-07-01", "2027-07-01T00:00:00"])
def test_an_end_without_an_offset_is_refused(
    story: str, tmp_path: Path, until: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--until: " in _said(["simulate", story, "--out", str(tmp_path / "out"), "--until", until], capsys)


def test_an_end_before_the_story_is_refused(story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", story, "--out", str(tmp_path / "out"), "--until", "2027-01-12T14:20:09Z"]
    assert "--until: 2027-01-12T14:20:09+00:00 is before the first line" in _said(arguments, capsys)


def test_a_policy_that_is_not_there_is_named(story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(["simulate", story, "--policy", "no-such.toml", "--out", str(tmp_path / "out")], capsys)
    assert "--policy: no-such.toml" in said


def test_a_policy_that_is_refused_is_named_with_the_field(
    story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "barnet.toml"
    text = Path("policies/barnet.toml").read_text()
    policy.write_text(text.replace("[retention.call_recording]\nmonths = 6", "[retention.call_recording]\nmonths = 0"))
    said = _said(["simulate", story, "--policy", str(policy), "--out", str(tmp_path / "out")], capsys)
    assert "barnet.toml" in said
    assert "retention.call_recording.months" in said


def test_what_is_refused_writes_nothing(story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "made" / "out"
    _said(["simulate", story, "--policy", "no-such.toml", "--out", str(out)], capsys)
    _said(["simulate", story, "--until", "2020-01-01T00:00:00+00:00", "--out", str(out)], capsys)
    assert list(tmp_path.glob("made*")) == []


def test_a_channel_that_connect_does_not_have_is_refused_with_those_that_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text('{"at": "2027-01-12T14:20:10+00:00", "contact": {"Id": "c1", "Channel": "PHONE"}}\n')
    said = _said(["simulate", str(path), "--out", str(tmp_path / "out")], capsys)
    assert "line 1: contact.Channel: 'PHONE' is not one of VOICE, CHAT, TASK, EMAIL" in said


def test_a_folder_that_is_a_file_is_refused(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--out: cannot be written" in _said(["simulate", story, "--out", story], capsys)


def test_a_wrong_scenario_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text(LINE + "{}\n")
    out = tmp_path / "out"
    assert "line 2: at: is missing" in _said(["simulate", str(path), "--out", str(out)], capsys)
    assert not out.exists()
