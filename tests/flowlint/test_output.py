"""Findings as other tools take them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from flowlint.command import check, main
from flowlint.document import parse_flow
from flowlint.lint import lint
from flowlint.output.graph import as_mermaid
from flowlint.reading.files import read_flow
from flowlint.rules.card_data.cards import UNPAUSED
from flowlint.rules.examples.builders import act
from flowlint.rules.register import RULES
from tests.support.flows.builders import document, enter_card

CASES = Path(__file__).parent / "cases"
CARD = CASES / "plain-card-recorded-and-logged.json"
CLEAN = CASES / "encrypted-pin.json"


def sarif(out: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(out)
    assert log["version"] == "2.1.0"
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_names_each_rule_once_and_each_place_and_way(capsys: pytest.CaptureFixture[str]) -> None:
    """SARIF 2.1.0 §3.27: a result's ruleIndex points into the driver's rules, whose id is its ruleId."""
    assert check([CARD], "sarif") == 1
    run = sarif(capsys.readouterr().out)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({result["ruleId"] for result in run["results"]})
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
    ways = [result["codeFlows"][0]["threadFlows"][0]["locations"] for result in run["results"] if "codeFlows" in result]
    assert ways
    assert ways[0][-1]["location"]["message"]["text"].endswith(": card")


def test_sarif_says_which_files_could_not_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert check([tmp_path / "absent.json"], "sarif") == 2
    [invocation] = sarif(capsys.readouterr().out)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "absent.json" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_junit_has_a_case_for_each_file_a_failure_for_each_error_and_an_error_for_what_cannot_be_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert check([CARD, CLEAN, tmp_path / "absent.json"], "junit") == 2
    [suite] = ET.fromstring(capsys.readouterr().out)  # noqa: S314 - our own output
    assert (suite.get("tests"), suite.get("errors")) == ("3", "1")
    cases = {case.get("name"): case for case in suite}
    assert len(cases[str(CARD)].findall("failure")) == int(suite.get("failures") or 0) == 8
    assert list(cases[str(CLEAN)]) == []
    assert cases[str(tmp_path / "absent.json")].find("error") is not None


def test_github_shows_each_finding_at_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a,b.json"
    path.write_text(
        json.dumps(document(act("100%\nsure", "MessageParticipant", "gone", Text="Hello."))), encoding="utf-8"
    )
    assert check([path], "github") == 1
    [told] = [line for line in capsys.readouterr().out.splitlines() if "S102" in line]
    assert told.startswith(f"::error file={tmp_path}/a%2Cb.json,line=1,col=")
    assert "title=S102 missing-target::100%25%0Asure: NextAction leads to 'gone'" in told


def test_the_way_to_a_finding_is_drawn_with_the_branches_that_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    path = CASES / "default-leads-to-payment.json"
    flow = read_flow(path)
    [finding] = [each for each in lint([flow]) if each.rule == "unpaused-payment"]
    drawn = as_mermaid(finding, [flow])
    assert "flowchart TD" in drawn
    assert 's1 -->|"NextAction"| s2' in drawn
    assert 'o1["bye"]:::beside' in drawn
    assert "class s2 found" in drawn
    assert check([path], graph=True) == 1
    assert drawn in capsys.readouterr().out


def test_a_drawn_text_cannot_break_out_of_its_box() -> None:
    step = act('x"]; evil[<b>', "MessageParticipant", "gone", Text='A "quoted" <script> & more')
    flow = parse_flow(json.dumps(document(step)), source="flow.json")
    [finding] = [each for each in lint([flow]) if each.rule == "missing-target"]
    drawn = as_mermaid(finding, [flow])
    assert '"]; evil' not in drawn.partition("flowchart TD")[2]
    assert "<script>" not in drawn


def test_the_summary_counts_by_severity(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert check([CARD, CLEAN, tmp_path / "absent.json"]) == 2
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "2 flows checked: 8 errors, 1 warning; 1 file could not be read"


@pytest.mark.parametrize("name", ["C303", "c303", "unpaused-payment"])
def test_a_rule_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["--explain", name]) == 0
    out = capsys.readouterr().out
    assert UNPAUSED.why in out
    assert "## Found" in out


def test_all_rules_are_listed_and_one_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(RULES)
    assert main(["--explain", "C999"]) == 2
    assert "no rule" in capsys.readouterr().err


def test_it_runs_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(document(enter_card("card", "gone", "gone"))), encoding="utf-8")
    run = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "flowlint", str(path), "--select", "C303"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "[C303 unpaused-payment]" in run.stdout
    assert run.stderr == ""


@pytest.mark.parametrize("arguments", [[], ["--format", "xml", "x.json"], ["--select", "C999", "x.json"]])
def test_a_wrong_argument_is_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
