"""Texts through the deployed functions, queues and tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.shapes import State
from tests.end_to_end.stories import Line, fault, moment, wait

Play = Callable[..., State]

MOBILE = "+447400900264"
SMS = "pinpoint-sms-voice-v2"
START = "2026-11-02T09:00:00"
WORDING = "signposting-2026-11"


def at(seconds: float) -> str:
    return (moment(START) + timedelta(seconds=seconds)).isoformat()


def ask(
    seconds: float, function: str, name: str, *, number: str = MOBILE, contact: str = "call-1", **more: str
) -> Line:
    data: dict[str, Any] = {
        "ContactId": contact,
        "Channel": "VOICE",
        "LanguageCode": "en-GB",
        "Attributes": {},
        "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
    }
    payload = {
        "Name": "ContactFlowEvent",
        "Details": {"ContactData": data, "Parameters": {"purpose": "signposting"} | more},
    }
    return {"at": at(seconds), "invoke": {"function": function, "payload": payload, "as": name}}


def consent(seconds: float, decision: str = "given", **more: str) -> Line:
    return ask(seconds, "record_consent", f"consent-{seconds}", wording_version=WORDING, decision=decision, **more)


def send(seconds: float, name: str, **more: str) -> Line:
    return ask(seconds, "send_sms", name, **({"template": "online_services"} | more))


def answers(state: State) -> dict[str, tuple[str, str]]:
    return {
        each.as_: (each.response["status"], each.response["reason"])
        for each in state.responses
        if each.as_ and isinstance(each.response, dict)
    }


def test_one_text_goes_out_and_every_refusal_says_why(play: Play) -> None:
    state = play(
        [
            send(0, "no consent"),
            consent(1),
            send(2, "first"),
            send(4, "retry"),
            send(30, "again"),
            send(30.5, "to another number", number="+447400900265"),
            send(31, "withheld", number="anonymous"),
            send(32, "landline", number="+442083592000"),
            send(33, "jersey", number="+447797712345"),
            send(34, "short", number="60777"),
            send(35, "unknown template", template="nothing"),
            send(36, "missing value", template="service_link", service="bins"),
            send(37, "unknown purpose", purpose="marketing"),
            consent(40, "withdrawn"),
            send(41, "withdrawn", contact="call-2"),
            send(42, "no contact", contact=""),
            ask(43, "record_consent", "nobody's consent", contact="", decision="given"),
            wait(at(600)),
        ]
    )
    assert answers(state) == {
        "no consent": ("refused", "no_consent"),
        "consent-1": ("recorded", ""),
        "first": ("sent", ""),
        "retry": ("sent", ""),
        "again": ("sent", ""),
        "to another number": ("refused", "no_consent"),
        "withheld": ("refused", "number_withheld"),
        "landline": ("refused", "not_a_mobile"),
        "jersey": ("refused", "country_not_allowed"),
        "short": ("refused", "number_invalid"),
        "unknown template": ("refused", "unknown_template"),
        "missing value": ("refused", "missing_value"),
        "unknown purpose": ("refused", "unknown_purpose"),
        "consent-40": ("recorded", ""),
        "withdrawn": ("refused", "consent_withdrawn"),
        "no contact": ("failed", "bad_request"),
        "nobody's consent": ("refused", "bad_request"),
    }
    [message] = state.messages
    assert (message.to, message.purpose, message.contact_id, message.status) == (
        MOBILE,
        "signposting",
        "call-1",
        "delivered",
    )
    assert [row.decision for row in state.consents] == ["given", "withdrawn"]
    assert all(MOBILE[1:] not in row.number_hash for row in state.consents)
    assert state.dead_letters == []


def test_a_send_takes_four_calls_and_a_consent_two(play: Play) -> None:
    state = play([consent(0), send(1, "text"), wait(at(60))])
    sent, recorded = state.calls["send_sms"], state.calls["record_consent"]
    assert sum(sent.values()) - sent["invocations"] == 4
    assert sum(recorded.values()) - recorded["invocations"] == 2


@pytest.mark.parametrize(
    ("faults", "first", "second", "texts"),
    [
        ([(SMS, "SendTextMessage", "ReadTimeout", True)], "outcome_unknown", ("sent", ""), 1),
        ([(SMS, "SendTextMessage", "ReadTimeout", False)], "outcome_unknown", ("failed", "outcome_unknown"), 0),
        ([(SMS, "SendTextMessage", "ThrottlingException", False)], "throttled", ("sent", ""), 1),
        ([("dynamodb", "TransactWriteItems", "InternalServerError", False)] * 3, "unavailable", ("sent", ""), 1),
        ([("kms", "GenerateMac", "ReadTimeout", False)] * 2, "unavailable", ("sent", ""), 1),
    ],
)
def test_a_fault_is_told_truthfully_and_never_sends_twice(
    play: Play, faults: list[tuple[str, str, str, bool]], first: str, second: tuple[str, str], texts: int
) -> None:
    planned = [fault(at(1), *one[:3], after_effect=one[3]) for one in faults]
    state = play([consent(0), *planned, send(2, "first"), send(300, "second"), wait(at(900))])
    assert answers(state)["first"] == ("failed", first)
    assert answers(state)["second"] == second
    assert len(state.messages) == texts
    assert state.dead_letters == []


def test_what_the_service_accepted_after_a_time_out_is_in_the_log_once_it_is_delivered(play: Play) -> None:
    state = play(
        [
            consent(0),
            fault(at(1), SMS, "SendTextMessage", "ReadTimeout", after_effect=True),
            send(2, "first"),
            wait(at(120)),
            send(121, "second"),
        ]
    )
    [again] = [each.response for each in state.responses if each.as_ == "second"]
    assert isinstance(again, dict)
    assert again["message_id"] == state.messages[0].message_id


def test_delivery_events_that_nobody_can_read_end_in_the_dead_letter_queue_and_strangers_do_not(play: Play) -> None:
    stranger = json.loads(Path("events/aws.sms-voice/text-delivered.json").read_text())
    event = {"source": "aws.sms-voice", "detail-type": stranger["detail-type"]}
    state = play(
        [
            {"at": at(0), "event": event | {"detail": stranger["detail"] | {"messageRequestTimestamp": 1}}},
            {"at": at(1), "event": event | {"detail": {"eventType": "TEXT_DELIVERED"}}},
            wait(at(7200)),
        ]
    )
    [letter] = state.dead_letters
    assert json.loads(letter.body)["detail"] == {"eventType": "TEXT_DELIVERED"}


def test_a_number_that_does_not_exist_is_not_tried_twice(play: Play) -> None:
    invalid = {"eventType": "TEXT_INVALID", "eventTimestamp": 1793610020000, "isFinal": True}
    state = play([consent(0), send(1, "first"), wait(at(60))])
    event = {
        "source": "aws.sms-voice",
        "detail-type": "Text Message Delivery Status Updated",
        "detail": invalid | {"messageId": state.messages[0].message_id},
    }
    later = play(
        [
            consent(0),
            send(1, "first"),
            {"at": at(60), "event": event},
            send(120, "second", contact="call-2"),
        ]
    )
    assert answers(later)["second"] == ("refused", "number_invalid")


def test_whoever_changes_their_mind_is_texted_again(play: Play) -> None:
    state = play([consent(0), consent(60, "withdrawn"), consent(120), send(121, "text"), wait(at(200))])
    assert [row.decision for row in state.consents] == ["given", "withdrawn", "given"]
    assert answers(state)["text"] == ("sent", "")


def test_a_number_that_only_the_service_knows_to_be_opted_out_is_refused_and_remembered(assembly: Path) -> None:
    with quiet_world(assembly, moment(START)) as world:
        world.sms.settings.lists_bind_sender_ids = True
        world.client(SMS).put_opted_out_number(OptOutListName="Default", OptedOutNumber=MOBILE)
        lines = [consent(0), send(1, "first"), send(2, "second")]
        answered = [world.invoke(line["invoke"]["function"], line["invoke"]["payload"]) for line in lines]
        calls = world.calls["send_sms"]["pinpoint-sms-voice-v2.SendTextMessage"]
    assert [answer["reason"] for answer in answered] == ["", "opted_out", "opted_out"]
    assert calls == 1


def test_nothing_that_the_functions_log_holds_a_number_or_a_text(assembly: Path) -> None:
    lines = [
        consent(0),
        send(1, "first"),
        send(2, "linked", template="service_link", service="Blue badge", link="https://www.barnet.gov.uk/y"),
        send(3, "missing", template="service_link", service="Blue badge"),
        send(4, "lost", contact="call-2"),
        consent(5, "withdrawn"),
    ]
    with quiet_world(assembly, moment(START)) as world:
        for line in lines:
            if "lost" in str(line):
                world.faults.add(service=SMS, operation="SendTextMessage", error="ReadTimeout")
                world.faults.add(service="dynamodb", operation="UpdateItem", error="InternalServerError", times=2)
            world.run_until(moment(line["at"]))
            world.invoke(line["invoke"]["function"], line["invoke"]["payload"])
        world.run_until(moment(at(600)))
        logged = " ".join(line.text for line in world.logs)
    assert "outcome_not_written" in logged
    assert "call-2" in logged
    assert MOBILE[3:] not in logged
    assert "Blue badge" not in logged
    assert "barnet.gov.uk/y" not in logged
