"""The shipped policies hold for each reason, and for each as long as they say (POW-7, BAR-5, BAR-6)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from steward.holds.cases import Case, with_end
from steward.ids import CaseRef
from steward.policy.holds import HoldPeriod, HoldReason, Stage
from steward.policy.load import load_policy

RECEIVED = date(2026, 8, 31)
COUNCILS = ("barnet", "kensington-and-chelsea", "powys", "rhondda-cynon-taf", "somerset")


@cache
def period(council: str, reason: HoldReason) -> HoldPeriod:
    return load_policy(Path(f"policies/{council}.toml")).holds.reasons[reason]


def case(reason: HoldReason, **facts: object) -> Case:
    return Case(case=CaseRef("C-1"), reason=reason, received_on=RECEIVED, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize(
    ("reason", "end"),
    [
        (HoldReason.COMPLAINT, datetime(2028, 2, 29, tzinfo=UTC)),
        (HoldReason.THREAT_TO_STAFF, datetime(2028, 8, 30, 23, tzinfo=UTC)),
        (HoldReason.SUBJECT_ACCESS, datetime(2027, 2, 28, tzinfo=UTC)),
    ],
)
def test_each_reason_holds_for_its_own_period_from_the_date_of_receipt(
    council: str, reason: HoldReason, end: datetime
) -> None:
    held = with_end(case(reason), period(council, reason))
    assert not held.is_open_ended(period(council, reason))
    assert held.hold_until == end


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        (HoldReason.LEGAL_CLAIM, Stage.ONE),
        (HoldReason.COMPLAINT, Stage.TWO),
        (HoldReason.COMPLAINT, Stage.OMBUDSMAN),
    ],
)
def test_a_claim_and_a_complaint_taken_further_have_no_end_until_they_are_closed(
    council: str, reason: HoldReason, stage: Stage
) -> None:
    assert case(reason, stage=stage).is_open_ended(period(council, reason))


@pytest.mark.parametrize("council", COUNCILS)
def test_a_closed_ombudsman_case_is_held_for_a_year_more_and_never_less_than_eighteen_months(council: str) -> None:
    rule = period(council, HoldReason.COMPLAINT)
    late = with_end(case(HoldReason.COMPLAINT, stage=Stage.OMBUDSMAN, closed_on=date(2028, 1, 15)), rule)
    soon = with_end(case(HoldReason.COMPLAINT, stage=Stage.OMBUDSMAN, closed_on=date(2026, 9, 15)), rule)
    assert late.hold_until == datetime(2029, 1, 15, tzinfo=UTC)
    assert soon.hold_until == datetime(2028, 2, 29, tzinfo=UTC)
