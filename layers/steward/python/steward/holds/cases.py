"""A case and the end of its hold. Pure; every merge gives the same whatever the order in which facts arrive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from steward.ids import CaseRef
from steward.policy.holds import HoldPeriod, HoldReason, Stage
from steward.retention.months import end_of

if TYPE_CHECKING:
    from steward.holds.requests import Closure, Escalation, HoldRequest

_ORDER = (Stage.ONE, Stage.TWO, Stage.OMBUDSMAN)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known of a case.

    ``received_on`` is empty while only an escalation or a closure has arrived. ``hold_until`` is the latest end that
    was ever computed, so that nothing which arrives later can move it earlier.
    """

    case: CaseRef
    reason: HoldReason = HoldReason.COMPLAINT
    stage: Stage = Stage.ONE
    received_on: date | None = None
    received_on_assumed: bool = False
    escalated_on: date | None = None
    closed_on: date | None = None
    hold_until: datetime | None = None
    requested_by: str = ""
    note: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed and was not taken further since."""
        return self.closed_on is not None and (self.escalated_on is None or self.escalated_on <= self.closed_on)

    def is_open_ended(self, period: HoldPeriod) -> bool:
        """Whether the hold has no end until the case is closed (BAR-6)."""
        return (period.open_ended or self.stage in period.open_ended_stages) and not self.is_closed


def logged(case: Case, request: HoldRequest) -> Case:
    """Return the case with what a hold request says of it.

    A stated date outranks an assumed one; of two stated dates the later stands, of two assumed ones the earlier.
    """
    if case.received_on is None:
        received_on, assumed = request.received_on, request.received_on_assumed
    elif case.received_on_assumed == request.received_on_assumed:
        pick = min if case.received_on_assumed else max
        received_on, assumed = pick(case.received_on, request.received_on), case.received_on_assumed
    elif case.received_on_assumed:
        received_on, assumed = request.received_on, False
    else:
        received_on, assumed = case.received_on, False
    return replace(
        case,
        reason=request.reason if case.received_on is None else case.reason,
        stage=max(case.stage, request.stage, key=_ORDER.index),
        received_on=received_on,
        received_on_assumed=assumed,
        requested_by=case.requested_by or request.requested_by,
        note=case.note or request.note,
    )


def escalated(case: Case, escalation: Escalation) -> Case:
    """Return the case at the further stage."""
    return replace(
        case,
        stage=max(case.stage, escalation.stage, key=_ORDER.index),
        escalated_on=max(filter(None, (case.escalated_on, escalation.on))),
    )


def closed(case: Case, closure: Closure) -> Case:
    """Return the case as closed."""
    return replace(case, closed_on=max(filter(None, (case.closed_on, closure.closed_on))))


def with_end(case: Case, period: HoldPeriod) -> Case:
    """Return the case with the end of its hold: received + months, after closure where that is later, never earlier.

    BAR-5: 18 months from the date the complaint was received. BAR-6: the longer, separate period.
    """
    if case.received_on is None:
        return case
    ends = [end_of(case.received_on, period.months)]
    if case.hold_until is not None:
        ends.append(case.hold_until.astimezone(UTC))
    runs_from_closure = period.open_ended or case.stage in period.open_ended_stages
    if runs_from_closure and case.is_closed and case.closed_on is not None and period.months_after_closure is not None:
        ends.append(end_of(case.closed_on, period.months_after_closure))
    return replace(case, hold_until=max(ends))
