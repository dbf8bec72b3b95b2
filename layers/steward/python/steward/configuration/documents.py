"""Policies and flows in one form, so that only what they mean is compared."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from steward.configuration.written import Json

_ROOT: Final = re.compile(r"^arn:[a-z-]+:iam::(\d{12}):root$")


def policy(document: Json) -> Json:
    """Return a policy as a mapping of its statements by their ids.

    A single value and a list of one are the same, the order of a list and the capitals of an action say nothing, and an
    account is the same as its root (IAM user guide, "Grammar of the IAM JSON policy language" and "AWS JSON policy
    elements", Action and Principal). A statement without an id stands under its content. None for no policy.
    """
    if document in (None, "", {}):
        return None
    stated = json.loads(document) if isinstance(document, str) else document
    found: dict[str, Json] = {}
    for statement in _list(stated["Statement"]):
        one = {name: _part(name, value) for name, value in statement.items() if name != "Sid"}
        name = str(statement.get("Sid") or json.dumps(one, sort_keys=True))
        found[name if name not in found else f"{name} again"] = one
    return found


def _part(name: str, value: Json) -> Json:
    if name in {"Action", "NotAction"}:
        return sorted(str(one).lower() for one in _list(value))
    if name in {"Resource", "NotResource"}:
        return sorted(map(str, _list(value)))
    if name in {"Principal", "NotPrincipal"}:
        kinds = {"AWS": value} if value == "*" else value
        return {kind: sorted(_ROOT.sub(r"\1", str(one)) for one in _list(named)) for kind, named in kinds.items()}
    if name == "Condition":
        return {
            operator: {key.lower(): sorted(_text(one) for one in _list(wanted)) for key, wanted in keys.items()}
            for operator, keys in value.items()
        }
    return value


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]


def flow(content: str) -> Json:
    """Return a flow's content as a mapping of its actions by their names.

    The console rewrites ``Metadata``, which is its layout; the order of actions says nothing, and an action without
    parameters has none or an empty mapping of them. Raises ValueError for what is no JSON, TypeError for what is no
    object.
    """
    stated = json.loads(content)
    if not isinstance(stated, Mapping):
        raise TypeError("a flow is a JSON object")
    rest = {name: value for name, value in stated.items() if name not in {"Actions", "Metadata"}}
    actions = {
        str(action["Identifier"]): _stated({name: value for name, value in action.items() if name != "Identifier"})
        for action in stated.get("Actions", ())
    }
    return {**rest, "Actions": actions}


def _stated(value: Json) -> Json:
    """Return a value without what is empty, with errors by their type: their order says nothing either."""
    if isinstance(value, Mapping):
        found = {name: _stated(one) for name, one in value.items()}
        if isinstance(errors := value.get("Errors"), list):
            found["Errors"] = {str(one.get("ErrorType")): _stated(one) for one in errors}
        return {name: one for name, one in found.items() if one not in ({}, [], None)}
    return [_stated(one) for one in value] if isinstance(value, list) else value


def parsed(text: Json) -> Json:
    """Return the value that a text of JSON states, and anything else as it is."""
    return json.loads(text) if isinstance(text, str) else text
