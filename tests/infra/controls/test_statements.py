"""What the month's statement is told of the stores: those that it counts, and those that are only being adopted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.conftest import Resources, read_resource_file
from tests.support.synthesised import reworded_while_importing, with_every_option


@pytest.fixture(scope="module", params=["import", "prepare"])
def adopting(request: pytest.FixtureRequest) -> tuple[str, Resources]:
    """The stage, and the resources of stores and controls of an instance whose recordings are adopted."""
    folder = with_every_option() if request.param == "prepare" else reworded_while_importing()
    resources: Resources = {}
    for name in ("stores", "controls"):
        resources |= read_resource_file(folder / f"local-steward-{name}.template.json")
    return request.param, resources


def _writer(resources: Resources) -> dict[str, Any]:
    named = "local-steward-write_statement"
    found: list[dict[str, Any]] = [
        one["Properties"] for one in resources.values() if one["Properties"].get("FunctionName") == named
    ]
    return found[0]


def _classes(variable: object) -> set[str]:
    """Return the record classes of a variable, which is JSON put together when it is deployed."""
    text = variable if isinstance(variable, str) else "".join(map(str, variable["Fn::Join"][1]))  # type: ignore[index]
    return {name for name in ("call_recording", "chat_transcript", "contact_record") if f'"{name}":' in text}


def test_a_bucket_is_not_counted_while_it_is_imported_and_is_as_soon_as_steward_sets_it_up(
    adopting: tuple[str, Resources],
) -> None:
    stage, resources = adopting
    told = _writer(resources)["Environment"]["Variables"]
    counted = {"call_recording"} if stage == "prepare" else set()

    assert _classes(told["ADOPTED_BUCKETS"]) == {"call_recording"} - counted
    assert _classes(told["RECORD_BUCKETS"]) == counted | {"chat_transcript", "contact_record"}


def test_the_alarm_on_inventories_waits_for_those_of_counted_stores_alone(adopting: tuple[str, Resources]) -> None:
    _, resources = adopting
    listed = [
        one
        for one in resources.values()
        if one["Type"] == "AWS::S3::Bucket" and one["Properties"].get("InventoryConfigurations")
    ]

    assert resources["InventoriesMissingAlarm"]["Properties"]["Threshold"] == len(listed)


def test_nothing_is_asked_of_a_bucket_that_is_only_imported(adopting: tuple[str, Resources]) -> None:
    stage, resources = adopting
    role = _writer(resources)["Role"]["Fn::GetAtt"][0]
    policies = [
        one["Properties"]["PolicyDocument"]
        for one in resources.values()
        if one["Type"] == "AWS::IAM::ManagedPolicy" and {"Ref": role} in one["Properties"]["Roles"]
    ]

    assert policies
    assert (stage == "prepare") is ("CallRecordingBucket" in json.dumps(policies))
