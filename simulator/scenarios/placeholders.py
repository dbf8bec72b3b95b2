"""``{call_recording}`` and the like: names that only the deployment knows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.scenarios.errors import ScenarioError
from steward.ids import S3_RECORD_CLASSES

NAMES: tuple[str, ...] = (
    *(str(record_class) for record_class in S3_RECORD_CLASSES),
    "legal_hold",
    "rights",
    "application_information",
    "instance_arn",
    "instance_id",
    "account",
    "region",
)
"""Every placeholder; a record class, ``legal_hold`` or ``rights`` stands for its bucket's name."""

PLACEHOLDER = re.compile(rb"\{[a-z][a-z_]*\}")
_WORD = re.compile(r"\{([a-z][a-z_]*)\}")
_FREE_TEXT = frozenset({"object.body", "invoke.payload"})
"""Fields whose braces are nobody's business: what is no placeholder stays as it is. Callers say what they like."""


def check_placeholders(value: object, field: str) -> None:
    """Raise ``ScenarioError`` for a placeholder that does not exist."""
    if field in _FREE_TEXT:
        return
    match value:
        case str():
            for word in _WORD.findall(value):
                if word not in NAMES:
                    known = ", ".join(f"{{{name}}}" for name in NAMES)
                    raise ScenarioError(f"{{{word}}} is not a placeholder; there are {known}", field=field)
        case dict():
            for key, item in value.items():
                check_placeholders(key, field)
                check_placeholders(item, f"{field}.{key}")
        case list():
            for index, item in enumerate(value):
                check_placeholders(item, f"{field}[{index}]")
        case _:
            pass


def substitute(value: object, deployed: Mapping[str, str], field: str) -> object:
    """Return the value with every placeholder replaced by the deployed name.

    Raises ``ScenarioError`` for one that this policy does not deploy, such as the bucket of a class that is not kept.
    """
    match value:
        case str():
            return _WORD.sub(lambda found: _name(found, deployed, field), value)
        case dict():
            return {
                substitute(key, deployed, field): substitute(item, deployed, f"{field}.{key}")
                for key, item in value.items()
            }
        case list() | tuple():
            return [substitute(item, deployed, f"{field}[{index}]") for index, item in enumerate(value)]
        case _:
            return value


def _name(found: re.Match[str], deployed: Mapping[str, str], field: str) -> str:
    word = found[1]
    if word not in NAMES:
        return found[0]
    if word not in deployed:
        raise ScenarioError(f"{{{word}}} is not deployed under this policy", field=field)
    return deployed[word]
