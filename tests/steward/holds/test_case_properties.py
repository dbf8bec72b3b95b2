"""Whatever the order in which the facts of a case arrive, and however often, the case ends up the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from steward.holds import cases
from steward.holds.cases import Case
from steward.holds.requests import Closure, Escalation, HoldRequest
from steward.ids import CaseRef
from steward.policy.holds import HoldPeriod, Stage
from steward.retention.months import end_of
from tests.support.hold_requests import complaint

PERIOD = HoldPeriod(months=18, open_ended_stages=(Stage.TWO, Stage.OMBUDSMAN), months_after_closure=12)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
FACTS = st.one_of(
    st.builds(lambda day: complaint("call-1", received=day), DAYS),
    st.builds(lambda day: complaint("call-1", received=day, assumed=True), DAYS),
    st.builds(lambda stage: complaint("call-1", stage=stage), st.sampled_from(Stage)),
    st.builds(
        lambda stage, on: Escalation(case=CaseRef("C-1"), stage=stage, on=on, requested_by="x"),
        st.sampled_from([Stage.TWO, Stage.OMBUDSMAN]),
        DAYS,
    ),
    st.builds(lambda on: Closure(case=CaseRef("C-1"), closed_on=on, requested_by="x"), DAYS),
)


def learn(case: Case, fact: HoldRequest | Escalation | Closure) -> Case:
    match fact:
        case HoldRequest():
            case = cases.logged(case, fact)
        case Escalation():
            case = cases.escalated(case, fact)
        case Closure():
            case = cases.closed(case, fact)
    return cases.with_end(case, PERIOD)


@given(facts=st.lists(FACTS, min_size=1, max_size=6), order=st.randoms(use_true_random=False))
def test_the_facts_of_a_case_may_arrive_in_any_order_and_more_than_once(
    facts: list[HoldRequest | Escalation | Closure], order: object
) -> None:
    shuffled = [*facts, facts[0]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one = reduce(learn, facts, Case(case=CaseRef("C-1")))
    other = reduce(learn, shuffled, Case(case=CaseRef("C-1")))

    assert (one.stage, one.received_on, one.received_on_assumed) == (
        other.stage,
        other.received_on,
        other.received_on_assumed,
    )
    assert (one.is_closed, one.is_open_ended(PERIOD)) == (other.is_closed, other.is_open_ended(PERIOD))


@given(facts=st.lists(FACTS, min_size=1, max_size=8))
def test_no_fact_moves_the_end_of_a_hold_earlier(facts: list[HoldRequest | Escalation | Closure]) -> None:
    case = Case(case=CaseRef("C-1"))
    for fact in facts:
        before = case.hold_until
        case = learn(case, fact)
        if before is not None:
            assert case.hold_until is not None
            assert case.hold_until >= before


@given(facts=st.lists(FACTS, min_size=1, max_size=8))
def test_a_hold_never_ends_before_18_months_from_the_day_of_receipt(
    facts: list[HoldRequest | Escalation | Closure],
) -> None:
    case = reduce(learn, facts, Case(case=CaseRef("C-1")))
    if case.received_on is not None:
        assert case.hold_until is not None
        assert case.hold_until >= end_of(case.received_on, 18)


@given(received=DAYS, closed=DAYS)
def test_a_case_at_stage_two_runs_on_after_its_closure(received: date, closed: date) -> None:
    case = learn(Case(case=CaseRef("C-1")), complaint("call-1", received=received, stage=Stage.TWO))
    case = learn(case, Closure(case=CaseRef("C-1"), closed_on=closed, requested_by="x"))

    assert case.hold_until == max(end_of(received, 18), end_of(closed, 12))
    assert not case.is_open_ended(PERIOD)


def test_a_stage_one_case_ends_18_months_after_receipt_whenever_it_is_closed() -> None:
    case = learn(Case(case=CaseRef("C-1")), complaint("call-1", received=date(2026, 8, 31)))
    case = learn(case, Closure(case=CaseRef("C-1"), closed_on=date(2027, 12, 1), requested_by="x"))

    assert case.hold_until == datetime(2028, 2, 29, tzinfo=UTC)


def test_a_case_taken_further_after_its_closure_is_open_again() -> None:
    case = learn(Case(case=CaseRef("C-1")), complaint("call-1", received=date(2026, 8, 31)))
    case = learn(case, Closure(case=CaseRef("C-1"), closed_on=date(2027, 1, 1), requested_by="x"))
    taken_further = date(2027, 1, 1) + timedelta(days=20)
    case = learn(case, Escalation(case=CaseRef("C-1"), stage=Stage.OMBUDSMAN, on=taken_further, requested_by="x"))

    assert case.is_open_ended(PERIOD)
