"""Who may ask, who may decide, and what follows: two people agree before anything is carried out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steward.decisions.book import Outcome, Row, Taken
from steward.decisions.calls import Unreadable
from steward.decisions.deciding import Answer
from steward.decisions.people import CASE_SYSTEM, NOBODY, Person, UnknownCaller
from steward.decisions.subjects import Subject
from tests.support.decision_fixture import APPROVER, NOON, OFFICER, OTHER_OFFICER, DecisionFixture


@pytest.fixture
def office() -> DecisionFixture:
    return DecisionFixture()


def refused(reason: str) -> Answer:
    return Answer(Outcome.REFUSED, reason)


def test_a_request_is_kept_and_told_and_orders_nothing(office: DecisionFixture) -> None:
    assert office.ask(items=("a1",)) == Answer(Outcome.ASKED)

    row = Row(
        subject="release",
        id="C-1",
        number=1,
        call_id="call-1",
        at=NOON,
        by=OFFICER,
        decision="request",
        outcome=Outcome.ASKED,
        why="Withdrawn",
        items=("a1",),
    )
    assert office.rows == [row]
    assert office.notices == [row]
    assert office.ordered == []


def test_another_person_approves_and_the_order_is_given(office: DecisionFixture) -> None:
    office.ask(items=("a1",))

    assert office.call(APPROVER, "approve") == Answer(Outcome.DECIDED)

    assert office.ordered == [(Subject.RELEASE, "C-1")]
    assert office.rows[1] == Row(
        subject="release",
        id="C-1",
        number=2,
        call_id="call-2",
        at=NOON,
        by=APPROVER,
        decision="approve",
        outcome=Outcome.DECIDED,
        items=("a1",),
    )
    assert office.notices == office.rows


def test_a_rejection_orders_nothing_and_is_told(office: DecisionFixture) -> None:
    office.ask()

    assert office.call(APPROVER, "reject") == Answer(Outcome.DECIDED)
    assert office.ordered == []
    assert len(office.notices) == 2


def test_the_same_call_again_is_answered_as_before_and_the_order_given_again(office: DecisionFixture) -> None:
    office.ask(call_id="r-1")
    assert office.ask(call_id="r-1") == Answer(Outcome.ASKED)
    office.call(APPROVER, "approve", call_id="r-2")
    assert office.call(APPROVER, "approve", call_id="r-2") == Answer(Outcome.DECIDED)

    assert len(office.rows) == 2
    assert len(office.ordered) == 2


def test_a_refused_call_again_is_refused_as_before_and_told_once(office: DecisionFixture) -> None:
    for _ in range(2):
        assert office.call(APPROVER, "approve", call_id="r-1") == refused("nothing_asked")

    assert len(office.rows) == len(office.notices) == 1


def test_who_asks_the_same_once_more_has_asked_already_and_others_are_refused(office: DecisionFixture) -> None:
    office.ask(items=("a1",))

    assert office.ask(items=("a1",)) == Answer(Outcome.ASKED, "already_asked")
    assert office.ask(items=("a2",)) == refused("already_asked")
    assert office.ask(OTHER_OFFICER, items=("a1",)) == refused("already_asked")
    assert [row.repeats for row in office.rows] == [False, True, False, False]
    assert [row.items for row in office.rows] == [("a1",), ("a1",), (), ()]
    assert len(office.notices) == 3, "a repeat is told to nobody"


def test_who_decides_the_same_once_more_has_decided_already(office: DecisionFixture) -> None:
    office.ask()
    office.call(APPROVER, "approve")

    assert office.call(APPROVER, "approve") == Answer(Outcome.DECIDED, "already_decided")
    assert office.rows[-1].repeats
    assert len(office.ordered) == 2, "the first order may have been lost"
    assert len(office.notices) == 2
    assert office.call(APPROVER, "reject") == refused("nothing_asked")
    assert office.call(Person("release-approver", "d.head"), "approve") == refused("nothing_asked")


def test_nobody_decides_what_they_asked_for_since_the_last_approval(office: DecisionFixture) -> None:
    approver = Person("release-approver", "a.officer@council.example")
    office.ask()
    assert office.call(approver, "approve") == refused("same_person")

    office.call(APPROVER, "reject")
    office.ask(OTHER_OFFICER)
    assert office.call(approver, "approve") == refused("same_person"), "they asked before"

    office.call(APPROVER, "approve")
    office.ask(OTHER_OFFICER)
    assert office.call(approver, "approve") == Answer(Outcome.DECIDED)


@pytest.mark.parametrize(
    ("by", "decision"),
    [
        (APPROVER, "request"),
        (OFFICER, "approve"),
        (OFFICER, "reject"),
        (Person("complaints-officer", "x"), "request"),
        (Person(CASE_SYSTEM, "x.y"), "approve"),
    ],
)
def test_a_role_does_only_what_is_its_own(office: DecisionFixture, by: Person, decision: str) -> None:
    office.ask()

    assert office.call(by, decision, why="x") == refused("role")


def test_the_case_system_answers_for_both_people_only_where_the_policy_says_so() -> None:
    office = DecisionFixture(case_system_releases=True)
    office.ask(Person(CASE_SYSTEM, "j.doe"))

    assert office.call(Person(CASE_SYSTEM, "m.roe"), "approve") == Answer(Outcome.DECIDED)
    assert DecisionFixture().ask(Person(CASE_SYSTEM, "j.doe")) == Answer(Outcome.ASKED)


def test_a_request_says_why_and_a_field_of_another_decision_is_refused(office: DecisionFixture) -> None:
    wrong = refused("a field does not belong to this decision")

    assert office.call(OFFICER, "request") == refused("why: is missing")
    assert office.call(OFFICER, "request", why="x", unknown=("colour",)) == wrong
    assert office.call(OFFICER, "request", why="x", items=("b/k",), items_field="objects") == wrong
    office.ask()
    assert office.call(APPROVER, "approve", items=("a1",)) == wrong
    assert office.ordered == []


def test_what_the_register_says_of_a_case_is_the_answer(office: DecisionFixture) -> None:
    assert office.call(OFFICER, "request", why="x", identifier="c-9") == refused("id: the case holds no contact")
    assert office.rows[0].id == "C-9"


@pytest.mark.parametrize(
    ("typed", "says", "kept"),
    [
        (
            ("dance", "request", "c-1"),
            "subject: must be one of release, card_data, match, item, package, disclosure, erasure_scope, erasure",
            ("", "request"),
        ),
        (("erasure", "request", "c-1"), "subject: erasure is not decided here yet", ("erasure", "request")),
        (("release", "dance", "c-1"), "decision: must be one of request, approve, reject", ("release", "")),
        (("release", "approve", "07700 900123"), "id: reads as a telephone number", ("release", "approve")),
    ],
)
def test_a_call_about_nothing_that_there_could_be_is_kept_without_what_was_typed(
    office: DecisionFixture, typed: tuple[str, str, str], says: str, kept: tuple[str, str]
) -> None:
    subject, decision, identifier = typed
    for _ in range(2):
        answer = office.call(OFFICER, decision, subject=subject, identifier=identifier, call_id="r-1")
        assert answer == refused(says)

    row = Row(
        subject=kept[0],
        id="",
        number=0,
        call_id="r-1",
        at=NOON,
        by=OFFICER,
        decision=kept[1],
        outcome=Outcome.REFUSED,
        reason=says,
    )
    assert office.unreadable == [row]
    assert office.notices == [row], "told once"
    assert office.rows == []


@pytest.mark.parametrize(
    ("problem", "says"),
    [(Unreadable("body", "is missing"), "body: is missing"), (UnknownCaller("the request is not signed"), "role")],
)
def test_a_call_that_cannot_be_read_or_comes_from_nobody_is_kept_and_refused(
    office: DecisionFixture, problem: Unreadable | UnknownCaller, says: str
) -> None:
    assert office.deciding().refuse("r-1", NOBODY, problem) == refused(says)

    [row] = office.unreadable
    assert (row.subject, row.id, row.decision, row.call_id, row.by) == ("", "", "", "r-1", NOBODY)


def test_a_call_that_another_overtakes_is_judged_again(office: DecisionFixture) -> None:
    office.ask()
    office.meanwhile.append(replace(office.rows[0], number=2, call_id="x", by=APPROVER, decision="reject"))
    office.meanwhile[0] = replace(office.meanwhile[0], outcome=Outcome.DECIDED)

    assert office.call(Person("release-approver", "d.head"), "approve") == refused("nothing_asked")
    assert office.ordered == []


@pytest.mark.parametrize(("overtaken", "gives_up"), [(7, False), (8, True)])
def test_a_call_that_is_overtaken_eight_times_gives_up(
    office: DecisionFixture, *, overtaken: int, gives_up: bool
) -> None:
    office.ask()
    office.meanwhile = [
        replace(office.rows[0], number=number, call_id=f"x-{number}", outcome=Outcome.REFUSED)
        for number in range(2, 2 + overtaken)
    ]
    if gives_up:
        with pytest.raises(Taken, match=r"^others keep calling about the same id$"):
            office.call(APPROVER, "approve")
    else:
        assert office.call(APPROVER, "approve") == Answer(Outcome.DECIDED)
    assert len(office.ordered) == int(not gives_up)
