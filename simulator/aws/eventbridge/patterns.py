"""Event patterns as EventBridge and event-source filters match them.

Source of the rules: EventBridge user guide, "Creating Amazon EventBridge event patterns" and "Comparison operators";
Lambda developer guide, "Control which events Lambda sends to your function" (the same syntax).
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

Matcher = Callable[[Any], bool]

_ABSENT: Final = object()
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


class InvalidPattern(Exception):
    """A pattern that EventBridge would refuse."""


def compile_pattern(pattern: Mapping[str, Any]) -> Matcher:
    """Return a function that tells whether an event (decoded JSON) matches.

    Raises ``InvalidPattern`` for what EventBridge refuses when the rule is created.
    """
    # What lies deeper is looked at last: most events are told apart by their source and type.
    tests = [_field(key, value) for key, value in sorted(pattern.items(), key=lambda one: isinstance(one[1], Mapping))]

    def matches(event: Any) -> bool:  # noqa: ANN401 - decoded JSON
        if type(event) is not dict and not isinstance(event, Mapping):
            return False
        for test in tests:  # noqa: SIM110 - a generator for each rule and event is half of a simulation's matching
            if not test(event):
                return False
        return True

    return matches


def _field(key: str, value: object) -> Matcher:
    if key == "$or" and isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        alternatives = [compile_pattern(one) for one in value]
        return lambda event: any(matches(event) for matches in alternatives)
    if isinstance(value, Mapping):
        if not value:
            raise InvalidPattern(f"the pattern for {key!r} is an empty object")
        nested = compile_pattern(value)
        # An absent object counts as empty, so that {"exists": false} below it can match.
        return lambda event: _any_object(event.get(key, _ABSENT), nested)
    if isinstance(value, list):
        if not value:
            raise InvalidPattern(f"the pattern for {key!r} is an empty array")
        return _any_condition(key, value)
    raise InvalidPattern(f"the pattern for {key!r} must be an object or an array")


def _any_condition(key: str, conditions: list[Any]) -> Matcher:
    tests = [_condition(key, one) for one in conditions]
    texts = frozenset(conditions) if all(isinstance(one, str) for one in conditions) else None

    def matches(event: Mapping[str, Any]) -> bool:
        value = event.get(key, _ABSENT)
        if texts is not None and type(value) is str:
            return value in texts
        return any(test(value) for test in tests)

    return matches


def _any_object(value: object, nested: Matcher) -> bool:
    if isinstance(value, list):
        return any(nested(item) for item in value)
    if isinstance(value, Mapping):
        return nested(value)
    return nested({})


def _condition(key: str, condition: object) -> Matcher:
    if isinstance(condition, Mapping):
        if len(condition) != 1:
            raise InvalidPattern(f"a condition for {key!r} must have exactly one operator")
        name, operand = next(iter(condition.items()))
        if name == "exists":
            return _exists(operand)
        return _over_leaves(_operator(key, name, operand))
    if isinstance(condition, list):
        raise InvalidPattern(f"a condition for {key!r} must not be an array")
    return _over_leaves(lambda leaf: _same(leaf, condition))


def _exists(wanted: object) -> Matcher:
    # "exists" works on leaf nodes only: an object is not a leaf.
    if wanted is True:
        return lambda value: value is not _ABSENT and not isinstance(value, Mapping)
    return lambda value: value is _ABSENT or isinstance(value, Mapping)


def _over_leaves(test: Matcher) -> Matcher:
    def matches(value: object) -> bool:
        if value is _ABSENT or isinstance(value, Mapping):
            return False
        if isinstance(value, list):
            return any(test(item) for item in value if not isinstance(item, Mapping | list))
        return test(value)

    return matches


def _equal_to(wanted: object) -> Matcher:
    return lambda leaf: _same(leaf, wanted)


def _same(leaf: object, wanted: object) -> bool:
    # JSON's true is not the number 1.
    return isinstance(leaf, bool) == isinstance(wanted, bool) and leaf == wanted


def _operator(key: str, name: str, operand: Any) -> Matcher:  # noqa: ANN401 - decoded JSON
    match name:
        case "prefix" | "suffix":
            return _affix(name, operand)
        case "equals-ignore-case":
            wanted = str(operand).casefold()
            return lambda leaf: isinstance(leaf, str) and leaf.casefold() == wanted
        case "wildcard":
            expression = _wildcard(str(operand))
            return lambda leaf: isinstance(leaf, str) and expression.fullmatch(leaf) is not None
        case "numeric":
            return _numeric(key, operand)
        case "cidr":
            network = ipaddress.ip_network(operand)
            return lambda leaf: _in_network(leaf, network)
        case "anything-but":
            return _anything_but(key, operand)
        case _:
            raise InvalidPattern(f"the pattern for {key!r} uses the unknown operator {name!r}")


def _affix(name: str, operand: Any) -> Matcher:  # noqa: ANN401 - decoded JSON
    ignore_case = isinstance(operand, Mapping)
    text = str(operand["equals-ignore-case"]).casefold() if isinstance(operand, Mapping) else str(operand)

    def matches(leaf: object) -> bool:
        if not isinstance(leaf, str):
            return False
        subject = leaf.casefold() if ignore_case else leaf
        return subject.startswith(text) if name == "prefix" else subject.endswith(text)

    return matches


def _anything_but(key: str, operand: Any) -> Matcher:  # noqa: ANN401 - decoded JSON
    if isinstance(operand, Mapping):
        name, inner = next(iter(operand.items()))
        excluded = [_operator(key, name, one) for one in (inner if isinstance(inner, list) else [inner])]
    else:
        values = operand if isinstance(operand, list) else [operand]
        excluded = [_equal_to(value) for value in values]
    return lambda leaf: not any(test(leaf) for test in excluded)


def _numeric(key: str, operand: Any) -> Matcher:  # noqa: ANN401 - decoded JSON
    if not isinstance(operand, list) or not operand or len(operand) % 2:
        raise InvalidPattern(f"the numeric condition for {key!r} must be pairs of operator and number")
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    if any(sign not in _COMPARISONS for sign, _ in pairs):
        raise InvalidPattern(f"the numeric condition for {key!r} has an unknown operator")
    return lambda leaf: (
        isinstance(leaf, int | float)
        and not isinstance(leaf, bool)
        and all(_COMPARISONS[sign](leaf, number) for sign, number in pairs)
    )


def _in_network(leaf: object, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(str(leaf)) in network
    except ValueError:
        return False


@cache
def _wildcard(text: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", text)
    return re.compile(
        "".join(".*" if part == "*" else re.escape(part[1:] if part in {r"\*", r"\\"} else part) for part in parts),
        re.DOTALL,
    )
