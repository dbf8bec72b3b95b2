"""How a value of ours becomes a row of DynamoDB and is read again: the one codec of every table.

A row is in DynamoDB's own notation, each value under its type (``{"S": "text"}``). A dataclass or struct is written
field by field: a moment in UTC as text that sorts as it passes, a date and an enum member as text, a tuple or set as a
list, whatever lies deeper as a map. Nothing stands for a field without a value.

Reading asks less than writing gives: a field that is absent and one that is null are the same, so a field that may be
None has a default, and an attribute that no field names is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from steward.failures import UnreadableRow

Value = dict[str, Any]
"""One value under its type."""

Row = dict[str, Any]
"""The attributes of an item, each a :data:`Value`."""

Fields = dict[str, Any]
"""The values of a row by name, as plain Python."""

T = TypeVar("T")

_QUOTED = re.compile(r" '.*'(?= - at |$)", re.DOTALL)


def stamp(moment: datetime) -> str:
    """Return the aware moment in UTC as text of a fixed width, so that a sort key sorts as time passes."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def value(thing: object) -> Value:
    """Return one value under its type. Raises TypeError for one that no row can hold, such as a float."""
    builtin = _builtin(thing)
    return dict(_serialize(set(builtin) if isinstance(thing, set | frozenset) else builtin))


def values(things: Mapping[str, object]) -> Row:
    """Return a row of these values by name; one that is None is left out."""
    return {name: value(thing) for name, thing in things.items() if thing is not None}


def write(thing: object) -> Row:
    """Return the attributes of a dataclass or struct; a field that is None is left out."""
    return {name: dict(_serialize(one)) for name, one in _builtin(thing).items()}


def read(row: Mapping[str, Any], kind: type[T]) -> T:
    """Return the dataclass, struct or mapping that a row states.

    Raises UnreadableRow where an attribute is missing or has another form.
    """
    try:
        return msgspec.convert(plain(row), kind)
    except msgspec.ValidationError as problem:
        name = getattr(kind, "__name__", str(kind))
        raise UnreadableRow(f"a row of kind {name} cannot be read: {_QUOTED.sub('', str(problem))}") from None


def plain(row: Mapping[str, Any]) -> Fields:
    """Return a row's values by name as plain Python: whole numbers as int, and nothing for what is null."""
    found: Fields = _stated({name: _deserialize(one) for name, one in row.items()})
    return found


def _builtin(thing: object) -> Any:  # noqa: ANN401 -- as the thing is
    """Return a thing as the serializer takes it."""
    return _stated(msgspec.to_builtins(thing, builtin_types=(datetime,), order="deterministic"))


def _stated(one: Any) -> Any:  # noqa: ANN401 -- whatever a field or an attribute holds
    if isinstance(one, datetime):
        return stamp(one)
    if isinstance(one, Decimal):
        return int(one)
    if isinstance(one, list | tuple):
        return [_stated(part) for part in one]
    if isinstance(one, dict):
        return {name: _stated(part) for name, part in one.items() if part is not None}
    return one


def _serialize(one: Any) -> Value:  # noqa: ANN401, PLR0911 -- one case for each type of the service
    """Return a value under its type (DynamoDB API reference, AttributeValue). Raises TypeError."""
    if one is None:
        return {"NULL": True}
    if isinstance(one, bool):
        return {"BOOL": one}
    if isinstance(one, str):
        return {"S": one}
    if isinstance(one, int | Decimal):
        return {"N": str(one)}
    if isinstance(one, dict):
        return {"M": {name: _serialize(part) for name, part in one.items()}}
    if isinstance(one, list | tuple):
        return {"L": [_serialize(part) for part in one]}
    if isinstance(one, set) and one and all(isinstance(part, str) for part in one):
        return {"SS": sorted(one)}
    raise TypeError(f"no attribute of a row holds a {type(one).__name__}, or such a set")


def _deserialize(stored: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- whatever the attribute holds
    ((kind, one),) = stored.items()
    if kind == "M":
        return {name: _deserialize(part) for name, part in one.items()}
    if kind == "L":
        return [_deserialize(part) for part in one]
    if kind in {"SS", "NS", "BS"}:
        return {Decimal(part) for part in one} if kind == "NS" else set(one)
    if kind == "N":
        return Decimal(one)
    return None if kind == "NULL" else one
