"""Events of the council's case-management system on steward's own bus (``contracts.md`` section 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from steward.clock import london_date
from steward.holds import requests
from steward.holds.requests import BadRequest, Closure, Doubt, Escalation, HoldRequest, Unmatched
from steward.holds.signals.fields import get, received, remark, stage, text
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage

SOURCE = "steward.complaints"

MOST_PLACES = 20
"""So many unreadable entries of a list are named by their place."""

_WORDS = re.compile(r"[A-Za-z]+(?:[ ._-][A-Za-z]+){0,7}")
"""Words without a digit, of at most eight parts; EventBridge allows 128 characters of anything."""


def logged(detail: Mapping[str, Any], at: datetime) -> list[HoldRequest]:
    """Return what "Complaint Logged" asks for: a request for each reason that it states.

    Contacts that cannot be read stand among the doubts and keep no other from being held.
    """
    case = _case(detail)
    with requests.concerning(f"case {case}"):
        reasons = _reasons(detail)
        contacts, unreadable = _readable_contacts(detail)
        received_on, undated = received(detail, "received_on", at)
        reached, unclear = stage(detail, "stage")
    return [
        HoldRequest(
            case=case,
            reason=reason,
            stage=reached,
            received_on=received_on,
            received_on_assumed=bool(undated),
            contact_ids=contacts,
            requested_by=remark(detail, "requested_by", requests.LONGEST_NAME),
            signal="case_event",
            flagged_at=at,
            note=remark(detail, "note", requests.LONGEST_NOTE),
            doubts=() if number else (*unreadable, *undated, *unclear),
        )
        for number, reason in enumerate(reasons)
    ]


def escalated(detail: Mapping[str, Any], at: datetime) -> Escalation:
    """Return what "Complaint Escalated" says.

    Without a date it was taken further on the London date of ``at``. Raises BadRequest if the case or the stage is
    missing or cannot be read, if the stage is the first, or if a date is given that cannot be read.
    """
    case = _case(detail)
    with requests.concerning(f"case {case}"):
        reached = requests.stage(text(detail, "stage", needed=True))
        if reached is Stage.ONE:
            raise BadRequest("stage", "must be 2 or ombudsman")
        return Escalation(
            case=case,
            stage=reached,
            on=_on(detail, "on", at),
            requested_by=remark(detail, "requested_by", requests.LONGEST_NAME),
            at=at,
        )


def closed(detail: Mapping[str, Any], at: datetime) -> Closure:
    """Return what "Complaint Closed" says.

    Without a date it was closed on the London date of ``at``. Raises BadRequest if the case is missing or cannot be
    read, or if a date is given that cannot be read.
    """
    case = _case(detail)
    with requests.concerning(f"case {case}"):
        return Closure(
            case=case,
            closed_on=_on(detail, "closed_on", at),
            requested_by=remark(detail, "requested_by", requests.LONGEST_NAME),
            at=at,
        )


def unmatched(source: str, kind: str, detail: Mapping[str, Any]) -> Unmatched:
    """Return the refusal of an event that nothing here knows; it names the case where the event has a readable one.

    What stands for source and kind is quoted only where it is words: it may be anything that somebody typed.
    """
    try:
        about = f"case {_case(detail)}"
    except BadRequest:
        about = ""
    field, stated = ("detail-type", kind) if source == SOURCE else ("source", source)
    quoted = f'"{stated}" ' if _WORDS.fullmatch(stated) else ""
    return Unmatched(field, f"{quoted}matched no rule", about=about)


def _case(detail: Mapping[str, Any]) -> CaseRef:
    return requests.case_ref(text(detail, "case", needed=True))


def _on(detail: Mapping[str, Any], name: str, at: datetime) -> date:
    stated, today = text(detail, name), london_date(at)
    return requests.calendar_date(stated, name, today) if stated.strip() else today


def _reasons(detail: Mapping[str, Any]) -> list[HoldReason]:
    stated = get(detail, "reason") or HoldReason.COMPLAINT
    found = stated if isinstance(stated, list) else [stated]
    try:
        return list(dict.fromkeys(HoldReason(str(one).strip().lower()) for one in found))
    except ValueError:
        raise BadRequest("reason", f"must be one of {', '.join(HoldReason)}") from None


def _readable_contacts(detail: Mapping[str, Any]) -> tuple[tuple[ContactId, ...], tuple[Doubt, ...]]:
    value = get(detail, "contact_ids")
    if value is None or value == []:
        raise BadRequest("contact_ids", "must name at least one contact")
    if not isinstance(value, list):
        raise BadRequest("contact_ids", "must be a list of contact ids")
    found, refused = list[ContactId](), list[int]()
    for number, one in enumerate(value, start=1):
        try:
            found.append(requests.contact_id(one if isinstance(one, str) else ""))
        except BadRequest:
            refused.append(number)
    if not found:
        raise BadRequest("contact_ids", "must be a contact id: letters, digits and . _ - only")
    if not refused:
        return tuple(dict.fromkeys(found)), ()
    places = ", ".join(str(number) for number in refused[:MOST_PLACES])
    more = f" and {len(refused) - MOST_PLACES} more" if len(refused) > MOST_PLACES else ""
    problem = f"{len(refused)} of {len(value)} are no contact ids and hold nothing (entries {places}{more})"
    return tuple(dict.fromkeys(found)), (Doubt(field="contact_ids", problem=problem),)
