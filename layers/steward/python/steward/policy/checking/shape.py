"""The shape of a policy file, or of a notice: every key and value against the JSON schema that msgspec derives.

The schema finds all faults at once and says where each is, which msgspec's own decoding does not; each is put into a
sentence here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from steward.policy.checking.findings import Finding, error
from steward.policy.model import Policy

Raw = Mapping[str, Any]
"""A policy file as TOML gives it."""


def shape_findings(raw: Raw, model: type = Policy) -> list[Finding]:
    """Return one finding for every missing or unknown key and every value that cannot be in a file of that model."""
    return sorted(
        (finding for problem in _validator(model).iter_errors(raw) for finding in _sentences(problem)),
        key=lambda finding: finding.path,
    )


def path_of(parts: Iterable[str | int]) -> str:
    """Return a TOML path such as ``declared[3].clause``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def schema_of(model: type) -> dict[str, Any]:
    """Return the JSON schema of a file of that model, with the names that its maps may have."""
    schema: dict[str, Any] = _without_null(msgspec.json.schema(model))
    definitions = schema["$defs"]
    # msgspec leaves the names of an enumeration's members out of the schema of a map keyed by it
    if model is Policy:
        definitions["Policy"]["properties"]["retention"]["propertyNames"] = {"$ref": "#/$defs/RecordClass"}
        definitions["Holds"]["properties"]["reasons"]["propertyNames"] = {"$ref": "#/$defs/HoldReason"}
    return schema


@cache
def _validator(model: type) -> Validator:
    schema = schema_of(model)
    # JSON calls 6.0 an integer; TOML and msgspec tell the two apart
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict: type[Validator] = validators.extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    return strict(schema)


def _without_null(node: Any) -> Any:  # noqa: ANN401 -- a JSON schema nests anything
    """Take the null out of optional values: TOML has none, and without it a fault is reported where it is."""
    if isinstance(node, dict):
        branches = [branch for branch in node.get("anyOf", []) if branch != {"type": "null"}]
        if len(branches) == 1:
            return _without_null(branches[0])
        return {key: _without_null(value) for key, value in node.items()}
    return [_without_null(item) for item in node] if isinstance(node, list) else node


def _sentences(problem: ValidationError) -> Iterator[Finding]:
    path = list(problem.absolute_path)
    value: Any = problem.instance
    rule: Any = problem.validator_value
    match problem.validator:
        case "required":
            yield from _missing(rule, value, path)
        case "additionalProperties":
            yield from _unknown_keys(problem.schema, value, path)
        case keyword if "propertyNames" in problem.absolute_schema_path:
            yield error(path_of([*path, value]), f"unknown key; {_reason(keyword, value, rule)}")
        case keyword:
            yield error(path_of(path), _reason(keyword, value, rule))


_MISSING_FIGURES = {
    "months": "say for how many months {owner} is kept",
    "answer_within_days": "say within how many days a request is answered",
    "limit_minutes": "say after how many minutes an open pause is reported",
    "register_months": "say for how many months the register of pauses is kept",
}


def _missing(required: Iterable[str], table: Raw, path: list[str | int]) -> Iterator[Finding]:
    for key in required:
        if key not in table:
            figure = _MISSING_FIGURES.get(key)
            what = f": {figure.format(owner=path[-1])}" if figure else ""
            yield error(path_of([*path, key]), f"is missing{what}")


def _unknown_keys(schema: Any, table: Raw, path: list[str | int]) -> Iterator[Finding]:  # noqa: ANN401 -- any schema
    known = list(schema["properties"])
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            yield error(path_of([*path, key]), f"unknown key; {hint}")


_REASONS = {
    "type": "{value} is not {rule}",
    "minimum": "{value} is less than {rule}",
    "maximum": "{value} is greater than {rule}",
    "enum": "{value} is not one of {rule}",
    "minLength": "is empty",
    "minItems": "is empty",
    "maxLength": "{value} is longer than {rule} characters",
    "pattern": "{value} does not have the form {rule}",
}
"""Every keyword that the model's constraints give rise to."""

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
}


def _reason(keyword: object, value: object, rule: object) -> str:
    shown_rule = ", ".join(map(str, rule)) if isinstance(rule, list) else _TYPES.get(str(rule), str(rule))
    return _REASONS[str(keyword)].format(value=_shown(value), rule=shown_rule)


def _shown(value: object) -> str:
    match value:
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case _:
            return str(value)
