"""Every path through a flow, told apart by what matters: what is recorded, what is confirmed, what is logged.

The states form a small finite set, so following each (action, state) pair once covers every path of every length,
loops included. What happens inside other flows and modules is not seen: an invoked module is taken to leave recording,
pause and logging as they were, and to replace the latest Lambda answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from flowlint import meaning
from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.meaning import Invocation, Switch
from flowlint.structure import ways_out


class Answer(Enum):
    """Whose answer ``$.External`` holds."""

    NONE = auto()
    PAUSE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class State:
    """What is known on arrival at an action."""

    answer: Answer = Answer.NONE
    copies: frozenset[str] = frozenset()
    """References to the contact and flow attributes that hold the status which the latest pause returned."""
    confirmed: bool = False
    """A pause was asked for, its returned status was found to be ``paused``, and nothing has undone it since."""
    recording: Switch = Switch.INHERITED
    logging: Switch = Switch.INHERITED


Node = tuple[str, State]
"""An action's identifier, and what is known on arrival at it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One way of arriving at an action."""

    action: Action
    state: State
    came_from: Mapping[Node, Node | None] = field(repr=False, compare=False)

    @property
    def path(self) -> tuple[str, ...]:
        """Return the identifiers of the shortest such path, this action included."""
        steps: list[str] = []
        at: Node | None = (self.action.id, self.state)
        while at is not None:
            steps.append(at[0])
            at = self.came_from[at]
        return tuple(reversed(steps))


def visits(flow: Flow) -> Iterator[Visit]:
    """Yield every action with every state in which some path from the start arrives there, shortest path first."""
    if flow.start is None or flow.start not in flow.actions:
        return
    first: Node = (flow.start, State())
    came_from: dict[Node, Node | None] = {first: None}
    waiting = deque([first])
    while waiting:
        node = waiting.popleft()
        action, state = flow.actions[node[0]], node[1]
        yield Visit(action, state, came_from)
        for branch in ways_out(action):
            if branch.target is None or branch.target not in flow.actions:
                continue
            after: Node = (branch.target, after_branch(action, branch, state))
            if after not in came_from:
                came_from[after] = node
                waiting.append(after)


def after_branch(action: Action, branch: Branch, state: State) -> State:
    """Return the state after an action was left by that branch."""
    match action.type:
        case "InvokeLambdaFunction":
            return _after_invocation(action, branch, state)
        case "Compare":
            return _after_comparison(action, branch, state)
        case "UpdateContactAttributes" | "UpdateFlowAttributes":
            return _after_attributes(action, branch, state)
        case "InvokeFlowModule":
            return replace(state, answer=Answer.OTHER)
        case _:
            recording = meaning.recording_set_by(action) or state.recording
            logging = meaning.logging_set_by(action) or state.logging
            return replace(state, recording=recording, logging=logging)


def _after_invocation(action: Action, branch: Branch, state: State) -> State:
    failed = branch.kind is BranchKind.ERROR
    awaited = meaning.is_awaited(action)
    if meaning.invocation_of(action) is Invocation.OTHER:
        if not awaited:
            return state
        return replace(state, answer=Answer.NONE if failed else Answer.OTHER)
    paused = meaning.invocation_of(action) is Invocation.PAUSE and awaited and not failed
    answer = Answer.PAUSE if paused else Answer.OTHER
    return replace(state, answer=answer, copies=frozenset(), confirmed=False)


def _after_comparison(action: Action, branch: Branch, state: State) -> State:
    if branch.kind is not BranchKind.CONDITION or not meaning.is_paused_branch(branch):
        return state
    answered = meaning.is_status(action.parameters.get("ComparisonValue")) and state.answer is Answer.PAUSE
    copied = meaning.compared_attribute(action) in state.copies
    return replace(state, confirmed=True) if answered or copied else state


def _after_attributes(action: Action, branch: Branch, state: State) -> State:
    written = meaning.attributes_set_by(action)
    kept = state.copies - written.keys()
    if state.answer is Answer.PAUSE and branch.kind is not BranchKind.ERROR:
        kept |= {reference for reference, value in written.items() if meaning.is_status(value)}
    return replace(state, copies=frozenset(kept))
