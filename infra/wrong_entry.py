"""What is wrong with an entry, said so that it can be mended: the nearest key there is, the values that are valid."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from msgspec import ValidationError

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_KIND = re.compile(r"Expected `([a-z |]+)`, got `.*`")
_WORDS: Final = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text",
}
"""What msgspec's kinds of values are to whoever writes TOML."""

_STEP = re.compile(r"[^.\[\]]+|\[[^\]]*\]")


def explained(error: ValidationError, model: type, entry: object) -> str:
    """Return one sentence that begins with the wrong field, from msgspec's `… - at `$.x`` about an entry of ``model``.

    An unknown key is followed by the nearest one that exists, a value that is none of a few by those few. Where msgspec
    says `[...]` for some key that a person chose, the sentence has that key.
    """
    text, _, path = str(error).partition(" - at ")
    field = path.removeprefix("`key` in ").strip("`").removeprefix("$").removeprefix(".")
    steps = _STEP.findall(field)
    if path.startswith("`key`"):
        steps.append("key")
    there = [inspect.type_info(model)]
    for step in steps:
        there = [inner for kind in _flat(there) for inner in _within(kind, step)]
    hint = ""
    if unknown := _UNKNOWN.fullmatch(text):
        nearest = difflib.get_close_matches(unknown[1], _keys(there), n=1)
        text = f"`{unknown[1]}` is no key"
        hint = f"; did you mean `{nearest[0]}`?" if nearest else f"; there are {', '.join(_keys(there))}"
    elif kind := _KIND.fullmatch(text):
        wanted = [one for one in kind[1].split(" | ") if one != "null"]
        text = f"has to be {' or '.join(_WORDS.get(one, one) for one in wanted)}"
    elif text.startswith(("Invalid enum value", "Invalid value")):
        hint = f"; valid are {', '.join(_values(there))}"
    field = _with_its_name(field, error, model, entry)
    return f"{field}: {text}{hint}" if field else f"{text}{hint}"


def _with_its_name(field: str, error: ValidationError, model: type, entry: object) -> str:
    """Return the field with the name of the one row of a table of names that gives this very error."""
    before, unnamed, after = field.partition("[...]")
    steps = before.split(".")
    table = entry
    for step in steps:
        table = table.get(step) if isinstance(table, Mapping) else None
    if not unnamed or not isinstance(table, Mapping):
        return field
    for name in table:
        try:
            msgspec.convert(_with_one(entry, steps, name), model)
        except msgspec.ValidationError as found:
            if str(found) == str(error):
                written = f".{name}" if re.fullmatch(r"[\w-]+", name) else f"[`{name}`]"
                return f"{before}{written}{after}"
    return field


def _with_one(entry: object, steps: Sequence[str], name: str) -> object:
    """Return the entry with only one row in the table to which the steps lead."""
    if not isinstance(entry, Mapping):
        return entry
    if not steps:
        return {name: entry[name]}
    return {**entry, steps[0]: _with_one(entry[steps[0]], steps[1:], name)}


def _flat(kinds: Iterable[inspect.Type]) -> Iterator[inspect.Type]:
    for kind in kinds:
        if isinstance(kind, inspect.UnionType):
            yield from kind.types
        else:
            yield kind


def _within(kind: inspect.Type, step: str) -> Iterator[inspect.Type]:
    match kind:
        case inspect.StructType():
            yield from (field.type for field in kind.fields if field.encode_name == step)
            if step == kind.tag_field:
                yield inspect.LiteralType(values=(str(kind.tag),))
        case inspect.DictType():
            yield kind.key_type if step == "key" else kind.value_type
        case inspect.VarTupleType():
            yield kind.item_type


def _keys(kinds: Iterable[inspect.Type]) -> list[str]:
    return sorted(
        {field.encode_name for kind in _flat(kinds) if isinstance(kind, inspect.StructType) for field in kind.fields}
    )


def _values(kinds: Iterable[inspect.Type]) -> list[str]:
    values: set[Any] = set()
    for kind in _flat(kinds):
        if isinstance(kind, inspect.LiteralType):
            values.update(kind.values)
        elif isinstance(kind, inspect.EnumType):
            values.update(member.value for member in kind.cls)
    return sorted(map(str, values))
