"""Rectification: what a person says stands with the contact, attributes are put right, and no recording changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from steward.decisions.people import StaffRole
from steward.decisions.subjects import Subject
from steward.failures import InvalidRequest
from steward.holds.requests import BadRequest
from steward.ids import ContactId
from steward.policy.load import load_policy
from steward.rights.correcting import LONGEST_STATEMENT, said_in
from steward.rights.package.contents import Part
from steward.rights.package.pages import Told, pages
from steward.rights.requests import RequestId, Right, SubjectRequest
from tests.support.rights.council import PHONE, Council

SAR, HERS = RequestId("SAR-1"), ContactId("hers")
KEY = "intake/SAR-1-hers.json"
SAID = {"statement": "I said flat 14, not 40.", "attributes": {"name": "Ada King"}}


def opened(right: Right = Right.RECTIFICATION, said: object = SAID, *, verdict: str = "confirmed") -> Council:
    council = Council()
    council.call_comes_in("hers", datetime(2026, 12, 5, 10, tzinfo=UTC))
    council.objects["intake/SAR-1.json"] = json.dumps([{"type": "phone", "value": PHONE}]).encode()
    council.written["intake/SAR-1.json"] = council.at
    council.objects[KEY] = json.dumps(said).encode()
    received = {"right": right, "received_on": "2027-01-05", "channel": "letter", "identity": "confirmed"}
    assert council.tell("Subject Request Received", "e-1", intake_key="intake/SAR-1.json", **received) == ""
    council.settle()
    officer = str(StaffRole.INFORMATION_OFFICER)
    council.decide(Subject.MATCH, officer, "mary", "approve", "c-1", contact_id="hers", verdict=verdict)
    council.settle()
    return council


def known(council: Council) -> SubjectRequest:
    found = council.find(SAR)
    assert found is not None
    return found.request


def corrected(council: Council, event: str = "e-2", key: str = KEY) -> str:
    said = council.tell("Contact Corrected", event, contact_id="hers", object_key=key, requested_by="mary")
    council.settle()
    return said


def test_a_statement_is_kept_with_the_contact_and_attributes_are_put_right() -> None:
    council = opened()
    assert corrected(council) == ""
    [statement] = council.statements(HERS)
    assert (statement.statement, statement.request) == ("I said flat 14, not 40.", "SAR-1")
    assert council.attributes == {HERS: {"name": "Ada King"}}
    assert known(council).to_correct == ()
    assert not [one for one in council.said if "flat 14" in one or "King" in one], "it leaves in no message"


def test_it_stands_in_every_package_in_its_place_and_as_it_was_written() -> None:
    council = opened(said={"statement": "<b>Not</b> me"})
    corrected(council)
    part = Part(
        number=1,
        contact_id=HERS,
        record={"ContactId": HERS},
        entries=(),
        withheld=(),
        statements=council.statements(HERS),
    )
    policy = load_policy(Path("policies/powys.toml"))
    told = Told(request=known(council), parts=[part], policy=policy, made_on=council.at.date())
    made = {one.name: one.content.decode() for one in pages(told)}
    assert "What you told us is wrong or missing" in made["index.html"]
    assert "5 January 2027: &lt;b&gt;Not&lt;/b&gt; me" in made["index.html"]
    assert "Yr hyn a ddywedoch wrthym" in made["mynegai.html"]
    assert "5 January 2027: <b>Not</b> me" in made["index.csv"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"none", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "neither"),
        (b'{"statement": "  "}', "neither"),
        (b'{"statement": 7}', "must be text"),
        (json.dumps({"statement": "x" * (LONGEST_STATEMENT + 1)}).encode(), "at most"),
        (b'{"attributes": ["name"]}', "names with text"),
        (b'{"attributes": {"name": 7}}', "names with text"),
        (json.dumps({"attributes": {"name": "x" * 40_000}}).encode(), "longer"),
        (b'{"attributes": {"complaint_reference": "C-1"}}', "flagged"),
    ],
)
def test_what_cannot_be_used_is_refused_and_quoted_nowhere(said: bytes, problem: str) -> None:
    with pytest.raises(BadRequest, match=problem):
        said_in(said)


def test_what_is_not_there_or_cannot_be_used_is_told_once_and_may_be_handed_in_again() -> None:
    council = opened()
    del council.objects[KEY]
    corrected(council)
    for _ in range(3):
        council.night()
        council.settle()
    assert [one for one in council.said if one.startswith("not corrected")] == [
        "not corrected SAR-1 object_key: is not there"
    ]
    council.objects[KEY] = json.dumps(SAID).encode()
    assert corrected(council, "e-3") == ""
    assert len(council.statements(HERS)) == 1


def test_of_a_contact_that_connect_forgot_the_statement_stands_and_the_attributes_are_told() -> None:
    council = opened()
    council.forgotten.add(HERS)
    corrected(council)
    assert len(council.statements(HERS)) == 1
    [told] = [one for one in council.said if one.startswith("not corrected")]
    assert "does not know the contact any more" in told


def test_what_connect_does_not_take_is_told_and_stops_no_other_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    council = opened()
    council.objects["intake/second.json"] = json.dumps({"statement": "Nor 41."}).encode()

    def refuse(*_: object) -> bool:
        raise InvalidRequest("connect.update_contact_attributes", "InvalidRequestException")

    monkeypatch.setattr(Council, "put_right", refuse)
    council.tell("Contact Corrected", "e-2", contact_id="hers", object_key=KEY)
    corrected(council, "e-3", "intake/second.json")
    assert known(council).to_correct == ()
    assert [one.problem for one in known(council).corrections if one.problem] == [
        "attributes: Connect does not take them (InvalidRequestException)"
    ]


@pytest.mark.parametrize(
    ("council", "key", "problem"),
    [
        (lambda: opened(Right.ACCESS), KEY, "no request for rectification"),
        (lambda: opened(verdict="rejected"), KEY, "no contact that was confirmed"),
        (opened, "intake/SAR-1.json", "identifies the person"),
        (opened, "requests/SAR-1/x.json", "under intake/"),
    ],
)
def test_what_is_no_correction_of_this_persons_contact_is_refused(council: object, key: str, problem: str) -> None:
    made: Council = council()  # type: ignore[operator]
    assert problem in corrected(made, key=key)
    assert made.stated == {}


@pytest.mark.parametrize("dies_after", range(1, 6))
def test_whoever_dies_between_two_calls_makes_the_correction_all_the_same(dies_after: int) -> None:
    council = opened()
    council.tell("Contact Corrected", "e-2", contact_id="hers", object_key=KEY)
    council.calls, council.dies_after = 0, dies_after
    council.settle()
    council.dies_after = None
    council.night()
    council.settle()
    assert len(council.statements(HERS)) == 1
    assert council.attributes == {HERS: {"name": "Ada King"}}
    assert known(council).to_correct == ()


def test_what_was_handed_in_goes_with_the_identifiers_and_the_statement_stays() -> None:
    council = opened()
    corrected(council)
    assert council.tell("Request Closed", "e-9", outcome="answered") == ""
    council.night()
    assert not [key for key in council.objects if key.startswith("intake/")]
    assert len(council.statements(HERS)) == 1
