"""How a call of ``decide`` is read: from the Function URL, and from a "Hold Released" of the case-management system."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from steward.decisions.calls import Call, Unreadable, call_id_of, call_of, read
from steward.decisions.people import CASE_SYSTEM, Person

OFFICER = Person("release-officer", "a.officer")
STATED = {"subject": "release", "id": "C-1", "decision": "request", "why": "Withdrawn"}


def request(body: object, **more: object) -> dict[str, Any]:
    return {"requestContext": {"requestId": "r-1"}, "body": body, **more}


def test_a_body_is_read_with_aws_own_id_of_the_request() -> None:
    assert call_of(request(json.dumps(STATED | {"contact_ids": [" a1 ", "a2", "a1"]})), OFFICER) == Call(
        call_id="r-1",
        by=OFFICER,
        subject="release",
        id="C-1",
        decision="request",
        why="Withdrawn",
        items=("a1", "a2"),
        items_field="contact_ids",
    )


def test_a_body_in_base64_is_read_too() -> None:
    body = base64.b64encode(json.dumps(STATED).encode()).decode()

    assert call_of(request(body, isBase64Encoded=True), OFFICER).id == "C-1"
    with pytest.raises(Unreadable, match="body: is not JSON"):
        call_of(request(body, isBase64Encoded=False), OFFICER)


@pytest.mark.parametrize("context", [None, {}, {"requestId": ""}, "r-1"])
def test_a_request_without_an_id_has_none(context: object) -> None:
    assert call_id_of({"requestContext": context}) == "none"


def test_spaces_around_a_text_are_no_part_of_it_and_why_and_items_may_be_left_out() -> None:
    call = read({"subject": " release ", "id": " C-1 ", "decision": " approve "}, OFFICER, "r-1")

    assert call == Call(call_id="r-1", by=OFFICER, subject="release", id="C-1", decision="approve")
    assert read(STATED | {"why": " "}, OFFICER, "r-1").why == ""
    assert read(STATED | {"contact_ids": None}, OFFICER, "r-1").items is None


def test_fields_that_no_decision_has_are_named_in_order_and_cut_to_forty_characters() -> None:
    call = read(STATED | {"z": 1, "a" * 41: 1, "b": None}, OFFICER, "r-1")

    assert call.unknown_fields == ("a" * 40, "b", "z")
    assert read(STATED | {"objects": ["b/k"]}, OFFICER, "r-1").unknown_fields == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (None, "body: is missing"),
        (7, "body: is missing"),
        ("{", "body: is not JSON"),
        ("[" * 100_000, "body: is not JSON"),
        ("[]", "body: must be a JSON object"),
    ],
)
def test_a_body_that_is_no_object_is_refused(body: object, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        call_of(request(body), OFFICER)

    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subject": None}, "subject: is missing"),
        ({"subject": ""}, "subject: is missing"),
        ({"id": " "}, "id: is missing"),
        ({"id": 7}, "id: must be text"),
        ({"id": "x" * 129}, "id: is longer than 128 characters"),
        ({"subject": "x" * 129}, "subject: is longer than 128 characters"),
        ({"decision": "x" * 129}, "decision: is longer than 128 characters"),
        ({"decision": []}, "decision: must be text"),
        ({"decision": None}, "decision: is missing"),
        ({"id": "C\u202e1"}, "id: has a character that is not seen"),
        ({"why": "x" * 501}, "why: is longer than 500 characters"),
        ({"why": ["x"]}, "why: must be text"),
        ({"contact_ids": "a1"}, "contact_ids: must be a list of texts"),
        ({"contact_ids": ["a1", 7]}, "contact_ids: must be a list of texts"),
        ({"contact_ids": []}, "contact_ids: must name at least one, or be left out"),
        ({"contact_ids": ["a"] * 1001}, "contact_ids: names more than 1000"),
        ({"contact_ids": ["a", " "]}, "contact_ids: has an entry that is empty, too long or cannot be read"),
        ({"objects": ["x" * 1201]}, "objects: has an entry that is empty, too long or cannot be read"),
        ({"objects": ["a\n"]}, "objects: has an entry that is empty, too long or cannot be read"),
        ({"contact_ids": ["a"], "objects": ["b"]}, "objects: is not a field of the same subject"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_its_problem(change: dict[str, object], says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(STATED | change, OFFICER, "r-1")

    assert str(caught.value) == says
    assert f"{caught.value.field}: {caught.value.problem}" == says


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x" * 128},
        {"why": "x" * 500},
        {"contact_ids": [f"a{number}" for number in range(1000)]},
        {"objects": ["x" * 1200]},
    ],
)
def test_what_is_just_as_long_as_it_may_be_is_read(change: dict[str, Any]) -> None:
    call = read(STATED | change, OFFICER, "r-1")

    [(name, value)] = change.items()
    assert getattr(call, "items" if isinstance(value, list) else name) == (
        tuple(value) if isinstance(value, list) else value
    )


def test_the_case_system_is_no_role_of_staff() -> None:
    assert str(Person(CASE_SYSTEM, "j.doe")) == "case-system/j.doe"
