"""Events of the council's case-management system on steward's own bus (``contracts.md`` section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from steward.clock import london_date
from steward.holds import requests
from steward.holds.requests import BadRequest, Closure, Escalation, HoldRequest
from steward.holds.signals.fields import get, text
from steward.ids import ContactId
from steward.policy.holds import HoldReason, Stage


def logged(detail: Mapping[str, Any], at: datetime) -> HoldRequest:
    """Return what "Complaint Logged" asks for."""
    reason = text(detail, "reason") or HoldReason.COMPLAINT
    try:
        known = HoldReason(reason.strip().lower())
    except ValueError:
        raise BadRequest("reason", f"must be one of {', '.join(HoldReason)}") from None
    received_on, assumed = requests.received(text(detail, "received_on"), at)
    contacts = _contacts(detail)
    if not contacts:
        raise BadRequest("contact_ids", "must name at least one contact")
    return HoldRequest(
        case=requests.case_ref(text(detail, "case", needed=True)),
        reason=known,
        stage=requests.stage(text(detail, "stage")),
        received_on=received_on,
        received_on_assumed=assumed,
        contact_ids=contacts,
        requested_by=text(detail, "requested_by"),
        signal="case_event",
        flagged_at=at,
        note=text(detail, "note"),
    )


def escalated(detail: Mapping[str, Any], at: datetime) -> Escalation:
    """Return what "Complaint Escalated" says."""
    stage = requests.stage(text(detail, "stage", needed=True))
    if stage is Stage.ONE:
        raise BadRequest("stage", "must be 2 or ombudsman")
    on = text(detail, "on")
    today = london_date(at)
    return Escalation(
        case=requests.case_ref(text(detail, "case", needed=True)),
        stage=stage,
        on=requests.calendar_date(on, "on", today) if on else today,
        requested_by=text(detail, "requested_by"),
    )


def closed(detail: Mapping[str, Any], at: datetime) -> Closure:
    """Return what "Complaint Closed" says."""
    closed_on = text(detail, "closed_on")
    today = london_date(at)
    return Closure(
        case=requests.case_ref(text(detail, "case", needed=True)),
        closed_on=requests.calendar_date(closed_on, "closed_on", today) if closed_on else today,
        requested_by=text(detail, "requested_by"),
    )


def _contacts(detail: Mapping[str, Any]) -> tuple[ContactId, ...]:
    value = get(detail, "contact_ids")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadRequest("contact_ids", "must be a list of contact ids")
    return tuple(dict.fromkeys(requests.contact_id(one) for one in value))
