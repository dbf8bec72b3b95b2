"""What the rows of the book come to, and what two people agreed on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steward.decisions.book import Outcome, Row, Standing, agreements
from steward.decisions.people import Person
from steward.decisions.subjects import Subject, rules
from tests.support.decision_fixture import APPROVER, NOON, OFFICER, OTHER_OFFICER

RULE = rules()[Subject.RELEASE]


def row(number: int, by: Person, decision: str, outcome: Outcome, *items: str, repeats: bool = False) -> Row:
    return Row(
        subject="release",
        id="C-1",
        number=number,
        call_id=f"call-{number}",
        at=NOON,
        by=by,
        decision=decision,
        outcome=outcome,
        items=items,
        repeats=repeats,
    )


ASKED = row(1, OFFICER, "request", Outcome.ASKED, "a1")
APPROVED = row(2, APPROVER, "approve", Outcome.DECIDED, "a1")
REJECTED = row(2, APPROVER, "reject", Outcome.DECIDED, "a1")
REFUSED = row(2, OFFICER, "approve", Outcome.REFUSED)


def test_an_empty_book_says_nothing() -> None:
    nothing = Standing(())

    assert (nothing.next_number, nothing.open, nothing.decided, nothing.asked_by()) == (1, None, None, ())
    assert nothing.answered("call-1") is None


def test_a_request_is_open_until_it_is_decided_and_neither_a_repeat_nor_a_refusal_decides() -> None:
    repeated = replace(APPROVED, repeats=True)

    assert Standing((ASKED,)).open == ASKED
    assert Standing((ASKED, REFUSED)).open == ASKED
    assert Standing((ASKED, repeated)).open == ASKED
    assert Standing((ASKED, replace(ASKED, number=2, repeats=True, by=OTHER_OFFICER))).open == ASKED
    assert Standing((ASKED, APPROVED)).open is None
    assert Standing((ASKED, REJECTED)).open is None


def test_the_last_decision_and_the_row_of_a_call_are_found() -> None:
    again = replace(ASKED, number=3, call_id="call-3")
    standing = Standing((ASKED, APPROVED, again, replace(REFUSED, number=4)))

    assert standing.decided == APPROVED
    assert standing.answered("call-2") == APPROVED
    assert standing.next_number == 5


def test_everybody_who_asked_since_the_last_approval_is_named() -> None:
    other = row(3, OTHER_OFFICER, "request", Outcome.ASKED)

    assert Standing((ASKED, REJECTED, other)).asked_by() == (OFFICER, OTHER_OFFICER)
    assert Standing((ASKED, APPROVED, other)).asked_by() == (OTHER_OFFICER,)


def test_two_people_agreed_on_what_one_asked_and_another_approved() -> None:
    second = row(3, OTHER_OFFICER, "request", Outcome.ASKED)
    approved = row(4, APPROVER, "approve", Outcome.DECIDED)

    first, last = agreements(RULE, (ASKED, APPROVED, second, approved))

    assert (first.request, first.approval) == (ASKED, APPROVED)
    assert (last.request, last.approval) == (second, approved)
    assert (first.names("a1"), first.names("a2")) == (True, False)
    assert (last.names("a1"), last.names("a2")) == (True, True)


@pytest.mark.parametrize(
    "rows",
    [
        (ASKED, REJECTED),
        (APPROVED,),
        (ASKED, replace(APPROVED, repeats=True)),
        (ASKED, replace(APPROVED, outcome=Outcome.REFUSED)),
        (replace(ASKED, by=Person("complaints-officer", "x.y")), APPROVED),
        (ASKED, replace(APPROVED, by=Person("release-officer", "b.manager"))),
        (ASKED, replace(APPROVED, by=Person("release-approver", "A.Officer"))),
        (ASKED, REJECTED, row(3, OTHER_OFFICER, "request", Outcome.ASKED), replace(APPROVED, by=OFFICER)),
    ],
)
def test_a_row_that_should_never_have_been_written_releases_nothing(rows: tuple[Row, ...]) -> None:
    assert agreements(RULE, rows) == ()


def test_the_case_system_asks_for_a_release_and_decides_it_only_where_the_policy_says_so() -> None:
    both = rules(case_system_releases=True)[Subject.RELEASE]

    assert (set(RULE.askers), set(RULE.deciders)) == ({"release-officer", "case-system"}, {"release-approver"})
    assert set(both.deciders) == {"release-approver", "case-system"}
    assert both.askers == RULE.askers
    card_data = rules(case_system_releases=True)[Subject.CARD_DATA]
    assert (set(card_data.askers), set(card_data.deciders)) == ({"information-officer"}, {"data-protection-officer"})
