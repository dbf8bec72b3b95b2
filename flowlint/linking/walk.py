"""Every way through joined flows, told apart by what a rule needs to know, and by nothing else.

A rule follows one small state (a tracker). States that are equal are merged, so what is followed is each action in each
state once, whatever the number of paths: loops and menus cost nothing more. A module is followed once for each state in
which it is entered, and returns to those who entered it in that state.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from flowlint.catalogue import ends_flow
from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.findings import Step
from flowlint.linking.program import Program

S = TypeVar("S", bound=Hashable)


class Tracker(Protocol[S]):
    """What a rule follows."""

    def start(self, flow: Flow) -> S:
        """Return what is known when a contact arrives at this flow from outside."""

    def after(self, flow: Flow, action: Action, branch: Branch, state: S) -> S:
        """Return what is known after an action was left by that branch."""


Node = tuple[int, str, Hashable]
"""A context, an action's identifier, and what is known on arrival at it."""


@dataclass(frozen=True, slots=True)
class Visit(Generic[S]):
    """One way of arriving at an action."""

    flow: Flow
    action: Action
    state: S
    node: Node
    walk: Walk[S]

    @property
    def path(self) -> tuple[Step, ...]:
        """Return the shortest such way from where the contact came in, this action included."""
        return self.walk.path(self.node)

    @property
    def returns(self) -> bool:
        """Say whether somebody who was given is returned to from here."""
        return bool(self.walk.callers[self.node[0]])


class Walk(Generic[S]):
    """One walk through a program with one tracker."""

    def __init__(self, program: Program, tracker: Tracker[S]) -> None:
        self._program, self._tracker = program, tracker
        self._contexts: list[int] = []
        self._context_of: dict[tuple[int, Hashable], int] = {}
        self.callers: list[list[Node]] = []
        self._exits: list[list[S]] = []
        self._came_from: dict[Node, Node | None] = {}
        self._waiting: deque[Node] = deque()

    def visits(self) -> Iterator[Visit[S]]:
        """Yield every action with every state in which some way arrives there, shortest way first."""
        for root in self._program.roots:
            self._enter(root, self._tracker.start(self._program.flows[root]), None)
        while self._waiting:
            node = self._waiting.popleft()
            flow = self._program.flows[self._contexts[node[0]]]
            action = flow.actions[node[1]]
            state: S = node[2]  # type: ignore[assignment]
            yield Visit(flow, action, state, node, self)
            self._follow(flow, action, state, node)

    def path(self, node: Node) -> tuple[Step, ...]:
        """Return the way by which a node was first reached."""
        steps: list[Step] = []
        at: Node | None = node
        while at is not None:
            steps.append(Step(self._program.flows[self._contexts[at[0]]].title, at[1]))
            at = self._came_from[at]
        return tuple(reversed(steps))

    def _follow(self, flow: Flow, action: Action, state: S, node: Node) -> None:
        if ends_flow(action):
            if action.type == "EndFlowModuleExecution" and state not in self._exits[node[0]]:
                self._exits[node[0]].append(state)
                for caller in self.callers[node[0]]:
                    self._return(caller, state)
            return
        callee = self._program.callee(flow, action)
        if callee is None:
            for branch in action.branches:
                self._push(flow, node, branch, self._tracker.after(flow, action, branch, state))
            return
        context = self._enter(callee, state, node)
        for branch in action.branches:
            if branch.kind is BranchKind.ERROR:
                self._push(flow, node, branch, state)
        if self._program.flows[callee].is_module and context is not None:
            self.callers[context].append(node)
            for left in self._exits[context]:
                self._return(node, left)

    def _enter(self, place: int, state: S, came_from: Node | None) -> int | None:
        flow = self._program.flows[place]
        if flow.start is None or flow.start not in flow.actions:
            return None
        context = self._context_of.get((place, state))
        if context is None:
            context = self._context_of[place, state] = len(self._contexts)
            self._contexts.append(place)
            self.callers.append([])
            self._exits.append([])
            self._add((context, flow.start, state), came_from)
        return context

    def _return(self, caller: Node, state: S) -> None:
        """Go on after a module, by its error branch too: it may fail after it has done its work."""
        flow = self._program.flows[self._contexts[caller[0]]]
        for branch in flow.actions[caller[1]].branches:
            self._push(flow, caller, branch, state)

    def _push(self, flow: Flow, node: Node, branch: Branch, state: S) -> None:
        if branch.target is not None and branch.target in flow.actions:
            self._add((node[0], branch.target, state), node)

    def _add(self, node: Node, came_from: Node | None) -> None:
        if node not in self._came_from:
            self._came_from[node] = came_from
            self._waiting.append(node)


def visits(program: Program, tracker: Tracker[S]) -> Iterator[Visit[S]]:
    """Yield every action with every state in which some way arrives there, shortest way first."""
    return Walk(program, tracker).visits()


def way(steps: Iterable[Step], shown: int = 8) -> str:
    """Write a path in one line; of a longer one, the beginning and the end are enough to find it."""
    steps = list(steps)
    several = len({step.flow for step in steps}) > 1
    names, before = [], ""
    for step in steps:
        names.append(f"{step.flow}:{step.action}" if several and step.flow != before else step.action)
        before = step.flow
    if len(names) > shown:
        names = [*names[: shown // 2], "...", *names[-shown // 2 :]]
    return " > ".join(names)
