"""Flows joined by ARN, id, name, logical id, module version and alias."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePath

from flowlint.document import Action, Flow

CALLS = {"InvokeFlowModule": "FlowModuleId", "TransferToFlow": "ContactFlowId"}
"""Types that lead into another flow, and the parameter that names it."""

ENDLESS = 1_000
"""The depth of modules that invoke each other in circles."""

_ARN = re.compile(r"^arn:[^:]*:connect:.*/(?:contact-flow|flow-module)/([^/:]+)(?::(.+))?$")
_PLACEHOLDER = re.compile(r"^\$\{([A-Za-z0-9]+)(?:\.[A-Za-z]+)?\}(?::(.+))?$")


class Program:
    """A set of flows that are checked together."""

    def __init__(self, flows: Iterable[Flow], aliases: Mapping[str, str] | None = None) -> None:
        self.flows = tuple(flows)
        self._aliases = aliases or {}

    def callee(self, flow: Flow, action: Action) -> int | None:
        """Return the position of the flow or module that an action leads into, if it was given."""
        parameter = CALLS.get(action.type)
        if parameter is None:
            return None
        return self._callees.get((id(flow), action.id))

    def hooked(self, action: Action) -> Iterator[int]:
        """Yield the positions of the flows that an action sets to run at an event of the contact."""
        hooks = action.parameters.get("EventHooks") if action.type == "UpdateContactEventHooks" else None
        for value in hooks.values() if isinstance(hooks, Mapping) else ():
            found = self._by_name.get(_normal(str(value)))
            if found is not None:
                yield found

    def callees(self, place: int) -> Iterator[int]:
        """Yield the positions of the flows that one flow leads into."""
        flow = self.flows[place]
        for action in flow.actions.values():
            found = self.callee(flow, action)
            if found is not None:
                yield found

    def returns(self, place: int) -> tuple[tuple[int, str], ...]:
        """Return the actions at which the callers of a module go on, each as its flow's position and identifier."""
        return self._returns.get(place, ())

    @cached_property
    def _returns(self) -> Mapping[int, tuple[tuple[int, str], ...]]:
        found: dict[int, tuple[tuple[int, str], ...]] = {}
        for place, flow in enumerate(self.flows):
            for action in flow.actions.values():
                callee = self.callee(flow, action)
                if callee is not None:
                    targets = (branch.target for branch in action.branches)
                    onward = tuple((place, target) for target in targets if target and target in flow.actions)
                    found[callee] = (*found.get(callee, ()), *onward)
        return found

    @cached_property
    def roots(self) -> tuple[int, ...]:
        """Return the flows at which contacts arrive: those that no other leads into, and one of every lone circle."""
        led_into = {callee for place in range(len(self.flows)) for callee in self.callees(place) if callee != place}
        found = [place for place in range(len(self.flows)) if place not in led_into]
        seen = self._reached(found)
        for place in range(len(self.flows)):
            if place not in seen:
                found.append(place)
                seen |= self._reached([place])
        return tuple(found)

    @cached_property
    def groups(self) -> tuple[int, ...]:
        """Return, for each flow, the first of all the flows with which it is joined, directly or by others."""
        group = list(range(len(self.flows)))

        def first(place: int) -> int:
            while group[place] != place:
                place = group[place]
            return place

        for place, flow in enumerate(self.flows):
            hooked = (each for action in flow.actions.values() for each in self.hooked(action))
            for other in (*self.callees(place), *hooked):
                one, two = sorted((first(place), first(other)))
                group[two] = one
        return tuple(first(place) for place in range(len(self.flows)))

    def depth(self, place: int) -> int:
        """Return how many modules deep a flow goes: 0 for one that invokes none, ``ENDLESS`` if they go in circles."""
        level, deepest, limit = [place], 0, len(self.flows)
        while level and deepest <= limit:
            level = list({callee for each in level for callee in self.callees(each) if self.flows[callee].is_module})
            deepest += bool(level)
        return deepest if deepest <= limit else ENDLESS

    def _reached(self, places: Iterable[int]) -> set[int]:
        seen: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(self.callees(place))
        return seen

    @cached_property
    def _callees(self) -> Mapping[tuple[int, str], int]:
        found = {}
        for flow in self.flows:
            for action in flow.actions.values():
                parameter = CALLS.get(action.type)
                if parameter is None:
                    continue
                meant = (self._aliases.get(name, name) for name in _names_in(action, parameter))
                known = next((name for name in meant if name in self._by_name), None)
                if known is not None:
                    found[id(flow), action.id] = self._by_name[known]
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, int]:
        """Return the flows by everything that may name them; what names two of them names none."""
        found: dict[str, int | None] = {}
        for place, flow in enumerate(self.flows):
            for name in _names_of(flow):
                found[name] = place if found.get(name, place) == place else None
        return {name: place for name, place in found.items() if place is not None}


def qualifier(reference: str) -> str:
    """Return the version or alias behind a reference to a flow or module; empty if there is none."""
    for pattern in (_ARN, _PLACEHOLDER):
        found = pattern.match(reference.strip())
        if found:
            return found[2] or ""
    return ""


def _names_of(flow: Flow) -> set[str]:
    names = {flow.name, PurePath(flow.file).stem, *flow.also}
    return {_normal(name) for name in names if name}


def _names_in(action: Action, parameter: str) -> Iterator[str]:
    value = action.parameters.get(parameter)
    if isinstance(value, str) and value:
        yield _normal(value)
    kept = action.metadata.get("parameters")
    shown = kept.get(parameter) if isinstance(kept, Mapping) else None
    for holder in (shown, action.metadata.get("contactFlow"), action.metadata.get("ContactFlow")):
        if isinstance(holder, Mapping):
            for key in ("id", "displayName", "text"):
                if isinstance(holder.get(key), str) and holder[key]:
                    yield _normal(holder[key])


def _normal(reference: str) -> str:
    reference = reference.strip()
    for pattern in (_ARN, _PLACEHOLDER):
        found = pattern.match(reference)
        if found:
            return found[1].lower()
    return reference.lower()
