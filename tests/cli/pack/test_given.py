"""Statements and a comparison that are handed in for a pack: what is not as it was signed is never good."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cli.main import run
from tests.support.evidence.statements import write_month
from tests.support.signing import DeskSigner

SIGNER = DeskSigner()
PERIODS = [f"2026-{month:02}" for month in range(3, 13)] + ["2027-01", "2027-02"]


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    """Twelve months, each after the one before, and one that nobody asks for any more."""
    folder = tmp_path / "statements"
    before = "2026-02"
    write_month(folder, before, SIGNER)
    for period in PERIODS:
        write_month(folder, period, SIGNER, before=before)
        before = period
    return folder


def packed(folder: Path, *also: str) -> tuple[int, dict[str, str]]:
    out = folder.parent / "pack.zip"
    status = run(["pack", "--unsigned", "--out", str(out), "--statements", str(folder), *also])
    with zipfile.ZipFile(out) as archive:
        return status, {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_the_last_twelve_statements_are_in_the_pack_as_they_were_signed(
    statements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (statements / "council.pem").write_bytes(SIGNER.public(Encoding.PEM))
    status, files = packed(statements, "--key", str(statements / "council.pem"))

    assert status == 0
    assert "12 of 12 statements as they were signed." in capsys.readouterr().out
    assert sorted(name for name in files if name.startswith("statements/")) == sorted(
        f"statements/{period}/{name}"
        for period in PERIODS
        for name in ("envelope.json", "statement-1.html", "statement-1.json")
    )
    assert "✗ Something is not as it was promised." in files["index.html"]
    assert "Every hold is whole: ✗ false; Every disposal is proven: ? not shown." in files["records-of-processing.html"]
    assert "the monthly statement (statements/2027-02/)" in files["accountability.html"]


def test_an_unpacked_statement_verifies_by_itself(statements: Path, tmp_path: Path) -> None:
    packed(statements)
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path / "unpacked")

    assert run(["verify-statement", str(tmp_path / "unpacked/statements/2027-02/statement-1.html")]) == 0


@pytest.mark.parametrize("name", ["statement-1.html", "statement-1.json"])
def test_a_statement_that_was_changed_is_named_is_not_good_and_is_left_out(
    statements: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (statements / "2027-02" / name).write_bytes(b"other")
    status, files = packed(statements)
    said = capsys.readouterr().out

    assert status == 1
    assert f"! 2027-02: {name}: is not the file that was signed for\n" in said
    assert "11 of 12 statements as they were signed." in said
    assert not [one for one in files if one.startswith("statements/2027-02/")]
    assert "✗ Not every statement is there as it was signed." in files["index.html"]
    assert f"✗ no: {name}: is not the file that was signed for" in files["index.html"]
    # What is said of the periods comes from one that is as it was signed.
    assert "The statement of 2027-01 says" in files["records-of-processing.html"]


def test_a_month_that_is_missing_is_said(statements: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for one in (statements / "2026-11").iterdir():
        one.unlink()
    (statements / "2026-11").rmdir()
    status, files = packed(statements)

    assert status == 1
    assert "! 2026-11: there is no statement of this month in the folder\n" in capsys.readouterr().out
    assert "there is no statement of this month in the folder" in files["index.html"]


def test_before_the_first_statement_nothing_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_month(tmp_path / "statements", "2027-01", SIGNER)
    write_month(tmp_path / "statements", "2027-02", SIGNER, before="2027-01")
    status, files = packed(tmp_path / "statements")

    assert status == 0
    assert "2 of 2 statements as they were signed." in capsys.readouterr().out
    assert "The statement of 2027-01 was the first." in files["index.html"]


def test_a_statement_that_follows_another_envelope_than_the_one_that_is_there_is_not_good(
    statements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in (statements / "2027-01").iterdir():
        one.unlink()
    (statements / "2027-01").rmdir()
    write_month(statements, "2027-01", SIGNER, before="2026-12", made_at="2027-02-02T06:00:00+00:00")
    status, _ = packed(statements)

    assert status == 1
    assert "! 2027-02: envelope.json: is not the envelope that this one follows\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"period": "2027-01"}, "envelope.json: is of 2027-01, and lies in the folder of 2027-02"),
        ({"council": "Elsewhere"}, "envelope.json: is of Elsewhere, local"),
        ({"environment": "trial"}, "envelope.json: is of London Borough of Barnet, trial"),
    ],
)
def test_a_statement_of_another_place_or_month_is_not_good(
    tmp_path: Path, changes: dict[str, Any], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_month(tmp_path / "statements", "2027-02", SIGNER, **changes)
    status, _ = packed(tmp_path / "statements")

    assert status == 1
    assert f"! 2027-02: {problem}\n" in capsys.readouterr().out


def test_a_draft_a_broken_envelope_and_another_key_are_not_good(
    statements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = json.loads((statements / "2027-02" / "envelope.json").read_bytes())
    del draft["signature"]
    (statements / "2027-02" / "envelope.json").write_text(json.dumps(draft))
    (statements / "2027-01" / "envelope.json").write_text("nothing")
    (statements / "other.pem").write_bytes(DeskSigner().public(Encoding.PEM))
    status, files = packed(statements, "--key", str(statements / "other.pem"))
    said = capsys.readouterr().out

    assert status == 1
    assert "! 2027-02: envelope.json: is not signed" in said
    assert "! 2027-01: " in said
    assert "! 2026-12: envelope.json: is signed with another key than the one that was given\n" in said
    assert "0 of 12 statements" in said
    assert not [one for one in files if one.startswith("statements/")]
    assert "Not shown: no statement that is as it was signed was given." in files["records-of-processing.html"]


def test_a_link_is_no_month(statements: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (statements / "2027-03").symlink_to(statements / "2027-02")
    status, _ = packed(statements)

    assert status == 0
    assert "2027-03" not in capsys.readouterr().out


def test_another_key_from_one_month_on_is_said(tmp_path: Path) -> None:
    write_month(tmp_path / "statements", "2027-01", SIGNER)
    write_month(tmp_path / "statements", "2027-02", DeskSigner(), before="2027-01")

    assert "They are signed with 2 keys." in packed(tmp_path / "statements")[1]["index.html"]


FINDING = {
    "id": "stores/CallRecording#LifecycleConfiguration",
    "name": "a-bucket",
    "harm": "stop",
    "expected": "184 days",
    "found": "no rule",
    "opened_at": "2027-02-03T03:50:00+00:00",
    "accepted": None,
}
ANSWER: dict[str, Any] = {"status": "compared", "settings": 400, "reads": 500, "findings": [], "not_shown": []}


def drifted(tmp_path: Path, **changes: Any) -> dict[str, str]:  # noqa: ANN401 - fields of the answer by name
    answer, out = tmp_path / "answer.json", tmp_path / "pack.zip"
    answer.write_text(json.dumps({**ANSWER, **changes}))
    assert run(["pack", "--unsigned", "--out", str(out), "--drift", str(answer)]) == 0
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_open_findings_are_on_a_page_with_what_was_expected_and_found(tmp_path: Path) -> None:
    files = drifted(tmp_path, findings=[FINDING])

    for word in (FINDING["id"], "184 days", "no rule", "✗ Something differs."):
        assert str(word) in files["open-findings.html"]
    assert "400 settings compared: 1 differs, 0 could not be shown." in files["index.html"]
    assert json.loads(files["drift.json"])["findings"] == [FINDING]


def test_what_could_not_be_compared_is_not_shown_and_never_equal(tmp_path: Path) -> None:
    files = drifted(tmp_path, not_shown=[{"id": "stores/X", "why": "AccessDenied"}])
    assert "? Not everything is shown." in files["open-findings.html"]
    assert "AccessDenied" in files["open-findings.html"]

    postponed = drifted(tmp_path, status="postponed", settings=0)
    assert "? Not everything is shown." in postponed["open-findings.html"]
    assert "Nothing." not in postponed["open-findings.html"]


def test_an_accepted_finding_and_a_note_alone_are_no_alarm(tmp_path: Path) -> None:
    accepted = {**FINDING, "accepted": {"until": "2027-06-01", "why": "a trial"}}
    files = drifted(tmp_path, findings=[accepted, {**FINDING, "harm": "note"}])

    assert "✓ Nothing differs that is not accepted." in files["open-findings.html"]
    assert "until 2027-06-01: a trial" in files["open-findings.html"]


@pytest.mark.parametrize("content", ["", "[]", '{"status": "fine"}', '{"status": 1, "status": 2}', "[" * 100])
def test_what_is_no_comparison_is_one_line(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "answer.json").write_text(content)

    assert run(["pack", "--unsigned", "--out", str(tmp_path / "p.zip"), "--drift", str(tmp_path / "answer.json")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"steward: {tmp_path}/answer.json: is no answer of steward drift --format json: ")
    assert said.count("\n") == 1
    assert not (tmp_path / "p.zip").exists()


@pytest.mark.parametrize(
    ("sentences", "answer", "head"),
    [
        ({"holds_whole": True}, {}, "✓ Nothing is wrong in what was given."),
        ({"holds_whole": "not_shown"}, {}, "? Not everything is shown."),
        ({"holds_whole": True}, {"not_shown": [{"id": "x", "why": "y"}]}, "? Not everything is shown."),
        ({"holds_whole": True}, {"status": "postponed"}, "? Not everything is shown."),
        ({"holds_whole": True}, None, "? Not everything is shown."),
        (None, {}, "? Not everything is shown."),
        ({"holds_whole": True}, {"findings": [FINDING]}, "✗ Something is not as it was promised."),
        ({"holds_whole": False}, {}, "✗ Something is not as it was promised."),
    ],
)
def test_the_first_page_says_that_nothing_is_wrong_only_where_everything_was_given_and_shown(
    tmp_path: Path, sentences: dict[str, Any] | None, answer: dict[str, Any] | None, head: str
) -> None:
    asked = ["pack", "--unsigned", "--out", str(tmp_path / "pack.zip")]
    if sentences is not None:
        write_month(tmp_path / "statements", "2027-02", SIGNER, propositions=sentences)
        asked += ["--statements", str(tmp_path / "statements")]
    if answer is not None:
        (tmp_path / "answer.json").write_text(json.dumps({**ANSWER, **answer}))
        asked += ["--drift", str(tmp_path / "answer.json")]

    assert run(asked) == 0
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        page = archive.read("index.html").decode()
    assert f'<div class="verdict"><p><strong>{head}</strong>' in page
