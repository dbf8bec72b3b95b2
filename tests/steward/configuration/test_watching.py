"""What is said of alarms, topics and roles, by answers in the forms that the API references give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from steward.configuration.checking import Outcome, compare
from steward.configuration.checks import CHECKS
from steward.configuration.written import DeployedStack, Place, Resource, resources

TOPIC = "arn:aws:sns:eu-west-2:111122223333:live-steward-stores-Topic"
ADDRESS = "officer@example.org"


@dataclass
class Answers:
    """Answers by operation; one that is not there is empty."""

    by_operation: Mapping[str, Any] = field(default_factory=dict)

    def read(self, _service: str, operation: str, /, **_: object) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.by_operation[operation]
        return found

    def pages(self, _service: str, operation: str, _member: str, /, **_: object) -> list[Any]:
        return list(self.by_operation.get(operation, []))


def outcome(kind: str, properties: Mapping[str, Any], answers: Mapping[str, Any], name: str = "x") -> Outcome:
    resource = Resource(stack="s", logical_id="One", type=kind, name=name, properties=properties)
    return compare([resource], CHECKS, Answers(answers))


def subscribed(*arns: str, endpoint: str = ADDRESS) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html ."""
    return {
        "ListSubscriptionsByTopic": [
            {"SubscriptionArn": arn, "Owner": "111122223333", "Protocol": "email", "Endpoint": endpoint} for arn in arns
        ]
    }


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (subscribed(f"{TOPIC}:1"), None),
        (subscribed("PendingConfirmation", f"{TOPIC}:1"), None),
        (subscribed("PendingConfirmation"), "waits to be confirmed"),
        (subscribed("Deleted"), "waits to be confirmed"),
        (subscribed(f"{TOPIC}:1", endpoint="another@example.org"), "nobody is subscribed"),
        ({}, "nobody is subscribed"),
    ],
)
def test_who_is_to_be_told_has_to_have_confirmed_it(answers: Mapping[str, Any], found: str | None) -> None:
    written = {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": ADDRESS}
    result = outcome("AWS::SNS::Subscription", written, answers)

    assert [one.found for one in result.differences] == ([found] if found else [])
    assert ADDRESS not in repr(result)


ALARM = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 3,
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Period": 300,
    "Statistic": "Sum",
    "Threshold": 1,
}


def test_what_an_alarm_does_not_state_counts_as_cloudwatch_takes_it() -> None:
    """CloudWatch API reference, PutMetricAlarm: ``missing``, all periods, actions switched on."""
    shown = {**ALARM, "AlarmName": "x", "Threshold": 1.0, "DatapointsToAlarm": 3, "TreatMissingData": "missing"}
    answer = {**shown, "ActionsEnabled": True, "OKActions": [], "AlarmActions": [], "InsufficientDataActions": []}

    assert outcome("AWS::CloudWatch::Alarm", ALARM, {"DescribeAlarms": [answer]}).differences == ()
    fewer = {**answer, "DatapointsToAlarm": 1}
    [one] = outcome("AWS::CloudWatch::Alarm", ALARM, {"DescribeAlarms": [fewer]}).differences
    assert (one.expected, one.found) == ("Of these: 3", "Of these: 1")


def test_an_alarm_that_is_not_in_the_list_is_gone() -> None:
    [one] = outcome("AWS::CloudWatch::Alarm", ALARM, {"DescribeAlarms": []}).differences
    assert one.setting == "is there"


def test_a_role_has_the_policies_that_name_it_in_whatever_stack_they_are() -> None:
    place = Place(account="111122223333", region="eu-west-2")
    trust: dict[str, Any] = {"Statement": []}
    stores = DeployedStack(
        name="stores",
        id="1",
        status="CREATE_COMPLETE",
        template={
            "Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}},
            "Outputs": {"Out": {"Value": {"Ref": "Role"}, "Export": {"Name": "stores:Role"}}},
        },
        names={"Role": "break-glass"},
    )
    controls = DeployedStack(
        name="controls",
        id="2",
        status="CREATE_COMPLETE",
        template={
            "Resources": {
                "Rights": {
                    "Type": "AWS::IAM::ManagedPolicy",
                    "Properties": {"Roles": [{"Fn::ImportValue": "stores:Role"}], "PolicyDocument": trust},
                }
            }
        },
        names={"Rights": "arn:aws:iam::111122223333:policy/rights"},
    )

    found = {one.logical_id: one.attached for one in resources([stores, controls], place)}

    assert found == {"Role": ("arn:aws:iam::111122223333:policy/rights",), "Rights": ()}
