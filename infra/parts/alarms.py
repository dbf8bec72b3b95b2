"""Alarms: each says in one line what is wrong, and tells the operation's topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

RUNBOOK = "docs/runbook.md"


class Alarms(Construct):
    """The topic that alarms tell, and the way to add one."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, key: kms.IKey, email: str | None) -> None:
        super().__init__(scope, construct_id)
        self.prefix = prefix
        self.topic = sns.Topic(self, "AlarmTopic", display_name="steward alarms", master_key=key, enforce_ssl=True)
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def add(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        threshold: float,
        says: str,
        below: bool = False,
        missing_is_bad: bool = False,
    ) -> cloudwatch.Alarm:
        """Alarm when the metric reaches the threshold, or falls below it if ``below``.

        ``missing_is_bad`` turns silence into an alarm: a heartbeat.
        """
        comparison = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            scope,
            f"{construct_id}Alarm",
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=comparison.LESS_THAN_THRESHOLD
            if below
            else comparison.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING
            if missing_is_bad
            else cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{says}. What to do: {RUNBOOK}",
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        return alarm
