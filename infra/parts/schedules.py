"""Daily work, at a time of day in London."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.parts.access.roles import ServiceRole

if TYPE_CHECKING:
    from infra.parts.alarms import Alarms
    from infra.parts.functions import StewardFunction
    from infra.parts.queues import DeadLetters


LONGEST_SILENCE_HOURS = 26
"""A day has 25 hours when the clocks go back, and a run needs its time. Periods of an hour, because one of a whole day
would slide between two runs that are a little more than a day apart, and alarm.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
"""


class Daily(Construct):
    """Invokes a function once a day, keeps what could not be invoked, and alarms on a day without a run."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: StewardFunction,
        group: scheduler.CfnScheduleGroup,
        at: str,
        says: str | None,
        failed_runs: DeadLetters,
        alarms: Alarms,
    ) -> None:
        """``at`` is the time of day in London, ``HH:MM``; ``says`` is the event, in JSON, if it is given one."""
        super().__init__(scope, construct_id)
        hour, minute = (int(part) for part in at.split(":"))
        role = ServiceRole(
            self,
            "Role",
            service="scheduler",
            description=f"Lets the scheduler run {function.folder}",
        )
        role.rights.allow("Run", ["lambda:InvokeFunction"], [function.function.function_arn])
        role.rights.allow("ReportWhatDidNotRun", ["sqs:SendMessage"], [failed_runs.queue.queue_arn])
        self.schedule = scheduler.CfnSchedule(
            self,
            "Schedule",
            group_name=group.ref,
            description=f"{function.folder} every day at {at} in London",
            schedule_expression=f"cron({minute} {hour} * * ? *)",
            schedule_expression_timezone="Europe/London",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function.function_arn,
                role_arn=role.role_arn,
                input=says,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failed_runs.queue.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=10
                ),
            ),
        )
        self.schedule.node.add_dependency(role.rights)
        alarms.add(
            self,
            "DidNotRun",
            metric=alarms.counted(function.folder, "Heartbeat", period=cdk.Duration.hours(1)),
            threshold=1,
            silent_for=LONGEST_SILENCE_HOURS,
            says=f"{function.folder} did not finish its daily run",
            section="did-not-run",
        )
