"""The payment register's items: how one contact's pauses are written down, and how they are read.

One item per contact (``pk`` its id, ``sk`` always :data:`SORT_VALUE`). Its open interval lies in attributes of its own,
so that each change is one conditional update; closed intervals and failed attempts lie in the list ``closed``. Moments
are whole milliseconds since 1970; only ``expires_at`` is in seconds, as DynamoDB's time to live wants it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from steward.aws import rows
from steward.ids import ContactId
from steward.payments.model import Asker, Call, Entry, Interval, LateStart, Reason, Status
from steward.policy.payments import RecordingType
from steward.retention.expiry import is_expired

Item = Mapping[str, Any]
"""An item as DynamoDB's low-level API gives it: each value under its type, such as ``{"S": "text"}``."""

SORT_VALUE = "payments"
"""The one sort key of this table."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class _LateStart(Struct, frozen=True, kw_only=True):
    """What started during a pause, as an element of ``late``."""

    types: frozenset[RecordingType]
    suspended_at: int


class _Interval(Struct, frozen=True, kw_only=True):
    """One interval as it stands in an item, or in ``closed``."""

    reference: str
    status: Status
    reason: Reason
    asked_by: Asker
    asked_at: int
    expires_at: int
    types: frozenset[RecordingType] = frozenset()
    paused_at: int | None = None
    resumed_at: int | None = None
    ended_at: int | None = None
    late: tuple[_LateStart, ...] | None = None
    claimed: bool | None = None


class _Entry(Struct, frozen=True, kw_only=True):
    """An item without its open interval."""

    pk: ContactId
    expires_at: int
    initial_contact_id: ContactId = ContactId("")
    closed: tuple[_Interval, ...] = ()
    settled_at: int | None = None
    resume_asked_at: int | None = None
    resume_pending: bool = False
    alerted_reference: str = ""
    followed_at: int | None = None
    followers: frozenset[ContactId] = frozenset()
    legs: frozenset[ContactId] = frozenset()


def milliseconds(moment: datetime) -> int:
    """Return a moment in whole milliseconds, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def closed_row(interval: Interval) -> _Interval:
    """Return one closed interval as an element of ``closed``."""
    return _Interval(
        reference=interval.reference,
        status=interval.status,
        reason=interval.reason,
        asked_by=interval.asked_by,
        asked_at=milliseconds(interval.asked_at),
        expires_at=interval.expires_at,
        types=interval.types,
        paused_at=_maybe_milliseconds(interval.paused_at),
        resumed_at=_maybe_milliseconds(interval.resumed_at),
        ended_at=_maybe_milliseconds(interval.ended_at),
        late=tuple(late_row(late) for late in interval.late) or None,
    )


def late_row(late: LateStart) -> _LateStart:
    """Return one late start as an element of ``late``."""
    return _LateStart(types=late.types, suspended_at=milliseconds(late.suspended_at))


def read_entry(item: Item, now: datetime) -> Entry | None:
    """Return what an item says; None, or without its expired parts, where the register should have forgotten it.

    DynamoDB removes an expired item within days, not at once (Developer Guide, "Using time to live"). Raises
    UnreadableRow.
    """
    row = rows.read(item, _Entry)
    closed = tuple(_interval(one) for one in row.closed if not is_expired(one.expires_at, now))
    current = _interval(rows.read(item, _Interval)) if "reference" in item else None
    if current is not None and is_expired(current.expires_at, now):
        current = None
    if current is None and not closed and is_expired(row.expires_at, now):
        return None
    return Entry(
        call=Call(row.pk, row.initial_contact_id or row.pk),
        current=current,
        closed=closed,
        settled_at=_maybe(row.settled_at),
        resume_asked_at=_maybe(row.resume_asked_at),
        resume_pending=row.resume_pending,
        alerted_reference=row.alerted_reference,
        followed_at=_maybe(row.followed_at),
        followers=row.followers,
        legs=row.legs,
    )


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One pause, one failed attempt at it, or a recording that started during a pause and was suspended then.

    ``status`` is a value of ``Status``.
    """

    contact_id: ContactId
    paused_at: datetime | None
    resumed_at: datetime | None
    status: str


def payments(items: Iterable[Item], now: datetime) -> list[PaymentLine]:
    """Return every interval of these items, in the order in which they were asked for."""
    lines: list[tuple[datetime, PaymentLine]] = []
    for item in items:
        entry = read_entry(item, now)
        if entry is None:
            continue
        contact_id = entry.call.contact_id
        for interval in (*entry.closed, *([entry.current] if entry.current else [])):
            line = PaymentLine(contact_id, interval.paused_at, interval.resumed_at, interval.status.value)
            lines.append((interval.asked_at, line))
            lines += [(late.suspended_at, replace(line, paused_at=late.suspended_at)) for late in interval.late]
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].contact_id))]


def _interval(row: _Interval) -> Interval:
    return Interval(
        reference=row.reference,
        status=row.status,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=_moment(row.asked_at),
        expires_at=row.expires_at,
        types=row.types,
        paused_at=_maybe(row.paused_at),
        resumed_at=_maybe(row.resumed_at),
        ended_at=_maybe(row.ended_at),
        late=tuple(LateStart(one.types, _moment(one.suspended_at)) for one in row.late or ()),
        claimed=bool(row.claimed),
    )


def _maybe(stored: int | None) -> datetime | None:
    return None if stored is None else _moment(stored)


def _maybe_milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def _moment(stored: int) -> datetime:
    return _EPOCH + stored * _MILLISECOND
