"""Small stories for simulations: lines of a scenario, written shortly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.scenarios.results.shapes import Notification, State

Line = dict[str, Any]


def moment(text: str) -> datetime:
    """Return a moment; without an offset it is UTC."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def recording_key(contact_id: str, start: str) -> str:
    """Return the key under which Connect stores a call's recording."""
    at = moment(start).astimezone(UTC)
    return f"connect/barnet/CallRecordings/{at:%Y/%m/%d}/{contact_id}_{at:%Y%m%dT%H:%M}_UTC.wav"


def call(contact_id: str, start: str, *, size: int = 4800, **fields: object) -> list[Line]:
    """Return a recorded call of five minutes: Connect knows the contact, and its recording is stored."""
    at = moment(start)
    end = at + timedelta(minutes=5)
    key = recording_key(contact_id, start)
    contact = {
        "Id": contact_id,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": at.isoformat(),
        "DisconnectTimestamp": end.isoformat(),
        "LastUpdateTimestamp": end.isoformat(),
        "Recordings": [
            {
                "StorageType": "S3",
                "Location": f"{{call_recording}}/{key}",
                "MediaStreamType": "AUDIO",
                "ParticipantType": "AGENT",
                "Status": "AVAILABLE",
            }
        ],
        **fields,
    }
    return [
        {"at": end.isoformat(), "contact": contact},
        {
            "at": (end + timedelta(minutes=1)).isoformat(),
            "object": {"store": "call_recording", "key": key, "bytes": size},
        },
    ]


def logged(at: str, case: str, contact_ids: list[str], **detail: object) -> Line:
    """Return a "Complaint Logged" on the own bus."""
    stated = {"case": case, "reason": "complaint", "stage": "1", "requested_by": "officer.1", **detail}
    return own_event(at, "Complaint Logged", {**stated, "contact_ids": contact_ids})


def own_event(at: str, detail_type: str, detail: Mapping[str, Any]) -> Line:
    """Return an event of the case-management system."""
    event = {"source": "steward.complaints", "detail-type": detail_type, "bus": "steward", "detail": dict(detail)}
    return {"at": moment(at).isoformat(), "event": event}


def decide(at: str, by: str, subject: str, one: str, decision: str, **fields: object) -> Line:
    """Return a person's signed call of the decision endpoint; ``by`` is ROLE/PERSON."""
    body = {"by": by, "subject": subject, "id": one, "decision": decision, **fields}
    return {"at": moment(at).isoformat(), "decide": body}


def released(at: str, case: str, **fields: object) -> list[Line]:
    """Return how one person asks for the release of a case and another approves it a minute later."""
    later = (moment(at) + timedelta(minutes=1)).isoformat()
    asked = decide(at, "release-officer/ann", "release", case, "request", why="withdrawn", **fields)
    return [asked, decide(later, "release-approver/ben", "release", case, "approve")]


def fault(at: str, service: str, operation: str, error: str, times: int = 1, **more: object) -> Line:
    """Return a planned failure."""
    planned = {"service": service, "operation": operation, "error": error, "times": times, **more}
    return {"at": moment(at).isoformat(), "fault": planned}


def wait(until: str) -> Line:
    """Return a line at which nothing happens."""
    return {"at": moment(until).isoformat(), "pass": True}


def told(state: State) -> list[Notification]:
    """Return what people were told, without the statement and register, which are made whatever happened."""
    own = ("Retention statement", "Register 2")
    return [one for one in state.notifications if not str(one.subject).startswith(own)]
