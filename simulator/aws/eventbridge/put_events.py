"""Events that functions put on a bus, routed as EventBridge would."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.events.models import Rule

if TYPE_CHECKING:
    from moto.events.models import EventsBackend

    from simulator.aws.eventbridge.bus import Router


def follow_put_events(backend: EventsBackend, router: Router) -> None:
    """Route every entry that moto accepts: moto checks the request, and delivers nothing by the rules that it shows."""
    put_events = backend.put_events

    def put(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with patch.object(Rule, "send_to_targets", _nothing):
            results = put_events(events)
        for entry, result in zip(events, results, strict=True):
            if "EventId" in result:
                bus = entry.get("EventBusName") or "default"
                router.publish(bus, _event(entry, result["EventId"]), put_by_somebody=True)
        return results

    backend.put_events = put  # type: ignore[method-assign]


def _nothing(_: Rule, event: object) -> None:
    """Deliver an event to no target of a rule: the router does."""


def _event(entry: dict[str, Any], event_id: str) -> dict[str, Any]:
    event = {
        "id": event_id,
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "detail": json.loads(entry["Detail"]),
        "resources": entry.get("Resources", []),
    }
    if "Time" in entry:
        event["time"] = datetime.fromtimestamp(float(entry["Time"]), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return event
