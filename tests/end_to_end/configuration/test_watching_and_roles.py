"""The comparison of alarms, topics, log groups, roles and policies: each setting that somebody changes is one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends

from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.test_keeping_and_running import ANYBODY, physical

_SERVICE = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
_STRANGER = {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}
_ALARM = "UndeliveredEventsNotEmptyAlarm"


def alarm(**changes: Any) -> Callable[[Live], None]:  # noqa: ANN401 - parameters of PutMetricAlarm
    def act(live: Live) -> None:
        client, name = live.world.client("cloudwatch"), physical(live, _ALARM)
        [there] = client.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        kept = (
            "ActionsEnabled",
            "AlarmActions",
            "ComparisonOperator",
            "Dimensions",
            "EvaluationPeriods",
            "MetricName",
            "Namespace",
            "Period",
            "Statistic",
            "Threshold",
            "TreatMissingData",
        )
        client.put_metric_alarm(AlarmName=name, **{**{one: there[one] for one in kept}, **changes})

    return act


def silenced(live: Live) -> None:
    live.world.client("cloudwatch").disable_alarm_actions(AlarmNames=[physical(live, _ALARM)])


def gone(live: Live) -> None:
    live.world.client("cloudwatch").delete_alarms(AlarmNames=[physical(live, _ALARM)])


def logs(operation: str, **arguments: object) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        getattr(live.world.client("logs"), operation)(logGroupName=physical(live, "PlaceHoldLog"), **arguments)

    return act


def another_key(live: Live) -> None:
    """Do what AssociateKmsKey does, which moto lacks."""
    group: Any = logs_backends[live.world.account][live.world.region].groups[physical(live, "PlaceHoldLog")]
    group.kms_key_id = "arn:aws:kms:eu-west-2:111122223333:key/another"


def topic(name: str, value: str) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        arn = physical(live, "DataProtectionTopic")
        live.world.client("sns").set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)

    return act


def overheard(live: Live) -> None:
    """Subscribe somebody of another account: moto takes each subscription for the topic's own account's."""
    topics: Any = live.world.client("sns")
    arn = physical(live, "DataProtectionTopic")
    topics.subscribe(TopicArn=arn, Protocol="email", Endpoint="private@example.org")
    [made] = topics.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    backend: Any = sns_backends[live.world.account][live.world.region]
    backend.subscriptions[made["SubscriptionArn"]].owner = "999988887777"


def identities(operation: str, **arguments: str) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        named = {"RoleName": physical(live, "PlaceHoldRole"), **arguments}
        getattr(live.world.client("iam"), operation)(**named)
        live.world.memory.set_beside("iam")

    return act


def given_more(live: Live) -> None:
    """Attach another policy of this deployment: what it lets is written, and not of this role."""
    identities("attach_role_policy", PolicyArn=physical(live, "ReleaseHoldRights"))(live)


def deprived(live: Live) -> None:
    identities("detach_role_policy", PolicyArn=physical(live, "PlaceHoldRights"))(live)


def another_version(live: Live) -> None:
    wider = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    arn = physical(live, "PlaceHoldRights")
    live.world.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=wider, SetAsDefault=True)
    live.world.memory.set_beside("iam")


CHANGES: dict[str, tuple[Callable[[Live], None], str]] = {
    f"{_ALARM}/when it is raised, threshold": (alarm(Threshold=1000.0), "high"),
    f"{_ALARM}/when it is raised, comparison": (alarm(ComparisonOperator="LessThanThreshold"), "high"),
    f"{_ALARM}/when it is raised, without data": (alarm(TreatMissingData="ignore"), "high"),
    f"{_ALARM}/when it is raised, of another queue": (
        alarm(Dimensions=[{"Name": "QueueName", "Value": "another"}]),
        "high",
    ),
    f"{_ALARM}/whom it tells, nobody": (alarm(AlarmActions=[]), "high"),
    f"{_ALARM}/whom it tells, switched off": (silenced, "high"),
    f"{_ALARM}/is there": (gone, "high"),
    "PlaceHoldLog/settings, sooner": (logs("put_retention_policy", retentionInDays=1), "high"),
    "PlaceHoldLog/settings, for ever": (logs("delete_retention_policy"), "high"),
    "PlaceHoldLog/settings, another key": (
        another_key,
        "high",
    ),
    "PlaceHoldLog/is there": (logs("delete_log_group"), "high"),
    "DataProtectionTopic/encryption": (topic("KmsMasterKeyId", "alias/aws/sns"), "high"),
    "DataProtectionTopic/subscribers of other accounts": (overheard, "high"),
    "DataProtectionTopicPolicy/policy": (topic("Policy", json.dumps(ANYBODY)), "high"),
    "PlaceHoldRole/who may act as it": (
        identities(
            "update_assume_role_policy",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [_SERVICE, _STRANGER]}),
        ),
        "high",
    ),
    "PlaceHoldRole/limits": (
        identities("put_role_permissions_boundary", PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"),
        "high",
    ),
    "PlaceHoldRole/policies, its own": (
        identities(
            "put_role_policy",
            PolicyName="more",
            PolicyDocument=json.dumps(
                {**ANYBODY, "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
            ),
        ),
        "high",
    ),
    "PlaceHoldRole/policies, another's": (given_more, "high"),
    "PlaceHoldRole/policies, none": (deprived, "high"),
    "PlaceHoldRights/rights": (another_version, "high"),
}


@pytest.mark.parametrize("setting", CHANGES)
def test_each_setting_that_somebody_changes_is_one_finding(live: Live, setting: str) -> None:
    change, harm = CHANGES[setting]
    change(live)

    findings = live.findings()
    assert len(findings) == 1, [*findings]
    [(found, finding)] = findings.items()
    resource, _, rest = found.partition("/")
    assert f"{resource.rstrip('0123456789ABCDEF')}/{rest}" == setting.partition(",")[0]
    assert finding["harm"] == harm


def test_an_address_that_somebody_subscribed_is_in_no_finding(live: Live) -> None:
    overheard(live)

    [finding] = live.findings().values()
    assert finding["found"] == "[0]: email of account 999988887777"
    assert "private@example.org" not in json.dumps(finding)


def test_a_trust_policy_that_iam_writes_in_another_way_is_no_difference(live: Live) -> None:
    """IAM user guide, "Grammar of the IAM JSON policy language": one value, or a list of one."""
    same = [{**_SERVICE, "Action": ["sts:AssumeRole"], "Principal": {"Service": ["lambda.amazonaws.com"]}}]
    document = json.dumps({"Version": "2012-10-17", "Statement": same})
    identities("update_assume_role_policy", PolicyDocument=document)(live)

    assert live.findings() == {}


def test_a_role_that_cannot_be_read_is_not_shown_and_not_gone(live: Live) -> None:
    live.world.faults.add(service="iam", operation="GetRole", error="AccessDenied", times=1)

    answer = live.compare()

    assert answer["findings"] == []
    assert len({one["id"].rpartition("/")[0] for one in answer["not_shown"]}) == 1


def test_what_the_comparison_reads_is_read_of_this_deployment_or_listed(live: Live) -> None:
    """The lists are the two that AWS knows no smaller right for: settings of alarms and of log groups."""
    policies = live.world.permissions.policies
    [role] = [arn for arn in policies.roles if arn.endswith("/local-steward-compare-configuration")]
    wide = {
        (action, resource)
        for statement in policies.of_role(role)
        for action in statement.actions
        for resource in statement.resources
        if resource.endswith((":alarm:*", ":log-group:*", "/*"))
        and action.startswith(("cloudwatch", "iam", "logs", "sns"))
    }
    assert {action for action, _ in wide} == {"cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"}
