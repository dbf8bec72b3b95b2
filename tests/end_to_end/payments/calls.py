"""A call in the emulated Connect, and what flows, agents and Connect's own events do with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.invocation import Outcome
from steward.payments.adapters.items import PaymentLine, payments


class Calls:
    """One journey; ``ids`` are its contacts, the first is the initial one."""

    under_way: ClassVar[list[Calls]] = []

    def __init__(self, world: EmbeddedAws, *kinds: str) -> None:
        self.world = world
        self.under_way.append(self)
        self.ids = [str(uuid4())]
        self.began = len(world.notifications)
        self._counted = {name: Counter(calls) for name, calls in world.calls.items()}
        world.connect.contact(self._fields(self.ids[0]))
        world.connect.recording(self.ids[0], kinds or ("AGENT", "SCREEN"), "on")

    def _fields(self, contact_id: str, **more: object) -> dict[str, object]:
        return {
            "Id": contact_id,
            "InitialContactId": self.ids[0],
            "Channel": "VOICE",
            "InitiationTimestamp": self.world.clock.now().isoformat(),
            **more,
        }

    def ask(self, operation: str, contact_id: str | None = None, **contact_data: object) -> dict[str, str]:
        return dict(self.world.invoke("control_recording", self._event_of_a_flow(operation, contact_id, contact_data)))

    def run(self, operation: str) -> Outcome:
        """Ask, and learn how long it took."""
        return self.world.run("control_recording", self._event_of_a_flow(operation, None, {}))

    def _event_of_a_flow(
        self, operation: str, contact_id: str | None, contact_data: Mapping[str, object]
    ) -> dict[str, object]:
        data = {
            "Channel": "VOICE",
            "ContactId": contact_id or self.ids[-1],
            "InitialContactId": self.ids[0],
            "InstanceARN": self.world.names.instance_arn,
            "CustomerEndpoint": {"Address": "+447400900264", "Type": "TELEPHONE_NUMBER"},
            **contact_data,
        }
        return {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": {"operation": operation}}}

    def start(self, kind: str) -> None:
        """Let one more type of the call be recorded from now."""
        self.world.connect.recording(self.ids[-1], [kind], "on")

    def later(self, **span: float) -> None:
        self.world.run_until(self.world.clock.now() + timedelta(**span))

    def transfer(self, *kinds: str) -> str:
        """Continue as a new contact that records again; Connect copies the tags. Its event is still to come."""
        before, after = self.ids[-1], str(uuid4())
        self.world.connect.contact(self._fields(after, PreviousContactId=before, InitiationMethod="TRANSFER"))
        self.ids.append(after)
        self.world.connect.recording(after, kinds or ("AGENT",), "on")
        return after

    def end(self, contact_id: str | None = None) -> None:
        at = self.world.clock.now().isoformat()
        self.world.connect.contact({"Id": contact_id or self.ids[-1], "DisconnectTimestamp": at})

    @classmethod
    def hang_up_all(cls) -> None:
        """End whatever a test left, and let a quiet minute pass."""
        for calls in cls.under_way:
            for contact_id in calls.ids:
                calls.end(contact_id)
                calls.event("DISCONNECTED", contact_id)
            calls.later(minutes=1)
        cls.under_way.clear()

    def event(self, kind: str, contact_id: str | None = None) -> None:
        """Let Connect's own event arrive, with the tags that the contact has."""
        contact_id = contact_id or self.ids[-1]
        described = self.world.client("connect").describe_contact(
            InstanceId=self.world.names.instance_id, ContactId=contact_id
        )["Contact"]
        ended = described.get("DisconnectTimestamp")
        detail = {
            "eventType": kind,
            "contactId": contact_id,
            "initialContactId": self.ids[0],
            "previousContactId": described.get("PreviousContactId"),
            "channel": "VOICE",
            "instanceArn": self.world.names.instance_arn,
            "tags": described.get("Tags", {}),
            **({"disconnectTimestamp": ended.isoformat()} if ended else {}),
        }
        event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail}
        self.world.publish("default", event)
        self.world.settle()

    def states(self, contact_id: str | None = None) -> dict[str, str | None]:
        """Return how each type of recording stands now."""
        contact_id = contact_id or self.ids[-1]
        return {
            row["type"]: row["intervals"][-1]["state"] if row["intervals"][-1]["to"] is None else None
            for row in self.world.connect.recordings_state()
            if row["contact_id"] == contact_id
        }

    def payments(self) -> list[PaymentLine]:
        [table] = [name for logical, name in self.world.names.tables.items() if logical.startswith("PaymentRegister")]
        items: list[dict[str, Any]] = self.world.client("dynamodb").scan(TableName=table)["Items"]
        return [line for line in payments(items, self.world.clock.now()) if line.contact_id in self.ids]

    def notices(self) -> list[str]:
        """Return the subjects of what the supervisors were told of this call."""
        told = self.world.notifications[self.began :]
        return [notice.subject or "" for notice in told if any(one in notice.message for one in self.ids)]

    def made(self, function: str) -> dict[str, int]:
        """Return what a function has called since this call began."""
        return dict(Counter(self.world.calls.get(function, {})) - self._counted.get(function, Counter()))
