"""Flows in every form in which people have them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from flowlint.catalogue import CATCH_ALL
from flowlint.command import check
from flowlint.errors import UnreadableFlowError
from flowlint.findings import Finding
from flowlint.lint import lint
from flowlint.reading.envelopes import contents_of
from flowlint.reading.files import Given, read_all
from flowlint.reading.instance import AwsInstance, read_instance
from flowlint.rules.examples.builders import act
from tests.support.flows.builders import bye, compare, document, enter_card, invoke, say

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
BAD = document(act("hello", "MessageParticipant", "gone", Text="Hello."), bye())


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")
    return path


def found(given: Given) -> list[Finding]:
    return [each for each in lint(given.flows, aliases=given.aliases) if each.severity == "error"]


def of(text: str, source: str) -> Given:
    given, contents = Given(), contents_of(text, source=source)
    assert contents is not None
    given.add(contents)
    return given


class TestPlaces:
    def test_a_finding_points_at_the_line_and_column_of_what_is_wrong(self, tmp_path: Path) -> None:
        path = write(tmp_path / "flow.json", BAD)
        [missing] = [each for each in found(read_all([path])) if each.rule == "missing-target"]
        text = path.read_text(encoding="utf-8").splitlines()[missing.line - 1]
        assert text[missing.column - 1 :] == '"gone"'
        assert (missing.type, missing.words) == ("MessageParticipant", "Hello.")

    def test_in_an_answer_it_points_into_the_text_that_the_answer_holds(self, tmp_path: Path) -> None:
        content = json.dumps(document(act("hello", "MessageParticipant", "gone", Text='Say "ŵ" 🙂\n'), bye()))
        path = write(
            tmp_path / "answer.json", {"ContactFlow": {"Id": "1", "Arn": "a", "Name": "x", "Content": content}}
        )
        [missing] = [each for each in found(read_all([path])) if each.rule == "missing-target"]
        text = path.read_text(encoding="utf-8").splitlines()[missing.line - 1]
        assert text[missing.column - 1 :].startswith('\\"gone\\"')


class TestAnswers:
    def test_a_described_flow_is_read_with_its_name_and_type(self) -> None:
        answer = {
            "ContactFlow": {"Arn": f"{INSTANCE}/contact-flow/1", "Id": "1", "Name": "Main", "Type": "AGENT_WHISPER"}
            | {"Content": json.dumps(BAD)}
        }
        given = of(json.dumps(answer), "answer.json")
        assert [(flow.name, flow.kind) for flow in given.flows] == [("Main", "AGENT_WHISPER")]

    def test_a_described_module_and_a_list_of_answers_are_joined(self) -> None:
        pay = act("pay", "InvokeFlowModule", "bye", {CATCH_ALL: "bye"}, FlowModuleId=f"{INSTANCE}/flow-module/m-1")
        pause = invoke("pause", "check", "bye", operation="pause")
        caller = document(pause, compare("check", "bye", paused="pay"), pay, bye())
        module = document(enter_card("card", "end", "end"), act("end", "EndFlowModuleExecution"))
        main = {"Arn": "a", "Id": "1", "Name": "Main", "Type": "CONTACT_FLOW", "Content": json.dumps(caller)}
        called = {"Arn": f"{INSTANCE}/flow-module/m-1", "Id": "m-1", "Name": "Pay", "Content": json.dumps(module)}
        answers = [{"ContactFlow": main}, {"ContactFlowModule": called}]
        assert found(of(json.dumps(answers), "answers.json")) == []
        assert [each.rule for each in found(of(json.dumps(answers[1:]), "answers.json"))] == ["unpaused-payment"]

    def test_an_answer_whose_flow_cannot_be_read_is_one_line(self) -> None:
        given = of(json.dumps({"ContactFlow": {"Arn": "a", "Name": "Main", "Content": "{"}}), "answer.json")
        assert given.flows == []
        [told] = given.refused
        assert told.startswith("answer.json: Main: line 1, column 2: not JSON")


YAML = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  PauseFunction:
    Type: AWS::Lambda::Function
  Main:
    Type: AWS::Connect::ContactFlow
    Properties:
      InstanceArn: !Ref Instance
      Name: Main
      Type: CONTACT_FLOW
      Content: !Sub |
        {"Version": "2019-10-30", "StartAction": "pause", "Actions": [
          {"Identifier": "pause", "Type": "InvokeLambdaFunction", "Parameters": {
            "LambdaFunctionARN": "${PauseRecordingFunction.Arn}", "InvocationTimeLimitSeconds": "8"},
           "Transitions": {"NextAction": "check", "Errors": [{"NextAction": "bye", "ErrorType": "NoMatchingError"}]}},
          {"Identifier": "check", "Type": "Compare", "Parameters": {"ComparisonValue": "$.External.status"},
           "Transitions": {"NextAction": "bye", "Conditions": [{"NextAction": "pay",
             "Condition": {"Operator": "Equals", "Operands": ["ANSWER"]}}],
             "Errors": [{"NextAction": "bye", "ErrorType": "NoMatchingCondition"}]}},
          {"Identifier": "pay", "Type": "InvokeFlowModule", "Parameters": {"FlowModuleId": "${Pay}:${Live.AliasId}"},
           "Transitions": {"NextAction": "bye", "Errors": [{"NextAction": "bye", "ErrorType": "NoMatchingError"}]}},
          {"Identifier": "bye", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}]}
  Live:
    Type: AWS::Connect::ContactFlowModuleAlias
    Properties:
      ContactFlowModuleId: !GetAtt Pay.ContactFlowModuleArn
  Pay:
    Type: AWS::Connect::ContactFlowModule
    Properties:
      Name: Pay
      Content: >-
        MODULE
"""


