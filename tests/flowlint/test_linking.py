"""Flows that are given together are joined: what one has done, the next one knows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from flowlint.catalogue import CATCH_ALL
from flowlint.document import Flow, parse_flow
from flowlint.linking.program import Program
from flowlint.lint import lint
from flowlint.rules.examples.builders import act
from tests.support.flows.builders import Json, attributes, bye, compare, document, enter_card, invoke, record, say

ID = "11111111-2222-4333-8444-555555555555"
ARN = f"arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4/flow-module/{ID}"
ALIAS = "99999999-2222-4333-8444-555555555555"


def flow(name: str, *actions: Json, also: str = "", **top: Any) -> Flow:  # noqa: ANN401 - any JSON
    read = parse_flow(json.dumps(document(*actions, **top)), source=f"{name}.json")
    return replace(read, name=name, also=frozenset({also} - {""}))


def module(to: str, reference: str, identifier: str = "pay") -> Json:
    return act(identifier, "InvokeFlowModule", to, {CATCH_ALL: to}, FlowModuleId=reference)


def transfer(reference: str, identifier: str = "onward") -> Json:
    return act(identifier, "TransferToFlow", "bye", {CATCH_ALL: "bye"}, ContactFlowId=reference)


def end() -> Json:
    return act("end", "EndFlowModuleExecution")


PAYMENT = (enter_card("card", "end", "end"), end())
PAUSED = (invoke("pause", "check", "bye", operation="pause"), compare("check", "bye", paused="pay"))


def found(*flows: Flow) -> set[tuple[str, str, str]]:
    return {(each.flow, each.rule, each.action) for each in lint(flows) if each.severity == "error"}


@pytest.mark.parametrize("reference", ["payment", "Payment", ARN, f"{ARN}:3", f"{ARN}:{ALIAS}", ID, f"{ARN}:$LATEST"])
def test_a_pause_before_a_module_protects_the_card_in_it_however_the_module_is_named(reference: str) -> None:
    caller = flow("inbound", *PAUSED, module("bye", reference), bye())
    callee = flow("payment", *PAYMENT, also=ARN)
    assert found(caller, callee) == set()
    assert found(callee) == {("payment", "unpaused-payment", "card")}


def test_a_module_that_is_reached_unpaused_is_found_with_the_way_through_both_flows() -> None:
    caller = flow("inbound", say("hello", "pay"), module("bye", ARN), bye())
    callee = flow("payment", *PAYMENT, also=ARN)
    [finding] = [each for each in lint([caller, callee]) if each.rule == "unpaused-payment"]
    assert [(step.flow, step.action) for step in finding.path] == [
        ("inbound", "hello"),
        ("inbound", "pay"),
        ("payment", "card"),
    ]
    assert finding.reason.endswith("inbound:hello > pay > payment:card")


def test_a_module_that_pauses_and_confirms_protects_the_card_after_it() -> None:
    pauses = flow(
        "pause",
        invoke("ask", "check", "stop", operation="pause"),
        compare("check", "stop", paused="end"),
        act("stop", "DisconnectParticipant"),
        end(),
    )
    caller = flow("inbound", module("card", "pause"), enter_card("card", "bye", "bye"), bye())
    assert ("inbound", "unpaused-payment", "card") in found(caller, pauses)
    strict = act("pay", "InvokeFlowModule", "card", {CATCH_ALL: "bye"}, FlowModuleId="pause")
    assert found(flow("inbound", strict, enter_card("card", "bye", "bye"), bye()), pauses) == set()


def test_a_module_that_records_again_undoes_a_recording_that_was_switched_off() -> None:
    again = flow("again", record("on", "end", "Agent", "Customer", IVRRecordingBehavior="Enabled"), end())
    caller = flow("inbound", record("off", "pay"), module("card", "again"), enter_card("card", "bye", "bye"), bye())
    assert ("inbound", "unpaused-payment", "card") in found(caller, again)
    assert found(caller) == set()


def test_a_module_returns_only_to_those_who_entered_it_in_that_state() -> None:
    helper = flow("greet", say("hello", "end"), end())
    paused = flow("one", record("off", "pay"), module("card", "greet"), enter_card("card", "bye", "bye"), bye())
    other = flow("two", module("bye", "greet"), bye())
    assert found(paused, other, helper) == set()


def test_what_a_flow_has_switched_on_is_still_on_in_the_flow_that_it_transfers_to() -> None:
    log = act("log", "UpdateFlowLoggingBehavior", "off", FlowLoggingBehavior="Enabled")
    first = flow("first", log, record("off", "onward"), transfer("second"), bye())
    second = flow("second", enter_card("card", "bye", "bye"), bye())
    assert found(first, second) == {("second", "logged-card", "card")}


def test_a_notice_in_one_flow_counts_for_the_recording_in_the_next() -> None:
    first = flow("first", say("notice", "onward", "This call is recorded."), transfer("second"), bye())
    second = flow("second", record("on", "bye", "Agent", "Customer"), bye())
    assert [each.rule for each in lint([first, second])] == []
    assert [each.rule for each in lint([second])] == ["recorded-without-notice"]


def test_modules_that_invoke_each_other_in_circles_end_and_are_found() -> None:
    one = flow("one", module("end", "two"), end())
    two = flow("two", module("end", "one"), end())
    assert ("one", "modules-too-deep", "") in found(one, two)


def test_six_levels_of_modules_are_one_too_many() -> None:
    def chain(levels: int) -> list[Flow]:
        inner = [flow(f"m{place}", module("end", f"m{place + 1}"), end()) for place in range(1, levels)]
        return [flow("top", module("bye", "m1"), bye()), *inner, flow(f"m{levels}", say("hello", "end"), end())]

    assert found(*chain(5)) == set()
    assert found(*chain(6)) == {("top", "modules-too-deep", "")}


def test_a_name_that_two_flows_have_joins_neither() -> None:
    caller = flow("inbound", module("bye", "payment"), bye())
    program = Program([caller, flow("payment", *PAYMENT), flow("payment", *PAYMENT)])
    assert program.callee(caller, caller.actions["pay"]) is None


def test_a_module_invoked_by_the_name_of_an_alias_is_found() -> None:
    caller = flow("inbound", module("bye", f"{ARN}:live"), bye())
    assert found(caller) == {("inbound", "alias-by-name", "pay")}


def test_the_name_that_the_designer_keeps_beside_a_reference_joins_exports_of_two_instances() -> None:
    metadata = {"ActionMetadata": {"pay": {"parameters": {"FlowModuleId": {"displayName": "payment"}}}}}
    caller = flow("inbound", *PAUSED, module("bye", "arn:other"), bye(), Metadata=metadata)
    assert found(caller, flow("payment", *PAYMENT)) == set()


def test_an_attribute_that_only_a_flow_on_its_own_sets_may_be_set_before() -> None:
    sets = flow("sets", attributes("keep", "bye", name="x"), bye())
    uses = flow("uses", invoke("hand-over", "bye", "bye", name="$.Attributes.name"), bye())
    assert [each.rule for each in lint([sets, uses])] == []
    assert [each.severity for each in lint([uses])] == ["note"]
    late = flow("late", transfer("uses"), attributes("keep", "bye", name="x"), bye())
    assert [(each.rule, each.severity) for each in lint([late, uses]) if each.action == "hand-over"] == [
        ("attribute-before-it-is-set", "warning")
    ]
