"""Flows that came out wrong before, and what is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowlint.document import parse_flow
from flowlint.findings import Finding
from flowlint.lint import in_order, lint, lint_flow
from flowlint.reading.files import read_flow
from flowlint.rules.register import find_rule
from flowlint.settings import PauseSettings, Settings

CASES = Path(__file__).parent / "cases"


def found(case: str, settings: Settings | None = None) -> list[Finding]:
    flow = read_flow(CASES / f"{case}.json")
    return in_order(lint([flow], settings), [flow])


def errors(case: str, settings: Settings | None = None) -> set[tuple[str, str]]:
    return {(each.rule, each.action) for each in found(case, settings) if each.severity == "error"}


def warnings(case: str) -> set[tuple[str, str]]:
    return {(each.rule, each.action) for each in found(case) if each.severity == "warning"}


@pytest.mark.parametrize(
    "case",
    [
        "recording-off-then-encrypted-input",
        "off-then-named-payment",
        "encrypted-pin",
        "payment-word-in-a-message",
        "logging-never-on-again",
        "recorded-without-notice",
    ],
)
def test_what_endangers_no_card_has_no_errors(case: str) -> None:
    assert errors(case) == set()


def test_a_plain_card_is_found_entered_in_the_clear_recorded_logged_and_copied() -> None:
    assert errors("plain-card-recorded-and-logged") == {
        (rule, action) for rule in ("unpaused-payment", "clear-card", "logged-card") for action in ("card", "cvv")
    } | {("copied-card", "st"), ("copied-card", "st2")}


def test_a_card_asked_for_by_lex_is_found_in_the_clear_and_unpaused() -> None:
    assert errors("card-by-lex") == {("unpaused-payment", "lex"), ("clear-card", "lex")}


def test_the_way_that_was_not_confirmed_leads_to_the_card() -> None:
    assert ("unpaused-payment", "Take card details") in errors("default-leads-to-payment")


@pytest.mark.parametrize("case", ["pause-by-function-name-fails-open", "stop-fails-open"])
def test_a_pause_by_another_name_that_fails_open_is_found(case: str) -> None:
    assert errors(case) == {("fail-open-pause", "p")}


def test_a_recording_before_anything_was_said_is_found() -> None:
    assert warnings("recorded-without-notice") == {("recorded-without-notice", "on")}


def test_everything_that_connect_refuses_is_found() -> None:
    told = found("refused-by-connect")
    assert {(each.rule, each.action[:3]) for each in told if each.severity == "error"} == {
        ("refused-identifier", "xxx"),
        ("refused-error-branch", "xxx"),
        ("missing-parameter", "xxx"),
        ("refused-parameter", "xxx"),
        ("refused-condition", "xxx"),
        ("refused-identifier", "a/b"),
        ("misspelt-type", "a/b"),
    }
    assert any("did you mean 'MessageParticipant'?" in each.reason for each in told)
    assert {each.reason for each in told if each.rule == "refused-parameter"} == {
        "InputTimeLimitSeconds is '0'; it must be a whole number from 1 to 180",
        "Text and SSML exclude each other: give one",
    }


def test_more_actions_than_connect_takes_are_found() -> None:
    assert errors("three-hundred-actions") == {("too-many-actions", "")}


def test_a_council_s_own_function_confirms_with_its_own_answer_once_the_configuration_names_both() -> None:
    assert errors("own-function-own-answer") == {("unpaused-payment", "card")}
    own = PauseSettings(functions=("control",), answer="result", confirmed=("SUSPENDED",))
    assert errors("own-function-own-answer", Settings(pause=(own,))) == set()
    other = PauseSettings(functions=("control",), answer="result", confirmed=("Suspended",))
    assert ("unpaused-payment", "card") in errors("own-function-own-answer", Settings(pause=(other,)))


def test_streaming_during_a_payment_is_found() -> None:
    assert errors("streaming-during-payment") == {("streamed-card", "payment-card")}


def test_a_guide_that_asks_for_a_card_without_a_confirmed_pause_is_found() -> None:
    assert errors("guide-asks-for-card") == {("unpaused-payment", "v"), ("fail-open-pause", "p")}


def test_a_step_named_take_payment_is_a_payment_step() -> None:
    assert errors("names-not-prefix") == {("unpaused-payment", "Take payment")}


def test_logging_that_is_never_on_again_is_warned_of() -> None:
    assert warnings("logging-never-on-again") == {("logging-left-off", "bye")}


def test_logging_that_a_flow_leaves_off_because_it_was_off_before_is_no_mistake() -> None:
    flow = json.loads((CASES / "logging-never-on-again.json").read_text())
    ends = [action for action in flow["Actions"] if action["Type"] == "DisconnectParticipant"]
    before = {
        "Identifier": "was-off",
        "Type": "Compare",
        "Parameters": {"ComparisonValue": "$.Attributes.flow_logging"},
        "Transitions": {
            "NextAction": ends[0]["Identifier"],
            "Conditions": [
                {"NextAction": ends[0]["Identifier"], "Condition": {"Operator": "Equals", "Operands": ["off"]}}
            ],
            "Errors": [{"NextAction": ends[0]["Identifier"], "ErrorType": "NoMatchingCondition"}],
        },
    }
    text = json.dumps(flow["Actions"]).replace(f'"NextAction": "{ends[0]["Identifier"]}"', '"NextAction": "was-off"')
    asked = json.dumps({**flow, "Actions": [*json.loads(text), before]})
    assert "L601" not in {finding.code for finding in lint_flow(parse_flow(asked, source="asked"))}


def test_each_finding_says_where_it_is_and_names_a_rule_that_has_a_page() -> None:
    for path in CASES.glob("*.json"):
        for each in lint_flow(read_flow(path)):
            assert each.file == str(path)
            assert each.line >= 1
            assert find_rule(each.code) == find_rule(each.rule) is not None
            text = path.read_text(encoding="utf-8").splitlines()[each.line - 1]
            assert not each.action or text[each.column - 1 :].startswith(('"', "{", "["))
    assert lint_flow(read_flow(CASES / "encrypted-pin.json")) == []
