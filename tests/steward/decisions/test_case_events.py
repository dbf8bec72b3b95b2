"""A "Hold Released" of the case-management system is a request, and an approval only where the policy says so."""

from __future__ import annotations

from typing import Any

import pytest

from steward.decisions.book import Outcome
from steward.decisions.case_events import released
from steward.decisions.deciding import Answer
from steward.decisions.people import CASE_SYSTEM, Person
from steward.decisions.subjects import Subject
from tests.support.decision_fixture import DecisionFixture

ASKER, APPROVER = Person(CASE_SYSTEM, "j.doe"), Person(CASE_SYSTEM, "m.roe")


def event(**change: object) -> dict[str, Any]:
    detail = {"case": "C-1", "contact_ids": ["a1"], "why": "Withdrawn", "requested_by": "j.doe", "approved_by": "m.roe"}
    return {"id": "e-1", "detail": {name: one for name, one in (detail | change).items() if one != "left out"}}


def test_the_event_asks_and_somebody_else_decides() -> None:
    office = DecisionFixture()

    assert released(event(), office.deciding(), answers_for_both=False) == Answer(Outcome.ASKED)
    [row] = office.rows
    assert (row.call_id, row.by, row.id, row.why, row.items) == ("e-1", ASKER, "C-1", "Withdrawn", ("a1",))
    assert office.ordered == []


@pytest.mark.parametrize("contacts", [None, "left out"])
def test_an_event_that_names_no_contacts_is_about_all_of_the_case(contacts: object) -> None:
    office = DecisionFixture()

    released(event(contact_ids=contacts), office.deciding(), answers_for_both=False)

    assert office.rows[0].items == ()


def test_where_the_policy_says_so_the_event_answers_for_two_people_and_again_as_before() -> None:
    office = DecisionFixture(case_system_releases=True)

    for _ in range(2):
        assert released(event(), office.deciding(), answers_for_both=True) == Answer(Outcome.DECIDED)

    assert [(row.call_id, row.by, row.decision, row.id) for row in office.rows] == [
        ("e-1", ASKER, "request", "C-1"),
        ("e-1#approval", APPROVER, "approve", "C-1"),
    ]
    assert set(office.ordered) == {(Subject.RELEASE, "C-1")}


def test_an_event_whose_request_is_refused_approves_nothing() -> None:
    office = DecisionFixture(case_system_releases=True)
    answer = released(event(case="C-9"), office.deciding(), answers_for_both=True)

    assert answer == Answer(Outcome.REFUSED, "case: the case holds no contact")
    assert len(office.rows) == 1


@pytest.mark.parametrize(
    ("change", "both", "says"),
    [
        ({"case": "07700 900123"}, False, "case: reads as a telephone number"),
        ({"requested_by": None}, False, "requested_by: is missing"),
        ({"requested_by": "x" * 129}, False, "requested_by: is longer than 128 characters"),
        ({"approved_by": None}, True, "approved_by: is missing"),
        ({"case": None}, False, "case: is missing"),
        ({"case": "left out"}, False, "case: is missing"),
        ({"contact_ids": []}, False, "contact_ids: must name at least one, or be left out"),
    ],
)
def test_an_event_that_cannot_be_read_is_kept_and_refused(change: dict[str, object], both: bool, says: str) -> None:  # noqa: FBT001
    office = DecisionFixture(case_system_releases=True)

    assert released(event(**change), office.deciding(), answers_for_both=both) == Answer(Outcome.REFUSED, says)
    [row] = office.unreadable
    assert (row.call_id, row.by.role) == ("e-1", CASE_SYSTEM)
    assert (row.subject, row.id) == ("release", "" if "case" in change else "C-1"), "the refusal names the case"
    assert office.notices == [row]
    assert office.rows == []


@pytest.mark.parametrize("case", ["07700 900123", 12, None, ["C-1"]])
def test_what_is_no_reference_is_not_quoted_in_the_refusal_of_something_else(case: object) -> None:
    office = DecisionFixture()
    released(event(case=case, requested_by=None), office.deciding(), answers_for_both=False)

    assert [(row.subject, row.id) for row in office.notices] == [("release", "")]


@pytest.mark.parametrize("wrong", [{}, {"detail": []}, {"detail": None, "id": ""}])
def test_an_event_without_detail_or_id_is_refused_too(wrong: dict[str, object]) -> None:
    office = DecisionFixture()

    assert released(wrong, office.deciding(), answers_for_both=False).reason == "requested_by: is missing"
    assert office.unreadable[0].call_id == "none"
