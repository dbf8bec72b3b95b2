"""The contact flows as CloudFormation will deploy them."""

from __future__ import annotations

import json
from typing import Any

from flowlint.document import parse_flow
from flowlint.linking.program import Program
from flowlint.lint import lint, lint_flow
from flowlint.reading.envelopes import contents_of
from tests.infra.conftest import read_resources
from tests.support.flows.builders import flaws
from tests.support.synthesised import reworded_while_importing

Resources = dict[str, dict[str, Any]]

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
FLOWS = {"InboundFlow": "CONTACT_FLOW", "OutboundWhisperFlow": "OUTBOUND_WHISPER", "PaymentGuide": "CONTACT_FLOW"}
MODULES = {"PaymentModule", "SmsConsentModule", "TransferOutModule"}
INVOKED = ("ControlRecording", "RecordConsent", "SendSms")


def of_type(resources: Resources, kind: str) -> Resources:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def text(content: Any) -> str:  # noqa: ANN401 - a template's JSON
    """Return the content with each reference as the logical id that it names."""
    if isinstance(content, str):
        return content
    parts = content["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else part["Fn::GetAtt"][0] for part in parts)


def test_every_flow_and_module_is_deployed_with_its_type(controls: Resources) -> None:
    flows = of_type(controls, "AWS::Connect::ContactFlow")
    assert {name: flow["Properties"]["Type"] for name, flow in flows.items()} == FLOWS
    assert set(of_type(controls, "AWS::Connect::ContactFlowModule")) == MODULES


def test_what_is_deployed_is_without_findings_and_within_the_size_that_connect_accepts(controls: Resources) -> None:
    for name in (*FLOWS, *MODULES):
        content = text(controls[name]["Properties"]["Content"])
        assert flaws(lint_flow(parse_flow(content, source=name))) == []
        assert len(content) < 256_000


def test_the_template_itself_goes_through_the_lint_with_its_flows_joined(controls: Resources) -> None:
    contents = contents_of(json.dumps({"Resources": controls}), source="template.json")
    assert contents is not None
    assert contents.refused == []
    assert {flow.kind for flow in contents.flows} == {*FLOWS.values(), "MODULE"}
    assert flaws(lint(contents.flows, aliases=contents.aliases)) == []
    inbound = next(flow for flow in contents.flows if "InboundFlow" in flow.also)
    program = Program(contents.flows)
    called = {program.flows[place].name for place in program.callees(program.flows.index(inbound))}
    assert len(called) == 2


def test_each_function_is_associated_with_the_instance_before_a_flow_names_it(controls: Resources) -> None:
    associations = of_type(controls, "AWS::Connect::IntegrationAssociation")
    assert set(associations) == {f"{function}Association" for function in INVOKED}
    for function in INVOKED:
        association = associations[f"{function}Association"]["Properties"]
        assert association["InstanceId"] == INSTANCE
        assert association["IntegrationType"] == "LAMBDA_FUNCTION"
        assert association["IntegrationArn"] == {"Fn::GetAtt": [f"{function}Function", "Arn"]}
    for name in (*FLOWS, *MODULES):
        assert set(controls[name]["DependsOn"]) == set(associations)


def test_the_instance_alone_may_invoke_each_function(controls: Resources) -> None:
    for function in INVOKED:
        permission = controls[f"{function}FunctionInvokedByFlows"]["Properties"]
        assert permission == {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Fn::GetAtt": [f"{function}Function", "Arn"]},
            "Principal": "connect.amazonaws.com",
            "SourceAccount": "111122223333",
            "SourceArn": INSTANCE,
        }


def test_flows_invoke_the_function_that_the_step_is_about(controls: Resources) -> None:
    invoked = {
        (name, str(action.parameters["LambdaFunctionARN"]))
        for name in (*FLOWS, *MODULES)
        for action in parse_flow(text(controls[name]["Properties"]["Content"]), source=name).actions.values()
        if action.type == "InvokeLambdaFunction"
    }
    provider = "arn:aws:lambda:eu-west-2:111122223333:function:payment-provider"
    assert invoked == {
        ("PaymentModule", "ControlRecordingFunction"),
        ("PaymentModule", provider),
        ("PaymentGuide", "ControlRecordingFunction"),
        ("SmsConsentModule", "RecordConsentFunction"),
        ("SmsConsentModule", "SendSmsFunction"),
    }


def test_flows_invoke_a_frozen_version_by_its_alias_s_id(controls: Resources) -> None:
    """CloudFormation template reference, "AWS::Connect::ContactFlowModuleAlias": AliasId; a name there runs nothing."""
    content = controls["InboundFlow"]["Properties"]["Content"]["Fn::Join"][1]
    assert {"Fn::GetAtt": ["PaymentModuleAlias", "AliasId"]} in content
    aliases = of_type(controls, "AWS::Connect::ContactFlowModuleAlias")
    assert set(aliases) == {"PaymentModuleAlias", "SmsConsentModuleAlias"}
    for name, alias in aliases.items():
        module = {"Fn::GetAtt": [name.removesuffix("Alias"), "ContactFlowModuleArn"]}
        assert alias["Properties"]["ContactFlowModuleId"] == module
        version, attribute = alias["Properties"]["ContactFlowModuleVersion"]["Fn::GetAtt"]
        assert attribute == "Version"
        assert controls[version]["Properties"]["ContactFlowModuleId"] == module


def test_another_content_is_another_version(controls: Resources) -> None:
    """A version cannot change, so its logical id follows the content of its module."""
    other = read_resources(reworded_while_importing())
    versions = "AWS::Connect::ContactFlowModuleVersion"
    before, after = set(of_type(controls, versions)), set(of_type(other, versions))
    assert {name[:-8] for name in before} == {name[:-8] for name in after}
    assert {name[:-8] for name in before - after} == {"SmsConsentModuleVersion"}


def test_the_inbound_flow_leads_to_the_modules_and_gives_agents_the_guide(controls: Resources) -> None:
    inbound = parse_flow(text(controls["InboundFlow"]["Properties"]["Content"]), source="inbound").actions
    assert inbound["pay"].parameters == {"FlowModuleId": "PaymentModule:PaymentModuleAlias"}
    assert inbound["text-message"].parameters == {"FlowModuleId": "SmsConsentModule:SmsConsentModuleAlias"}
    assert inbound["guide-en"].parameters == {"EventHooks": {"DefaultAgentUI": "PaymentGuide"}}


def test_every_button_that_the_guide_waits_for_is_an_action_of_the_view_that_it_shows(controls: Resources) -> None:
    views = of_type(controls, "AWS::Connect::View")
    guide = parse_flow(text(controls["PaymentGuide"]["Properties"]["Content"]), source="guide")
    shown = [action for action in guide.actions.values() if action.type == "ShowView"]
    assert len(shown) == 6
    for action in shown:
        view = views[action.parameters["ViewResource"]["Id"].removesuffix(":$LATEST")]["Properties"]
        waited_for = [(condition.condition.operands or ())[0] for condition in action.conditions if condition.condition]
        assert waited_for == view["Actions"]
        button = view["Template"]["Body"][1]
        assert button["Props"]["Action"] == waited_for[0]
        assert set(action.parameters["ViewData"]) == {"Notice"}
