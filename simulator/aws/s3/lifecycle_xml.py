"""A lifecycle rule from the XML of a Put request to the members of a Get answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTED = {"Transition": "Transitions", "NoncurrentVersionTransition": "NoncurrentVersionTransitions"}


def as_answered(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule with the API's member names: repeated elements become lists."""
    answer: dict[str, Any] = {}
    for name, value in rule.items():
        if name in _LISTED:
            answer[_LISTED[name]] = value if isinstance(value, list) else [value]
        elif name == "Filter":
            answer[name] = _filter(value or {})
        else:
            answer[name] = "" if value is None else value
    return answer


def _filter(chosen: Mapping[str, Any]) -> dict[str, Any]:
    both = chosen.get("And")
    if not both:
        return {name: "" if value is None else value for name, value in chosen.items()}
    tags = both.get("Tag") or []
    others = {name: value for name, value in both.items() if name != "Tag"}
    return {"And": {**others, "Tags": tags if isinstance(tags, list) else [tags]}}
