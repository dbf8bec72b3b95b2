"""``steward verify-statement`` says whether a statement is the one that was signed, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cli.main import run
from steward import limits
from steward.evidence.signatures import signed
from tests.support.signing import DeskSigner

SIGNER = DeskSigner()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _envelope(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of the envelope by name
    plain: dict[str, Any] = {
        "format": "steward-statement-envelope/1",
        "council": "Barnet",
        "environment": "local",
        "period": "2027-02",
        "made_at": "2027-03-01T06:00:00+00:00",
        "propositions": {"nothing_older": True, "holds_whole": False, "disposals_proven": "not_shown"},
        "statement": {"name": "statement-1.json", "sha256": _digest(b"{}")},
        "page": {"name": "statement-1.html", "sha256": _digest(b"<p>")},
        "exceptions": {"count": 1, "sha256": _digest(b"x\n")},
        "previous": None,
    }
    return {**plain, **changes}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "statement-1.json").write_bytes(b"{}")
    (tmp_path / "statement-1.html").write_bytes(b"<p>")
    (tmp_path / "exceptions.jsonl").write_bytes(b"x\n")
    (tmp_path / "council.pem").write_bytes(SIGNER.public(Encoding.PEM))
    (tmp_path / "envelope.json").write_bytes(signed(_envelope(), SIGNER))
    return tmp_path


@pytest.mark.parametrize("name", ["envelope.json", "statement-1.json", "statement-1.html", "exceptions.jsonl"])
def test_any_of_its_files_leads_to_the_whole(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-statement", "--key", str(folder / "council.pem"), str(folder / name)]) == 0
    told = capsys.readouterr().out
    assert "nothing_older: true\nholds_whole: false\ndisposals_proven: not_shown\n" in told
    assert told.rstrip().endswith("which was given.")


def test_what_the_statement_says_does_not_change_the_status(folder: Path) -> None:
    assert run(["verify-statement", str(folder / "envelope.json")]) == 0


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("statement-1.json", "! statement-1.json: is not the file that was signed for"),
        ("statement-1.html", "! statement-1.html: is not the file that was signed for"),
    ],
)
def test_a_file_that_was_changed_is_named(
    folder: Path, name: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).write_bytes(b"other")

    assert run(["verify-statement", str(folder / "envelope.json")]) == 1
    assert capsys.readouterr().out == f"{problem}\n"


def test_a_file_that_is_missing_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "statement-1.html").unlink()

    assert run(["verify-statement", str(folder / "envelope.json")]) == 1
    assert capsys.readouterr().out == "! statement-1.html: No such file or directory\n"


def test_a_statement_that_is_not_there_is_named_and_so_is_its_envelope(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever mistyped the page's name was told that `envelope.json` was missing, a file that they had not named."""
    assert run(["verify-statement", str(folder / "statement-2.html")]) == 2
    assert capsys.readouterr().err == f"steward: {folder}/statement-2.html: no such file\n"
    (folder / "envelope.json").unlink()
    assert run(["verify-statement", str(folder / "statement-1.html")]) == 2
    told = f"{folder}/envelope.json: no such file: it lies beside the other files of a statement"
    assert capsys.readouterr().err == f"steward: {told}\n"


@pytest.mark.parametrize("command", ["verify-statement", "statement-pdf"])
@pytest.mark.parametrize("place", ["", ".", "/"])
def test_a_place_that_is_no_file_is_one_line(command: str, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`make pdf` without a statement ended in a traceback."""
    assert run([command, place]) == 2
    assert capsys.readouterr().err == f"steward: {place or '.'}: is no file of a statement\n"


def test_a_sentence_that_was_turned_is_not_what_was_signed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    envelope = json.loads((folder / "envelope.json").read_bytes())
    envelope["propositions"]["holds_whole"] = True
    (folder / "envelope.json").write_text(json.dumps(envelope))

    assert run(["verify-statement", str(folder / "envelope.json")]) == 1
    assert "says something else than was signed" in capsys.readouterr().out


def test_a_draft_is_no_statement(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "envelope.json").write_text(json.dumps(_envelope()))

    assert run(["verify-statement", str(folder / "envelope.json")]) == 1
    assert "is not signed" in capsys.readouterr().out


def test_another_key_than_the_councils_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "envelope.json").write_bytes(signed(_envelope(), DeskSigner()))

    assert run(["verify-statement", "--key", str(folder / "council.pem"), str(folder / "envelope.json")]) == 1
    assert "another key than the one that was given" in capsys.readouterr().out


def test_the_chain_is_checked_by_the_envelope_before(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = folder / "january.json"
    before.write_bytes(b"January")
    link = {"key": "statements/2027-01/envelope.json", "sha256": _digest(b"January")}
    (folder / "envelope.json").write_bytes(
        signed(_envelope(previous={**link, "gap": "there is no statement of x"}), SIGNER)
    )
    asked = ["verify-statement", "--before", str(before), str(folder / "envelope.json")]

    assert run(asked) == 0
    assert "The chain has a gap: there is no statement of x." in capsys.readouterr().out
    before.write_bytes(b"February")
    assert run(asked) == 1
    assert "january.json: is not the envelope that this one follows" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"\xff", json.dumps(_envelope(format="other")).encode(), b"[" * 100_000, b" " * 300_000],
    ids=["empty", "a list", "cut off", "no text", "another format", "nested", "large"],
)
def test_what_is_no_envelope_is_one_line_and_no_traceback(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "envelope.json").write_bytes(content)

    assert run(["verify-statement", str(folder / "statement-1.json")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["../council.pem", "/etc/passwd", "a\nb", ""])
def test_nothing_but_what_lies_beside_it_is_read(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "envelope.json").write_bytes(signed(_envelope(page={"name": name, "sha256": "0" * 64}), SIGNER))

    assert run(["verify-statement", str(folder / "envelope.json")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_json_has_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-statement", "--format", "json", str(folder / "envelope.json")]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["propositions"]["disposals_proven"] == "not_shown"
    assert told["problems"] == []


@pytest.mark.parametrize("kind", ["a pipe", "a link", "a folder"])
def test_what_is_no_ordinary_file_is_named_and_neither_followed_nor_waited_for(
    folder: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "statement-1.html").rename(folder / "elsewhere")
    made: dict[str, Callable[[Path], None]] = {
        "a pipe": os.mkfifo,
        "a link": lambda path: path.symlink_to("elsewhere"),
        "a folder": Path.mkdir,
    }
    made[kind](folder / "statement-1.html")

    assert run(["verify-statement", str(folder / "envelope.json")]) == 1
    assert capsys.readouterr().out == "! statement-1.html: is no ordinary file\n"


def test_an_envelope_that_says_a_thing_twice_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two members of one name a reader takes the first and another one the last."""
    text = (folder / "envelope.json").read_text()
    (folder / "envelope.json").write_text('{"council": "Another",' + text.lstrip().removeprefix("{"))

    assert run(["verify-statement", str(folder / "envelope.json")]) == 2
    assert "has a member twice" in capsys.readouterr().err


def test_an_envelope_before_without_an_end_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "before.json").open("wb") as opened:
        opened.truncate(limits.ENVELOPE.bytes + 1)
    asked = ["verify-statement", str(folder / "envelope.json"), "--before"]

    assert run([*asked, str(folder / "before.json")]) == 2
    assert f"before.json: is larger than {limits.ENVELOPE.bytes} bytes\n" in capsys.readouterr().err
    assert run([*asked, "/dev/zero"]) == 2
    assert "/dev/zero: is no ordinary file\n" in capsys.readouterr().err
