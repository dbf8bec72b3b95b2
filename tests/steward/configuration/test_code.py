"""Which archive counts as the one that was deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from steward.configuration.checking import compare
from steward.configuration.checks.running import CHECKS
from steward.configuration.code import Code, seen, with_code
from steward.configuration.written import Resource
from steward.failures import AccessDenied

KIND = "AWS::Lambda::Function"
CODE_ALONE = {KIND: [one for one in CHECKS[KIND] if one.setting == "code"]}


@dataclass
class Lambda:
    archives: dict[str, str] = field(default_factory=lambda: {"place": "first"})

    def read(self, _service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        name = str(parameters["FunctionName"])
        if name not in self.archives:
            raise AccessDenied(f"lambda.{operation}", "AccessDeniedException")
        return {"CodeSha256": self.archives[name]}

    def pages(self, *_: str, **__: object) -> list[Any]:
        return []


def function(name: str = "place", file: str = "one.zip") -> Resource:
    code = {"S3Bucket": "assets", "S3Key": file}
    return Resource(stack="s", logical_id=name.capitalize(), type=KIND, name=name, properties={"Code": code})


def night(live: Lambda, known: Mapping[str, Code], *written: Resource) -> tuple[list[str], dict[str, Code]]:
    """Return the findings of a run and what is known after it."""
    stated = with_code(written, known)
    differences = compare(stated, CODE_ALONE, live).differences
    return [f"{one.expected} -> {one.found}" for one in differences], seen(stated, known, live)


def test_what_is_read_first_counts_as_deployed_and_another_archive_of_the_same_file_is_a_difference() -> None:
    live = Lambda()
    assert night(live, {}, function()) == ([], {"s/Place": Code(asset="assets/one.zip", sha256="first")})
    _, known = night(live, {}, function())

    live.archives["place"] = "somebody's"
    found, after = night(live, known, function())
    assert found == ["first -> somebody's"]
    assert after == known


def test_a_deployment_of_another_file_begins_anew() -> None:
    live = Lambda()
    _, known = night(live, {}, function())
    live.archives["place"] = "second"

    found, known = night(live, known, function(file="two.zip"))

    assert found == []
    assert known == {"s/Place": Code(asset="assets/two.zip", sha256="second")}


def test_a_function_that_cannot_be_read_keeps_what_was_known_and_stops_no_other() -> None:
    live = Lambda()
    _, known = night(live, {}, function())
    del live.archives["place"]
    live.archives["other"] = "its own"

    found, after = night(live, known, function(), function("other"))

    assert found == []
    assert after == {**known, "s/Other": Code(asset="assets/one.zip", sha256="its own")}


def test_a_function_of_a_stack_that_is_missing_for_a_night_is_known_again() -> None:
    live = Lambda()
    _, known = night(live, {}, function())
    _, without = night(live, known)
    live.archives["place"] = "somebody's"

    assert night(live, without, function())[0] == ["first -> somebody's"]
