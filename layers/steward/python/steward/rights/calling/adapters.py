"""The store of rights and the own bus, for a function that a flow waits for."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from steward.aws.clients import IN_CALL, client
from steward.aws.errors import translated
from steward.failures import PreconditionFailed, Unavailable
from steward.names import RIGHTS_SOURCE
from steward.rights.calling.starting import CHANNEL
from steward.rights.finding.identifiers import Identifier
from steward.rights.requests import RequestId, Right


@dataclass(frozen=True, kw_only=True)
class S3AndBus:
    """Identifiers go into the store and never into an event. Every call raises ``AwsError``."""

    bucket: str
    bus: str

    def hand_in(self, key: str, identifiers: tuple[Identifier, ...]) -> bool:
        """Put what the person is looked for by into the store of rights, where nothing was handed in before.

        Return whether it is there now: the same again is, and something else that stands there is never written over.
        """
        body = json.dumps([{"type": one.kind, "value": one.value} for one in identifiers]).encode()
        s3: Any = client("s3", IN_CALL)
        try:
            with translated("s3.PutObject"):
                s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*")
        except PreconditionFailed:
            with translated("s3.GetObject"), closing(s3.get_object(Bucket=self.bucket, Key=key)["Body"]) as stands:
                return bool(stands.read(len(body) + 1) == body)
        return True

    def receive(self, request: RequestId, right: Right, received_on: date, intake_key: str) -> None:
        """State on the own bus that a request was received. Raises Unavailable where the bus did not take it."""
        events: Any = client("events", IN_CALL)
        detail = {
            "request": request,
            "right": right,
            "received_on": received_on.isoformat(),
            "channel": CHANNEL,
            "intake_key": intake_key,
            "identity": "needed",
        }
        entry = {
            "EventBusName": self.bus,
            "Source": RIGHTS_SOURCE,
            "DetailType": "Subject Request Received",
            "Detail": json.dumps(detail),
        }
        with translated("events.PutEvents"):
            answer = events.put_events(Entries=[entry])
        # A row fails inside a success (Amazon EventBridge API reference, "PutEvents").
        if answer.get("FailedEntryCount"):
            raise Unavailable("events.PutEvents", str(answer["Entries"][0].get("ErrorCode", "")))
