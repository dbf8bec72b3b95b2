"""The embedded AWS as the surroundings of a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.flow_runner.library import FlowLibrary
from simulator.flow_runner.ports import InvocationFailure, InvocationResult

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.aws.account.account import EmbeddedAws

Function = Callable[[Mapping[str, Any]], Mapping[str, str]]


def deployed_flows(world: EmbeddedAws) -> FlowLibrary:
    """Return the flows and modules that the templates deployed."""
    return FlowLibrary.of_resources(
        (each.declaration.type, each.identity.ref, each.declaration.properties) for each in world.resources
    )


class DeployedSurroundings:
    """Functions, recording and time of the embedded AWS.

    ``others`` are functions that the project does not deploy, by ARN: the payment provider's.
    """

    def __init__(self, world: EmbeddedAws, others: Mapping[str, Function] | None = None) -> None:
        self._world = world
        self._others = others or {}

    def now(self) -> datetime:
        """Return the present virtual moment (aware, UTC)."""
        return self._world.clock.now()

    def wait(self, seconds: float) -> None:
        """Let virtual time pass, and everything that is due in it happen."""
        self._world.run_until(self.now() + timedelta(seconds=seconds))

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> InvocationResult:
        """Invoke a deployed function or one of the others."""
        other = self._others.get(function_arn)
        if other is not None:
            return InvocationResult(dict(other(event)))
        outcome = self._world.run(function_arn, event)
        failure = InvocationFailure(str(outcome.error)) if outcome.error is not None else None
        return InvocationResult(failure or outcome.response, outcome.elapsed)

    def record(self, contact_id: str, recording_type: str, *, on: bool) -> None:
        """Start or end a recording in the emulated Connect instance."""
        self._world.connect.recording(contact_id, [recording_type], "on" if on else "off")

    def set_attributes(self, contact_id: str, attributes: Mapping[str, str]) -> None:
        """Store contact attributes in the emulated Connect instance."""
        self._world.connect.contact({"Id": contact_id, "Attributes": dict(attributes)})
