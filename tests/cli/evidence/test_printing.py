"""A statement as a PDF: everything of the page is in it, and none is made of what is not as it was signed."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cli.evidence.printing.parts import Part, UnknownPartError, parts
from cli.main import run
from steward.evidence.statement.page import statement_page
from tests.support.evidence.desk import FRESH, Desk
from tests.support.evidence.inventories import listed
from tests.support.evidence.statements import write_month
from tests.support.signing import DeskSigner


def page() -> bytes:
    desk = Desk()
    desk.recordings(FRESH, *[listed(key=f"o{n}", modified=datetime(2026, 7, 1, tzinfo=UTC)) for n in range(3)])
    return statement_page(desk.said())


PAGE = page()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A statement whose page is a real one."""
    found = hashlib.sha256(PAGE).hexdigest()
    named = {"name": "statement-1.html", "sha256": found}
    envelope = write_month(tmp_path, "2027-02", DeskSigner(), page=named, made_at="2027-03-01T06:00:00+00:00")
    (envelope.parent / "statement-1.html").write_bytes(PAGE)
    return envelope.parent


class Typst(ModuleType):
    """What stands where typst would be, and keeps what it was asked for."""

    class TypstError(RuntimeError):
        message = "PDF/UA-1 error: missing alt text"

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__("typst")
        self.refuses = refuses
        self.asked: dict[str, Any] = {}

    def Compiler(self, **options: object) -> Typst:  # noqa: N802 - typst's name
        self.asked |= options
        return self

    def compile(self, template: bytes, **options: object) -> bytes:
        if self.refuses:
            raise self.TypstError
        self.asked |= {"template": template, **options}
        return b"%PDF"


def texts(one: Part) -> Iterator[str]:
    """Yield every text of a part, in the order in which it is read."""
    match one["kind"]:
        case "box":
            for inner in one["parts"]:
                yield from texts(inner)
        case "paragraph":
            yield from (run["text"] for run in one["runs"])
        case "facts":
            yield from (text for pair in one["pairs"] for text in pair)
        case "table":
            yield from (one["caption"], *one["heads"], *(text for row in one["rows"] for text in row))
        case "list":
            yield from one["items"]
        case "heading":
            yield one["text"]


def test_every_word_of_the_page_is_in_the_parts_in_the_same_order() -> None:
    body = re.sub(r"<svg.*?</svg>", "", PAGE.decode().partition("<body")[2].partition(">")[2], flags=re.DOTALL)
    said = unescape(re.sub(r"<[^>]+>", "", body))
    found = "".join(text for one in parts(PAGE).parts for text in texts(one))

    assert re.sub(r"\s", "", found) == re.sub(r"\s", "", said)
    assert (parts(PAGE).title, parts(PAGE).language) == ("Retention statement, February 2027", "en-GB")


def test_the_bars_have_a_text_that_says_what_they_are() -> None:
    [picture] = [one for one in parts(PAGE).parts if one["kind"] == "picture"]
    assert picture["alt"].startswith("Object versions by store. A bar for each of 2 stores")
    assert picture["svg"].startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img"')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"</main>", b"<video></video></main>"),
        (b"</main>", b"<p><a href='x'>x</a></p></main>"),
        (b"</main>", b"a text of its own</main>"),
        (b"</main>", b""),
        (b"<title>", b"<title>x</title><title>"),
        (b"<th ", b"<th></th><th "),
    ],
    ids=["a video", "a link", "a text in nothing", "an end that is missing", "two titles", "a head too many"],
)
def test_what_has_no_part_is_refused_and_not_left_out(before: bytes, after: bytes) -> None:
    assert before in PAGE
    with pytest.raises(UnknownPartError):
        parts(PAGE.replace(before, after, 1))


def test_the_parts_are_set_as_pdf_ua_with_language_and_title_from_fonts_of_typsts_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typst = Typst()
    monkeypatch.setitem(sys.modules, "typst", typst)
    assert run(["statement-pdf", str(folder / "statement-1.json")]) == 0

    assert (folder / "statement-1.pdf").read_bytes() == b"%PDF"
    assert capsys.readouterr().out.startswith(
        f"{folder}/statement-1.pdf: made from statement-1.html, which is as it was"
    )
    asked = typst.asked
    assert (asked["pdf_standards"], asked["ignore_system_fonts"]) == (["ua-1"], True)
    assert asked["timestamp"] == datetime(2027, 3, 1, 6, tzinfo=UTC)
    said = json.loads(asked["sys_inputs"]["page"])
    assert (said["title"], said["language"], said["region"]) == ("Retention statement, February 2027", "en", "GB")
    assert ["SHA-256 of that page", hashlib.sha256(PAGE).hexdigest()] in said["parts"][-1]["pairs"]


def test_a_statement_that_is_not_as_it_was_signed_makes_no_pdf(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", Typst())
    (folder / "statement-1.html").write_bytes(PAGE.replace(b"false", b"true"))
    assert run(["statement-pdf", str(folder / "envelope.json")]) == 1
    assert capsys.readouterr().out == "! statement-1.html: is not the file that was signed for\n"
    assert not list(folder.glob("*.pdf*"))


def test_without_typst_one_sentence_says_how_it_is_set_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    assert run(["statement-pdf", str(folder / "envelope.json")]) == 2
    told = capsys.readouterr().err
    assert told == (
        "steward: typst, which sets the PDF, is not here: make pdf STATEMENT=FILE, in steward's folder, sets it up"
        " and makes it\n"
    )
    assert not list(folder.glob("*.pdf*"))


def test_what_typst_refuses_is_one_line_and_no_pdf(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", Typst(refuses=True))
    assert run(["statement-pdf", str(folder / "envelope.json")]) == 2
    assert capsys.readouterr().err == "steward: typst refuses the page: PDF/UA-1 error: missing alt text\n"
    assert not list(folder.glob("*.pdf*"))


def test_a_place_that_cannot_be_written_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", Typst())
    assert run(["statement-pdf", str(folder / "envelope.json"), "--out", str(folder / "none" / "x.pdf")]) == 2
    assert capsys.readouterr().err == f"steward: {folder}/none/x.pdf: No such file or directory\n"
