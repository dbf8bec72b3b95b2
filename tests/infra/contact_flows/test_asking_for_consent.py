"""The consent question: what is recorded, what is sent, and what the caller is told."""

from __future__ import annotations

import pytest

from simulator.flow_runner import Call, Given, InvocationFailure, Run
from tests.support.flows.surroundings import FlowSurroundings, flows, runner

RECORDED = {"status": "recorded", "reason": ""}
SENT = {"status": "sent", "reason": "", "message_id": "m-1"}
FAILED = InvocationFailure("timed out")


def ask(
    keys: list[str | None], consent: list[object], sms: list[object], *, council: str = "barnet", language: str = "en"
) -> tuple[Call, Run, FlowSurroundings]:
    call = Call("c-1", caller="+447400123456", attributes={"language": language})
    world = FlowSurroundings({"record_consent": consent, "send_sms": sms})
    return call, runner(world, flows(council)).run("sms-consent", call, Given(keys=keys)), world


def test_a_caller_who_agrees_is_recorded_texted_and_told() -> None:
    call, run, world = ask(["1"], [RECORDED], [SENT])
    assert world.asked("record_consent") == [
        {"purpose": "signposting", "wording_version": "signposting-2026-11", "decision": "given"}
    ]
    assert world.asked("send_sms") == [{"template": "online_services", "purpose": "signposting"}]
    assert run.spoken[-1] == "Thank you. We have sent you a text message."
    assert call.attributes["text_outcome"] == "sent"


@pytest.mark.parametrize("key", ["2", "9", None])
def test_a_caller_who_does_not_agree_is_neither_recorded_nor_texted(key: str | None) -> None:
    _, run, world = ask([key], [RECORDED], [SENT])
    assert world.invoked == []
    assert len(run.spoken) == 1
    assert run.ended_by == "module returned"


@pytest.mark.parametrize("answer", [FAILED, {"status": "refused", "reason": "unavailable"}, {}])
def test_without_a_recorded_consent_nothing_is_sent_and_the_caller_hears_so(answer: object) -> None:
    call, run, world = ask(["1"], [answer], [SENT])
    assert world.asked("send_sms") == []
    assert "we will not send a text message" in run.spoken[-1]
    assert call.attributes["text_outcome"] == "no_consent"


@pytest.mark.parametrize("reason", ["number_withheld", "number_invalid", "not_a_mobile", "country_not_allowed"])
def test_a_consent_refused_for_the_number_says_that_it_is_the_number(reason: str) -> None:
    call, run, world = ask(["1"], [{"status": "refused", "reason": reason}], [SENT])
    assert world.asked("send_sms") == []
    assert "to the number you are calling from" in run.spoken[-1]
    assert call.attributes["text_outcome"] == "refused"


@pytest.mark.parametrize(
    ("answer", "heard", "outcome"),
    [
        ({"status": "refused", "reason": "already_sent"}, "have already sent you this text", "already_sent"),
        ({"status": "refused", "reason": "not_a_mobile"}, "to the number you are calling from", "refused"),
        ({"status": "refused", "reason": "number_withheld"}, "to the number you are calling from", "refused"),
        ({"status": "refused", "reason": "country_not_allowed"}, "to the number you are calling from", "refused"),
        ({"status": "refused", "reason": "opted_out"}, "asked us not to send", "refused"),
        ({"status": "refused", "reason": "consent_withdrawn"}, "cannot send you this text message", "refused"),
        ({"status": "refused", "reason": "unknown_template"}, "cannot send you this text message", "refused"),
        ({"status": "failed", "reason": "throttled"}, "could not send the text message", "not_sent"),
        ({"status": "failed", "reason": "unavailable"}, "could not send the text message", "not_sent"),
        ({"status": "failed", "reason": "outcome_unknown"}, "cannot confirm that the text message was sent", "unknown"),
        ({"status": "failed", "reason": "a new one"}, "cannot confirm that the text message was sent", "unknown"),
        (FAILED, "cannot confirm that the text message was sent", "unknown"),
        ({"status": "surprise"}, "cannot confirm that the text message was sent", "unknown"),
    ],
)
def test_the_caller_hears_the_truth_about_each_outcome(answer: object, heard: str, outcome: str) -> None:
    call, run, _ = ask(["1"], [RECORDED], [answer])
    assert heard in run.spoken[-1]
    assert call.attributes["text_outcome"] == outcome


