"""The template language of CloudFormation: intrinsic functions, conditions and pseudo parameters.

Source: AWS CloudFormation user guide, "Intrinsic function reference".
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^}]+)\}")
_NOTHING: Final = object()


class TemplateError(Exception):
    """A template that CloudFormation would refuse."""


class References(Protocol):
    """What the template language asks of the stack it is in."""

    def ref(self, logical_id: str) -> object:
        """Return what ``Ref`` answers for a resource, parameter or pseudo parameter; ``None`` for AWS::NoValue."""

    def attribute(self, logical_id: str, name: str) -> object:
        """Return what ``Fn::GetAtt`` answers."""

    def imported(self, name: str) -> object:
        """Return the value that another stack exports under that name."""


@dataclass(frozen=True)
class Language:
    """Resolves the expressions of one template."""

    template: Mapping[str, Any]
    references: References
    region: str

    def resolve(self, value: Any) -> Any:  # noqa: ANN401 - decoded JSON in, decoded JSON out
        """Return the value with every intrinsic function replaced; raise ``TemplateError`` for what cannot be."""
        resolved = self._resolve(value)
        return None if resolved is _NOTHING else resolved

    def condition(self, name: str) -> bool:
        """Return the outcome of a named condition."""
        try:
            expression = self.template["Conditions"][name]
        except KeyError:
            raise TemplateError(f"the template has no condition {name!r}") from None
        return self._truth(expression)

    def _resolve(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return [item for item in map(self._resolve, value) if item is not _NOTHING]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                referred = self.references.ref(argument)
                return _NOTHING if referred is None else referred
            if name.startswith("Fn::"):
                return self._function(name, argument)
        resolved = {key: self._resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NOTHING}

    def _function(self, name: str, argument: Any) -> Any:  # noqa: ANN401, PLR0911 - one branch for each function
        simple: dict[str, Callable[[Any], Any]] = {
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": lambda a: self._resolve(a[1] if self.condition(a[0]) else a[2]),
            "Fn::GetAZs": lambda _: [f"{self.region}{zone}" for zone in "abc"],
        }
        if name in simple:
            return simple[name](argument)
        argument = self._resolve(argument)
        match name:
            case "Fn::Join":
                return str(argument[0]).join(str(part) for part in argument[1])
            case "Fn::Split":
                return str(argument[1]).split(str(argument[0]))
            case "Fn::Select":
                return argument[1][int(argument[0])]
            case "Fn::ImportValue":
                return self.references.imported(str(argument))
            case "Fn::Base64":
                return base64.b64encode(str(argument).encode()).decode()
            case "Fn::ToJsonString":
                return json.dumps(argument)
            case "Fn::Length":
                return len(argument)
            case "Fn::FindInMap":
                return self._resolve(self.template["Mappings"][argument[0]][argument[1]][argument[2]])
            case _:
                raise TemplateError(f"the template uses {name}, which the embedded AWS does not know")

    def _get_att(self, argument: Any) -> object:  # noqa: ANN401
        logical_id, _, attribute = (
            argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
        )
        return self.references.attribute(logical_id, str(self._resolve(attribute)))

    def _sub(self, argument: Any) -> str:  # noqa: ANN401
        text, variables = argument if isinstance(argument, list) else (argument, {})

        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            if name in variables:
                return str(self._resolve(variables[name]))
            if "." in name:
                return str(self._get_att(name))
            return str(self.references.ref(name))

        return _PLACEHOLDER.sub(value, text)

    def _truth(self, expression: Any) -> bool:  # noqa: ANN401
        name, argument = next(iter(expression.items()))
        match name:
            case "Condition":
                return self.condition(argument)
            case "Fn::Equals":
                left, right = self._resolve(argument)
                return bool(left == right)
            case "Fn::Not":
                return not self._truth(argument[0])
            case "Fn::And":
                return all(self._truth(one) for one in argument)
            case "Fn::Or":
                return any(self._truth(one) for one in argument)
            case _:
                raise TemplateError(f"{name} is not a condition function")
