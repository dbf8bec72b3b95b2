"""Whatever the order in which the facts of a case arrive, and however often, the case ends up the same."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.holds import cases
from steward.holds.adapters.rows import case_digest
from steward.holds.cases import Case, Standing
from steward.holds.requests import Closure, Escalation, HoldRequest
from steward.ids import CaseRef
from steward.policy.holds import HoldPeriod, HoldReason, PeriodStart, Stage
from steward.retention.months import end_of
from tests.support.hold_requests import complaint

PERIODS = {
    HoldReason.COMPLAINT: HoldPeriod(
        months=18, open_ended_stages=(Stage.TWO, Stage.OMBUDSMAN), months_after_closure=12
    ),
    HoldReason.LEGAL_CLAIM: HoldPeriod(months=72, open_ended=True, months_after_closure=6),
    HoldReason.THREAT_TO_STAFF: HoldPeriod(months=24),
    HoldReason.SUBJECT_ACCESS: HoldPeriod(months=6, starts=PeriodStart.CLOSURE),
}
REF = CaseRef("C-1")
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
TIMES = st.builds(
    lambda day, hour: datetime.combine(day, time(hour), tzinfo=UTC), DAYS, st.integers(min_value=0, max_value=23)
)
FACTS = st.one_of(
    st.builds(
        lambda day, at, reason, stage, assumed: complaint(
            "call-1", received=day, assumed=assumed, stage=stage, reason=reason, flagged_at=at
        ),
        DAYS,
        TIMES,
        st.sampled_from(HoldReason),
        st.sampled_from(Stage),
        st.booleans(),
    ),
    st.builds(
        lambda stage, on, at: Escalation(case=REF, stage=stage, on=on, requested_by="x", at=at),
        st.sampled_from([Stage.TWO, Stage.OMBUDSMAN]),
        DAYS,
        TIMES,
    ),
    st.builds(lambda on, at: Closure(case=REF, closed_on=on, requested_by="x", at=at), DAYS, TIMES),
)
Fact = HoldRequest | Escalation | Closure


def learn(case: Case, fact: Fact) -> Case:
    match fact:
        case HoldRequest():
            case = cases.logged(case, fact)
        case Escalation():
            case = cases.escalated(case, fact)
        case Closure():
            case = cases.closed(case, fact)
    return cases.with_end(case, PERIODS)


def known(*facts: Fact) -> Case:
    return reduce(learn, facts, Case(case=REF))


def standing(*facts: Fact) -> Standing:
    found = known(*facts).standing(PERIODS)
    assert found is not None
    return found


@given(facts=st.lists(FACTS, min_size=1, max_size=6), order=st.randoms(use_true_random=False))
def test_the_facts_of_a_case_may_arrive_in_any_order_and_more_than_once(facts: list[Fact], order: object) -> None:
    shuffled = [*facts, facts[0]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = known(*facts), known(*shuffled)

    assert one.standing(PERIODS) == other.standing(PERIODS)
    assert (one.receipts, one.stage, one.furthered, one.closure) == (
        other.receipts,
        other.stage,
        other.furthered,
        other.closure,
    )


@given(facts=st.lists(FACTS, min_size=1, max_size=8))
def test_no_fact_moves_the_end_of_a_hold_earlier(facts: list[Fact]) -> None:
    case = Case(case=REF)
    for fact in facts:
        before = case.hold_until
        case = learn(case, fact)
        if before is not None:
            assert case.hold_until is not None
            assert case.hold_until >= before


@given(facts=st.lists(FACTS, min_size=1, max_size=8))
def test_a_hold_never_ends_before_the_period_of_each_reason_from_each_date_of_receipt_that_was_stated(
    facts: list[Fact],
) -> None:
    case = known(*facts)
    for fact in facts:
        if isinstance(fact, HoldRequest) and not fact.received_on_assumed:
            assert case.hold_until is not None
            assert case.hold_until >= end_of(fact.received_on, PERIODS[fact.reason].months)


@given(received=DAYS, closed=DAYS)
def test_a_case_at_stage_two_runs_on_after_its_closure(received: date, closed: date) -> None:
    flagged = datetime.combine(min(received, closed), time(0), tzinfo=UTC) - timedelta(days=1)
    found = standing(
        complaint("call-1", received=received, stage=Stage.TWO, flagged_at=flagged),
        Closure(case=REF, closed_on=closed, requested_by="x"),
    )
    assert found.until == max(end_of(received, 18), end_of(closed, 12))
    assert not found.open_ended


def test_a_stage_one_case_ends_18_months_after_receipt_whenever_it_is_closed() -> None:
    case = known(
        complaint("call-1", received=date(2026, 8, 31)),
        Closure(case=REF, closed_on=date(2027, 12, 1), requested_by="x"),
    )
    assert case.hold_until == datetime(2028, 2, 29, tzinfo=UTC)


NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)


def closed_at(at: datetime) -> Closure:
    return Closure(case=REF, closed_on=at.date(), requested_by="x", at=at)


def escalated_at(at: datetime) -> Escalation:
    return Escalation(case=REF, stage=Stage.TWO, on=at.date(), requested_by="x", at=at)


def test_a_case_taken_further_on_the_day_of_its_closure_is_what_was_said_last() -> None:
    flag = complaint("call-1")
    assert standing(flag, closed_at(NOON), escalated_at(NOON + timedelta(hours=3))).open_ended
    assert not standing(flag, escalated_at(NOON), closed_at(NOON + timedelta(hours=3))).open_ended
    assert standing(flag, escalated_at(NOON), closed_at(NOON)).open_ended, "at one and the same moment it is open"


def test_a_flag_beyond_stage_one_after_the_closure_opens_the_case_again() -> None:
    flag = complaint("call-1")
    later = complaint("call-1", stage=Stage.TWO, flagged_at=NOON + timedelta(days=20))
    assert standing(flag, closed_at(NOON), later).open_ended
    assert not standing(flag, closed_at(NOON), later, closed_at(NOON + timedelta(days=30))).open_ended


@pytest.mark.parametrize("reason", [HoldReason.LEGAL_CLAIM, HoldReason.SUBJECT_ACCESS])
@pytest.mark.parametrize("assumed", [False, True])
def test_a_claim_or_request_that_is_flagged_after_the_closure_is_open_until_it_is_closed(
    reason: HoldReason,
    *,
    assumed: bool,
) -> None:
    after = NOON + timedelta(days=40)
    flag = complaint("call-1", reason=reason, received=after.date(), assumed=assumed, flagged_at=after)
    found = standing(complaint("call-1"), closed_at(NOON), flag)
    assert (found.reason, found.open_ended) == (reason, True)
    assert not standing(complaint("call-1"), closed_at(NOON), flag, closed_at(NOON + timedelta(days=60))).open_ended


def test_of_two_reasons_under_one_reference_the_longer_stands() -> None:
    flag = complaint("call-1", received=date(2027, 2, 1))
    claim = complaint("call-1", received=date(2027, 5, 1), reason=HoldReason.LEGAL_CLAIM)
    found = standing(flag, claim)
    assert (found.reason, found.open_ended) == (HoldReason.LEGAL_CLAIM, True)
    assert found.until == end_of(date(2027, 5, 1), 72)


def test_a_subject_access_hold_stays_open_while_its_request_is_open_and_then_runs_from_its_closure() -> None:
    flag = complaint("call-1", received=date(2027, 2, 1), reason=HoldReason.SUBJECT_ACCESS)
    assert standing(flag).open_ended
    found = standing(flag, closed_at(NOON))
    assert (found.open_ended, found.until) == (False, end_of(date(2027, 6, 1), 6))


def test_a_flag_without_a_date_changes_nothing_while_the_known_date_still_runs_and_holds_again_after_it() -> None:
    flag = complaint("call-1", received=date(2027, 2, 1), flagged_at=datetime(2027, 2, 2, 9, tzinfo=UTC))
    undated = complaint("call-1", received=date(2027, 6, 1), assumed=True, flagged_at=NOON)
    assert standing(flag, undated).until == end_of(date(2027, 2, 1), 18)
    after = datetime(2028, 9, 1, 9, tzinfo=UTC)
    again = complaint("call-1", received=after.date(), assumed=True, flagged_at=after)
    assert standing(flag, again).until == end_of(after.date(), 18)


def test_a_claim_is_open_again_when_it_is_flagged_once_more_after_its_closing_and_not_when_its_flag_is_repeated() -> (
    None
):
    received, at = date(2027, 1, 10), datetime(2027, 1, 12, 9, tzinfo=UTC)
    claim = complaint("call-1", received=received, reason=HoldReason.LEGAL_CLAIM, flagged_at=at)
    over = Closure(case=REF, closed_on=date(2027, 3, 1), requested_by="x", at=datetime(2027, 3, 1, 9, tzinfo=UTC))
    again = replace(claim, flagged_at=datetime(2027, 5, 1, 9, tzinfo=UTC))

    assert not standing(claim, over, claim).open_ended
    assert standing(claim, over, again).open_ended
    assert standing(again, over, claim).open_ended
    assert not standing(claim, over, again, replace(over, at=datetime(2027, 6, 1, 9, tzinfo=UTC))).open_ended


@dataclass(frozen=True, kw_only=True)
class _LaterCase(Case):
    """A case of a later version, with a field that no row has yet."""

    added: datetime | None = None


def test_a_field_that_a_later_version_adds_makes_no_other_case_of_the_ones_on_record() -> None:
    case = known(complaint("call-1", received=date(2027, 1, 10)))
    later = _LaterCase(**{one.name: getattr(case, one.name) for one in fields(case)})
    assert case_digest(later) == case_digest(case)
    assert case_digest(replace(later, added=datetime(2027, 1, 1, tzinfo=UTC))) != case_digest(case)


def test_a_closing_of_an_earlier_day_that_overtook_the_further_stage_closes_nothing() -> None:
    flag = complaint("call-1", received=date(2027, 1, 10))
    late = Closure(case=REF, closed_on=date(2027, 3, 1), requested_by="x", at=datetime(2027, 3, 10, 9, tzinfo=UTC))
    said = datetime(2027, 3, 5, 9, tzinfo=UTC)
    further = Escalation(case=REF, stage=Stage.TWO, on=date(2027, 3, 5), requested_by="x", at=said)
    assert standing(flag, late, further).open_ended
    assert standing(flag, further, late).open_ended


def test_the_first_note_and_the_first_to_ask_stay_with_the_case() -> None:
    first = replace(complaint("call-1"), note="", requested_by="officer.1")
    second = replace(complaint("call-2"), note="by telephone", requested_by="officer.2")
    third = replace(complaint("call-3"), note="by letter", requested_by="officer.3")

    case = known(first, second, third)

    assert (case.note, case.requested_by) == ("by telephone", "officer.1")
