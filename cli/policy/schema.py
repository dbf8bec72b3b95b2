"""``steward schema NAME``: the JSON Schema of a file that people write, for their editors."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap
from collections.abc import Iterator
from typing import Any, Final

import click
import msgspec

from infra.config import Environment
from steward.policy.checking.notices import Notice
from steward.policy.checking.shape import schema_of
from steward.policy.model import Policy

SCHEMAS: Final[dict[str, type]] = {"policy": Policy, "environments": Environment, "notice": Notice}
"""The model of each file; ``environments`` has one entry for each name."""


@click.command("schema")
@click.argument("name", type=click.Choice(list(SCHEMAS)))
def schema(*, name: str) -> int:
    """Print the JSON Schema of a council's policy, of its environments or of its notice."""
    click.echo(schema_text(name), nl=False)
    return 0


def schema_text(name: str) -> str:
    """Return the schema as JSON text, with the models' own words as descriptions."""
    model = SCHEMAS[name]
    found = schema_of(model)
    for kind in _structs(model):
        if kind.__name__ in found["$defs"]:
            _describe(found["$defs"][kind.__name__], kind)
    if model is Environment:
        found = {
            "type": "object",
            "additionalProperties": {"$ref": f"#/$defs/{model.__name__}"},
            "propertyNames": {"pattern": "^[a-z][a-z0-9-]{0,19}$"},
            "$defs": found["$defs"],
        }
    return f"{json.dumps({'$schema': 'https://json-schema.org/draft/2020-12/schema', **found}, indent=2)}\n"


def _structs(model: type) -> Iterator[type]:
    """Yield the model and every struct that its fields lead to."""
    seen: set[type] = set()
    waiting: list[Any] = [msgspec.inspect.type_info(model)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, msgspec.inspect.StructType):
            if one.cls in seen:
                continue
            seen.add(one.cls)
            waiting += [field.type for field in one.fields]
            yield one.cls
        else:
            waiting += [
                getattr(one, name) for name in ("item_type", "key_type", "value_type", "type") if hasattr(one, name)
            ]
            waiting += [*getattr(one, "types", ()), *(getattr(one, "item_types", ()) or ())]


def _describe(definition: dict[str, Any], kind: type) -> None:
    """Give each key the text that stands below its field in the source."""
    names = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
    [source] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    body = source.body if isinstance(source, ast.ClassDef) else []
    for field, words in itertools.pairwise(body):
        match field, words:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                definition["properties"][names[name]]["description"] = " ".join(text.split())
