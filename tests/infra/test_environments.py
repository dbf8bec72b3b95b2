"""What a template tells a function is what the function asks to be told: nothing is missing, and nothing is idle."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

from msgspec.structs import fields

import steward
from steward.settings import Environment

OF_EVERY_FUNCTION = {"POLICY_FILE", "POWERTOOLS_SERVICE_NAME", "STEWARD_ENVIRONMENT"}
"""Powertools and the metrics read the last two themselves."""


@cache
def models() -> dict[str, set[str]]:
    """The variables of each function's model, by the function's folder in camel case."""
    for module in pkgutil.walk_packages(steward.__path__, "steward."):
        importlib.import_module(module.name)
    found: dict[str, set[str]] = {}
    kinds = [Environment]
    while kinds:
        kind = kinds.pop()
        found[kind.__name__] = {one.encode_name for one in fields(kind)}
        kinds += kind.__subclasses__()
    return found


def test_every_function_is_told_exactly_what_its_model_names(controls: dict[str, Any], sms: dict[str, Any]) -> None:
    known = models()
    told = {
        "".join(part.capitalize() for part in variables["POWERTOOLS_SERVICE_NAME"].split("_")): set(variables)
        for resource in (controls | sms).values()
        if resource["Type"] == "AWS::Lambda::Function"
        and "POWERTOOLS_SERVICE_NAME" in (variables := resource["Properties"]["Environment"]["Variables"])
    }
    assert len(told) >= 11
    assert told == {name: OF_EVERY_FUNCTION | known[name] for name in told}
