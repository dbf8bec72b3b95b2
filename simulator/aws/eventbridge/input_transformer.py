"""The parts of an event that a rule picks out: ``InputPath`` and ``InputTransformer``.

Source: EventBridge user guide, "Amazon EventBridge input transformation".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]")
_VARIABLE: Final = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_ABSENT: Final = object()


def at_path(event: object, path: str) -> Any:  # noqa: ANN401 - decoded JSON
    """Return the value at a JSON path of names and indexes, or ``None`` when there is nothing."""
    found = _follow(event, path)
    return None if found is _ABSENT else found


def transform(event: Mapping[str, Any], paths: Mapping[str, str], template: str, predefined: Mapping[str, Any]) -> str:
    """Return the text that an input transformer makes of an event.

    Inside a JSON string a value stands as it is; elsewhere it stands as JSON. A path that leads nowhere yields an
    empty string.
    """
    values = {name: _follow(event, path) for name, path in paths.items()} | dict(predefined)
    pieces: list[str] = []
    in_string, position = False, 0
    for match in _VARIABLE.finditer(template):
        if match.group(1) not in values:
            continue
        before = template[position : match.start()]
        in_string ^= len(re.findall(r'(?<!\\)"', before)) % 2 == 1
        pieces += [before, _written(values[match.group(1)], in_string=in_string)]
        position = match.end()
    return "".join([*pieces, template[position:]])


def _written(value: object, *, in_string: bool) -> str:
    if value is _ABSENT:
        value = ""
    if not in_string:
        return json.dumps(value)
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text)[1:-1]


def _follow(event: object, path: str) -> object:
    value = event
    for name, index, quoted in _STEP.findall(path.removeprefix("$")):
        if index:
            if not isinstance(value, list) or int(index) >= len(value):
                return _ABSENT
            value = value[int(index)]
        else:
            key = name or quoted
            if not isinstance(value, Mapping) or key not in value:
                return _ABSENT
            value = value[key]
    return value
