"""A refusal is told once, whichever attempt gets so far; what is set aside has nothing that people typed freely."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.failures import Unavailable
from steward.holds.requests import BadRequest
from steward.holds.telling.refusals import Refusals, identity
from steward.holds.telling.setting_aside import LEFT_OUT, without_free_text
from steward.told import REMEMBERED, Told
from tests.support.dispatch_fixture import KEYS, UUID, complaints, event

NOW = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
PERSONAL = "Mrs Example of 12 Acacia Avenue rang from 07700 900123"


@dataclass
class Office:
    """Marks, team and dead letters in memory; the next call of each name in ``failing`` fails."""

    failing: list[str] = field(default_factory=list)
    marks: dict[str, datetime] = field(default_factory=dict)
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def has(self, mark: str) -> bool:
        self.may_fail("has")
        return mark in self.marks

    def may_fail(self, name: str) -> None:
        if name in self.failing:
            self.failing.remove(name)
            raise Unavailable(name, "ServiceUnavailable")

    def refusals(self) -> Refusals:
        return Refusals(told=Told(clock=self, marks=Marks(self)), team=Team(self), dead_letters=DeadLetters(self))


@dataclass
class Marks:
    office: Office

    def has(self, mark: str) -> bool:
        return self.office.has(mark)

    def put(self, mark: str, expires_at: datetime) -> None:
        self.office.may_fail("put")
        self.office.marks[mark] = expires_at


@dataclass
class Team:
    office: Office

    def refused(self, refusal: BadRequest) -> None:
        self.office.may_fail("tell")
        self.office.mails.append((refusal.about, refusal.field, refusal.problem))


@dataclass
class DeadLetters:
    office: Office

    def put(self, body: str) -> None:
        self.office.may_fail("aside")
        self.office.aside.append(body)


REFUSAL = BadRequest("closed_on", "lies in the future", about="case C-1")
BODY = json.dumps(complaints("Complaint Closed", case="C-1", note=PERSONAL) | {"id": "e-1"})


@pytest.mark.parametrize("dies_at", ["has", "tell", "aside"])
def test_a_refusal_whose_first_attempt_died_is_told_by_the_next(dies_at: str) -> None:
    office = Office(failing=[dies_at])
    with pytest.raises(Unavailable):
        office.refusals().settle(REFUSAL, BODY, "m-1")
    office.refusals().settle(REFUSAL, BODY, "m-1")

    assert office.mails == [("case C-1", "closed_on", "lies in the future")]
    assert len(office.aside) == 1


def test_a_refusal_whose_mark_was_lost_is_told_twice_rather_than_never() -> None:
    office = Office(failing=["put"])
    with pytest.raises(Unavailable):
        office.refusals().settle(REFUSAL, BODY, "m-1")
    office.refusals().settle(REFUSAL, BODY, "m-1")

    assert len(office.mails) == 2


def test_the_same_event_delivered_again_is_not_told_again_but_another_problem_is() -> None:
    office = Office()
    for message in ("m-1", "m-2"):
        office.refusals().settle(REFUSAL, BODY, message)
    office.refusals().settle(BadRequest("case", "is not on record"), BODY, "m-3")

    assert [field_name for _, field_name, _ in office.mails] == ["closed_on", "case"]
    assert {*office.marks.values()} == {NOW + REMEMBERED}
    assert "C-1" not in repr(office.marks)


def test_what_makes_two_messages_the_same_flag() -> None:
    one = event("aws.connect", "Amazon Connect Contact Event", {"contactId": UUID, "tags": KEYS}) | {"id": "e-1"}
    record = {"steward": "flag", "contact_id": UUID, "reference": "07700 900123", "updated_at": "2027-05-04T00:00:00Z"}
    later, other = record | {"updated_at": "2027-06-01T00:00:00Z"}, record | {"stage": "2"}

    assert identity(json.dumps(one), "m-1") == identity(json.dumps(one | {"id": "e-2"}), "m-2")
    assert identity(json.dumps(record), "m-1") == identity(json.dumps(later), "m-2") != identity(json.dumps(other), "m")
    assert identity(BODY, "m-1") == "e-1"
    assert [identity(body, "m-1") for body in ("{", "[]", "{}")] == ["m-1"] * 3


def test_all_that_acting_upon_a_release_needs_is_kept_and_its_reason_is_not() -> None:
    detail = {"case": "C-1", "contact_ids": [UUID], "why": PERSONAL, "requested_by": "a.officer", "approved_by": "b.b"}
    kept = json.loads(without_free_text(json.dumps(complaints("Hold Released", **detail) | {"id": "e-1"})))

    assert kept == {**complaints("Hold Released", **detail), "id": "e-1", "detail": {**detail, "why": LEFT_OUT}}


def test_a_complaint_that_could_not_be_placed_can_be_placed_from_what_is_kept() -> None:
    detail = {"case": "C-1", "reason": ["complaint"], "stage": 2, "received_on": "2027-05-03", "contact_ids": [UUID]}
    kept = json.loads(without_free_text(json.dumps(complaints("Complaint Logged", **detail, note=PERSONAL))))

    assert kept["detail"] == {**detail, "note": LEFT_OUT}


@pytest.mark.parametrize(
    "message",
    [
        {"steward": "hold", "case": "C-1", "contact_id": UUID},
        event("aws.s3", "Object Tags Added", {"bucket": {"name": "b"}, "object": {"key": "k"}}),
        {"Records": [{"eventName": "ObjectTagging:Put", "s3": {"object": {"key": "k"}}}]},
        {"steward": "flag", "contact_id": UUID, "reference": "C-1", "received": "2027-05-03", "stage": "2"},
    ],
)
def test_what_people_have_not_typed_is_kept_as_it_is(message: dict[str, Any]) -> None:
    assert without_free_text(json.dumps(message)) == json.dumps(message)


def test_an_attribute_that_is_no_reference_is_marked_and_would_be_refused_again() -> None:
    flag = {"steward": "flag", "contact_id": UUID, "reference": "07700 900123", "received": PERSONAL, "stage": ""}

    assert json.loads(without_free_text(json.dumps(flag))) == flag | {"reference": "?", "received": "?"}


FIELDS = ["case", "reason", "stage", "received_on", "on", "closed_on", "why", "note", "Why", "NOTE", "contact_ids", "x"]
KINDS = ["Hold Released", "Complaint Logged", PERSONAL]
VALUES = st.sampled_from([PERSONAL, "07700 900123", "07700900123", [PERSONAL], {"a": PERSONAL}, ["07700900123"], None])


@given(
    st.dictionaries(st.sampled_from(FIELDS), VALUES), st.sampled_from(KINDS), st.sampled_from(["steward.x", PERSONAL])
)
def test_nothing_personal_is_kept_wherever_it_stands(detail: dict[str, Any], kind: str, source: str) -> None:
    for one in (source, "steward.complaints"):
        kept = without_free_text(json.dumps(event(one, kind, detail)))
        assert "07700" not in kept
        assert "Acacia" not in kept


@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=4).map(json.dumps))
def test_whatever_a_body_is_it_can_be_set_aside(body: str) -> None:
    json.loads(without_free_text(body))


def test_tags_in_either_casing_make_a_flag_the_same_whichever_event_brings_them() -> None:
    bodies = [
        json.dumps(
            event("aws.connect", "Amazon Connect Contact Event", {"contactId": UUID, name: KEYS}) | {"id": number}
        )
        for number, name in enumerate(("tags", "tags", "Tags", "Tags"))
    ]

    assert len({identity(body, "m") for body in bodies}) == 1


def test_a_known_field_stays_whatever_stands_before_it() -> None:
    detail = {"stage": "2", "contact_ids": [UUID], "received_on": "2027-05-03", "case": "C-1", "on": "2027-06-01"}
    kept = json.loads(without_free_text(json.dumps(complaints("Complaint Logged", **detail))))

    assert kept["detail"] == detail


@pytest.mark.parametrize("value", [5, None, ["C-1"], {"case": "C-1"}, True])
def test_what_is_no_text_is_no_reference_and_no_contact(value: object) -> None:
    kept = json.loads(without_free_text(json.dumps(complaints("Hold Released", case=value, contact_ids=[value]))))

    assert kept["detail"] == {"contact_ids": [None]}
