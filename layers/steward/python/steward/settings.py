"""The environment of a function: one typed model for each, read once at cold start and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import fields


class MissingSetting(Exception):
    """Environment variables that the template should have set are absent or empty; the text names them."""


class UnreadableSetting(Exception):
    """An environment variable that holds something else than it should; the text names it and quotes nothing."""


class Environment(Struct, frozen=True, kw_only=True, rename="upper"):
    """Base of every function's model. The field ``hold_bucket`` is the variable ``HOLD_BUCKET``.

    A field that is no text is written as JSON.
    """


Model = TypeVar("Model", bound=Environment)

_QUOTED = re.compile(r" '.*'(?= - at |$)", re.DOTALL)


def read(model: type[Model], variables: Mapping[str, str] = os.environ) -> Model:
    """Return the environment as that model has it.

    Raises MissingSetting for a variable that is not set, UnreadableSetting for another form.
    """
    wanted = fields(model)
    found = {one.name: variables.get(one.encode_name, "") for one in wanted}
    if missing := [one.encode_name for one in wanted if not found[one.name] and one.required]:
        are = "variable {} is" if len(missing) == 1 else "variables {} are"
        raise MissingSetting(f"the environment {are.format(' and '.join(missing))} not set")
    return model(**{one.name: _value(one.encode_name, found[one.name], one.type) for one in wanted if found[one.name]})


def _value(name: str, text: str, kind: object) -> object:
    if kind is str:
        return text
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as problem:
        raise UnreadableSetting(
            f"the environment variable {name} is not what it should be: {_QUOTED.sub('', str(problem))}"
        ) from None
