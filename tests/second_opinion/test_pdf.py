"""The PDF of a statement, set by the real typst and read by programs that nobody here wrote."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.evidence.printing.command import typeset
from cli.evidence.printing.parts import Page, parts
from second_opinion.own_python import NotHereError, python_with
from steward.evidence.statement.page import statement_page
from tests.support.evidence.desk import FRESH, Desk
from tests.support.evidence.inventories import listed

pytestmark = pytest.mark.second_opinion

MADE = datetime(2027, 3, 1, 6, tzinfo=UTC)
TAGGED = {
    "TBL-014": "the broad table of the stores is tagged, as pikepdf reads it below; its lines are drawn cell by cell"
}
"""Warnings of outloud's that do not hold, and why."""

STRUCTURE = """
import json, sys, pikepdf
pdf = pikepdf.open(sys.argv[1])
found = []
def walk(node):
    for one in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(one, pikepdf.Dictionary):
            if "/S" in one:
                holds = one.get("/A", [])
                holds = list(holds) if isinstance(holds, pikepdf.Array) else [holds]
                scope = [str(each["/Scope"]) for each in holds if "/Scope" in each]
                found.append([str(one["/S"]), str(one.get("/Alt", "")), scope])
            if "/K" in one:
                walk(one["/K"])
walk(pdf.Root.StructTreeRoot.K)
with pdf.open_metadata() as said:
    ua = said.get("{http://www.aiim.org/pdfua/ns/id/}part")
    title = said.get("dc:title")
print(json.dumps({"language": str(pdf.Root.Lang), "marked": bool(pdf.Root.MarkInfo.Marked), "ua": ua, "title": title,
                  "shown": bool(pdf.Root.ViewerPreferences.DisplayDocTitle), "found": found}))
"""
"""What pikepdf reads of a PDF: its language, its title, and the tags in the order in which they are read."""


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Page], bytes]:
    """Return what sets a page, with the typst of ``requirements/pdf.txt``, which every Python can load."""
    try:
        [packages] = (python_with("pdf").parent.parent / "lib").glob("python3*/site-packages")
    except NotHereError as reason:
        pytest.skip(f"{reason}: no PDF was made")
    monkeypatch.syspath_prepend(str(packages))
    return lambda page: typeset(page, MADE)


@pytest.fixture(scope="module")
def judges() -> Path:
    try:
        return python_with("pdf-judges")
    except NotHereError as reason:
        pytest.skip(f"{reason}: no PDF was judged")


def statement() -> Page:
    desk = Desk()
    desk.recordings(FRESH, *[listed(key=f"o{n}", modified=datetime(2026, 7, 1, tzinfo=UTC)) for n in range(30)])
    return parts(statement_page(desk.said()))


def ran(*command: str | Path) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pinned
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_structure_is_that_of_the_page(setting: Callable[[Page], bytes], judges: Path, tmp_path: Path) -> None:
    page, pdf = statement(), tmp_path / "statement.pdf"
    pdf.write_bytes(setting(page))
    said = ran(judges, "-c", STRUCTURE, pdf)

    assert (said["language"], said["title"], said["ua"]) == ("en-GB", "Retention statement, February 2027", "1")
    assert (said["marked"], said["shown"]) == (True, True)
    tags = [tag for tag, _, _ in said["found"]]
    headings = [f"/H{one['level']}" for one in page.parts if one["kind"] == "heading"]
    assert [tag for tag in tags if tag in {"/H1", "/H2", "/H3"}] == headings
    tables = [one for one in page.parts if one["kind"] == "table"]
    assert tags.count("/Table") == tags.count("/Caption") == tags.count("/THead") == len(tables)
    assert tags.count("/TH") == sum(len(one["heads"]) for one in tables)
    assert tags.count("/TD") == sum(len(one["heads"]) * len(one["rows"]) for one in tables)
    assert {tuple(scope) for tag, _, scope in said["found"] if tag == "/TH"} == {("/Column",)}
    assert [alt for tag, alt, _ in said["found"] if tag == "/Figure"] == [
        one["alt"] for one in page.parts if one["kind"] == "picture"
    ]


def test_two_checkers_of_pdf_ua_find_nothing_wrong(
    setting: Callable[[Page], bytes], judges: Path, tmp_path: Path
) -> None:
    pdf = tmp_path / "statement.pdf"
    pdf.write_bytes(setting(statement()))

    assert outloud(judges, pdf) <= set(TAGGED)
    assert pdfua(judges, pdf) == set()


def test_what_is_no_pdf_ua_is_found(judges: Path, setting: Callable[[Page], bytes], tmp_path: Path) -> None:
    """The judges are shown something wrong as well: an answer that is always yes says nothing."""
    pdf, spoiled = tmp_path / "statement.pdf", tmp_path / "spoiled.pdf"
    pdf.write_bytes(setting(statement()))
    spoil = "import pikepdf, sys; pdf = pikepdf.open(sys.argv[1]); del pdf.Root.Lang; del pdf.Root.StructTreeRoot; "
    subprocess.run([judges, "-c", f"{spoil}pdf.save(sys.argv[2])", pdf, spoiled], check=True)  # noqa: S603 - pinned

    assert outloud(judges, spoiled) - set(TAGGED)
    assert pdfua(judges, spoiled)


def test_typst_itself_refuses_a_picture_without_a_text(setting: Callable[[Page], bytes]) -> None:
    page = statement()
    without = [{**one, "alt": None} if one["kind"] == "picture" else one for one in page.parts]
    with pytest.raises(Exception, match="typst refuses the page: PDF/UA-1 error: missing alt text"):
        setting(Page(title=page.title, language=page.language, parts=tuple(without)))


def test_the_same_page_makes_the_same_bytes(setting: Callable[[Page], bytes]) -> None:
    assert setting(statement()) == setting(statement())


def outloud(judges: Path, pdf: Path) -> set[str]:
    """Return the numbers of outloud's rules that the PDF does not keep, errors and warnings."""
    said = ran(judges.with_name("outloud"), pdf, "--json", "-")
    return {one["rule"] for file in said["results"] for one in file["findings"] if one["severity"] != "info"}


def pdfua(judges: Path, pdf: Path) -> set[str]:
    """Return the numbers of pdfua's rules that the PDF does not keep."""
    return {one["rule_id"] for one in ran(judges.with_name("pdfua"), "check", "--format", "json", pdf)["findings"]}
