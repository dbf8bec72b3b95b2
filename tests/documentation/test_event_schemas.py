"""``events/schemas``: what a council's systems may put on the bus, as the functions read it, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from documentation.events import PAGE, SCHEMAS, Event, Field, catalogue, page, schema, schemas
from steward import names
from steward.holds.requests import BadRequest
from steward.holds.signals import case_events
from steward.rights import commands

EVENTS = Path("events")
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


CATALOGUE = catalogue()


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
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


def test_schemas_and_page_are_as_the_catalogue_says() -> None:
    stale = "stale: run python -m documentation.events"
    assert {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")} == schemas(), stale
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, stale


def test_every_event_that_a_rule_takes_or_steward_puts_is_in_the_catalogue() -> None:
    there = {(one.source, one.type): one for one in CATALOGUE.events}
    assert len(there) == len(CATALOGUE.events)
    assert {kind for (source, kind), one in there.items() if source == names.RIGHTS_SOURCE and one.way == "in"} >= set(
        names.RIGHTS_EVENTS
    )
    assert {kind for (source, kind), one in there.items() if source == case_events.SOURCE} == {*READ, "Hold Released"}
    outgoing = {(source, kind) for source, kinds in names.OUTGOING_EVENTS.items() for kind in kinds}
    assert {where for where, one in there.items() if one.way == "out"} == outgoing


BY_REQUEST = [
    one for one in CATALOGUE.events if one.source == names.RIGHTS_SOURCE and one.way == "in" and "request" in one.fields
]
"""What ``steward.rights.commands`` reads."""

VALUES: dict[str, object] = {
    "reference": "SAR-1",
    "contact": "c-1",
    "date": "2027-11-20",
    "word": "letter",
    "staff": "officer.1",
    "text": "said so",
    "key": "held/a.wav",
    "intake": "intake/SAR-1.json",
    "digest": "0" * 64,
    "artefacts": "all",
    "cuts": [{"from_ms": 0, "to_ms": 1000, "channel": "all"}],
}


def _value(field: Field) -> object:
    return field.one_of[0] if field.one_of else VALUES[field.kind]


def _detail(event: Event) -> dict[str, object]:
    whole = {name: _value(field) for name, field in event.fields.items()}
    if event.type == "Item Reviewed":
        whole["verdict"] = "edited"  # what goes with cuts
    return whole


@pytest.mark.parametrize("event", BY_REQUEST, ids=lambda one: one.type)
def test_a_schema_of_a_persons_request_demands_what_the_function_demands_and_no_more(event: Event) -> None:
    detail = _detail(event)
    validator = Draft4Validator(schema(event, CATALOGUE.kinds)["properties"]["detail"])
    assert list(validator.iter_errors(detail)) == []
    commands.command(event.type, detail, NOW)
    tied = {"ground", "cuts"} if event.type == "Item Reviewed" else set()
    for name, field in event.fields.items():
        without = {kept: value for kept, value in detail.items() if kept != name}
        if field.needed:
            assert list(validator.iter_errors(without))
            with pytest.raises(BadRequest, match=name):
                commands.command(event.type, without, NOW)
        elif name not in tied:
            assert list(validator.iter_errors(without)) == []
            commands.command(event.type, without, NOW)


@pytest.mark.parametrize("event", BY_REQUEST, ids=lambda one: one.type)
def test_a_fixed_word_that_a_schema_refuses_the_function_refuses_too(event: Event) -> None:
    for name, field in event.fields.items():
        if field.one_of and name != "identity":  # whatever is not `confirmed` is `needed`, and told
            with pytest.raises(BadRequest, match=name):
                commands.command(event.type, {**_detail(event), name: "whatever"}, NOW)