def test_the_question_and_the_answer_are_in_the_caller_s_language() -> None:
    _, run, world = ask(["1"], [RECORDED], [SENT], council="powys", language="cy")
    assert run.spoken[0].startswith("Hoffech chi i ni anfon neges destun")
    assert run.spoken[1] == "Diolch. Rydym wedi anfon neges destun atoch."
    assert len(world.invoked) == 2


NO_MOBILE = {"status": "refused", "reason": "not_a_mobile"}
PLAYED_BACK = {"number": "07400123457", "number_confirmed": "played_back"}


@pytest.mark.parametrize("council", ["barnet", "powys"])
@pytest.mark.parametrize("reason", ["number_withheld", "number_invalid", "not_a_mobile", "country_not_allowed"])
def test_a_mobile_that_was_keyed_in_is_played_back_before_it_is_used(reason: str, council: str) -> None:
    refused = {"status": "refused", "reason": reason}
    call, run, world = ask(["1", "07400123457", "1"], [refused, RECORDED], [SENT], council=council)
    assert "You keyed in  07400123457 . If that is right and the phone is yours, press 1" in run.spoken[-2]
    asked = {"purpose": "signposting", "wording_version": "signposting-2026-11", "decision": "given"}
    assert world.asked("record_consent") == [asked, asked | PLAYED_BACK]
    assert world.asked("send_sms") == [{"template": "online_services", "purpose": "signposting"} | PLAYED_BACK]
    assert run.spoken[-1] == "Thank you. We have sent you a text message."
    assert call.attributes["text_outcome"] == "sent"
    assert call.logs_flow


@pytest.mark.parametrize("key", ["2", "9", None])
def test_a_number_that_is_not_confirmed_is_not_used(key: str | None) -> None:
    call, run, world = ask(["1", "07400123457", key], [NO_MOBILE], [])
    assert len(world.asked("record_consent")) == 1
    assert world.asked("send_sms") == []
    assert "to the number you are calling from" in run.spoken[-1]
    assert call.attributes["text_outcome"] == "refused"
    assert call.logs_flow


def test_a_keyed_number_is_in_no_attribute_and_no_flow_log() -> None:
    call, run, _ = ask(["1", "07400123457", "1"], [NO_MOBILE, RECORDED], [SENT])
    assert not any("7400123457" in value for value in call.attributes.values())
    assert [entry.logged for entry in run.entries] == [True, False, False]


@pytest.mark.parametrize(
    ("answer", "heard", "outcome"),
    [
        (NO_MOBILE, "to that number", "refused"),
        ({"status": "refused", "reason": "number_not_confirmed"}, "to that number", "refused"),
        ({"status": "refused", "reason": "unavailable"}, "we will not send a text message", "no_consent"),
        (FAILED, "we will not send a text message", "no_consent"),
        ({}, "we will not send a text message", "no_consent"),
    ],
)
def test_a_keyed_number_that_cannot_be_used_is_told_so(answer: object, heard: str, outcome: str) -> None:
    call, run, world = ask(["1", "07400123457", "1"], [NO_MOBILE, answer], [])
    assert world.asked("send_sms") == []
    assert heard in run.spoken[-1]
    assert call.attributes["text_outcome"] == outcome
    assert call.logs_flow


def test_a_text_to_a_keyed_number_of_which_nothing_is_known_is_not_promised() -> None:
    call, run, _ = ask(["1", "07400123457", "1"], [NO_MOBILE, RECORDED], [FAILED])
    assert "cannot confirm that the text message was sent" in run.spoken[-1]
    assert call.logs_flow
