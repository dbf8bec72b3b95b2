from __future__ import annotations

from typing import Any

import pytest

from flowlint.catalogue import CATCH_ALL, NO_MATCH
from flowlint.rules.examples.builders import act
from tests.support.flows.builders import Json, attributes, bye, compare, findings, invoke, record, say, transfer_out

ABOUT = frozenset({"dead-end", "missing-error-branch", "missing-start", "missing-target", "never-taken"})
ABOUT |= {"repeated-identifier", "time-limit", "unreached-action"}


def told(severity: str, *actions: Json, start: str | None = None, **top: object) -> set[tuple[str, str]]:
    found = findings(*actions, start=start, **top)
    return {(each.action, each.rule) for each in found if each.severity == severity and each.rule in ABOUT}


def said(*actions: Json, start: str | None = None, **top: object) -> set[tuple[str, str]]:
    """Return the errors about the graph and the branches; parameters are another matter."""
    return told("error", *actions, start=start, **top)


def warned(*actions: Json, start: str | None = None, **top: object) -> set[tuple[str, str]]:
    return told("warning", *actions, start=start, **top)


def test_a_complete_flow_has_no_findings() -> None:
    actions = (
        say("hello", "look-up"),
        invoke("look-up", "check", "bye", what="balance"),
        compare("check", "bye", found="note"),
        attributes("note", "bye", seen="yes"),
        bye(),
    )
    assert said(*actions) == set()
    assert warned(*actions) == set()


def test_a_target_that_does_not_exist_is_an_error_on_the_action_that_names_it() -> None:
    assert said(say("hello", "nowhere"), bye()) == {("hello", "missing-target"), ("bye", "unreached-action")}


def test_a_condition_and_an_error_branch_are_checked_for_their_targets_too() -> None:
    check = act("check", "Compare", "bye", {NO_MATCH: "gone"}, {"a": "lost"}, ComparisonValue="$.External.x")
    assert said(check, bye()) == {("check", "missing-target")}


def test_an_action_that_nothing_reaches_is_an_error() -> None:
    assert said(bye(), say("island", "bye")) == {("island", "unreached-action")}


def test_two_actions_that_only_reach_each_other_are_both_unreached() -> None:
    assert said(bye(), say("one", "other"), say("other", "one")) == {
        ("one", "unreached-action"),
        ("other", "unreached-action"),
    }


def test_an_action_after_one_that_ends_the_flow_is_not_reached() -> None:
    ended = act("ended", "DisconnectParticipant", "after")
    assert said(ended, bye("after")) == {("after", "unreached-action")}
    assert warned(ended, bye("after")) == {("ended", "never-taken")}


def test_a_start_that_does_not_exist_is_one_error_and_not_one_for_each_action() -> None:
    assert said(say("hello", "bye"), bye(), start="begin") == {("", "missing-start")}
    assert said(say("hello", "bye"), bye(), StartAction=None) == {("", "missing-start")}


def test_a_loop_is_walked_once() -> None:
    assert said(say("again", "check"), compare("check", "again", done="bye"), bye()) == set()


def test_an_identifier_that_two_actions_have_is_an_error() -> None:
    assert ("bye", "repeated-identifier") in said(say("hello", "bye"), bye(), bye())