class TestTemplates:
    def template(self, answer: str) -> str:
        module = document(enter_card("card", "end", "end"), act("end", "EndFlowModuleExecution"))
        return YAML.replace("MODULE", json.dumps(module)).replace("ANSWER", answer)

    def test_yaml_with_short_forms_is_read_and_joined_by_logical_ids_and_aliases(self) -> None:
        assert found(of(self.template("paused"), "template.yaml")) == []
        given = of(self.template("Paused"), "template.yaml")
        assert {(each.flow, each.rule) for each in found(given)} == {
            ("Main", "unconfirming-comparison"),
            ("Pay", "unpaused-payment"),
        }

    def test_a_finding_in_a_block_of_yaml_has_the_line_of_the_file(self) -> None:
        text = self.template("Paused")
        [wrong] = [each for each in found(of(text, "template.yaml")) if each.rule == "unconfirming-comparison"]
        assert '"Conditions": [{"NextAction": "pay"' in text.splitlines()[wrong.line - 1]
        assert text.splitlines()[wrong.line - 1][wrong.column - 1 :].startswith('{"NextAction": "pay"')

    def test_a_template_of_the_cdk_is_read_with_its_joined_parts(self) -> None:
        pay = act("pay", "InvokeFlowModule", "bye", {CATCH_ALL: "bye"}, FlowModuleId="@@")
        before, after = json.dumps(document(say("hello", "pay"), pay, bye())).split("@@")
        module = document(enter_card("card", "end", "end"), act("end", "EndFlowModuleExecution"))
        template: dict[str, Any] = {
            "Resources": {
                "Main": {
                    "Type": "AWS::Connect::ContactFlow",
                    "Properties": {
                        "Name": "Main",
                        "Type": "CONTACT_FLOW",
                        "Content": {"Fn::Join": ["", [before, {"Fn::GetAtt": ["Pay", "ContactFlowModuleArn"]}, after]]},
                    },
                },
                "Pay": {
                    "Type": "AWS::Connect::ContactFlowModule",
                    "Properties": {"Name": "Pay", "Content": json.dumps(module)},
                },
            }
        }
        [finding] = found(of(json.dumps(template, indent=1), "stack.template.json"))
        assert [(step.flow, step.action) for step in finding.path] == [
            ("Main", "hello"),
            ("Main", "pay"),
            ("Pay", "card"),
        ]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            ({"Fn::Base64": "x"}, "Fn::Base64 is not known here"),
            ([1], "neither text nor a function that makes one"),
            ({"Fn::Sub": []}, "Fn::Sub without text"),
            ("{", "line 1, column 2: not JSON"),
        ],
    )
    def test_a_flow_of_a_template_that_cannot_be_read_never_stops_the_others(
        self, content: object, problem: str
    ) -> None:
        def flow(what: object) -> object:
            return {
                "Type": "AWS::Connect::ContactFlow",
                "Properties": {"Name": "n", "Type": "CONTACT_FLOW", "Content": what},
            }

        template = {"Resources": {"Bad": flow(content), "Good": flow(json.dumps(BAD))}}
        given = of(json.dumps(template), "template.json")
        assert [each.rule for each in found(given)] == ["unreached-action", "missing-target"]
        [told] = given.refused
        assert problem in told


