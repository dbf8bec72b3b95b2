"""Which contact a flow or a guide means."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from steward.payments.model import Asker, Operation
from steward.payments.request import BadRequest, read

EVENTS = Path(__file__).resolve().parents[3] / "events" / "contact-flow"
CALL = "562d0208-b98c-47d2-9b9f-a329e7bf0c80"
SEGMENT = "005d99c3-06d2-4d91-9b69-e6266d5ca164"


def sample(name: str = "pause-recording") -> dict[str, Any]:
    return dict(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")))


def changed(data: dict[str, Any] | None = None, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    event = copy.deepcopy(sample())
    event["Details"]["ContactData"] |= data or {}
    event["Details"]["Parameters"] |= parameters or {}
    return event


def test_a_flow_means_its_own_contact() -> None:
    request = read(changed({"ContactId": SEGMENT}))

    assert request.operation is Operation.PAUSE
    assert (request.call.contact_id, request.call.initial_contact_id) == (SEGMENT, CALL)
    assert request.asker is Asker.FLOW


def test_a_guide_means_the_call_it_is_related_to() -> None:
    request = read(sample("pause-recording-from-agent-guide"))

    assert (request.call.contact_id, request.call.initial_contact_id) == (SEGMENT, CALL)
    assert request.asker is Asker.GUIDE


def test_a_call_that_is_related_to_another_contact_still_means_itself() -> None:
    request = read(changed({"RelatedContactId": SEGMENT}))

    assert request.call.contact_id == CALL
    assert request.asker is Asker.FLOW


def test_a_guide_without_the_initial_contact_takes_the_call_for_it() -> None:
    event = sample("pause-recording-from-agent-guide")
    event["Details"]["Parameters"]["initialContactId"] = ""

    assert read(event).call.initial_contact_id == SEGMENT


def test_a_related_contact_that_does_not_say_its_channel_is_taken_for_a_guide() -> None:
    event = sample("pause-recording-from-agent-guide")
    del event["Details"]["ContactData"]["Channel"]
    del event["Details"]["Parameters"]["initialContactId"]

    assert read(event).call.contact_id == SEGMENT


@pytest.mark.parametrize("missing", [None, ""])
def test_a_first_contact_without_an_initial_contact_is_its_own(missing: str | None) -> None:
    assert read(changed({"InitialContactId": missing})).call.initial_contact_id == CALL


@pytest.mark.parametrize("operation", ["PAUSE", "Pause", " pause "])
def test_any_case_of_an_operation_is_understood(operation: str) -> None:
    assert read(changed(parameters={"operation": operation})).operation is Operation.PAUSE


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (changed(parameters={"operation": "stop"}), "Parameters.operation"),
        (changed(parameters={"operation": None}), "Parameters.operation"),
        (changed({"ContactId": None}), "ContactData.ContactId"),
        (changed({"Channel": "CHAT"}), "ContactData.RelatedContactId"),
        ({"Details": {"Parameters": {"operation": "pause"}}}, "ContactData"),
        ({"Details": None}, "Details"),
        ({}, "Details"),
    ],
)
def test_a_request_that_cannot_be_understood_names_the_field(event: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest, match=field):
        read(event)


def test_what_is_wrong_is_not_quoted() -> None:
    with pytest.raises(BadRequest) as problem:
        read(changed(parameters={"operation": "4111111111111111"}))

    assert "4111" not in str(problem.value)
