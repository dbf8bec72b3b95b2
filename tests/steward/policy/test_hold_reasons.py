"""The shipped policies hold for each reason, and for each as long as they say (POW-7, BAR-5, BAR-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from steward.holds.cases import Case, Periods, Standing, Turn, logged
from steward.ids import CaseRef
from steward.policy.holds import HoldReason, Stage
from steward.policy.load import load_policy
from tests.support.hold_requests import complaint

RECEIVED = date(2026, 8, 31)
COUNCILS = ("barnet", "kensington-and-chelsea", "powys", "rhondda-cynon-taf", "somerset")


@cache
def periods(council: str) -> Periods:
    return load_policy(Path(f"policies/{council}.toml")).holds.reasons


def standing(council: str, reason: HoldReason, stage: Stage = Stage.ONE, closed_on: date | None = None) -> Standing:
    case = logged(Case(case=CaseRef("C-1")), complaint("call-1", received=RECEIVED, reason=reason, stage=stage))
    if closed_on is not None:
        # Told after it was flagged and taken further, whatever the dates of this test.
        case = replace(case, furthered=None, closure=Turn(on=closed_on, at=datetime(2030, 1, 1, tzinfo=UTC)))
    found = case.standing(periods(council))
    assert found is not None
    return found


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize(
    ("reason", "end"),
    [
        (HoldReason.COMPLAINT, datetime(2028, 2, 29, tzinfo=UTC)),
        (HoldReason.THREAT_TO_STAFF, datetime(2028, 8, 30, 23, tzinfo=UTC)),
    ],
)
def test_each_reason_holds_for_its_own_period_from_the_date_of_receipt(
    council: str, reason: HoldReason, end: datetime
) -> None:
    found = standing(council, reason)
    assert (found.open_ended, found.until) == (False, end)


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        (HoldReason.LEGAL_CLAIM, Stage.ONE),
        (HoldReason.SUBJECT_ACCESS, Stage.ONE),
        (HoldReason.COMPLAINT, Stage.TWO),
        (HoldReason.COMPLAINT, Stage.OMBUDSMAN),
    ],
)
def test_a_claim_and_a_complaint_taken_further_have_no_end_until_they_are_closed(
    council: str, reason: HoldReason, stage: Stage
) -> None:
    assert standing(council, reason, stage).open_ended


@pytest.mark.parametrize("council", COUNCILS)
def test_a_subject_access_hold_runs_from_the_day_on_which_the_request_is_closed(council: str) -> None:
    found = standing(council, HoldReason.SUBJECT_ACCESS, closed_on=date(2026, 12, 1))
    assert (found.open_ended, found.until) == (False, datetime(2027, 5, 31, 23, tzinfo=UTC))


@pytest.mark.parametrize("council", COUNCILS)
def test_a_closed_ombudsman_case_is_held_for_a_year_more_and_never_less_than_eighteen_months(council: str) -> None:
    late = standing(council, HoldReason.COMPLAINT, Stage.OMBUDSMAN, date(2028, 1, 15))
    soon = standing(council, HoldReason.COMPLAINT, Stage.OMBUDSMAN, date(2026, 9, 15))
    assert late.until == datetime(2029, 1, 15, tzinfo=UTC)
    assert soon.until == datetime(2028, 2, 29, tzinfo=UTC)
