"""The runner itself: which branch an action is left by, and what that leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flowlint.catalogue import CATCH_ALL, NO_MATCH
from flowlint.document import Action, Branch, Condition
from simulator.flow_runner import interactions, settings
from simulator.flow_runner.call import Call, Given, Run, Step
from simulator.flow_runner.exits import Done, Ended, Exit, Failed, Journey, Result

if TYPE_CHECKING:
    from simulator.flow_runner.library import Deployed, FlowLibrary
    from simulator.flow_runner.ports import Surroundings

LONGEST_RUN = 1000
"""Actions; Connect ends a contact that runs in circles too."""

DEEPEST_MODULE = 5
"""https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-modules.html"""


class FlowError(Exception):
    """A flow cannot be run: an action of a type that the runner does not know, or an endless loop."""


Perform = Callable[[Action, Journey], Exit]

_PERFORM: Mapping[str, Perform] = {**interactions.PERFORM, **settings.PERFORM}


class FlowRunner:
    """Runs deployed flows in given surroundings."""

    def __init__(self, library: FlowLibrary, surroundings: Surroundings) -> None:
        self._library = library
        self._around = surroundings

    def run(self, flow: str, call: Call, given: Given | None = None) -> Run:
        """Run a flow for a contact until it ends; ``flow`` is its ARN or name. Raises FlowError."""
        journey = Journey(call, given or Given(), Run(), self._around)
        journey.run.ended_by = self._flow(self._library.find(flow), journey, depth=0)
        return journey.run

    def connect_agent(self, call: Call) -> None:
        """Let an agent answer: what the flows have set is recorded from now on."""
        if call.records_agent:
            self._around.record(call.contact_id, "AGENT", on=True)

    def _flow(self, deployed: Deployed, on: Journey, *, depth: int) -> str:
        at = deployed.flow.start
        while at is not None:
            if len(on.run.steps) >= LONGEST_RUN:
                raise FlowError(f"{deployed.name}: still running after {LONGEST_RUN} actions, at {at!r}")
            action = deployed.flow.actions[at]
            moment = self._around.now()
            at, left_by = _leave(action, self._perform(deployed, action, on, depth))
            answer = dict(on.call.external) if action.type == "InvokeLambdaFunction" and left_by == "success" else {}
            on.run.steps.append(Step(moment, deployed.name, action.id, action.type, left_by, answer))
            if at is None:
                return left_by
        return "nothing: the flow has no start"

    def _perform(self, deployed: Deployed, action: Action, on: Journey, depth: int) -> Exit:
        fault = on.given.faults.get(action.id)
        if fault is not None:
            return Failed(fault)
        if action.type == "InvokeFlowModule":
            return self._module(action, on, depth)
        perform = _PERFORM.get(action.type)
        if perform is None:
            raise FlowError(f"{deployed.name}: {action.id}: the runner does not know actions of type {action.type}")
        return perform(action, on)

    def _module(self, action: Action, on: Journey, depth: int) -> Exit:
        if depth >= DEEPEST_MODULE:
            return Failed(CATCH_ALL)
        ended_by = self._flow(self._library.find(str(action.parameters["FlowModuleId"])), on, depth=depth + 1)
        return Ended(ended_by) if on.call.ended else Done()


def _leave(action: Action, outcome: Exit) -> tuple[str | None, str]:
    """Return where the flow goes on, and in words by which branch it left."""
    match outcome:
        case Ended(how):
            return None, how
        case Done():
            if action.next is None:
                return None, f"stranded at {action.id}"
            return action.next, "success"
        case Result(value):
            branch = next((each for each in action.conditions if _holds(each.condition, value)), None)
            return _by_branch(action, branch) if branch else _by_error(action, NO_MATCH)
        case Failed(error):
            return _by_error(action, error)


def _by_branch(action: Action, branch: Branch) -> tuple[str | None, str]:
    return (branch.target, branch.label) if branch.target else (None, f"stranded at {action.id}")


def _by_error(action: Action, error: str) -> tuple[str | None, str]:
    """Take the branch of that error, else the catch-all; a contact with neither is disconnected."""
    for each in (error, CATCH_ALL):
        target = action.error(each)
        if target is not None:
            return target, f"error {error}"
    return None, f"disconnected at {action.id}: nothing catches {error}"


def _holds(condition: Condition | None, value: str) -> bool:
    if condition is None:
        return False
    operands = [str(operand) for operand in condition.operands or ()]
    match condition.operator:
        case "Equals":
            return value in operands
        case "TextStartsWith":
            return any(value.startswith(operand) for operand in operands)
        case "TextEndsWith":
            return any(value.endswith(operand) for operand in operands)
        case "TextContains":
            return any(operand in value for operand in operands)
        case _:
            raise FlowError(f"the runner does not know the operator {condition.operator}")
