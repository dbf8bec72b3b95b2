"""A contact flow as a typed graph, read from the JSON that the flow designer exports.

The shapes are those of https://docs.aws.amazon.com/connect/latest/APIReference/flow-language.html. Whatever an action's
type does not need is kept as it came: action types that this project does not know pass through unharmed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "2019-10-30"
"""The only version of the flow language there is."""

NAME_KEYS = frozenset({"friendlyname", "displayname", "name"})
"""Where an exported flow may keep the name that the designer shows for an action (lower case)."""


class UnreadableFlowError(Exception):
    """The file cannot be read as a contact flow; the message is one line that names file and line or field."""


class OldFormatError(Exception):
    """The file is an export of the designer's first format: ``modules`` with ``branches``, not the flow language."""


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

    @property
    def label(self) -> str:
        """Name the branch as a reader of the flow would."""
        if self.kind is BranchKind.ERROR:
            return f"error branch {self.error or '(no ErrorType)'}"
        if self.condition is not None:
            operands = ", ".join(str(operand) for operand in self.condition.operands or ())
            return f"condition {self.condition.operator or ''} {operands}".rstrip()
        return "NextAction" if self.kind is BranchKind.NEXT else "condition"


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a flow; ``parameters`` is the JSON object of its type, as exported."""

    id: str
    type: str
    parameters: Mapping[str, Any]
    branches: tuple[Branch, ...]
    name: str = ""
    """What the designer shows, where that differs from the identifier."""

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


@dataclass(frozen=True, slots=True)
class Flow:
    """A contact flow or flow module."""

    start: str | None
    actions: Mapping[str, Action]
    """By identifier, in the order of the file; of several with one identifier, the first."""
    repeated: tuple[str, ...] = field(default=())
    """Identifiers that more than one action has."""


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
            Branch(BranchKind.CONDITION, branch.next_action or None, condition=branch.condition)
            for branch in self.conditions or ()
        ]
        found += [
            Branch(BranchKind.ERROR, branch.next_action or None, error=branch.error_type or "")
            for branch in self.errors or ()
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


def read_flow(path: Path) -> Flow:
    """Read one exported flow.

    Raises UnreadableFlowError if the file is missing, not JSON or not shaped like a flow, and OldFormatError if it is
    an export of the older designer.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableFlowError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UnreadableFlowError(f"{path}: byte {error.start} is not UTF-8 text") from error
    return parse_flow(text, source=str(path))


def parse_flow(text: str, *, source: str) -> Flow:
    """Parse a flow's JSON text; ``source`` names it in errors. Raises as ``read_flow`` does."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{source}: line {error.lineno}, column {error.colno}"
        raise UnreadableFlowError(f"{where}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise UnreadableFlowError(f"{source}: not a contact flow: nested too deeply") from error
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
    return _flow(document)


def _flow(document: _Document) -> Flow:
    actions: dict[str, Action] = {}
    repeated: list[str] = []
    for raw in document.actions:
        if raw.identifier in actions:
            repeated.append(raw.identifier)
            continue
        actions[raw.identifier] = Action(
            id=raw.identifier,
            type=raw.type,
            parameters=raw.parameters or {},
            branches=raw.transitions.branches() if raw.transitions else (),
            name=_friendly_name(document.metadata, raw.identifier),
        )
    return Flow(start=document.start_action or None, actions=actions, repeated=tuple(dict.fromkeys(repeated)))


def _friendly_name(metadata: object, identifier: str) -> str:
    """Return the name shown for an action; metadata of any other shape than the designer's says nothing."""
    for key in ("ActionMetadata", identifier):
        metadata = metadata.get(key) if isinstance(metadata, Mapping) else None
    shown = metadata.items() if isinstance(metadata, Mapping) else ()
    return next((value for key, value in shown if key.lower() in NAME_KEYS and isinstance(value, str)), "")


def _plain(message: str) -> str:
    """Put msgspec's message into the order field, then problem."""
    problem, _, place = message.partition(" - at `$")
    place = place.rstrip("`").removeprefix(".")
    problem = problem.replace("`", "")
    return f"{place}: {problem}" if place else problem
