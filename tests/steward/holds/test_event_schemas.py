"""``events/schemas``: what a case-management system may put on the bus, as the functions read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from steward.holds.requests import BadRequest
from steward.holds.signals import case_events

EVENTS = Path("events")
SCHEMAS = sorted((EVENTS / "schemas").glob("*.json"))
SAMPLES = sorted((EVENTS / "steward.complaints").glob("*.json"))
NOW = datetime(2027, 12, 1, tzinfo=UTC)
READ: dict[str, Callable[[dict[str, Any], datetime], object]] = {
    "Complaint Logged": case_events.logged,
    "Complaint Escalated": case_events.escalated,
    "Complaint Closed": case_events.closed,
}


def schema_of(detail_type: str) -> dict[str, Any]:
    name = f"steward.complaints@{detail_type.replace(' ', '')}.json"
    found: dict[str, Any] = json.loads((EVENTS / "schemas" / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_a_schema_is_one_in_the_form_of_eventbridges_registry(path: Path) -> None:
    """Amazon EventBridge User Guide, "Schema registries": JSONSchema Draft 4, named SOURCE@DETAILTYPE."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    source, kind = schema["x-amazon-events-source"], schema["x-amazon-events-detail-type"]
    assert path.stem == f"{source}@{kind.replace(' ', '')}"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_as_its_schema_says(path: Path) -> None:
    event = json.loads(path.read_text(encoding="utf-8"))
    validator = Draft4Validator(schema_of(event["detail-type"]))
    assert list(validator.iter_errors(event)) == []
    assert list(validator.iter_errors({**event, "detail": {**event["detail"], "case": 7}}))


@pytest.mark.parametrize("kind", READ)
def test_a_schema_demands_what_the_function_demands_and_no_more(kind: str) -> None:
    [event, *_] = [
        one for path in SAMPLES if (one := json.loads(path.read_text(encoding="utf-8")))["detail-type"] == kind
    ]
    schema = schema_of(kind)["properties"]["detail"]
    assert event["detail"].keys() <= schema["properties"].keys()
    for name in event["detail"]:
        without = {field: value for field, value in event["detail"].items() if field != name}
        if name in schema["required"]:
            with pytest.raises(BadRequest, match=name):
                READ[kind](without, NOW)
        else:
            READ[kind](without, NOW)


@pytest.mark.parametrize(("name", "value"), [("reason", "a whim"), ("contact_ids", [])])
def test_what_a_schema_refuses_the_function_refuses_too(name: str, value: object) -> None:
    event = json.loads((EVENTS / "steward.complaints" / "complaint-logged.json").read_text(encoding="utf-8"))
    event["detail"][name] = value
    assert list(Draft4Validator(schema_of("Complaint Logged")).iter_errors(event))
    with pytest.raises(BadRequest, match=name):
        case_events.logged(event["detail"], NOW)
