"""What is wrong with an entry, said so that it can be mended: the nearest key there is, the values that are valid."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def explained(error: ValidationError, model: type) -> str:
    """Return one sentence that begins with the wrong field, from msgspec's `… - at `$.x`` about an entry of ``model``.

    An unknown key is followed by the nearest one that exists, a value that is none of a few by those few.
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
    return f"{field}: {text}{hint}" if field else f"{text}{hint}"


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
