"""From an exported flow with placeholders to the flow of one council.

A template is a flow as the console exports it, complete enough to be checked as it stands, with four additions:

- ``{{name}}`` in any string stands for a value. Outside a repetition the values of the first language count.
- An action whose metadata has ``repeat`` stands once for each item of that list, with the item's own values. All but
  the last go on to ``then``, if the metadata has it, with the values of the item after.
- A condition with ``repeat`` stands once for each item, likewise.
- An action whose metadata has ``when`` exists only with that feature; without it, whatever leads to it leads to
  ``otherwise``, and what only it led to is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_DIRECTIVES = ("when", "repeat", "then")

Values = Mapping[str, str]
Json = dict[str, Any]


class TemplateError(Exception):
    """A template names a value or a list that nobody gave."""


@dataclass(frozen=True)
class Filling:
    """What one council's flows are made from."""

    values: Values
    lists: Mapping[str, Sequence[Values]] = field(default_factory=dict)
    features: frozenset[str] = frozenset()


def fill(template: Json, filling: Filling) -> Json:
    """Return the finished flow. Raises TemplateError if a value is missing."""
    metadata: Json = template["Metadata"]["ActionMetadata"]
    actions: list[Json] = []
    finished_metadata: Json = {}
    instead: dict[str, str] = {}
    for action in template["Actions"]:
        directives = metadata[action["Identifier"]]
        items = _items(directives.get("repeat"), filling)
        for place, item in enumerate(items):
            values = {**filling.values, **item}
            finished = _finish(action, values, filling)
            when = directives.get("when")
            if when and when["feature"] not in filling.features:
                instead[finished["Identifier"]] = _text(when["otherwise"], values)
                continue
            if "then" in directives and place + 1 < len(items):
                finished["Transitions"]["NextAction"] = _text(directives["then"], {**values, **items[place + 1]})
            actions.append(finished)
            finished_metadata[finished["Identifier"]] = _layout(directives, place)
    start = _follow(_text(template["StartAction"], filling.values), instead)
    for action in actions:
        _redirect(action["Transitions"], instead)
    kept = _reached(start, actions)
    _refuse_blanks(action for action in actions if action["Identifier"] in kept)
    return {
        **template,
        "StartAction": start,
        "Metadata": {
            **template["Metadata"],
            "ActionMetadata": {name: layout for name, layout in finished_metadata.items() if name in kept},
        },
        "Actions": [action for action in actions if action["Identifier"] in kept],
    }


def _items(name: str | None, filling: Filling) -> Sequence[Values]:
    if name is None:
        return ({},)
    items = filling.lists.get(name)
    if items is None:
        raise TemplateError(f"there is no list {name!r}")
    return items


def _finish(action: Json, values: Values, filling: Filling) -> Json:
    transitions = dict(action["Transitions"])
    if "Conditions" in transitions:
        transitions["Conditions"] = [
            _substitute({key: value for key, value in condition.items() if key != "repeat"}, {**values, **item})
            for condition in transitions["Conditions"]
            for item in _items(condition.get("repeat"), filling)
        ]
    finished: Json = _substitute({**action, "Transitions": transitions}, values)
    return finished


def _substitute(value: Any, values: Values) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, str):
        return _text(value, values)
    if isinstance(value, list):
        return [_substitute(each, values) for each in value]
    if isinstance(value, dict):
        return {key: _substitute(each, values) for key, each in value.items()}
    return value


def _text(text: str, values: Values) -> str:
    """Put in the values there are; what is left out of the flow in the end may lack its own."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _refuse_blanks(actions: Iterable[Json]) -> None:
    for action in actions:
        blank = _PLACEHOLDER.search(json.dumps(action))
        if blank:
            raise TemplateError(f"action {action['Identifier']!r}: there is no value {blank[1]!r}")


def _layout(directives: Json, place: int) -> Json:
    """Return the designer's metadata, with each repetition a little lower than the one before."""
    layout = {key: value for key, value in directives.items() if key not in _DIRECTIVES}
    position = layout["position"]
    return {**layout, "position": {"x": position["x"], "y": position["y"] + 60 * place}}


def _redirect(transitions: Json, instead: Mapping[str, str]) -> None:
    if "NextAction" in transitions:
        transitions["NextAction"] = _follow(transitions["NextAction"], instead)
    for branch in (*transitions.get("Conditions", ()), *transitions.get("Errors", ())):
        branch["NextAction"] = _follow(branch["NextAction"], instead)


def _follow(target: str, instead: Mapping[str, str]) -> str:
    while target in instead:
        target = instead[target]
    return target


def _reached(start: str, actions: Sequence[Json]) -> frozenset[str]:
    by_id = {action["Identifier"]: action["Transitions"] for action in actions}
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in by_id:
            continue
        found.add(name)
        transitions = by_id[name]
        branches = (*transitions.get("Conditions", ()), *transitions.get("Errors", ()))
        waiting += [branch["NextAction"] for branch in branches]
        if "NextAction" in transitions:
            waiting.append(transitions["NextAction"])
    return frozenset(found)
