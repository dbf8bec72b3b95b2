"""Telephone calls to a deployed contact centre, through the flows that its templates deployed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.flow_runner import Call, FlowRunner, Given, Run
from simulator.flow_runner.deployed import DeployedSurroundings, deployed_flows

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

LAST_STEP = "card_code"


class PaymentProvider:
    """Stands in for the council's payment provider: its function, and what it was sent."""

    def __init__(self) -> None:
        self.received: list[Mapping[str, str]] = []
        self.declines = False

    def __call__(self, event: Mapping[str, Any]) -> Mapping[str, str]:
        """Answer one step as docs/taking-payments.md asks a provider to."""
        sent: Mapping[str, str] = event["Details"]["Parameters"]
        self.received.append(sent)
        if sent["step"] != LAST_STEP:
            return {"status": "accepted"}
        return {"status": "declined" if self.declines else "paid"}


@dataclass(frozen=True)
class Conversation:
    """One call, and what happened on its way through a flow."""

    call: Call
    run: Run


class Switchboard:
    """Puts calls through. A world has one: it numbers the contacts."""

    def __init__(self, world: EmbeddedAws) -> None:
        self._world = world
        self._flows = deployed_flows(world)
        self.provider = PaymentProvider()
        self._around = DeployedSurroundings(world, dict.fromkeys(self._provider_functions(), self.provider))
        self._runner = FlowRunner(self._flows, self._around)
        self._numbers = itertools.count(1)

    def inbound(
        self,
        *keys: str | None,
        caller: str = "+447400123456",
        attributes: Mapping[str, str] | None = None,
        faults: Mapping[str, str] | None = None,
    ) -> Conversation:
        """Let somebody call and key that in; an empty ``caller`` withholds the number."""
        call = Call(self._new_contact("VOICE", caller), caller=caller, attributes=dict(attributes or {}))
        return self.go_on("inbound", call, keys, faults=faults)

    def go_on(
        self, flow: str, call: Call, keys: Sequence[str | None] = (), *, faults: Mapping[str, str] | None = None
    ) -> Conversation:
        """Run another flow or module for a call that is under way."""
        run = self._runner.run(flow, call, Given(keys=list(keys), faults=faults or {}))
        return Conversation(call, run)

    def answer(self, call: Call) -> None:
        """Let an agent take the call from its queue."""
        self._runner.connect_agent(call)

    def guide(self, call: Call, *buttons: str | None) -> Conversation:
        """Let the agent use the payment guide beside the call: a chat contact of its own."""
        guide = Call(
            self._new_contact("CHAT", "", RelatedContactId=call.contact_id),
            channel="CHAT",
            related_contact_id=call.contact_id,
            attributes=dict(call.attributes),
        )
        flow = call.event_hooks["DefaultAgentUI"]
        return Conversation(guide, self._runner.run(flow, guide, Given(buttons=list(buttons))))

    def wait(self, seconds: float) -> None:
        """Let the conversation go on for a while."""
        self._around.wait(seconds)

    def hang_up(self, call: Call) -> None:
        """End the call."""
        self._world.connect.contact({"Id": call.contact_id, "DisconnectTimestamp": self._world.clock.now().isoformat()})
        call.ended = True
        self._world.run_until(self._world.clock.now() + timedelta(seconds=1))

    def _new_contact(self, channel: str, caller: str, **details: str) -> str:
        contact_id = f"0ca11000-0000-4000-8000-{next(self._numbers):012d}"
        fields: dict[str, Any] = {
            "Id": contact_id,
            "Channel": channel,
            "InitiationTimestamp": self._world.clock.now().isoformat(),
            **details,
        }
        if caller:
            fields["CustomerEndpoint"] = {"Type": "TELEPHONE_NUMBER", "Address": caller}
        self._world.connect.contact(fields)
        return contact_id

    def _provider_functions(self) -> set[str]:
        """Return the functions that the payment module hands entries to: the only ones that are not deployed here."""
        try:
            module = self._flows.find("payment").flow
        except KeyError:
            return set()
        return {
            str(action.parameters["LambdaFunctionARN"])
            for action in module.actions.values()
            if "step" in (action.parameters.get("LambdaInvocationAttributes") or {})
        }
