"""Alarms: each says in one line what is wrong, and tells the operation's topic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.parts.topics import topic
from steward.names import METRICS

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

WITHIN = cdk.Duration.minutes(5)


@dataclass(frozen=True)
class Watched:
    """An alarm and the metric that it looks at."""

    alarm: cloudwatch.Alarm
    metric: cloudwatch.Metric


class Alarms(Construct):
    """The topic that alarms tell, and the way to add one."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: str, runbook: str, key: kms.IKey, email: str | None
    ) -> None:
        """``runbook`` is where the runbook can be read: its address, or its path in the checkout."""
        super().__init__(scope, construct_id)
        self._environment = environment
        self.runbook = runbook
        self.watched: list[Watched] = []
        self.topic = topic(self, "AlarmTopic", display_name="steward alarms", key=key, email=email)
        # The library's statement about TLS replaces the policy that let the account's alarms publish.
        account = cdk.Stack.of(self).account
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": account}},
            )
        )

    def counted(self, function: str, name: str, *, period: cdk.Duration = WITHIN) -> cloudwatch.Metric:
        """Return the sum of what a function of this environment counted; ``function`` is its folder.

        Without the environment, what a trial in the same account counts would keep the live one's alarms quiet.
        """
        return cloudwatch.Metric(
            namespace=METRICS,
            metric_name=name,
            dimensions_map={"service": function, "environment": self._environment},
            period=period,
            statistic="Sum",
        )

    def add(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.Metric,
        threshold: float,
        says: str,
        section: str = "",
        silent_for: int = 0,
    ) -> cloudwatch.Alarm:
        """Alarm when the metric reaches the threshold.

        ``silent_for`` makes it a heartbeat: the topic is told when the metric, once it was there, has not been there
        for that many periods. CloudWatch calls that state INSUFFICIENT_DATA, in which every alarm begins: so nothing is
        told before the first run. Missing data that is taken for a breach would be told within minutes of the first
        deployment (CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data"). ``section`` is the
        anchor in the runbook, made from ``construct_id`` if it is not given.
        """
        comparison = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            scope,
            f"{construct_id}Alarm",
            metric=metric,
            threshold=threshold,
            evaluation_periods=silent_for or 1,
            comparison_operator=comparison.LESS_THAN_THRESHOLD
            if silent_for
            else comparison.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.MISSING
            if silent_for
            else cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{says}. What to do: {self.runbook}#{section or anchor(construct_id)}",
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        if silent_for:
            alarm.add_insufficient_data_action(actions.SnsAction(self.topic))
        self.watched.append(Watched(alarm, metric))
        return alarm


def anchor(construct_id: str) -> str:
    """Return ``sms-spend`` for ``SmsSpend``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", construct_id).lower()
