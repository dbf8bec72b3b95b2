"""What the nightly comparison is told of differences that somebody accepted."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from infra.accepting import LONGEST, LONGEST_TIME, AcceptedDifference, as_variable, problems_of_accepted
from steward.configuration.wiring import CompareConfiguration
from steward.settings import UnreadableSetting, read
from tests.infra.conftest import Resources, read_resource_file
from tests.support.synthesised import ACCEPTED, with_every_option

LAMBDAS_LIMIT = 4 * 1024
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: all environment variables together."""


def variables(resources: Resources) -> dict[str, Any]:
    named = "local-steward-compare_configuration"
    [found] = [one["Properties"] for one in resources.values() if one["Properties"].get("FunctionName") == named]
    told: dict[str, Any] = found["Environment"]["Variables"]
    return told


def settings(**changes: str) -> CompareConfiguration:
    """Return what the function reads at its start of variables that are a template's."""
    names = ("ACCOUNT", "DATA_PROTECTION_TOPIC_ARN", "REGION", "REGISTER_TABLE", "SUPERVISORS_TOPIC_ARN")
    return read(CompareConfiguration, {**dict.fromkeys(names, "x"), "STACKS": "[]", **changes})


def test_nothing_is_accepted_unless_the_environment_says_so(controls: Resources) -> None:
    assert variables(controls)["ACCEPTED_DIFFERENCES"] == "[]"


def test_the_function_reads_what_the_environment_accepts() -> None:
    controls = read_resource_file(with_every_option() / "local-steward-controls.template.json")
    told = settings(ACCEPTED_DIFFERENCES=variables(controls)["ACCEPTED_DIFFERENCES"]).accepted_differences

    assert {one.finding: (one.until, one.why) for one in told} == {
        finding: (one.until, one.why) for finding, one in ACCEPTED.items()
    }


def test_as_many_and_as_long_as_they_can_be_they_are_no_more_than_a_function_can_be_told() -> None:
    assert list(problems_of_accepted(ACCEPTED, date(2027, 1, 1))) == []
    assert {len(finding) for finding in ACCEPTED} == {LONGEST}

    told = variables(read_resource_file(with_every_option() / "local-steward-controls.template.json"))
    # What only a deployment knows is an ARN or a name, of 130 letters at most here.
    size = sum(len(name) + len((one if isinstance(one, str) else "x" * 130).encode()) for name, one in told.items())
    assert size < LAMBDAS_LIMIT


def test_what_is_accepted_comes_in_one_order_whatever_the_file_has() -> None:
    one = AcceptedDifference(until=date(2027, 3, 31), why="moved")

    assert as_variable({"s/A/policy": one, "s/B/policy": one}) == as_variable({"s/B/policy": one, "s/A/policy": one})
    assert json.loads(as_variable({"s/A/policy": one})) == [
        {"finding": "s/A/policy", "until": "2027-03-31", "why": "moved"}
    ]


@pytest.mark.parametrize("wrong", ['[{"finding": "x"}]', '[{"finding": "x", "until": "soon", "why": "y"}]', "{}"])
def test_a_variable_that_says_something_else_is_refused_when_the_function_starts(wrong: str) -> None:
    with pytest.raises(UnreadableSetting, match="ACCEPTED_DIFFERENCES"):
        settings(ACCEPTED_DIFFERENCES=wrong)


def test_an_end_may_be_twelve_months_ahead_and_no_day_later() -> None:
    today = date(2027, 3, 1)
    for days, wrong in ((0, False), (1, True)):
        until = today + LONGEST_TIME + (date(2027, 1, 1 + days) - date(2027, 1, 1))
        found = list(problems_of_accepted({"s/A/policy": AcceptedDifference(until=until, why="moved")}, today))
        assert bool(found) is wrong
    assert today + LONGEST_TIME >= date(2028, 3, 1)
