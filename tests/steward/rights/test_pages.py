"""What a person reads: pages in each language of the notice, in an order that a screen reader can follow."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from steward.archive import Entry
from steward.ids import ContactId, RecordClass
from steward.policy.load import load_policy
from steward.rights import html
from steward.rights.commands import GROUNDS
from steward.rights.finding.registers import Consent, Entries, PausedPayment, Text
from steward.rights.package.contents import Part, Withheld
from steward.rights.package.pages import GONE, Told, listed, pages
from steward.rights.package.words import words
from steward.rights.requests import Identity, RequestId, Right, Search, SubjectRequest
from tests.support.reading_html import problems

NOW = datetime(2027, 1, 5, 9, tzinfo=UTC)
POLICIES = sorted(Path("policies").glob("*.toml"))

REQUEST = SubjectRequest(
    id=RequestId("SAR-1"),
    right=Right.ACCESS,
    received_on=date(2027, 1, 5),
    opened_at=NOW,
    identity=Identity(needed=False),
    search=Search(look=2, begun_at=NOW, ended_at=NOW, partitions=("2026-12", "errors"), objects=4),
)
PARTS = (
    Part(
        number=1,
        contact_id=ContactId("c-1"),
        record={
            "Channel": "VOICE",
            "InitiationMethod": "INBOUND",
            "InitiationTimestamp": "2026-07-05T23:30:00Z",
            "CustomerEndpoint": {"Address": "+441632960123"},
            "Attributes": {"topic": "<b>housing</b>"},
        },
        entries=(Entry(name="contacts/01_2026-07-06/call_recording/c-1.wav", content=b"RIFF"),),
        withheld=(Withheld(what="x.json", record_class=RecordClass.CHAT_TRANSCRIPT, ground="another_person"),),
        registered=Entries(
            texts=(Text(at="2026-07-06T08:00:00+00:00", purpose="signposting", template="=HYPERLINK(1)"),),
            consents=(Consent(at="2026-07-06T07:00:00+00:00", purpose="s", decision="given", wording_version="v1"),),
            payments=(PausedPayment(paused_at="2026-07-06T07:30:00+00:00", status="resumed"),),
        ),
    ),
    Part(number=2, contact_id=ContactId("c-2"), record={}, entries=(), withheld=(Withheld(what=GONE, ground=""),)),
)


def made(policy: Path, parts: tuple[Part, ...] = PARTS) -> dict[str, str]:
    told = Told(
        request=REQUEST,
        parts=parts,
        policy=load_policy(policy),
        made_on=date(2027, 1, 20),
        kinds=("phone", "contact"),
        recipients=(("the police", "2 January 2027"),),
    )
    return {entry.name: entry.content.decode("utf-8-sig") for entry in pages(told)}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.stem)
def test_every_page_can_be_read_from_its_top_to_its_end(policy: Path) -> None:
    for parts in (PARTS, ()):
        for name, page in made(policy, parts).items():
            if name.endswith(".html"):
                assert problems(page.encode()) == [], name


def test_a_welsh_council_gives_every_page_in_both_languages() -> None:
    english = {"index.html", "about.html", "searches.html", "index.csv"}
    assert made(Path("policies/barnet.toml")).keys() == english
    found = made(Path("policies/powys.toml"))
    assert found.keys() == english | {"mynegai.html", "amdanoch.html", "chwiliadau.html"}
    index = found["mynegai.html"]
    assert '<html lang="cy">' in index
    assert "Dyma&#x27;r copi" in index
    assert "5 Ionawr 2027" in index
    assert "Mae&#x27;n ymwneud â rhywun arall" in index
    assert "Comisiynydd Gwybodaeth" in found["amdanoch.html"]
    assert '<li lang="en">the police, on a criminal matter</li>' in found["amdanoch.html"]


def test_the_index_says_what_is_there_and_what_is_not() -> None:
    index = made(Path("policies/barnet.toml"))["index.html"]
    # London's time: after midnight, in summer.
    assert "1. Telephone call, 6 July 2026, 00:30" in index
    assert "&lt;b&gt;housing&lt;/b&gt;" in index
    for said in ("You contacted us", "Text messages to you", "agreed", "it was no longer kept when you asked"):
        assert said in index
    assert "Transcript of a chat, x.json. It is about another person, who did not agree." in index


def test_the_answers_of_article_15_come_from_the_policy() -> None:
    about = made(Path("policies/rhondda-cynon-taf.toml"))["about.html"]
    for said in ("prevent crime and fraud", "Recording of a call", "13 months", "fire and ambulance", "the police"):
        assert said in about
    assert "1. " not in about
    assert about.count("<li>") >= 5


def test_the_list_is_safe_to_open_in_a_spreadsheet() -> None:
    rows = list(csv.reader(io.StringIO(listed(PARTS).decode("utf-8-sig"))))
    assert rows[0] == ["number", "contact", "when", "how", "file", "entry", "withheld", "why"]
    assert {len(row) for row in rows} == {8}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_both_languages_have_the_same_words_and_values() -> None:
    english, welsh = words("en"), words("cy")
    assert english.keys() == welsh.keys()
    for name in english:
        named = [{field for _, field, _, _ in Formatter().parse(one[name]) if field} for one in (english, welsh)]
        assert named[0] == named[1], name
    assert set(GROUNDS) < english.keys()
    assert {one.value for one in RecordClass} < english.keys()


def test_what_a_register_says_in_one_word_is_a_list_and_no_table_without_cells() -> None:
    once = replace(
        PARTS[0], registered=Entries(payments=(PausedPayment(paused_at="2026-07-06T07:30:00+00:00", status="resumed"),))
    )
    index = made(POLICIES[0], (once,))["index.html"]
    assert "<table" not in index
    assert "<ul><li>Paused: 6 July 2026, 08:30</li></ul>" in index
    assert problems(index.encode()) == []


def test_a_table_that_is_too_broad_for_a_telephone_is_one_card_a_row_there() -> None:
    for count, kind in ((2, ""), (3, ' class="few"'), (4, ' class="few"'), (5, ' class="cards"')):
        heads = [f"head {number}" for number in range(count)]
        said = html.page("Title", [html.table("What", heads, [[str(one) for one in range(count)]])]).decode()
        assert f'<table role="table"{kind}>' in said
        assert problems(said.encode()) == []
    assert "@media screen and (max-width:34rem){.few thead" in said
    assert "@media screen and (max-width:70rem){.cards thead" in said