@pytest.mark.parametrize(
    ("kind", "parameters", "needed"),
    [
        ("InvokeLambdaFunction", {"InvocationTimeLimitSeconds": "8"}, {CATCH_ALL}),
        ("UpdateContactAttributes", {}, {CATCH_ALL}),
        ("UpdateContactTargetQueue", {}, {CATCH_ALL}),
        ("TransferContactToQueue", {}, {"QueueAtCapacity", CATCH_ALL}),
        ("Compare", {}, {NO_MATCH}),
        ("TagContact", {}, {CATCH_ALL}),
        ("UpdateContactEventHooks", {}, {CATCH_ALL}),
        ("UpdateFlowAttributes", {}, {CATCH_ALL}),
        ("ShowView", {}, {NO_MATCH, CATCH_ALL, "TimeLimitExceeded"}),
        ("InvokeFlowModule", {}, {CATCH_ALL}),
        ("GetParticipantInput", {"StoreInput": "False"}, {"InputTimeLimitExceeded", NO_MATCH, CATCH_ALL}),
        ("GetParticipantInput", {"StoreInput": "True"}, {CATCH_ALL}),
        (
            "GetParticipantInput",
            {"StoreInput": "True", "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "E164"}}},
            {CATCH_ALL, "InvalidPhoneNumber"},
        ),
        ("UpdateContactRecordingAndAnalyticsBehavior", {"VoiceBehavior": {}}, {CATCH_ALL, "ChannelMismatch"}),
        ("TransferParticipantToThirdParty", {"ContinueFlowExecution": "False"}, {CATCH_ALL}),
    ],
)
def test_each_error_branch_of_a_type_is_missed_when_it_is_not_wired(
    kind: str, parameters: dict[str, Any], needed: set[str]
) -> None:
    wired = dict.fromkeys(needed, "bye")
    off = record("off", "step")
    assert said(off, act("step", kind, "bye", wired, **parameters), bye()) == set()
    for missing in needed:
        rest = {error: target for error, target in wired.items() if error != missing}
        errors = said(off, act("step", kind, "bye", rest, **parameters), bye())
        assert errors == {("step", "missing-error-branch")}, missing


def test_an_error_branch_without_a_target_counts_as_missing() -> None:
    step = act("step", "TagContact", "bye", {CATCH_ALL: ""}, Tags={"a": "b"})
    assert said(step, bye()) == {("step", "missing-error-branch")}


@pytest.mark.parametrize(
    "kind",
    [
        "MessageParticipant",
        "UpdateFlowLoggingBehavior",
        "UpdateContactRecordingBehavior",
        "UpdateContactRoutingBehavior",
        "SomethingAmazonAddedLater",
    ],
)
def test_types_without_an_error_branch_and_unknown_types_are_not_asked_for_one(kind: str) -> None:
    assert said(act("step", kind, "bye"), bye()) == set()


def test_an_unknown_type_that_leads_nowhere_is_only_a_warning() -> None:
    actions = (act("step", "SomethingAmazonAddedLater"),)
    assert said(*actions) == set()
    assert warned(*actions) == {("step", "dead-end")}


@pytest.mark.parametrize("kind", ["MessageParticipant", "UpdateFlowLoggingBehavior", "Loop"])
def test_an_action_that_does_not_end_the_flow_and_leads_nowhere_is_a_dead_end(kind: str) -> None:
    assert said(act("stuck", kind)) == {("stuck", "dead-end")}


def test_success_without_a_next_action_is_a_dead_end_even_if_errors_are_wired() -> None:
    assert said(act("step", "TagContact", "", {CATCH_ALL: "bye"}), bye()) == {("step", "dead-end")}


@pytest.mark.parametrize(
    "kind", ["EndFlowExecution", "EndFlowModuleExecution", "DisconnectParticipant", "TransferContactToAgent"]
)
def test_an_action_that_ends_the_flow_needs_no_transitions(kind: str) -> None:
    assert said(act("end", kind)) == set()


def test_a_transfer_to_a_queue_needs_no_next_action() -> None:
    wired = {"QueueAtCapacity": "bye", CATCH_ALL: "bye"}
    assert said(act("queue", "TransferContactToQueue", "", wired), bye()) == set()


def test_an_advised_error_branch_is_a_warning() -> None:
    step = transfer_out("out", "bye")
    step["Transitions"]["Errors"] = [{"NextAction": "bye", "ErrorType": CATCH_ALL}]
    assert said(record("off", "out"), step, bye()) == set()
    assert warned(record("off", "out"), step, bye()) == {("out", "missing-error-branch")}


@pytest.mark.parametrize("limit", ["0", "9", "2.5", "", "soon", "²"])
def test_an_invocation_limit_outside_one_to_eight_seconds_is_warned_of(limit: str) -> None:
    step = invoke("ask", "bye", "bye", what="anything")
    step["Parameters"]["InvocationTimeLimitSeconds"] = limit
    assert warned(step, bye()) == {("ask", "time-limit")}


def test_null_members_of_an_action_are_read_as_absent() -> None:
    step = act("hello", "MessageParticipant", "bye")
    step["Parameters"] = None
    step["Transitions"] |= {"Conditions": None, "Errors": None}
    end = {"Identifier": "bye", "Type": "DisconnectParticipant"}
    assert said(step, end, Metadata=None) == set()
