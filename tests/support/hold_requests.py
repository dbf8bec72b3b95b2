"""Requests that tests make."""

from __future__ import annotations

from datetime import UTC, date, datetime

from steward.holds.requests import HoldRequest
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage


def complaint(
    *contacts: str,
    case: str = "C-1",
    received: date = date(2027, 5, 3),
    assumed: bool = False,
    stage: Stage = Stage.ONE,
    reason: HoldReason = HoldReason.COMPLAINT,
    signal: str = "case_event",
    flagged_at: datetime = datetime(2027, 5, 4, 9, 0, tzinfo=UTC),
) -> HoldRequest:
    """Return a request to hold these contacts."""
    return HoldRequest(
        case=CaseRef(case),
        reason=reason,
        stage=stage,
        received_on=received,
        received_on_assumed=assumed,
        contact_ids=tuple(ContactId(one) for one in contacts),
        requested_by="complaints",
        signal=signal,
        flagged_at=flagged_at,
    )
