"""Lines of stories about people's requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.scenarios.results.shapes import State
from tests.end_to_end.stories import Line, moment

PHONE = "+441632960123"
"""Kept by Ofcom for drama: nobody has it."""


def rights_event(at: str, detail_type: str, detail: Mapping[str, Any], **more: object) -> Line:
    """Return an event about a request on the own bus."""
    event = {"source": "steward.rights", "detail-type": detail_type, "bus": "steward", "detail": dict(detail), **more}
    return {"at": moment(at).isoformat(), "event": event}


def intake(at: str, request: str, identifiers: Sequence[Mapping[str, str]]) -> Line:
    """Return the object in which a person's identifiers are handed over."""
    key = f"intake/{request}.json"
    return {"at": moment(at).isoformat(), "object": {"store": "rights", "key": key, "body": list(identifiers)}}


def asked(
    at: str, request: str, right: str = "access", identifiers: Sequence[Mapping[str, str]] = (), **detail: object
) -> list[Line]:
    """Return how a request is received: its intake, and a moment later the event."""
    stated = {
        "request": request,
        "right": right,
        "received_on": at[:10],
        "channel": "letter",
        "intake_key": f"intake/{request}.json",
        "identity": "confirmed",
        "requested_by": "olive",
        **detail,
    }
    return [
        intake(at, request, identifiers or [{"type": "phone", "value": PHONE}]),
        rights_event(at, "Subject Request Received", stated),
    ]


def record(contact_id: str, start: str, at: str, address: str = PHONE, **fields: object) -> dict[str, Any]:
    """Return the contact's record as it arrives on the stream."""
    return {
        "at": moment(at).isoformat(),
        "record": {
            "ContactId": contact_id,
            "Channel": "VOICE",
            "InitiationTimestamp": start,
            "LastUpdateTimestamp": at + "Z",
            "CustomerEndpoint": {"Address": address, "Type": "TELEPHONE_NUMBER"},
            "Attributes": {},
            **fields,
        },
    }


def found(state: State) -> dict[str, str]:
    """Return what was decided of each contact that was found for the one request."""
    [request] = state.requests
    return {one.contact_id: one.verdict for one in request.contacts}
