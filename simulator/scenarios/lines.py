"""A scenario file read into typed lines, every mistake named with its line and field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import msgspec

from simulator.scenarios.actions import (
    ACTIONS,
    WRAPPED,
    Action,
    Console,
    Contact,
    Decide,
    Fault,
    Invoke,
    Pass,
    PutObject,
    RecordingState,
    RecordingType,
    Store,
)
from simulator.scenarios.aws_models import check_call, check_contact, check_fault
from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.placeholders import PLACEHOLDER, check_placeholders
from steward import limits

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Moments outside are taken for a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the moment, and what happens then."""

    number: int
    at: datetime
    """Aware, UTC."""
    kind: str
    """The action's key in the file."""
    action: Action
    has_placeholders: bool


def read_scenario(path: Path) -> list[Line]:
    """Return the lines of a scenario file, checked against one another.

    Raises ``ScenarioError`` for a file that cannot be read or holds no line, and for the first wrong line.
    """
    try:
        content = limits.read(path, limits.SCENARIO)
    except OSError as error:
        raise ScenarioError(f"cannot be read: {error.strerror or error}", file=path) from error
    except limits.OverLimit as error:
        raise ScenarioError(str(error), file=path) from None
    lines: list[Line] = []
    for number, raw in _numbered(content):
        try:
            line = parse_line(number, raw)
            _check_order(line, lines[-1] if lines else None)
        except ScenarioError as error:
            raise error.located(file=path, line=number) from error
        lines.append(line)
    if not lines:
        raise ScenarioError("holds no line", file=path)
    return lines


def _check_order(line: Line, before: Line | None) -> None:
    if before and line.at < before.at:
        problem = f"{line.at.isoformat()} is earlier than {before.at.isoformat()} on line {before.number}"
        raise ScenarioError(problem, field="at")


def _numbered(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(content.split(b"\n"), start=1):
        stripped = raw.strip()
        if stripped:
            yield number, stripped


def parse_line(number: int, raw: bytes) -> Line:
    """Return one line's meaning. Raises ``ScenarioError`` with the field and what is wrong with it."""
    value = _decoded(raw)
    if not isinstance(value, dict):
        raise ScenarioError("must be a JSON object with `at` and one action")
    if "at" not in value:
        raise ScenarioError("is missing", field="at")
    at = parse_moment(value.pop("at"), "at")
    for key in value:
        if key not in ACTIONS:
            raise ScenarioError(f"is not an action; the actions are {', '.join(ACTIONS)}", field=key)
    if len(value) != 1:
        found = f"has {len(value)} actions: {', '.join(value)}" if value else "has no action"
        raise ScenarioError(f"{found}; a line has exactly one of {', '.join(ACTIONS)}")
    [(kind, argument)] = value.items()
    marked = PLACEHOLDER.search(raw) is not None
    if marked:
        check_placeholders(argument, kind)
    return Line(number=number, at=at, kind=kind, action=to_action(kind, argument), has_placeholders=marked)


def _decoded(raw: bytes) -> object:
    if len(raw) > limits.SETTINGS.bytes:
        raise ScenarioError(f"is larger than {limits.SETTINGS.bytes} bytes")
    try:
        value: object = msgspec.json.decode(raw)
        limits.check_depth(value, limits.SCENARIO)
    except limits.OverLimit as error:
        raise ScenarioError(str(error)) from None
    except RecursionError:
        raise ScenarioError("is not JSON that can be read: it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"is not JSON: {error}") from error
    return value


def parse_moment(value: object, name: str) -> datetime:
    """Return an ISO 8601 moment in UTC. Raises ``ScenarioError`` that names the field ``name``."""
    if not isinstance(value, str):
        raise ScenarioError(f"must be an ISO 8601 time, not {_shown(value)}", field=name)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ScenarioError(f"{_shown(value)} is not an ISO 8601 time", field=name) from None
    if moment.tzinfo is None:
        problem = f"{_shown(value)} has no offset; write for example {value[:10]}T09:00:00Z or T09:00:00+01:00"
        raise ScenarioError(problem, field=name)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ScenarioError(f"{_shown(value)} is not between the years {FIRST_YEAR} and {LAST_YEAR}", field=name)
    return moment.astimezone(UTC)


def to_action(kind: str, argument: object) -> Action:
    """Return the typed action for a line's value. Raises ``ScenarioError`` with the field that is wrong."""
    if kind == "pass":
        if argument is not True:
            raise ScenarioError(f"must be true, not {_shown(argument)}", field="pass")
        return Pass()
    if not isinstance(argument, dict):
        raise ScenarioError(f"must be an object, not {_shown(argument)}", field=kind)
    wrapped = {WRAPPED[kind]: argument} if kind in WRAPPED else argument
    try:
        action = msgspec.convert(wrapped, ACTIONS[kind])
    except msgspec.ValidationError as error:
        raise _readable(str(error), kind, wrapped) from error
    _check(action)
    return action


def _check(action: Action) -> None:
    match action:
        case Contact(fields=fields):
            check_contact(fields)
        case PutObject(bytes=size, body=body) if (size is None) == (body is None):
            raise ScenarioError(
                "has both bytes and body" if body is not None else "has neither bytes nor body", field="object"
            )
        case Invoke(payload=payload) if not isinstance(payload, dict):
            raise ScenarioError(f"must be an object, not {_shown(payload)}", field="invoke.payload")
        case Decide(fields=fields):
            _check_decision(fields)
        case Fault():
            check_fault(action)
            if action.until is not None:
                parse_moment(action.until, "fault.until")
        case Console(service=service, operation=operation):
            check_call(service, operation, "console")
        case _:
            pass


_CALLER = re.compile(r"[a-z][a-z-]*/[\w+=,.@-]{2,64}", re.ASCII)
"""ROLE/PERSON; what a session may be called is AWS's rule (STS API reference, AssumeRole, RoleSessionName)."""


def _check_decision(fields: dict[str, object]) -> None:
    for name in ("by", "subject", "id", "decision"):
        if name not in fields:
            raise ScenarioError("is missing", field=f"decide.{name}")
        if not isinstance(fields[name], str):
            raise ScenarioError(f"must be text, not {_shown(fields[name])}", field=f"decide.{name}")
    if not _CALLER.fullmatch(str(fields["by"])):
        raise ScenarioError("must be ROLE/PERSON, such as release-approver/p2", field="decide.by")


_CHOICES = {
    "store": get_args(Store),
    "types": get_args(RecordingType),
    "state": get_args(RecordingState),
}
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"^Object (?P<what>missing required|contains unknown) field `(?P<field>[^`]*)`$")


def _readable(message: str, kind: str, value: object) -> ScenarioError:
    place = _PLACE.match(message)
    what, path = (place["what"], place["path"] or "") if place else (message, "")
    if found := _FIELD.match(what):
        path = f"{path}.{found['field']}" if path else found["field"]
        problem = "is missing" if found["what"].startswith("missing") else "is not a field of this action"
        return ScenarioError(problem, field=f"{kind}.{path}")
    if what.startswith("Invalid enum value"):
        what = f"must be one of {', '.join(_CHOICES[re.sub(r'[^a-z].*', '', path)])}"
    given = _at(value, path)
    shown = "" if given is _UNKNOWN else f" (it is {_shown(given)})"
    problem = f"{what[0].lower()}{what[1:].replace('`', '')}{shown}"
    return ScenarioError(problem, field=f"{kind}.{path}" if path else kind)


_UNKNOWN = object()


def _at(value: object, path: str) -> object:
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _UNKNOWN
    return value


def _shown(value: object, limit: int = 60) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= limit else text[: limit - 3] + "..."
