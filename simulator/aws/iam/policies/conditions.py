"""The condition operators that the templates use.

Source: IAM user guide, "IAM JSON policy elements: Condition operators". A negated operator holds for a key that the
request does not have, the others do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z0-9:/-]+)\}")


class UnknownOperator(Exception):
    """A policy uses a condition operator that is not modelled here."""


@dataclass(frozen=True)
class Condition:
    """One key of one operator, with the values it is compared with."""

    operator: str
    key: str
    values: tuple[str, ...]

    def filled(self, value: Callable[[str], str | None]) -> Condition:
        """Return it with the request's values in place of policy variables such as ``${aws:username}``.

        A value whose variable the request does not have compares equal to nothing (IAM user guide, "IAM policy
        elements: Variables and tags").
        """
        if not any("${" in one for one in self.values):
            return self
        return replace(self, values=tuple(one for text in self.values if (one := _filled(text, value)) is not None))

    def holds(self, actual: str | None) -> bool:
        """Tell whether the condition is met by the request's value of the key (``None``: it has none)."""
        test, negated = _OPERATORS[self.operator]
        if actual is None:
            # IAM user guide, "Set operators": ForAllValues is fulfilled where the request has no such key.
            return negated or self.operator.startswith("ForAllValues:")
        return any(test(value, actual) for value in self.values) is not negated


def read_conditions(policy: str, block: Mapping[str, Any]) -> Iterator[Condition]:
    """Read a condition block; raise ``UnknownOperator``."""
    for operator, tests in block.items():
        if operator not in _OPERATORS:
            raise UnknownOperator(f"{policy}: the condition operator {operator} is not modelled")
        for key, values in tests.items():
            listed = values if isinstance(values, list) else [values]
            yield Condition(operator=operator, key=key.lower(), values=tuple(str(value) for value in listed))


def _filled(text: str, value: Callable[[str], str | None]) -> str | None:
    for name in _VARIABLE.findall(text):
        found = value(name.lower())
        if found is None:
            return None
        text = text.replace(f"${{{name}}}", found)
    return text


def _equal(wanted: str, actual: str) -> bool:
    return wanted == actual


def _like(wanted: str, actual: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", wanted))
    return re.fullmatch("".join(parts), actual, re.DOTALL) is not None


def _same_flag(wanted: str, actual: str) -> bool:
    return wanted.lower() == actual.lower()


def _greater(wanted: str, actual: str) -> bool:
    return float(actual) > float(wanted)


def _less(wanted: str, actual: str) -> bool:
    return float(actual) < float(wanted)


_Test = Callable[[str, str], bool]

_OPERATORS: Final[dict[str, tuple[_Test, bool]]] = {
    "ArnEquals": (_like, False),
    "ArnLike": (_like, False),
    "ArnNotEquals": (_like, True),
    "ArnNotLike": (_like, True),
    "Bool": (_same_flag, False),
    "ForAllValues:StringEquals": (_equal, False),
    "ForAllValues:StringLike": (_like, False),
    "NumericGreaterThan": (_greater, False),
    "NumericLessThan": (_less, False),
    "StringEquals": (_equal, False),
    "StringLike": (_like, False),
    "StringNotEquals": (_equal, True),
}
"""Each operator's comparison, and whether it is negated.

In an ARN a star stands within one of the parts between colons; none of ours could reach further.
"""
