"""``flowlint.toml``: what a council says about its own flows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowlint.command import main
from flowlint.rules.examples.builders import act
from tests.support.flows.builders import bye, document, enter_card, say

CARD = document(enter_card("card", "bye", "bye"), bye())
REASON = 'reason = "recording is switched off by the flow that leads here"'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.json").write_text(json.dumps(CARD), encoding="utf-8")
    return tmp_path


def settings(folder: Path, text: str) -> None:
    (folder / "flowlint.toml").write_text(text, encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the rules that were reported."""
    return [line.rpartition(" ")[2].rstrip("]") for line in capsys.readouterr().out.splitlines() if line.endswith("]")]


def test_without_a_configuration_everything_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder
    assert main(["flow.json"]) == 1
    assert told(capsys) == ["unpaused-payment", "inherited-logging"]


def test_the_configuration_of_a_folder_above_counts(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(folder, 'ignore = ["C303"]')
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert main(["../flow.json"]) == 0
    assert told(capsys) == ["inherited-logging"]


def test_another_configuration_may_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(folder, 'ignore = ["C"]')
    (folder / "other.toml").write_text('select = ["inherited-logging"]', encoding="utf-8")
    assert main(["flow.json", "--config", "other.toml"]) == 0
    assert told(capsys) == ["inherited-logging"]


def test_options_select_and_ignore_by_code_name_or_the_beginning_of_a_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder
    assert main(["flow.json", "--select", "S"]) == 0
    assert told(capsys) == []
    assert main(["flow.json", "--ignore", "C30", "--ignore", "inherited-logging"]) == 0
    assert told(capsys) == []


def test_strict_fails_for_a_warning_and_not_for_a_note(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow.json", "--select", "C306"]) == 0
    assert main(["flow.json", "--select", "C306", "--strict"]) == 1
    settings(folder, 'strict = true\nselect = ["R207"]')
    flow = document(act("new", "SomethingAmazonAddedLater", "bye"), bye())
    (folder / "flow.json").write_text(json.dumps(flow), encoding="utf-8")
    capsys.readouterr()
    assert main(["flow.json"]) == 0
    assert told(capsys) == ["unknown-type"]


def test_a_severity_may_be_changed(folder: Path) -> None:
    settings(folder, '[severity]\nC303 = "warning"')
    assert main(["flow.json"]) == 0
    settings(folder, '[severity]\ninherited-logging = "error"')
    assert main(["flow.json", "--ignore", "C303"]) == 1


@pytest.mark.parametrize("where", ['flow = "flow.json"', 'flow = "fl*"\naction = "c*"', 'action = "card"', ""])
def test_a_suppression_with_a_reason_suppresses(folder: Path, capsys: pytest.CaptureFixture[str], where: str) -> None:
    settings(folder, f'[[suppress]]\nrule = "C303"\n{where}\n{REASON}\n')
    assert main(["flow.json"]) == 0
    assert told(capsys) == ["inherited-logging"]


def test_a_suppression_that_suppresses_nothing_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(folder, f'[[suppress]]\nrule = "C303"\naction = "gone"\n{REASON}\n')
    assert main(["flow.json", "--strict"]) == 1
    assert told(capsys) == ["unpaused-payment", "inherited-logging", "unused-suppression"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[suppress]]\nrule = "C303"\n', "suppress[0]: Object missing required field reason"),
        ('[[suppress]]\nrule = "C303"\nreason = "no"\n', "suppress[0].reason: "),
        ('[[suppress]]\nrule = "C999"\nreason = "something that is long"\n', "'C999' is no rule"),
        ('select = ["nothing"]', "'nothing' is no rule"),
        ('selekt = ["C303"]', "selekt"),
        ('[severity]\nC303 = "fatal"', "severity"),
        ('[[pause]]\nanswer = "x"', "pause[0]: Object missing required field functions"),
        ("strict = ", "not TOML"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_one_line_and_exit_2(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    settings(folder, text)
    assert main(["flow.json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    assert "flowlint.toml: " in line
    assert problem in line


def test_a_council_s_own_words_make_an_input_card_entry(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = document(enter_card("x", "bye", "bye", "Please key in your payment token."), bye())
    (folder / "flow.json").write_text(json.dumps(flow), encoding="utf-8")
    assert main(["flow.json"]) == 0
    settings(folder, '[card]\nwords = ["payment token"]')
    assert main(["flow.json"]) == 1
    settings(folder, '[card]\nactions = ["x"]')
    assert main(["flow.json"]) == 1
    capsys.readouterr()


def test_a_council_can_say_that_a_step_is_none(folder: Path) -> None:
    settings(folder, '[card]\nnot_actions = ["car*"]')
    assert main(["flow.json"]) == 0


def test_a_council_s_own_notice_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    on = act("on", "UpdateContactRecordingBehavior", "bye", RecordingBehavior={"RecordedParticipants": ["Agent"]})
    flow = document(say("hello", "on", "We keep what you tell us."), on, bye())
    (folder / "flow.json").write_text(json.dumps(flow), encoding="utf-8")
    assert main(["flow.json"]) == 0
    assert told(capsys) == ["recorded-without-notice"]
    settings(folder, '[notice]\nwords = ["keep what you tell us"]')
    assert main(["flow.json"]) == 0
    assert told(capsys) == []
