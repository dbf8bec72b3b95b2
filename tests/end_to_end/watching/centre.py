"""A contact centre in which a drill lets things go wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from simulator.aws.lambda_.function_url import decide_as
from tests.end_to_end.watching.drill import Drill

MOBILE = "+447400900264"
DENIED = "AccessDeniedException"


class Centre:
    """A contact centre in which things go wrong."""

    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        self.world = drill.world

    def fails(
        self, service: str, operation: str, error: str = DENIED, times: int = 1, *, after_effect: bool = False
    ) -> None:
        self.world.faults.add(service=service, operation=operation, error=error, times=times, after_effect=after_effect)

    def contact(self, *, stored: bool = True, ago: timedelta = timedelta(days=3)) -> str:
        contact_id, at = str(uuid4()), self.world.clock.now() - ago
        bucket = self.world.names.buckets["call_recording"]
        key = f"connect/barnet/CallRecordings/{at:%Y/%m/%d}/{contact_id}_{at:%Y%m%dT%H:%M}_UTC.wav"
        location = {"StorageType": "S3", "Location": f"{bucket}/{key}", "MediaStreamType": "AUDIO"}
        ended = (at + timedelta(minutes=5)).isoformat()
        self.world.contact_record(
            {"ContactId": contact_id, "InitiationTimestamp": at.isoformat(), "DisconnectTimestamp": ended}
        )
        self.world.connect.contact(
            {
                "Id": contact_id,
                "Channel": "VOICE",
                "InitiationTimestamp": at.isoformat(),
                "DisconnectTimestamp": ended,
                "LastUpdateTimestamp": ended,
                "Recordings": [{**location, "ParticipantType": "AGENT", "Status": "AVAILABLE"}],
            }
        )
        if stored:
            self.world.s3.put_object(bucket, key, b"sound", at=at + timedelta(minutes=6))
        return contact_id

    def complain(self, contact_id: str, case: str = "C-1", **detail: str) -> None:
        stated = {"case": case, "contact_ids": [contact_id], "requested_by": "officer.1", **detail}
        self._own("Complaint Logged", stated)

    def release(self, case: str) -> None:
        asked = {"subject": "release", "id": case}
        decide_as(self.world, "release-officer", "ann", **asked, decision="request", why="withdrawn")
        decide_as(self.world, "release-approver", "ben", **asked, decision="approve")
        self.world.settle()

    def remove_card_data(self, contact_id: str, key: str) -> None:
        bucket = self.world.names.buckets["call_recording"]
        asked = {"subject": "card_data", "id": contact_id}
        named = {"why": "card data", "objects": [f"{bucket}/{key}"]}
        decide_as(self.world, "information-officer", "ann", **asked, decision="request", **named)
        decide_as(self.world, "data-protection-officer", "ben", **asked, decision="approve")
        self.world.settle()

    def _own(self, kind: str, detail: dict[str, Any]) -> None:
        event = {"source": "steward.complaints", "detail-type": kind, "detail": detail}
        self.world.publish("steward", event)
        self.world.settle()

    def ask(self, function: str, contact: str, **parameters: str) -> dict[str, str]:
        data = {"ContactId": contact, "Channel": "VOICE", "LanguageCode": "en-GB", "Attributes": {}}
        caller = {"Address": MOBILE, "Type": "TELEPHONE_NUMBER"}
        details = {"ContactData": {**data, "CustomerEndpoint": caller}, "Parameters": parameters}
        return dict(self.world.invoke(function, {"Name": "ContactFlowEvent", "Details": details}))

    def consent(self, decision: str = "given") -> dict[str, str]:
        wording = {"wording_version": "signposting-2026-11", "decision": decision}
        return self.ask("record_consent", str(uuid4()), purpose="signposting", **wording)

    def text(self) -> dict[str, str]:
        return self.ask("send_sms", str(uuid4()), purpose="signposting", template="online_services")

    def copies(self, contact_id: str) -> list[dict[str, Any]]:
        bucket = self.world.names.buckets["legal_hold"]
        listed = self.world.client("s3").list_object_versions(Bucket=bucket, Prefix=f"{contact_id}/")
        return list(listed.get("Versions", []))

    def switch(self, mode: str) -> None:
        [name] = [one.identity.ref for one in self.world.resources if one.declaration.logical_id == "DisposalSwitch"]
        value = json.dumps({"mode": mode, "limit": 1000})
        self.world.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def schedule(self, logical_id: str, state: str) -> None:
        [schedule] = [one for one in self.world.resources if one.declaration.logical_id == logical_id]
        properties = schedule.declaration.properties
        scheduler = self.world.client("scheduler")
        known = scheduler.get_schedule(Name=schedule.identity.ref, GroupName=properties["GroupName"])
        kept = ("Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
        scheduler.update_schedule(**{name: known[name] for name in kept}, State=state)
