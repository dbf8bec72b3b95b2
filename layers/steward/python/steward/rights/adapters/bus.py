"""What steward says to the council's own systems, on the own bus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import Unavailable
from steward.names import RIGHTS_SOURCE
from steward.rights.requests import RequestId


@dataclass(frozen=True)
class OwnBus:
    """Puts events of source ``steward.rights``: ids, dates, counts and fixed words. Every call raises ``AwsError``."""

    bus: str

    def announce(self, detail_type: str, request: RequestId, facts: Mapping[str, str | int]) -> None:
        """Put an event. Raises Unavailable where the bus did not take it."""
        self.state(detail_type, {"request": request, **facts})

    def state(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event with that detail. Raises Unavailable where the bus did not take it."""
        events: Any = client("events")
        entry = {
            "EventBusName": self.bus,
            "Source": RIGHTS_SOURCE,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
        }
        with translated("events.PutEvents"):
            answer = events.put_events(Entries=[entry])
        # A row fails inside a success (Amazon EventBridge API reference, "PutEvents").
        if answer.get("FailedEntryCount"):
            raise Unavailable("events.PutEvents", str(answer["Entries"][0].get("ErrorCode", "")))
