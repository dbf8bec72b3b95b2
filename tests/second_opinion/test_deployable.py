"""What is taken out of a template for the other emulation, and what stands in its place."""

from __future__ import annotations

from typing import Any

from second_opinion.deployable import part

KEPT = frozenset({"AWS::SQS::Queue", "AWS::IAM::ManagedPolicy"})
TEMPLATE: dict[str, Any] = {
    "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>"}},
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Table", "Other"], "Properties": {"Name": {"Ref": "Table"}}},
        "Other": {"Type": "AWS::SQS::Queue", "DependsOn": "Table", "Properties": {}},
        "Rights": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Resource": [{"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": ["Queue", "Arn"]}]},
        },
        "Table": {"Type": "AWS::DynamoDB::Table"},
    },
    "Outputs": {"TableArn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}, "Export": {"Name": "table"}}},
}


def test_only_the_types_that_can_be_deployed_are_left() -> None:
    found = part(TEMPLATE, KEPT)
    assert set(found.template["Resources"]) == {"Queue", "Other", "Rights"}
    assert found.left_out == {"AWS::DynamoDB::Table": 1}
    assert "Parameters" not in found.template


def test_nothing_waits_for_what_is_left_out() -> None:
    resources = part(TEMPLATE, KEPT).template["Resources"]
    assert resources["Queue"]["DependsOn"] == ["Other"]
    assert "DependsOn" not in resources["Other"]


def test_what_is_left_out_has_a_made_up_name_wherever_it_is_named() -> None:
    found = part(TEMPLATE, KEPT).template
    arn = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table"}
    assert found["Resources"]["Queue"]["Properties"] == {"Name": "table"}
    assert found["Resources"]["Rights"]["Properties"]["Resource"] == [arn, {"Fn::GetAtt": ["Queue", "Arn"]}]
    assert found["Outputs"]["TableArn"]["Value"] == arn
