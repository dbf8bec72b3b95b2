"""A flag among attributes that the policy has signed counts with the signature of its contact and its values alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from steward.flow_event import FlowEvent
from steward.holds.messages import FlaggedContact
from steward.holds.requests import BadRequest
from steward.holds.signals.connect_events import flag_of
from steward.holds.signals.sealing import Signing
from steward.holds.signals.throttling import Flood
from steward.holds.telling.setting_aside import without_free_text
from tests.support.dispatch_fixture import DispatchFixture, PlainSeal

CALL = FlowEvent(contact_id="a1", initial_contact_id="a1")
VALUES = {"reference": "C-1", "received": "2027-05-03", "stage": "2"}


def _signed(world: DispatchFixture, call: FlowEvent = CALL, /, **parameters: str) -> dict[str, str]:
    return Signing(seal=PlainSeal(), clock=world.world).sign(replace(call, parameters={**VALUES, **parameters}))


def _message(record: dict[str, Any]) -> dict[str, Any]:
    flag = flag_of(record)
    assert isinstance(flag, FlaggedContact)
    return {"steward": "flag", **structs.asdict(flag)}


def _record(attributes: dict[str, str], **more: str) -> dict[str, Any]:
    kept = {name: value for name, value in attributes.items() if name not in ("status", "reason")}
    return {"ContactId": "a1", "LastUpdateTimestamp": "2027-05-04T07:00:00Z", "Attributes": kept, **more}


@pytest.fixture
def office(hold_queue: DispatchFixture) -> DispatchFixture:
    holds = hold_queue.placing.policy.holds
    signals = structs.replace(holds.signals, contact_attributes="signed")
    policy = structs.replace(hold_queue.placing.policy, holds=structs.replace(holds, signals=signals))
    hold_queue.placing = replace(hold_queue.placing, policy=policy)
    return hold_queue


def test_what_a_flow_had_signed_is_held(office: DispatchFixture) -> None:
    [(act, request)] = office.handle(_message(_record(_signed(office))))
    assert (act, getattr(request, "case", "")) == ("place", "C-1")


def test_a_signature_counts_on_the_contacts_that_the_call_was_transferred_to(office: DispatchFixture) -> None:
    transferred = _record(_signed(office), ContactId="a2", InitialContactId="a1")
    assert len(office.handle(_message(transferred))) == 1


def test_a_guide_names_the_call_because_it_is_a_contact_of_its_own(office: DispatchFixture) -> None:
    signed = _signed(office, FlowEvent(contact_id="g1", initial_contact_id="g1"), initialContactId="a1")
    assert len(office.handle(_message(_record(signed)))) == 1


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"complaint_signature": ""}, {}),
        ({"complaint_signature": "forged"}, {}),
        ({"complaint_reference": "C-2"}, {}),
        ({"complaint_received": "2027-05-02"}, {}),
        ({"complaint_stage": "ombudsman"}, {}),
        ({}, {"ContactId": "a2"}),
        ({}, {"ContactId": "a1", "InitialContactId": "a0"}),
    ],
)
def test_one_that_is_missing_or_of_something_else_is_refused_and_names_no_value(
    office: DispatchFixture, change: dict[str, str], more: dict[str, str]
) -> None:
    with pytest.raises(BadRequest, match="complaint_signature: is ") as refused:
        office.handle(_message(_record({**_signed(office), **change}, **more)))
    assert refused.value.about == f"contact {more.get('ContactId', 'a1')}"
    assert "C-2" not in str(refused.value)


def test_forged_flags_use_up_no_hour_of_signed_ones_and_are_told_of_once_beyond_their_own(
    office: DispatchFixture,
) -> None:
    office.limit = 2
    for number in range(2):
        with pytest.raises(BadRequest, match="complaint_signature"):
            office.handle(_message(_record({"complaint_reference": "C-1"}, ContactId=f"w{number}")))
    with pytest.raises(Flood, match="contact unsigned attributes"):
        office.handle(_message(_record({"complaint_reference": "C-1"}, ContactId="w9")))

    assert len(office.handle(_message(_record(_signed(office))))) == 1


@pytest.mark.parametrize("received", ["2027-05-03", "20270503", "1809302400", " 2027-05-03 "])
def test_a_signed_flag_that_was_set_aside_still_fits_its_signature(office: DispatchFixture, received: str) -> None:
    aside = json.loads(without_free_text(json.dumps(_message(_record(_signed(office, received=received))))))
    assert len(office.handle(aside)) == 1


def test_unsigned_attributes_count_where_the_policy_does_not_ask_for_a_signature(hold_queue: DispatchFixture) -> None:
    assert len(hold_queue.handle(_message(_record({"complaint_reference": "C-1"})))) == 1


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "+447700900123"}, "reference"),
        ({"received": "soon"}, "received"),
        ({"received": "2031-01-01"}, "received"),
        ({"stage": "9"}, "stage"),
    ],
)
def test_what_would_be_refused_or_doubted_later_is_not_signed(
    hold_queue: DispatchFixture, parameters: dict[str, str], reason: str
) -> None:
    assert _signed(hold_queue, CALL, **parameters) == {"status": "refused", "reason": reason}


def test_a_date_that_was_not_given_is_signed_as_that(hold_queue: DispatchFixture) -> None:
    answer = _signed(hold_queue, received="", stage="")
    assert (answer["status"], answer["complaint_received"], answer["complaint_stage"]) == ("signed", "", "")
    assert all(isinstance(value, str) for value in answer.values())


def test_an_answer_that_is_signed_has_a_reason_that_is_empty(office: DispatchFixture) -> None:
    assert _signed(office)["reason"] == ""


def test_an_event_that_names_no_contact_is_not_signed(hold_queue: DispatchFixture) -> None:
    assert _signed(hold_queue, FlowEvent()) == {"status": "refused", "reason": "contact"}
