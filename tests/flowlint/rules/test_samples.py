"""The two shapes in which AWS's own samples take cards, written here: one fails open, the other is safe.

The pause from an agent's guide, and the encrypted entry by keypad:
https://docs.aws.amazon.com/connect/latest/adminguide/encrypt-data.html
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from flowlint.document import parse_flow
from flowlint.findings import Finding
from flowlint.lint import lint
from flowlint.rules.examples.builders import act, ask, attributes, bye, card, compare, flow, log, record, say

Json = dict[str, Any]


def view(identifier: str, notice: str, to: str, **buttons: str) -> Json:
    errors = {"NoMatchingCondition": to, "NoMatchingError": to, "TimeLimitExceeded": to}
    return act(identifier, "ShowView", to, errors, buttons, ViewResource={"Id": "view"}, ViewData={"State": notice})


FAIL_OPEN = flow(
    view("buttons", "RECORDING", "bye", Pause="pause"),
    ask("pause", "off", "off", "PAUSE"),
    attributes("off", "state", callRecordingStatus="OFF"),
    view("state", "NOT RECORDING", "bye", Resume="resume"),
    ask("resume", "on", "on", "RESUME"),
    attributes("on", "buttons", callRecordingStatus="ON"),
    bye(),
)

ENCRYPTED = flow(
    record("record-nothing", "log-off"),
    log("log-off", "card", "Disabled"),
    card("card", "keep", text="Please enter your credit card number, then press pound."),
    attributes("keep", "hand-over", EncryptedCard="$.StoredCustomerInput"),
    act(
        "hand-over",
        "InvokeLambdaFunction",
        "thanks",
        {"NoMatchingError": "sorry"},
        LambdaFunctionARN="arn:aws:lambda:eu-west-2:111122223333:function:decrypt",
        InvocationTimeLimitSeconds="8",
        LambdaInvocationAttributes={"entry": "$.StoredCustomerInput"},
    ),
    say("thanks", "log-on", "Thank you."),
    say("sorry", "log-on", "That did not work."),
    log("log-on", "bye", "Enabled"),
    bye(),
)


def found(content: Json) -> list[Finding]:
    return list(lint([parse_flow(json.dumps(content), source="sample.json")]))


def errors(content: Json) -> set[tuple[str, str]]:
    return {(each.rule, each.action) for each in found(content) if each.severity == "error"}


def step(content: Json, identifier: str) -> Json:
    chosen: Json = next(each for each in content["Actions"] if each["Identifier"] == identifier)
    return chosen


def test_the_pause_of_the_guide_library_is_found_fail_open() -> None:
    assert errors(FAIL_OPEN) == {("fail-open-pause", "pause")}


def test_the_encrypted_entry_passes_with_recording_off() -> None:
    assert found(ENCRYPTED) == []


def _record(content: Json) -> None:
    step(content, "record-nothing")["Parameters"]["RecordingBehavior"]["RecordedParticipants"] = ["Customer"]


def _record_menu(content: Json) -> None:
    step(content, "record-nothing")["Parameters"]["RecordingBehavior"]["IVRRecordingBehavior"] = "Enabled"


def _not_off(content: Json) -> None:
    content["StartAction"] = "log-off"
    content["Actions"] = [each for each in content["Actions"] if each["Identifier"] != "record-nothing"]


def _log(content: Json) -> None:
    step(content, "log-off")["Parameters"]["FlowLoggingBehavior"] = "Enabled"


def _clear(content: Json) -> None:
    del step(content, "card")["Parameters"]["InputEncryption"]


def _no_key(content: Json) -> None:
    step(content, "card")["Parameters"]["InputEncryption"]["EncryptionKeyId"] = ""


def _by_lex(content: Json) -> None:
    entry = step(content, "card")
    entry["Type"] = "ConnectParticipantWithLexBot"
    entry["Parameters"] = {"Text": "What is your card number?", "LexV2Bot": {"AliasArn": "bot"}}


@pytest.mark.parametrize("change", [_record, _record_menu, _not_off, _log, _clear, _no_key, _by_lex])
def test_the_encrypted_entry_fails_without_any_one_of_its_protections(change: Callable[[Json], None]) -> None:
    changed = copy.deepcopy(ENCRYPTED)
    change(changed)
    assert {rule for rule, _ in errors(changed)} & {"unpaused-payment", "clear-card", "logged-card"}


def repaired() -> Json:
    """Return the guide's flow with its pause looked at."""
    return flow(
        view("buttons", "RECORDING", "bye", Pause="pause"),
        ask("pause", "check", "refuse", "PAUSE"),
        compare("check", "refuse", paused="log-off"),
        view("refuse", "DO NOT TAKE A CARD", "bye", Again="pause"),
        log("log-off", "state", "Disabled"),
        view("state", "NOT RECORDING: enter the card number now", "log-on", Resume="log-on"),
        log("log-on", "resume", "Enabled"),
        ask("resume", "bye", "bye", "RESUME"),
        bye(),
    )


def _wire(identifier: str, kind: str, to: str) -> Callable[[Json], None]:
    def change(content: Json) -> None:
        transitions = step(content, identifier)["Transitions"]
        if kind == "next":
            transitions["NextAction"] = to
        else:
            transitions["Errors"] = [{"NextAction": to, "ErrorType": kind}]

    return change


def test_the_guide_with_its_pause_looked_at_passes() -> None:
    assert found(repaired()) == []


@pytest.mark.parametrize(
    "change",
    [
        _wire("pause", "NoMatchingError", "log-off"),
        _wire("pause", "next", "log-off"),
        _wire("check", "next", "log-off"),
        _wire("check", "NoMatchingCondition", "log-off"),
        _wire("log-off", "next", "resume"),
    ],
)
def test_the_repaired_guide_fails_without_any_one_of_its_protections(change: Callable[[Json], None]) -> None:
    changed = repaired()
    change(changed)
    assert errors(changed)
