"""The payment register's items: how one contact's pauses are written down, and how they are read.

One item per contact (``pk`` its id, ``sk`` always :data:`SORT_KEY`). Its open interval lies in attributes of its own,
so that each change is one conditional update; closed intervals and failed attempts lie in the list ``closed``. Moments
are whole milliseconds since 1970; only ``expires_at`` is in seconds, as DynamoDB's time to live wants it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from steward.ids import ContactId
from steward.payments.model import Asker, Call, Entry, Interval, Reason, Status
from steward.policy.payments import RecordingType
from steward.retention.expiry import ATTRIBUTE, is_expired

Item = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's low-level API gives it: each value under its type, such as ``{"S": "text"}``."""

SORT_KEY = "payments"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> dict[str, str]:
    """Return a moment as an attribute value, in whole milliseconds, rounded down."""
    return {"N": str((moment - _EPOCH) // _MILLISECOND)}


def write_closed(interval: Interval) -> dict[str, Any]:
    """Return one closed interval as an element of ``closed``."""
    fields: dict[str, Any] = {
        "reference": {"S": interval.reference},
        "status": {"S": interval.status.value},
        "reason": {"S": interval.reason.value},
        "asked_by": {"S": interval.asked_by.value},
        "asked_at": milliseconds(interval.asked_at),
        ATTRIBUTE: {"N": str(interval.expires_at)},
        "types": {"L": [{"S": kind.value} for kind in sorted(interval.types)]},
    }
    for name in ("paused_at", "resumed_at", "ended_at"):
        moment = getattr(interval, name)
        if moment is not None:
            fields[name] = milliseconds(moment)
    return {"M": fields}


def read_entry(item: Item, now: datetime) -> Entry | None:
    """Return what an item says; None, or without its expired parts, where the register should have forgotten it.

    DynamoDB removes an expired item within days, not at once (Developer Guide, "Using time to live").
    """
    closed = tuple(_interval(part["M"]) for part in item.get("closed", {}).get("L", []))
    closed = tuple(interval for interval in closed if not is_expired(interval.expires_at, now))
    current = _interval(item) if "reference" in item else None
    if current is not None and is_expired(current.expires_at, now):
        current = None
    if current is None and not closed and is_expired(int(item[ATTRIBUTE]["N"]), now):
        return None
    contact_id = ContactId(item["pk"]["S"])
    return Entry(
        call=Call(contact_id, ContactId(_text(item, "initial_contact_id") or contact_id)),
        current=current,
        closed=closed,
        settled_at=_maybe(item, "settled_at"),
        resume_asked_at=_maybe(item, "resume_asked_at"),
        resume_pending="resume_pending" in item,
        alerted_reference=_text(item, "alerted_reference"),
    )


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One pause, or one failed attempt at it, as the outside is shown it. ``status`` is a value of ``Status``."""

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
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].contact_id))]


def _interval(fields: Item) -> Interval:
    kinds = fields.get("types", {})
    names = kinds["SS"] if "SS" in kinds else [kind["S"] for kind in kinds.get("L", [])]
    return Interval(
        reference=fields["reference"]["S"],
        status=Status(fields["status"]["S"]),
        reason=Reason(fields["reason"]["S"]),
        asked_by=Asker(fields["asked_by"]["S"]),
        asked_at=_moment(fields["asked_at"]),
        expires_at=int(fields[ATTRIBUTE]["N"]),
        types=frozenset(RecordingType(name) for name in names),
        paused_at=_maybe(fields, "paused_at"),
        resumed_at=_maybe(fields, "resumed_at"),
        ended_at=_maybe(fields, "ended_at"),
    )


def _text(item: Item, name: str) -> str:
    return str(item[name]["S"]) if name in item else ""


def _maybe(item: Item, name: str) -> datetime | None:
    return _moment(item[name]) if name in item else None


def _moment(value: Mapping[str, Any]) -> datetime:
    return _EPOCH + int(value["N"]) * _MILLISECOND
