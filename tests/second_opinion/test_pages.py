"""axe in Chromium: nobody who does not see a page, or has a narrow screen, stumbles over it; what is wrong is found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.pack.building import Given, build
from cli.pack.given import Drift, Finding, Month, NotCompared
from second_opinion.accessibility import Problem, judge, script
from second_opinion.browser import Browser, running
from second_opinion.own_python import NotHereError
from steward.archive import Entry
from steward.evidence.register.receipt import receipt, receipt_page
from steward.evidence.statement.page import statement_page
from steward.ids import CaseRef
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.overview.lines import line
from steward.rights.overview.page import register_page
from tests.steward.rights.test_overview import MATCHED, OPEN, TODAY
from tests.steward.rights.test_pages import made as package_pages
from tests.support.evidence.desk import FRESH, NOW, Desk, held_contact
from tests.support.evidence.inventories import MadeUpRegisters, listed
from tests.support.evidence.nights import Desk as Night
from tests.support.rights.council import PROMISE

pytestmark = pytest.mark.second_opinion

WIDTHS = (360, 820, 1280)
"""Pixels: a telephone, a tablet and a desk."""

POLICIES = {one: Path("policies") / f"{one}.toml" for one in ("barnet", "powys")}
"""One council that speaks English alone, and one that speaks Welsh as well."""


def statements() -> Iterator[tuple[str, bytes]]:
    quiet, wrong, unseen, broken = Desk(), Desk(), Desk(), Desk()
    wrong.recordings(FRESH, *[listed(key=f"o{n}", modified=datetime(2026, 7, 1, tzinfo=UTC)) for n in range(1200)])
    unseen.inventories.lists["recordings"] = {}
    broken.registers = MadeUpRegisters([held_contact()])
    broken.stores.now = {("c1/call_recording/x.wav", "h1"): None}
    for name, desk in (("quiet", quiet), ("wrong", wrong), ("unseen", unseen), ("broken", broken)):
        yield f"statement, {name}", statement_page(desk.said())


def registers() -> Iterator[tuple[str, bytes]]:
    yield "register of a night", Night(registers=MadeUpRegisters([held_contact()])).written()[0].encode()
    yield "register of a night without a hold", Night().written()[0].encode()
    said = receipt(CaseRef("C-1"), [held_contact()], council="Barnet", environment="local", at=NOW, unread=1)
    yield "receipt", receipt_page(said)
    late = replace(OPEN, received_on=datetime(2026, 7, 1, tzinfo=UTC).date())
    lines = [line(one, PROMISE, ENGLAND_AND_WALES, TODAY) for one in (OPEN, MATCHED, late)]
    yield "register of requests", register_page("Barnet", lines, TODAY)
    yield "register of no requests", register_page("Barnet", [], TODAY)


def packs() -> Iterator[tuple[str, bytes]]:
    finding = Finding(
        id="a/b",
        name="its lifecycle",
        harm="records",
        expected="on",
        found="off",
        opened_at="2027-03-01",
        accepted=None,
    )
    compared = Drift("compared", 300, (finding,), (NotCompared("c/d", "s3.GetBucketAcl answered AccessDenied"),))
    month = Month(period="2027-02", sentences={"nothing_older": False, "holds_whole": "not_shown"}, key="0" * 64)
    missing = Month(period="2027-01", problems=("there is no statement of this month in the folder",))
    full = Given(environment="live", months=(missing, month), drift=(compared, Entry(name="drift.json", content=b"{}")))
    for given in (full, Given(environment="live", signed=False)):
        for council, policy in POLICIES.items():
            for entry in build(policy, given).entries:
                if entry.name.endswith(".html"):
                    yield f"pack of {council}, {entry.name}", entry.content


def packages() -> Iterator[tuple[str, bytes]]:
    for council, policy in POLICIES.items():
        for name, page in package_pages(policy).items():
            if name.endswith(".html"):
                yield f"package of {council}, {name}", page.encode()


def pages() -> dict[str, bytes]:
    """Return every kind of page that steward makes for people, each page once."""
    every = [*statements(), *registers(), *packs(), *packages()]
    return dict({hashlib.sha256(page).digest(): (name, page) for name, page in every}.values())


@pytest.fixture(scope="module")
def browser() -> Iterator[tuple[Browser, str]]:
    try:
        axe = script()
        with running() as started:
            yield started, axe
    except NotHereError as reason:
        pytest.skip(f"{reason}: no page was shown to axe")


def unsure(problem: Problem) -> bool:
    """Whether axe cannot say on what a text inside a picture stands; the test below looks at those."""
    return not problem.certain and problem.rule.startswith("color-contrast") and problem.where.startswith("text[")


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_page_at_any_width(browser: tuple[Browser, str], width: int) -> None:
    shown = pages()
    assert len(shown) > 20
    judged = {name: judge(*browser, page, width) for name, page in shown.items()}
    assert {name: wrong for name, found in judged.items() if (wrong := {one for one in found if not unsure(one)})} == {}


TEXTS = """[...document.querySelectorAll("svg text")].map(text => {
  const at = text.getBoundingClientRect();
  const under = [...document.querySelectorAll("svg rect")].map(one => one.getBoundingClientRect()).filter(one =>
    one.left < at.right && at.left < one.right && one.top < at.bottom && at.top < one.bottom);
  return [getComputedStyle(text).fill, under.length];
})"""


@pytest.mark.parametrize("width", WIDTHS)
def test_texts_inside_pictures_are_nearly_black_and_stand_on_the_page_itself(
    browser: tuple[Browser, str], width: int
) -> None:
    shows, _ = browser
    looked = 0
    for name, page in pages().items():
        shows.show(page, width)
        found = shows.run(TEXTS)
        looked += len(found)
        assert [one for one in found if one not in (["rgb(17, 17, 17)", 0], ["rgb(0, 0, 0)", 0])] == [], name
    assert looked > 20


SOUND = statement_page(Desk().said()).decode()
PLANTED = {
    "html-has-lang": SOUND.replace(' lang="en-GB"', ""),
    "document-title": SOUND.replace("<title>Retention", "<title hidden></title><x>Retention").replace(
        "</title><s", "</x><s"
    ),
    "heading-order": SOUND.replace("<h2>", "<h5>").replace("</h2>", "</h5>"),
    "color-contrast-enhanced": SOUND.replace("color:#111;", "color:#737373;"),
    "scope-attr-valid": SOUND.replace('scope="col"', 'scope="column"'),
    "svg-img-alt": SOUND.replace(' aria-labelledby="bars-title bars-text"', "").replace("<title id=", "<desc id="),
    "image-alt": SOUND.replace("</main>", '<img src="data:,"></main>'),
    "link-name": SOUND.replace("</main>", '<a href="#x"></a></main>'),
    "scrolls-sideways": SOUND.replace("</main>", '<p style="width:2000px">wide</p></main>'),
}


@pytest.mark.parametrize("rule", PLANTED)
def test_what_is_planted_on_a_page_is_found(browser: tuple[Browser, str], rule: str) -> None:
    """The judge is shown something wrong as well: an answer that is always yes says nothing."""
    assert PLANTED[rule] != SOUND
    assert rule in {one.rule for one in judge(*browser, PLANTED[rule].encode(), 820)}


def test_a_page_is_laid_out_at_the_width_that_is_asked_for(browser: tuple[Browser, str]) -> None:
    shows, _ = browser
    for width in WIDTHS:
        shows.show(SOUND.encode(), width)
        assert shows.run("window.innerWidth") == width
        assert shows.run("document.querySelector('h1').innerText") == "Retention statement, February 2027"
