"""Reading AWS events without trusting their casing or their completeness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from steward.clock import london_date
from steward.holds import requests
from steward.holds.requests import COUNTED_FROM_THE_FLAG, NOT_GIVEN, BadRequest, Doubt, HoldRequest
from steward.ids import ContactId
from steward.names import COMPLAINT_RECEIVED, COMPLAINT_REFERENCE, COMPLAINT_STAGE
from steward.policy.holds import HoldReason, Stage


def parse(body: str) -> Mapping[str, Any]:
    """Return the body of a message as a mapping; raise ``BadRequest`` if it is none."""
    try:
        message = json.loads(body)
    except ValueError:
        raise BadRequest("body", "is not JSON") from None
    if not isinstance(message, dict):
        raise BadRequest("body", "must be a JSON object")
    return message


def get(mapping: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 -- an event's value may be anything
    """Return the value under that name in any casing, or none."""
    wanted = name.casefold()
    return next((value for key, value in mapping.items() if key.casefold() == wanted), None)


def section(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the mapping under that name; empty where it is absent, null or something else."""
    value = get(mapping, name)
    return value if isinstance(value, Mapping) else {}


def text(mapping: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """Return the text, or whole number, under that name; empty where it is absent or null, unless it is needed.

    Raises BadRequest if it is something else, or if it is needed and not there.
    """
    value = get(mapping, name)
    if value is None or value == "":
        if needed:
            raise BadRequest(name, "is missing")
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRequest(name, "must be text")
    return str(value)


def remark(mapping: Mapping[str, Any], name: str, longest: int) -> str:
    """Return what is kept of a text that nothing depends on: its beginning; nothing if it is no text."""
    value = get(mapping, name)
    return value[:longest] if isinstance(value, str) else ""


def received(
    mapping: Mapping[str, Any], name: str, flagged_at: datetime, seen_at: datetime | None = None
) -> tuple[date, tuple[Doubt, ...]]:
    """Return the date of receipt; where it cannot be read it is the day of the flag, and a doubt says why.

    ``seen_at`` is when the flag came, where that may be later: a date that had come by then is not in the future.
    """
    today = london_date(flagged_at)
    try:
        value = text(mapping, name)
        if value.strip():
            return requests.calendar_date(value, name, max(today, london_date(seen_at or flagged_at))), ()
        problem = NOT_GIVEN
    except BadRequest as refusal:
        problem = refusal.problem
    return today, (Doubt(field=name, problem=f"{problem}; {COUNTED_FROM_THE_FLAG}"),)


def stage(mapping: Mapping[str, Any], name: str) -> tuple[Stage, tuple[Doubt, ...]]:
    """Return the stage; one that cannot be read counts as the first, and a doubt says why."""
    try:
        return requests.stage(text(mapping, name), name), ()
    except BadRequest as refusal:
        return Stage.ONE, (Doubt(field=name, problem=f"{refusal.problem}; counted as stage 1"),)


def moment(value: str, name: str) -> datetime:
    """Return an ISO 8601 time as UTC. Raises BadRequest if it cannot be read or carries no offset from UTC."""
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise BadRequest(name, "must be an ISO 8601 time") from None
    if parsed.tzinfo is None:
        raise BadRequest(name, "must carry an offset from UTC")
    return parsed.astimezone(UTC)


def flagged_by_keys(
    keys: Mapping[str, Any],
    contact: ContactId,
    *,
    signal: str,
    flagged_at: datetime,
    requested_by: str,
    seen_at: datetime | None = None,
) -> HoldRequest | None:
    """Return the request that the three complaint keys make, or none if no reference is among them."""
    with requests.concerning(f"contact {contact}"):
        reference = text(keys, COMPLAINT_REFERENCE)
    if not reference.strip():
        return None
    with requests.concerning(f"contact {contact}"):
        case = requests.case_ref(reference, COMPLAINT_REFERENCE)
    received_on, undated = received(keys, COMPLAINT_RECEIVED, flagged_at, seen_at)
    reached, unclear = stage(keys, COMPLAINT_STAGE)
    return HoldRequest(
        case=case,
        reason=HoldReason.COMPLAINT,
        stage=reached,
        received_on=received_on,
        received_on_assumed=bool(undated),
        contact_ids=(contact,),
        requested_by=requested_by,
        signal=signal,
        flagged_at=flagged_at,
        doubts=(*undated, *unclear),
    )
