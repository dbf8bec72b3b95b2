"""Event patterns of rules and of event-source filters, matched by moto's own ``EventPattern``.

Source of the rules: EventBridge user guide, "Creating Amazon EventBridge event patterns" and "Comparison operators";
Lambda developer guide, "Control which events Lambda sends to your function" (the same syntax). moto does not keep two
of them: it does not look into the objects of an array, as rules on Security Hub's ``findings`` do (Security Hub user
guide, "Configuring an EventBridge rule for Security Hub findings"), which is put right here outside of ``$or``; and it
takes ``true`` for 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, Final

from moto.events.exceptions import InvalidEventPatternException
from moto.events.models import EventPattern

Matcher = Callable[[Any], bool]

_OPERATORS: Final = frozenset(
    {"anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"}
)


class InvalidPattern(Exception):
    """A pattern that EventBridge would refuse, or whose meaning is not known here."""


def compile_pattern(pattern: Mapping[str, Any]) -> Matcher:
    """Return a function that tells whether an event (decoded JSON) matches.

    Raises ``InvalidPattern`` for what EventBridge refuses when the rule is created. moto would let an operator that it
    does not know match everything.
    """
    return _compiled(json.dumps(pattern))


@cache
def _compiled(text: str) -> Matcher:
    try:
        pattern = EventPattern.load(text)
    except InvalidEventPatternException as error:
        raise InvalidPattern(str(error)) from error
    fields = pattern.get_pattern()
    _check(fields)
    named = _named(fields)
    agrees: Matcher = pattern.matches_event

    def matches(event: Any) -> bool:  # noqa: ANN401 - decoded JSON
        if not isinstance(event, Mapping) or _differs(named, event):
            return False
        return any(agrees(one) for one in _with_one_of_each(fields, event))

    return matches


def _with_one_of_each(fields: Mapping[str, Any], event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the event with each array of objects, of whose fields the pattern speaks, as any one of its objects."""
    places: dict[str, list[Any]] = {}
    for key, wanted in fields.items():
        found = event.get(key)
        if not isinstance(wanted, Mapping):
            continue
        if isinstance(found, Mapping):
            places[key] = list(_with_one_of_each(wanted, found))
        elif isinstance(found, list) and found and all(isinstance(one, Mapping) for one in found):
            places[key] = [each for one in found for each in _with_one_of_each(wanted, one)]
    for chosen in product(*places.values()):
        yield {**event, **dict(zip(places, chosen, strict=True))}


def _named(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the fields whose values a pattern names one by one; those of an object as such a list."""
    plain = [
        (key, frozenset(value))
        for key, value in fields.items()
        if isinstance(value, list) and all(isinstance(one, str) for one in value)
    ]
    return plain + [(key, _named(value)) for key, value in fields.items() if isinstance(value, Mapping)]


def _differs(named: list[tuple[str, Any]], event: Mapping[str, Any]) -> bool:
    """Tell quickly that an event says something else: most do, and moto copies each event that it is asked about."""
    for key, wanted in named:
        value = event.get(key)
        if type(wanted) is list:
            if type(value) is dict and _differs(wanted, value):
                return True
        elif type(value) is str and value not in wanted:
            return True
    return False


def _check(fields: Mapping[str, Any]) -> None:
    for key, value in fields.items():
        if not value:
            raise InvalidPattern(f"the pattern for {key!r} is empty")
        if isinstance(value, Mapping):
            _check(value)
        elif key == "$or":
            for alternative in value:
                _check(alternative)
        else:
            for condition in value:
                _check_condition(key, condition)


def _check_condition(key: str, condition: object) -> None:
    if isinstance(condition, list):
        raise InvalidPattern(f"a condition for {key!r} must not be an array")
    if not isinstance(condition, Mapping):
        return
    if len(condition) != 1:
        raise InvalidPattern(f"a condition for {key!r} must have exactly one operator")
    [(name, operand)] = condition.items()
    if name not in _OPERATORS:
        raise InvalidPattern(f"the pattern for {key!r} uses the unknown operator {name!r}")
    if name == "anything-but":
        _check_condition(key, operand if isinstance(operand, Mapping) else None)
    if name == "numeric" and not _pairs(operand):
        raise InvalidPattern(f"the numeric condition for {key!r} must be pairs of operator and number")


def _pairs(operand: object) -> bool:
    if not isinstance(operand, list) or not operand or len(operand) % 2:
        return False
    return {*operand[::2]} <= {"<", "<=", "=", ">=", ">"}
