from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.main import run
from flowlint.command import check, main
from tests.support.flows.builders import bye, document, invoke, say, transfer_out

if TYPE_CHECKING:
    from pathlib import Path

OLD = {
    "modules": [
        {"id": "a", "type": "Disconnect", "branches": [], "parameters": [], "metadata": {"position": {"x": 1, "y": 2}}}
    ],
    "version": "1",
    "type": "contactFlow",
    "start": "a",
    "metadata": {"name": "Old"},
}


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_clean_flow_says_nothing_and_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([write(tmp_path / "clean.json", document(say("hello", "bye"), bye()))]) == 0
    assert capsys.readouterr() == ("", "")


def test_warnings_alone_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([write(tmp_path / "out.json", document(transfer_out("out", "bye"), bye()))]) == 0
    assert ": warning: out (TransferParticipantToThirdParty " in capsys.readouterr().out


def test_each_finding_is_one_line_with_file_action_severity_and_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "bad.json", document(invoke("stop", "bye", "bye", operation="PAUSE"), bye()))
    assert check([path]) == 1
    line, total = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{path}:1:")
    assert ": error: stop (InvokeLambdaFunction " in line
    assert line.endswith("[C301 fail-open-pause]")
    assert total == "1 flow checked: 1 error"


def test_json_is_one_list_over_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean = write(tmp_path / "clean.json", document(bye()))
    bad = write(tmp_path / "bad.json", document(invoke("hello", "bye", "gone", what="fee"), bye()))
    assert check([clean, bad], "json") == 1
    [finding] = json.loads(capsys.readouterr().out)
    assert finding.keys() >= {"file", "line", "column", "flow", "action", "type", "words", "code", "rule", "severity"}
    assert (finding["file"], finding["action"]) == (str(bad), "hello")
    assert (finding["rule"], finding["severity"]) == ("missing-target", "error")


def test_json_without_findings_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([write(tmp_path / "clean.json", document(bye()))], "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_older_export_format_is_named_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([write(tmp_path / "old.json", OLD)], "json") == 1
    [finding] = json.loads(capsys.readouterr().out)
    assert (finding["rule"], finding["severity"]) == ("old-format", "error")
    assert "older export format" in finding["reason"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{\n  oops", "line 2, column 3: not JSON"),
        ("", "line 1, column 1: not JSON"),
        ("[]", "not a contact flow"),
        ("{}", "missing required field Actions"),
        ({"Version": "2019-10-30", "Actions": [{"Type": "Wait"}]}, "Actions[0]: "),
        ({"Version": "2019-10-30", "Actions": [{"Identifier": 7, "Type": "Wait"}]}, "Actions[0].Identifier: "),
        (
            {"Version": "2019-10-30", "Actions": [{"Identifier": "a", "Type": "Wait", "Transitions": []}]},
            "Actions[0].Transitions: ",
        ),
        ({"Version": "2020-01-01", "Actions": []}, "Version: '2020-01-01' is not 2019-10-30"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_flow_gets_one_line_on_stderr_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, problem: str
) -> None:
    path = write(tmp_path / "broken.json", content)
    assert check([path]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    assert line.startswith(f"flowlint: {path}: ")
    assert problem in line


def test_a_missing_file_gets_one_line_and_the_others_are_still_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(tmp_path / "bad.json", document(say("hello", "gone")))
    assert check([tmp_path / "absent.json", bad]) == 2
    out, err = capsys.readouterr()
    assert "missing-target" in out
    assert err.splitlines() == [f"flowlint: {tmp_path / 'absent.json'}: No such file or directory"]


def test_what_is_not_there_and_what_is_not_text_get_one_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "flow.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    assert check([tmp_path / "absent", binary]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document(bye())).encode())
    assert check([path]) == 0


def test_a_complaint_begins_with_the_program_that_was_started(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint-flow", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "steward: nowhere.json: No such file or directory\n"
    assert main(["nowhere.json"]) == 2
    assert capsys.readouterr().err == "flowlint: nowhere.json: No such file or directory\n"
    assert main(["--nothing"]) == 2
    assert capsys.readouterr().err.startswith("flowlint: No such option")
