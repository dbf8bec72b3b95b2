"""A contact flow as a typed graph, read from the JSON that the flow designer exports.

The shapes are those of https://docs.aws.amazon.com/connect/latest/APIReference/flow-language.html. Whatever an action's
type does not need is kept as it came: action types that this project does not know pass through unharmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from flowlint.errors import OldFormatError, UnreadableFlowError
from flowlint.reading.json_text import Locate, Path, Place, loads, locate_in, places

__all__ = [
    "Action",
    "Branch",
    "BranchKind",
    "Condition",
    "Flow",
    "OldFormatError",
    "UnreadableFlowError",
    "parse_flow",
]

VERSION = "2019-10-30"
"""The only version of the flow language there is."""

NAME_KEYS = frozenset({"friendlyname", "displayname", "name"})
"""Where an exported flow may keep the name that the designer shows for an action (lower case)."""


class BranchKind(StrEnum):
    """Why a flow goes from one action to another."""

    NEXT = "next"
    CONDITION = "condition"
    ERROR = "error"


class Condition(msgspec.Struct, frozen=True, rename="pascal"):
    """A comparison of an action's result with operands; ``And`` and ``Or`` hold further conditions as operands."""

    operator: str | None = ""
    operands: tuple[Any, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out of an action; ``target`` is None where the branch is drawn but leads nowhere."""

    kind: BranchKind
    target: str | None
    condition: Condition | None = None
    error: str = ""
    place: int = 0
    """Its position among the branches of its kind."""

    @property
    def label(self) -> str:
        """Name the branch as a reader of the flow would."""
        if self.kind is BranchKind.ERROR:
            return f"error branch {self.error or '(no ErrorType)'}"
        if self.condition is not None:
            operands = ", ".join(str(operand) for operand in self.condition.operands or ())
            return f"condition {self.condition.operator or ''} {operands}".rstrip()
        return "NextAction" if self.kind is BranchKind.NEXT else "condition"

    @property
    def path(self) -> Path:
        """Return where the branch stands within its action."""
        if self.kind is BranchKind.NEXT:
            return ("Transitions", "NextAction")
        return ("Transitions", "Errors" if self.kind is BranchKind.ERROR else "Conditions", self.place)


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a flow; ``parameters`` is the JSON object of its type, as exported."""

    id: str
    type: str
    parameters: Mapping[str, Any]
    branches: tuple[Branch, ...]
    name: str = ""
    """What the designer shows, where that differs from the identifier."""
    place: int = 0
    """Its position in the file."""
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the designer keeps about it, such as the names of things that it refers to by ARN."""

    @property
    def next(self) -> str | None:
        """Return the action that follows success."""
        return next((branch.target for branch in self.branches if branch.kind is BranchKind.NEXT), None)

    @property
    def conditions(self) -> tuple[Branch, ...]:
        """Return the branches taken by result, in order."""
        return tuple(branch for branch in self.branches if branch.kind is BranchKind.CONDITION)

    @property
    def errors(self) -> tuple[Branch, ...]:
        """Return the branches taken by error."""
        return tuple(branch for branch in self.branches if branch.kind is BranchKind.ERROR)

    def error(self, error_type: str) -> str | None:
        """Return where that error leads, or None if the branch is missing or unwired."""
        return next((branch.target for branch in self.errors if branch.error == error_type and branch.target), None)


@dataclass(frozen=True)
class Flow:
    """A contact flow or flow module."""

    start: str | None
    actions: Mapping[str, Action]
    """By identifier, in the order of the file; of several with one identifier, the first."""
    repeated: tuple[str, ...] = ()
    """Identifiers that more than one action has."""
    name: str = ""
    kind: str = ""
    """What the console calls its type, as the API spells it (``CONTACT_FLOW``, ``MODULE``, …); empty if not known."""
    file: str = ""
    also: frozenset[str] = frozenset()
    """Further names by which other flows may refer to it: ids, ARNs, logical ids."""
    action_count: int = 0
    text: str = field(default="", compare=False, repr=False)
    locate: Locate | None = field(default=None, compare=False, repr=False)

    @property
    def is_module(self) -> bool:
        """Say whether it is a module: by its type, or because it returns to whoever invoked it."""
        if self.kind:
            return self.kind == "MODULE"
        return any(action.type == "EndFlowModuleExecution" for action in self.actions.values())

    @property
    def title(self) -> str:
        """Return what to call it."""
        return self.name or self.file

    @cached_property
    def _places(self) -> Mapping[Path, int]:
        return places(self.text)

    def place_of(self, action: Action | None, within: Path = ()) -> Place:
        """Return where an action, or something within it, stands in the file; the nearest thing that has a place."""
        if self.locate is None:
            return Place()
        path: Path = ("Actions", action.place, *within) if action else within
        if action and not within:
            path = (*path, "Identifier")
        while path and path not in self._places:
            path = path[:-1]
        return self.locate(self._places.get(path, 0))


class _Condition(msgspec.Struct, rename="pascal"):
    next_action: str | None = None
    condition: Condition | None = None


class _Error(msgspec.Struct, rename="pascal"):
    next_action: str | None = None
    error_type: str | None = None


class _Transitions(msgspec.Struct, rename="pascal"):
    next_action: str | None = None
    conditions: list[_Condition] | None = None
    errors: list[_Error] | None = None

    def branches(self) -> tuple[Branch, ...]:
        found = [Branch(BranchKind.NEXT, self.next_action)] if self.next_action else []
        found += [
            Branch(BranchKind.CONDITION, branch.next_action or None, condition=branch.condition, place=place)
            for place, branch in enumerate(self.conditions or ())
        ]
        found += [
            Branch(BranchKind.ERROR, branch.next_action or None, error=branch.error_type or "", place=place)
            for place, branch in enumerate(self.errors or ())
        ]
        return tuple(found)


class _Action(msgspec.Struct, rename="pascal"):
    identifier: str
    type: str
    parameters: dict[str, Any] | None = None
    transitions: _Transitions | None = None


class _Document(msgspec.Struct, rename="pascal"):
    actions: list[_Action]
    version: str
    start_action: str | None = None
    metadata: Any = None


def parse_flow(text: str, *, source: str) -> Flow:
    """Parse a flow's JSON text; ``source`` names it in errors. Raises UnreadableFlowError and OldFormatError."""
    return flow_of(loads(text, source), text, source=source, locate=locate_in(text))


def flow_of(content: object, text: str, *, source: str, locate: Locate | None) -> Flow:
    """Return the flow that parsed JSON describes. Raises UnreadableFlowError and OldFormatError."""
    if not isinstance(content, dict):
        raise UnreadableFlowError(f"{source}: line 1: not a contact flow: expected a JSON object")
    if "Actions" not in content and "modules" in content:
        raise OldFormatError(source)
    try:
        document = msgspec.convert(content, _Document)
    except msgspec.ValidationError as error:
        raise UnreadableFlowError(f"{source}: not a contact flow: {_plain(str(error))}") from error
    if document.version != VERSION:
        raise UnreadableFlowError(f"{source}: Version: {document.version!r} is not {VERSION}")
    return _flow(document, text, source, locate)


def _flow(document: _Document, text: str, source: str, locate: Locate | None) -> Flow:
    actions: dict[str, Action] = {}
    repeated: list[str] = []
    for place, raw in enumerate(document.actions):
        if raw.identifier in actions:
            repeated.append(raw.identifier)
            continue
        metadata = _metadata(document.metadata, raw.identifier)
        actions[raw.identifier] = Action(
            id=raw.identifier,
            type=raw.type,
            parameters=raw.parameters or {},
            branches=raw.transitions.branches() if raw.transitions else (),
            name=_friendly_name(metadata),
            place=place,
            metadata=metadata,
        )
    about = document.metadata if isinstance(document.metadata, dict) else {}
    name = about.get("name")
    return Flow(
        start=document.start_action or None,
        actions=actions,
        repeated=tuple(dict.fromkeys(repeated)),
        name=name if isinstance(name, str) else "",
        file=source,
        action_count=len(document.actions),
        text=text,
        locate=locate,
    )


def _metadata(metadata: object, identifier: str) -> Mapping[str, Any]:
    """Return what the designer keeps about an action; metadata of any other shape than the designer's says nothing."""
    for key in ("ActionMetadata", identifier):
        metadata = metadata.get(key) if isinstance(metadata, Mapping) else None
    return metadata if isinstance(metadata, Mapping) else {}


def _friendly_name(metadata: Mapping[str, Any]) -> str:
    shown = metadata.items()
    return next((value for key, value in shown if key.lower() in NAME_KEYS and isinstance(value, str)), "")


def _plain(message: str) -> str:
    """Put msgspec's message into the order field, then problem."""
    problem, _, place = message.partition(" - at `$")
    place = place.rstrip("`").removeprefix(".")
    problem = problem.replace("`", "")
    return f"{place}: {problem}" if place else problem
