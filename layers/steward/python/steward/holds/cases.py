"""A case and the end of its hold. Pure; the facts make the same case whatever the order in which they arrive.

A case keeps what was stated of it, each fact once: receipts, the furthest stage, the latest step further and the latest
closure. What holds (open or closed, which reason stands, until when) is derived from these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from steward.clock import london_date
from steward.ids import CaseRef
from steward.policy.holds import HoldPeriod, HoldReason, Stage
from steward.retention.months import end_of

if TYPE_CHECKING:
    from steward.holds.requests import Closure, Escalation, HoldRequest

_STAGES = (Stage.ONE, Stage.TWO, Stage.OMBUDSMAN)
_REASONS = tuple(HoldReason)

Periods = Mapping[HoldReason, HoldPeriod]
"""The policy's hold period of each reason."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """That the council received something on a London date, as the flag made at ``flagged_at`` states or assumes.

    ``again_at`` is when the same was last said once more.
    """

    reason: HoldReason
    received_on: date
    assumed: bool
    flagged_at: datetime
    again_at: datetime | None = None

    @property
    def last_flagged_at(self) -> datetime:
        """When it was last said."""
        return self.again_at or self.flagged_at


@dataclass(frozen=True, kw_only=True)
class Turn:
    """That a case was taken further or closed: the latest London date that was stated, and when it was said last."""

    on: date
    at: datetime

    def joined(self, other: Turn | None) -> Turn:
        """Return this with another of its kind: the later date and the later moment."""
        return self if other is None else Turn(on=max(self.on, other.on), at=max(self.at, other.at))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a case asks for now: the reason that holds longest, its receipt, and until when."""

    reason: HoldReason
    received_on: date
    assumed: bool
    until: datetime
    open_ended: bool


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known of a case.

    ``hold_until`` is the latest end that was ever computed, so that nothing which arrives later, and no shorter period
    of a later policy, can move it earlier.
    """

    case: CaseRef
    receipts: tuple[Receipt, ...] = ()
    stage: Stage = Stage.ONE
    furthered: Turn | None = None
    closure: Turn | None = None
    hold_until: datetime | None = None
    requested_by: str = ""
    note: str = ""
    behind: bool = False
    """Whether a flag of one contact changed what the case asks for, and its other contacts may not know of it yet."""

    @property
    def is_known(self) -> bool:
        """Whether a flag is on record: an escalation or a closure alone makes no case."""
        return bool(self.receipts)

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed and was not taken further since.

        Moments decide: what was said later, or at the same moment, opens it again, whatever date it states. A closing
        of a day before the one on which the case was taken further closes nothing either.
        """
        if self.closure is None or self.furthered is None:
            return self.closure is not None
        return self.furthered.at < self.closure.at and self.furthered.on <= self.closure.on

    @property
    def last_asked_for_at(self) -> datetime | None:
        """When somebody last flagged a contact for the case or took it further."""
        moments = [one.last_flagged_at for one in self.receipts]
        return max([*moments, self.furthered.at] if self.furthered else moments, default=None)

    @property
    def first_received_on(self) -> date | None:
        """The earliest date of receipt that somebody stated."""
        return min((one.received_on for one in self.receipts if not one.assumed), default=None)

    def standing(self, periods: Periods) -> Standing | None:
        """Return what the case asks for; none while no flag is on record.

        Each reason has its own period; of several the one without an end stands, else the one that ends last.
        """
        found = [self._standing(reason, periods[reason]) for reason in self._reasons()]
        if not found:
            return None
        first = max(found, key=lambda one: (one.open_ended, one.until, -_REASONS.index(one.reason)))
        return replace(first, until=max(one.until for one in found))

    def _reasons(self) -> list[HoldReason]:
        return [reason for reason in _REASONS if any(one.reason is reason for one in self.receipts)]

    def _standing(self, reason: HoldReason, period: HoldPeriod) -> Standing:
        """BAR-5: months from the date of receipt. BAR-6: the longer, separate period while it is open."""
        receipts = [one for one in self.receipts if one.reason is reason]
        counted = tuple(_counted(receipts, period))
        last = counted[-1]
        stated = [one.received_on for one in counted if not one.assumed]
        ends = [end_of(one.received_on, period.months) for one in counted]
        waits = period.open_until_closed(self.stage)
        closure = self.closure if self.is_closed else None
        if (
            closure
            and period.open_until_closed(Stage.ONE)
            and any(one.last_flagged_at >= closure.at for one in receipts)
        ):
            # What opens a case at any stage, such as a claim, is not closed by what was said before it came.
            closure = None
        if waits and closure and period.after_closure is not None:
            ends.append(end_of(closure.on, period.after_closure))
        return Standing(
            reason=reason,
            received_on=last.received_on if last.assumed else max(stated),
            assumed=last.assumed,
            until=max(ends),
            open_ended=waits and closure is None,
        )


