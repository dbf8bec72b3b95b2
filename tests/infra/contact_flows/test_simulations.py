"""The test cases of Connect's own simulations: what they expect is what the deployed flows say, and they end."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from flowlint.document import Flow, parse_flow
from flowlint.lint import lint_flow
from infra.config import cdk_context, choose
from infra.contact_flows.filling import filling
from infra.contact_flows.settings import ContactFlowSettings, Keypad, PaymentLine
from infra.contact_flows.simulated.payments import Simulation, simulations
from infra.contact_flows.template import fill
from infra.refusal import RefusalError
from simulator.flow_runner import Call, Given, InvocationFailure
from steward.policy.load import load_policy
from tests.infra.conftest import read_resources
from tests.support.flows.builders import flaws
from tests.support.flows.surroundings import (
    KEYPAD,
    PAYMENT_LINE,
    POLICIES,
    QUEUE,
    REFERENCES,
    FlowSurroundings,
    flows,
    runner,
    template,
)
from tests.support.synthesised import with_every_option

COUNCILS = sorted(path.stem for path in POLICIES.glob("*.toml"))


def cases(council: str, card_entry: Keypad | PaymentLine = KEYPAD) -> tuple[list[Simulation], Flow]:
    """Return the council's test cases, and the flow by which they come in."""
    settings = ContactFlowSettings(queue_arn=QUEUE, card_entry=card_entry, test_cases=True)
    filled = filling(load_policy(POLICIES / f"{council}.toml"), settings, REFERENCES)
    entry = parse_flow(json.dumps(fill(template("payment-test"), filled)), source="payment-test")
    return simulations(filled.values, settings), entry


def mocked(content: dict[str, Any]) -> list[dict[str, str] | InvocationFailure]:
    """Return what the function answers in the simulation, in the order of its overrides."""
    first, *_ = content["Observations"]
    responses = [action["Parameters"]["Behavior"]["Properties"]["Strategy"]["Response"] for action in first["Actions"]]
    return [
        InvocationFailure(one["Error"]["Value"])
        if one["Type"] == "Error"
        else json.loads(one["ExecutionResult"]["LoadedData"])
        for one in responses
    ]


@pytest.mark.parametrize("council", [name for name in COUNCILS if load_policy(POLICIES / f"{name}.toml").payments])
@pytest.mark.parametrize("card_entry", [KEYPAD, PAYMENT_LINE], ids=["keypad", "payment line"])
def test_a_caller_in_the_simulation_hears_what_the_case_expects(council: str, card_entry: Keypad | PaymentLine) -> None:
    simulated, entry = cases(council, card_entry)
    for case in simulated:
        content = case.content(REFERENCES["control_recording"])
        call, world = Call("c-1"), FlowSurroundings({"control_recording": mocked(content)})
        run = runner(world, {**flows(council, card_entry), "payment-test": entry}).run("payment-test", call, Given())
        assert case.hears in run.spoken, case.name
        assert call.attributes["steward_test"] == "yes"
        assert call.queue_arn == ""


def test_only_a_confirmed_pause_leads_to_the_question_for_the_card() -> None:
    simulated, _ = cases("barnet")
    asking = [case for case in simulated if "card number" in case.hears]
    assert [mocked(case.content("arn"))[0] for case in asking] == [{"status": "paused", "reference": "test"}]
    assert len(simulated) - len(asking) == 2


def test_by_a_payment_line_nothing_is_simulated_that_would_dial_the_provider() -> None:
    simulated, _ = cases("barnet", PAYMENT_LINE)
    assert all(mocked(case.content("arn"))[0] != {"status": "paused", "reference": "test"} for case in simulated)


def test_every_observation_is_reached_from_the_start_and_the_last_one_ends_the_test() -> None:
    """https://docs.aws.amazon.com/connect/latest/devguide/testing-language-concepts.html."""
    for case in cases("barnet")[0]:
        observations = {one["Identifier"]: one for one in case.content("arn")["Observations"]}
        name = "begins"
        assert observations[name]["Event"] == {
            "Identifier": "event-begins",
            "Type": "TestInitiated",
            "Actor": "System",
            "Properties": {},
        }
        seen = [name]
        while following := observations[name]["Transitions"]["NextObservations"]:
            [name] = following
            seen.append(name)
        assert seen == list(observations)
        [last] = observations[name]["Actions"]
        assert last["Parameters"] == {"ActionType": "TestControl", "Command": {"Type": "EndTest"}}


def test_the_overrides_take_effect_in_their_order() -> None:
    actions = cases("barnet")[0][0].content("arn")["Observations"][0]["Actions"]
    assert [one["Transitions"] for one in actions] == [{"NextAction": "answer-2"}, {}]


def test_the_flow_of_the_simulations_is_without_findings() -> None:
    assert flaws(lint_flow(replace(cases("barnet")[1], name="payment-test"))) == []


@pytest.fixture(scope="module")
def deployed() -> dict[str, Any]:
    return read_resources(with_every_option())


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def test_the_test_cases_are_deployed_published_and_enter_a_flow_that_no_number_runs(deployed: dict[str, Any]) -> None:
    """CloudFormation template reference, "AWS::Connect::TestCase": properties, and their lengths."""
    found = of_type(deployed, "AWS::Connect::TestCase")
    assert {one["Name"] for one in found.values()} == {
        "local-steward-refuses-when-not-confirmed",
        "local-steward-refuses-when-the-function-fails",
        "local-steward-asks-after-a-confirmed-pause",
    }
    for one in found.values():
        assert one["Status"] == "PUBLISHED"
        assert one["EntryPoint"] == {
            "Type": "VOICE_CALL",
            "VoiceCallEntryPointParameters": {"FlowId": {"Fn::GetAtt": ["PaymentTestFlow", "ContactFlowArn"]}},
        }
        assert json.loads(one["InitializationData"]) == {"Attributes": {}, "SegmentAttributes": {}}
        assert len(one["Description"]) <= 500
        # What the module invokes is what is answered for it: its function is kept warm here.
        assert "ControlRecordingInCall" in json.dumps(one["Content"])


def test_without_the_switch_there_is_neither_a_test_case_nor_its_flow(controls: dict[str, Any]) -> None:
    assert not of_type(controls, "AWS::Connect::TestCase")
    assert "PaymentTestFlow" not in controls


def test_test_cases_without_the_module_that_they_test_are_refused() -> None:
    context = cdk_context()
    entry = context["steward:environments"]["local"]["contact_flows"]
    context["steward:environments"]["local"]["contact_flows"] = {
        **{key: value for key, value in entry.items() if key != "card_entry"},
        "test_cases": True,
    }
    with pytest.raises(RefusalError, match=r"contact_flows\.test_cases: they test the payment module"):
        choose(context)
