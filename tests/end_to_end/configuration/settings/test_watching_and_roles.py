"""The comparison of alarms, topics, log groups, roles and policies: each setting that somebody changes is one.

They are changed together, each of another resource, and compared once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.settings.rounds import Change, Found, found
from tests.end_to_end.configuration.settings.test_keeping_and_running import ANYBODY, physical

_SERVICE = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
_STRANGER = {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}


def alarm(logical: str, **changes: Any) -> Callable[[Live], None]:  # noqa: ANN401 - parameters of PutMetricAlarm
    def act(live: Live) -> None:
        client, name = live.world.client("cloudwatch"), physical(live, logical)
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
    live.world.client("cloudwatch").disable_alarm_actions(
        AlarmNames=[physical(live, "ReleaseRequestsDeadLettersNotEmptyAlarm")]
    )


def gone(live: Live) -> None:
    live.world.client("cloudwatch").delete_alarms(AlarmNames=[physical(live, "PausedCallsDeadLettersNotEmptyAlarm")])


def logs(logical: str, operation: str, **arguments: object) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        getattr(live.world.client("logs"), operation)(logGroupName=physical(live, logical), **arguments)

    return act


def another_key(live: Live) -> None:
    """Do what AssociateKmsKey does, which moto lacks."""
    group: Any = logs_backends[live.world.account][live.world.region].groups[physical(live, "WatchRequestsLog")]
    group.kms_key_id = "arn:aws:kms:eu-west-2:111122223333:key/another"


def topic(logical: str, name: str, value: str) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        arn = physical(live, logical)
        live.world.client("sns").set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)

    return act


def overheard(live: Live) -> None:
    """Subscribe somebody of another account: moto takes each subscription for the topic's own account's."""
    topics: Any = live.world.client("sns")
    arn = physical(live, "InformationTopic")
    topics.subscribe(TopicArn=arn, Protocol="email", Endpoint="private@example.org")
    [made] = topics.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    backend: Any = sns_backends[live.world.account][live.world.region]
    backend.subscriptions[made["SubscriptionArn"]].owner = "999988887777"


def role(logical: str, operation: str, **arguments: str) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        named = {"RoleName": physical(live, logical), **arguments}
        getattr(live.world.client("iam"), operation)(**named)
        live.world.memory.set_beside("iam")

    return act


def given_more(live: Live) -> None:
    """Attach another policy of this deployment: what it lets is written, and not of this role."""
    role("ReleaseHoldRole", "attach_role_policy", PolicyArn=physical(live, "PlaceHoldRights"))(live)


def deprived(live: Live) -> None:
    role("WatchRequestsRole", "detach_role_policy", PolicyArn=physical(live, "WatchRequestsRights"))(live)


def trusting_in_another_way(live: Live) -> None:
    """IAM user guide, "Grammar of the IAM JSON policy language": one value, or a list of one."""
    same = [{**_SERVICE, "Action": ["sts:AssumeRole"], "Principal": {"Service": ["lambda.amazonaws.com"]}}]
    document = json.dumps({"Version": "2012-10-17", "Statement": same})
    role("ReleaseHoldRole", "update_assume_role_policy", PolicyDocument=document)(live)


def another_version(live: Live) -> None:
    wider = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    arn = physical(live, "PlaceHoldRights")
    live.world.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=wider, SetAsDefault=True)
    live.world.memory.set_beside("iam")


_DONE: dict[str, Callable[[Live], None]] = {
    "UndeliveredEventsNotEmptyAlarm/when it is raised": alarm("UndeliveredEventsNotEmptyAlarm", Threshold=1000.0),
    "FailedRunsNotEmptyAlarm/when it is raised": alarm(
        "FailedRunsNotEmptyAlarm", ComparisonOperator="LessThanThreshold"
    ),
    "HoldRequestsDeadLettersNotEmptyAlarm/when it is raised": alarm(
        "HoldRequestsDeadLettersNotEmptyAlarm", TreatMissingData="ignore"
    ),
    "HoldReleasesDeadLettersNotEmptyAlarm/when it is raised": alarm(
        "HoldReleasesDeadLettersNotEmptyAlarm", Dimensions=[{"Name": "QueueName", "Value": "another"}]
    ),
    "SmsStatusesDeadLettersNotEmptyAlarm/whom it tells": alarm("SmsStatusesDeadLettersNotEmptyAlarm", AlarmActions=[]),
    "ReleaseRequestsDeadLettersNotEmptyAlarm/whom it tells": silenced,
    "PausedCallsDeadLettersNotEmptyAlarm/is there": gone,
    "PlaceHoldLog/settings": logs("PlaceHoldLog", "put_retention_policy", retentionInDays=1),
    "ReleaseHoldLog/settings": logs("ReleaseHoldLog", "delete_retention_policy"),
    "WatchRequestsLog/settings": another_key,
    "MaintainHoldsLog/is there": logs("MaintainHoldsLog", "delete_log_group"),
    "DataProtectionTopic/encryption": topic("DataProtectionTopic", "KmsMasterKeyId", "alias/aws/sns"),
    "InformationTopic/subscribers of other accounts": overheard,
    "SupervisorsTopicPolicy/policy": topic("SupervisorsTopic", "Policy", json.dumps(ANYBODY)),
    "PlaceHoldRole/who may act as it": role(
        "PlaceHoldRole",
        "update_assume_role_policy",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [_SERVICE, _STRANGER]}),
    ),
    "DecideRole/limits": role(
        "DecideRole",
        "put_role_permissions_boundary",
        PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    "RepeatOrdersRole/policies": role(
        "RepeatOrdersRole",
        "put_role_policy",
        PolicyName="more",
        PolicyDocument=json.dumps(
            {**ANYBODY, "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
        ),
    ),
    "ReleaseHoldRole/policies": given_more,
    "WatchRequestsRole/policies": deprived,
    "PlaceHoldRights/rights": another_version,
}
CHANGES = {setting: Change(act, {setting: "high"}) for setting, act in _DONE.items()}
SAME = {"who may act as it, in another way": Change(trusting_in_another_way, {})}


@pytest.fixture(scope="module")
def changed(deployed: EmbeddedAws) -> Found:
    return found(deployed, CHANGES | SAME)


@pytest.mark.parametrize("setting", CHANGES)
def test_each_setting_that_somebody_changes_is_one_finding(changed: Found, setting: str) -> None:
    harms = {name: finding["harm"] for name, finding in changed.of[setting].items()}
    assert harms == dict(CHANGES[setting].differ)


def test_a_trust_policy_that_iam_writes_in_another_way_is_no_difference_and_nothing_else_is(changed: Found) -> None:
    assert changed.besides == []


def test_an_address_that_somebody_subscribed_is_in_no_finding(changed: Found) -> None:
    [finding] = changed.of["InformationTopic/subscribers of other accounts"].values()
    assert finding["found"] == "[0]: email of account 999988887777"
    assert "private@example.org" not in json.dumps(finding)


def test_what_the_comparison_reads_is_read_of_this_deployment_or_listed(live: Live) -> None:
    """The lists are the two that AWS knows no smaller right for: settings of alarms and of log groups."""
    policies = live.world.permissions.policies
    [reading] = [arn for arn in policies.roles if arn.endswith("/local-steward-compare-configuration")]
    wide = {
        (action, resource)
        for statement in policies.of_role(reading)
        for action in statement.actions
        for resource in statement.resources
        if resource.endswith((":alarm:*", ":log-group:*", "/*"))
        and action.startswith(("cloudwatch", "iam", "logs", "sns"))
    }
    assert {action for action, _ in wide} == {"cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"}
