"""The register as the information team sees it, and the letters that it sends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from steward.ids import ContactId, Sha256
from steward.policy.letters import LetterKind
from steward.policy.load import load_policy
from steward.rights.clock.deadlines import Pause
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.letters import CannotWrite, letter
from steward.rights.overview.lines import RegisterLine, in_order, line
from steward.rights.overview.page import register_page
from steward.rights.requests import (
    Closing,
    HandOver,
    Identity,
    Match,
    Package,
    RequestId,
    Right,
    Search,
    SubjectRequest,
    Verdict,
)
from tests.support.reading_html import problems
from tests.support.rights.council import PROMISE

NOW = datetime(2027, 1, 5, 9, tzinfo=UTC)
TODAY = date(2027, 1, 20)
POLICIES = sorted(Path("policies").glob("*.toml"))
OPEN = SubjectRequest(
    id=RequestId("SAR-1"),
    right=Right.ACCESS,
    received_on=date(2027, 1, 5),
    opened_at=NOW,
    identity=Identity(needed=False),
)
SEARCHED = replace(OPEN, search=Search(look=1, begun_at=NOW, ended_at=NOW, partitions=("2026-12",)))
MATCHED = replace(SEARCHED, matches=(Match(contact_id=ContactId("c"), verdict=Verdict.CONFIRMED),))
PACKED = replace(MATCHED, package=Package(key="k", manifest_sha256=Sha256("0" * 64), files=(), built_at=NOW))


def shown(request: SubjectRequest, today: date = TODAY) -> RegisterLine:
    return line(request, PROMISE, ENGLAND_AND_WALES, today)


@pytest.mark.parametrize(
    ("request_", "owner", "what"),
    [
        (OPEN, "steward", "search"),
        (replace(OPEN, identity=Identity(needed=True)), "information-officer", "ask for proof of identity"),
        (
            replace(OPEN, identity=Identity(needed=True, asked_on=date(2027, 1, 6))),
            "information-officer",
            "wait for proof of identity",
        ),
        (
            replace(SEARCHED, pauses=(Pause(asked_on=date(2027, 1, 6)),)),
            "information-officer",
            "wait for an answer to a question",
        ),
        (
            replace(SEARCHED, search=replace(SEARCHED.search, unreadable=("x",))),  # type: ignore[type-var]
            "information-officer",
            "see to what could not be read",
        ),
        (replace(SEARCHED, matches=(Match(contact_id=ContactId("c")),)), "information-officer", "match contacts (1)"),
        (replace(MATCHED, to_review=("a", "b")), "information-officer", "review files (2)"),
        (MATCHED, "steward", "put the package together"),
        (PACKED, "rights-approver", "approve the package"),
        (
            replace(PACKED, package=replace(PACKED.package, approved_at=NOW)),  # type: ignore[type-var]
            "information-officer",
            "hand the package over",
        ),
        (replace(PACKED, hand_overs=(HandOver(route="post", on=TODAY),)), "information-officer", "close it"),
        (replace(SEARCHED, right=Right.ERASURE), "information-officer", "decide"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_open_request_says_who_does_what_until_when(request_: SubjectRequest, owner: str, what: str) -> None:
    step = shown(request_).next
    assert step is not None
    assert (step.owner, step.what) == (owner, what)
    assert step.on <= date(2027, 3, 5)


def test_a_closed_request_says_whether_it_was_in_time() -> None:
    for on, in_time in ((date(2027, 2, 3), True), (date(2027, 2, 9), False)):
        found = shown(replace(PACKED, closing=Closing(outcome="answered", on=on)), date(2027, 3, 1))
        assert (found.next, found.in_time, found.overdue(date(2027, 3, 1))) == (None, in_time, False)


def test_what_is_due_first_stands_first_and_closed_ones_last() -> None:
    later = replace(PACKED, id=RequestId("SAR-2"), received_on=date(2027, 1, 12))
    closed = replace(PACKED, id=RequestId("SAR-0"), closing=Closing(outcome="answered", on=TODAY))
    assert [one.request for one in in_order(map(shown, (closed, later, PACKED)))] == ["SAR-1", "SAR-2", "SAR-0"]


def test_the_page_can_be_read_and_says_in_words_what_it_draws() -> None:
    late = replace(PACKED, id=RequestId("SAR-<late>"), received_on=date(2026, 11, 2))
    waiting = replace(OPEN, id=RequestId("SAR-3"), identity=Identity(needed=True, asked_on=date(2027, 1, 6)))
    closed = replace(PACKED, id=RequestId("SAR-4"), closing=Closing(outcome="answered", on=date(2027, 1, 9)))
    for lines in ((), tuple(map(shown, (PACKED, late, waiting, closed)))):
        page = register_page("Barnet & Co", lines, TODAY, unread=len(lines))
        assert problems(page) == []
        if lines:
            said = page.decode()
            for words in ("Barnet &amp; Co", "3 open, of which 1 overdue", "SAR-&lt;late&gt; (late)", "overdue"):
                assert words in said
            for words in ("clock not running", "1 of 1 closed", "4 more could not be read", "approve the package"):
                assert words in said


def test_on_a_telephone_every_value_has_its_column_s_name_before_it() -> None:
    closed = replace(PACKED, id=RequestId("SAR-4"), closing=Closing(outcome="answered", on=date(2027, 1, 9)))
    said = register_page("Barnet", (shown(PACKED), shown(closed)), TODAY).decode()
    assert "@media screen and (max-width:" in said
    assert "content:attr(data-head)" in said
    tables = re.findall(r'<table role="table" class="cards">(.*?)</table>', said)
    assert len(tables) == 2
    for table in tables:
        heads = re.findall(r'<th role="columnheader" scope="col">(.*?)</th>', table)
        [row] = re.findall(r'<tr role="row">(<th role="rowheader" scope="row">.*?)</tr>', table)
        assert re.findall(r'<td role="cell" data-head="(.*?)">', row) == heads[1:]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.stem)
@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_of_every_council_can_be_written_in_each_of_its_languages(policy: Path, kind: LetterKind) -> None:
    found = load_policy(policy)
    rights = found.subject_rights
    assert rights is not None
    for language in found.recording.notice:
        said = letter(
            kind,
            language,
            rights=rights,
            council=found.council,
            request=OPEN,
            dates=OPEN.deadlines(PROMISE, ENGLAND_AND_WALES, TODAY),
            today=TODAY,
            reason="REASON",
        )
        assert "SAR-1" in said
        assert "{" not in said
        assert ("REASON" in said) == (kind not in {LetterKind.ACKNOWLEDGEMENT, LetterKind.COMPLETION})
        if kind is not LetterKind.ACKNOWLEDGEMENT:
            assert all(f"{number}. " in said for number in (1, 2, 3))
            assert "ico.org.uk" in said


def test_a_letter_without_what_it_needs_is_not_written() -> None:
    found = load_policy(Path("policies/barnet.toml"))
    rights = found.subject_rights
    assert rights is not None
    for kind, language, said in (
        (LetterKind.REFUSAL, "en", "reason: say it with --reason"),
        (LetterKind.ACKNOWLEDGEMENT, "en", "clock does not run"),
        (LetterKind.REFUSAL, "cy", "no letter refusal in the language cy"),
    ):
        with pytest.raises(CannotWrite, match=said):
            letter(kind, language, rights=rights, council=found.council, request=OPEN, dates=None, today=TODAY)