def _counted(receipts: Iterable[Receipt], period: HoldPeriod) -> Iterator[Receipt]:
    """Return the receipts that count: every stated one, and an assumed one where none before it still runs.

    A flag without a date says nothing new of a case whose date is known; after its end it holds again.
    """
    covered: datetime | None = None
    for one in sorted(receipts, key=lambda each: (each.flagged_at, each.assumed)):
        if one.assumed and covered is not None and covered > one.flagged_at:
            continue
        yield one
        end = end_of(one.received_on, period.months)
        covered = end if covered is None else max(covered, end)


def logged(case: Case, request: HoldRequest) -> Case:
    """Return the case with what a hold request says of it. A stage beyond the first opens it again."""
    receipt = Receipt(
        reason=request.reason,
        received_on=request.received_on,
        assumed=request.received_on_assumed,
        flagged_at=request.flagged_at.astimezone(UTC),
    )
    known = {_fact(one): one for one in case.receipts}
    known[_fact(receipt)] = _joined(receipt, known.get(_fact(receipt)))
    after = replace(
        case,
        receipts=tuple(known[fact] for fact in sorted(known)),
        requested_by=case.requested_by or request.requested_by,
        note=case.note or request.note,
    )
    if request.stage is Stage.ONE:
        return after
    return _further(after, request.stage, Turn(on=london_date(request.flagged_at), at=receipt.flagged_at))


def escalated(case: Case, escalation: Escalation) -> Case:
    """Return the case at the further stage, open again."""
    return _further(case, escalation.stage, Turn(on=escalation.on, at=escalation.said_at))


def closed(case: Case, closure: Closure) -> Case:
    """Return the case as closed."""
    return replace(case, closure=Turn(on=closure.closed_on, at=closure.said_at).joined(case.closure))


def with_end(case: Case, periods: Periods) -> Case:
    """Return the case with the end of its hold, never earlier than it was."""
    standing = case.standing(periods)
    if standing is None:
        return case
    ends = [standing.until] if case.hold_until is None else [standing.until, case.hold_until.astimezone(UTC)]
    return replace(case, hold_until=max(ends))


def _further(case: Case, stage: Stage, turn: Turn) -> Case:
    return replace(
        case,
        stage=max(case.stage, stage, key=_STAGES.index),
        furthered=turn.joined(case.furthered),
    )


def _joined(receipt: Receipt, known: Receipt | None) -> Receipt:
    """Return a receipt with the one that says the same: when that was first said, and when last."""
    if known is None:
        return receipt
    moments = (receipt.flagged_at, known.flagged_at, known.last_flagged_at)
    first, last = min(moments), max(moments)
    return replace(known, flagged_at=first, again_at=last if last > first else None)


def _fact(receipt: Receipt) -> tuple[int, date, bool]:
    return _REASONS.index(receipt.reason), receipt.received_on, receipt.assumed
