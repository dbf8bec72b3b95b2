"""Genuine events of contact flows and of the SMS service, as the functions read them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steward.flow_event import BadFlowEventError
from steward.messaging import flow_call
from steward.messaging.delivery import parse
from steward.messaging.texts import choose_language

EVENTS = Path("events")


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return found


def test_a_flows_call_gives_contact_number_language_and_parameters() -> None:
    call = flow_call.parse(event("contact-flow/record-consent.json"))
    assert call.contact_id == "562d0208-b98c-47d2-9b9f-a329e7bf0c80"
    assert (call.address, call.parameter("number")) == ("+447400900264", "")
    assert (call.channel, call.languages) == ("VOICE", ("en-GB",))
    assert [call.parameter(name) for name in ("purpose", "wording_version", "decision", "absent")] == [
        "signposting",
        "signposting-2026-11",
        "given",
        "",
    ]


def test_a_withheld_number_is_what_connect_says() -> None:
    assert flow_call.parse(event("contact-flow/withheld-number.json")).address == "anonymous"


@pytest.mark.parametrize(("said", "confirmed"), [("played_back", True), ("yes", False), ("", False), (None, False)])
def test_a_number_that_the_flow_passes_on_is_confirmed_by_playing_it_back(said: object, confirmed: bool) -> None:  # noqa: FBT001
    one = event("contact-flow/withheld-number.json")
    one["Details"]["Parameters"] |= {"number": " 07400 900264 ", "number_confirmed": said}
    call = flow_call.parse(one)
    assert (call.parameter("number"), call.number_confirmed) == ("07400 900264", confirmed)


def test_the_language_that_the_contact_chose_comes_before_connects() -> None:
    one = event("contact-flow/send-sms.json")
    one["Details"]["ContactData"]["Attributes"] = {"language": "cy"}
    assert flow_call.parse(one).languages == ("cy", "en-GB")


def test_a_language_that_cannot_be_read_hides_no_usable_one() -> None:
    one = event("contact-flow/send-sms.json")
    one["Details"]["ContactData"]["Attributes"] = {"language": "English"}
    assert choose_language(flow_call.parse(one).languages, ("cy", "en"), ("cy", "en")) == "en"


@pytest.mark.parametrize("empty", [None, {}, "text"])
def test_parts_that_connect_leaves_empty_are_tolerated(empty: object) -> None:
    one = event("contact-flow/send-sms.json")
    one["Details"]["Parameters"] = empty
    one["Details"]["ContactData"] |= {"CustomerEndpoint": empty, "Attributes": empty, "LanguageCode": None}
    call = flow_call.parse(one)
    assert (call.address, call.languages, call.parameter("template")) == ("", (), "")


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({}, "Details is missing"),
        ({"Details": None}, "Details is missing"),
        ({"Details": {}}, r"Details\.ContactData is missing"),
        ({"Details": {"ContactData": {"ContactId": ""}}}, r"Details\.ContactData\.ContactId is missing"),
    ],
)
def test_an_event_without_a_contact_is_named(broken: dict[str, Any], field: str) -> None:
    with pytest.raises(BadFlowEventError, match=field):
        flow_call.parse(broken)


def test_no_part_of_a_call_shows_the_number() -> None:
    assert "7400" not in repr(flow_call.parse(event("contact-flow/send-sms.json")))


@pytest.mark.parametrize(("name", "status"), [("delivered", "TEXT_DELIVERED"), ("unreachable", "TEXT_UNREACHABLE")])
def test_a_delivery_event_gives_message_state_and_moment(name: str, status: str) -> None:
    delivery = parse(event(f"aws.sms-voice/text-{name}.json"))
    assert (delivery.status, delivery.final) == (status, True)
    assert delivery.message_id == "d26b3f0e-7a1c-4c5d-8e9f-0a1b2c3d4e5f"
    assert delivery.at == datetime(2027, 1, 12, 14, 42, 3, tzinfo=UTC)
    assert delivery.accepted_at == datetime(2027, 1, 12, 14, 42, 1, tzinfo=UTC)
    assert delivery.claim_id == "562d0208-b98c-47d2-9b9f-a329e7bf0c80/service_link"


@pytest.mark.parametrize("context", [None, {}, {"claim": ""}, {"claim": 7}, {"account": "bar"}, "text"])
def test_an_event_of_a_message_that_is_not_ours_has_no_claim(context: object) -> None:
    one = event("aws.sms-voice/text-delivered.json")
    one["detail"]["context"] = context
    assert parse(one).claim_id is None