class TestFolders:
    def test_a_folder_is_searched_for_flows_and_what_holds_none_is_passed_over(self, tmp_path: Path) -> None:
        write(tmp_path / "flows" / "deep" / "bad.json", BAD)
        write(tmp_path / "flows" / "package.json", {"name": "x"})
        write(tmp_path / "flows" / "notes.txt", "words")
        write(tmp_path / "flows" / ".git" / "hidden.json", BAD)
        given = read_all([tmp_path / "flows"])
        assert [Path(flow.file).name for flow in given.flows] == ["bad.json"]
        assert given.refused == []

    def test_a_broken_file_in_a_folder_is_told(self, tmp_path: Path) -> None:
        write(tmp_path / "broken.json", '{"Version": "2019-10-30", "StartAction": ')
        write(tmp_path / "tsconfig.json", "// no JSON, and no flow")
        assert [line.split(":")[0] for line in read_all([tmp_path]).refused] == [str(tmp_path / "broken.json")]

    def test_a_folder_without_any_flow_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(tmp_path / "package.json", {"name": "x"})
        assert check([tmp_path]) == 2
        assert "no contact flow in this folder" in capsys.readouterr().err

    def test_a_dash_is_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(BAD).encode())))
        assert check(["-"]) == 1
        assert capsys.readouterr().out.startswith("<stdin>:1:")


def stubbed(*, denied: bool = False) -> AwsInstance:
    client = boto3.client("connect", region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
    stub = Stubber(client)
    instance_id = INSTANCE.rpartition("/")[2]
    flow_id, other_id, module_id = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
    summary = {"Name": "Main", "ContactFlowType": "CONTACT_FLOW", "Arn": f"{INSTANCE}/contact-flow/{flow_id}"}
    flows = [{"Id": flow_id, **summary}, {"Id": other_id, **summary, "Name": "Draft"}]
    if denied:
        stub.add_client_error("list_contact_flows", "AccessDeniedException", "not allowed")
    else:
        stub.add_response("list_contact_flows", {"ContactFlowSummaryList": flows}, {"InstanceId": instance_id})
        stub.add_response("describe_contact_flow", {"ContactFlow": {"Content": json.dumps(BAD)}})
        stub.add_client_error("describe_contact_flow", "ContactFlowNotPublishedException")
        module = {"Id": module_id, "Name": "Pay", "Arn": f"{INSTANCE}/flow-module/{module_id}"}
        stub.add_response("list_contact_flow_modules", {"ContactFlowModulesSummaryList": [module]})
        ends = document(act("end", "EndFlowModuleExecution"))
        stub.add_response("describe_contact_flow_module", {"ContactFlowModule": {"Content": json.dumps(ends)}})
    stub.activate()
    return AwsInstance(INSTANCE, client)


class TestInstances:
    """ListContactFlows, DescribeContactFlow and their like for modules: Amazon Connect API reference."""

    def test_every_flow_and_module_is_read_and_one_that_was_never_published_is_a_line(self) -> None:
        given = read_instance(stubbed(), INSTANCE)
        assert [(flow.name, flow.kind, flow.is_module) for flow in given.flows] == [
            ("Main", "CONTACT_FLOW", False),
            ("Pay", "MODULE", True),
        ]
        [told] = given.refused
        assert told.endswith("/Draft: cannot be read: ContactFlowNotPublishedException")
        assert [each.rule for each in found(given)] == ["unreached-action", "missing-target"]

    def test_an_instance_that_may_not_be_read_is_a_line(self) -> None:
        [told] = read_instance(stubbed(denied=True), INSTANCE).refused
        assert "AccessDeniedException" in told

    def test_an_arn_of_something_else_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(UnreadableFlowError, match="not the ARN of a Connect instance"):
            AwsInstance("arn:aws:s3:::bucket")
        assert check([], instance="arn:aws:s3:::bucket") == 2
        assert "not the ARN" in capsys.readouterr().err

    def test_nothing_of_the_lint_needs_boto3_until_an_instance_is_read(self) -> None:
        source = Path(__file__).parents[2] / "flowlint"
        for path in source.rglob("*.py"):
            for text in path.read_text(encoding="utf-8").splitlines():
                assert not text.startswith(("import boto", "from boto")), path
