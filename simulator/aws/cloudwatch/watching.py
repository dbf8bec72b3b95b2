"""Watches an embedded AWS: takes the metrics that AWS would, evaluates the deployed alarms, tells their topics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.cloudwatch.alarms import Alarm, State
from simulator.aws.cloudwatch.metrics import MetricId, Metrics, Sample, embedded_metrics
from simulator.aws.cloudwatch.queues import QueueGauge
from simulator.aws.iam.policies.resource_policy import may_deliver

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.lambda_.invocation import Invocation, Outcome

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Change:
    """An alarm, by its logical id, went from one state to another."""

    at: datetime
    alarm: str
    before: State
    after: State


class NotAllowed(Exception):
    """The topic's policy does not let the alarm publish; CloudWatch would write so in the alarm's history only."""


class Watching:
    """CloudWatch beside a deployed world, from the moment at which it is made."""

    def __init__(self, world: EmbeddedAws) -> None:
        self.metrics = Metrics()
        self.changes: list[Change] = []
        self._world = world
        self.alarms = {
            resource.declaration.logical_id: Alarm.read(
                resource.declaration.logical_id, resource.identity.ref, resource.declaration.properties
            )
            for resource in world.resources
            if resource.declaration.type == "AWS::CloudWatch::Alarm"
        }
        self._by_metric: dict[MetricId, list[Alarm]] = {}
        for alarm in self.alarms.values():
            self._by_metric.setdefault(alarm.metric, []).append(alarm)
        self._awake = set(self.alarms.values())
        """Alarms whose state may change; one without data is not looked at again before there is some."""
        self._states = dict.fromkeys(self.alarms, State.INSUFFICIENT_DATA)
        self._policies = _topic_policies(world)
        self._queues = QueueGauge(world)
        self._lines_read = len(world.logs)
        world.functions.observers.append(self._invoked)
        self._told_of_lists = _told_of_lists(world)
        world.s3.inventories.observers.append(self._list_delivered)
        self._tick_at(world.clock.now().replace(second=0, microsecond=0) + _MINUTE)

    def state(self, alarm: str) -> State:
        """Return the state of the alarm with that logical id."""
        return self._states[alarm]

    def in_alarm(self) -> set[str]:
        """Return the logical ids of the alarms that are in alarm now, or have fallen silent and tell of it."""
        silent = {alarm for alarm, one in self.alarms.items() if one.silence_actions and self._has_fallen_silent(alarm)}
        return {alarm for alarm, state in self._states.items() if state is State.ALARM} | silent

    def raised(self, since: datetime) -> list[str]:
        """Return the alarms that went into alarm at that moment or later, in order."""
        return [one.alarm for one in self.changes if one.at >= since and self._tells(one)]

    def _tells(self, change: Change) -> bool:
        silent = change.after is State.INSUFFICIENT_DATA and bool(self.alarms[change.alarm].silence_actions)
        return change.after is State.ALARM or silent

    def _has_fallen_silent(self, alarm: str) -> bool:
        """Tell whether it has no data any more; each begins without any."""
        state = self._states[alarm]
        return state is State.INSUFFICIENT_DATA and any(one.alarm == alarm for one in self.changes)

    def report(self, metric: MetricId, value: float) -> None:
        """Take a value that AWS reports of something that happens nowhere in this process, such as throttling."""
        self._take(Sample(metric, self._world.clock.now(), value))

    def _take(self, sample: Sample) -> None:
        self.metrics.put(sample)
        self._awake.update(self._by_metric.get(sample.metric, ()))

    def _tick_at(self, moment: datetime) -> None:
        self._world.agenda.at(moment, lambda: self._tick(moment))

    def _tick(self, moment: datetime) -> None:
        for sample in self._queues.samples(moment - _MINUTE):
            self._take(sample)
        spent = self._world.sms.service.spent()
        if spent:
            self._take(Sample(MetricId("AWS/SMSVoice", "TextMessageMonthlySpend"), moment - _MINUTE, spent))
        self._read_logs()
        for alarm in [one for one in self.alarms.values() if one in self._awake and one.is_evaluated_at(moment)]:
            self._settle(alarm, alarm.state_at(self.metrics, moment), moment)
            if not alarm.has_data(self.metrics, moment):
                self._awake.discard(alarm)
        self._tick_at(moment + _MINUTE)

    def _invoked(self, invocation: Invocation, outcome: Outcome) -> None:
        """Take what Lambda reports of an invocation, at the moment at which it began."""
        dimensions = {"FunctionName": invocation.spec.name}
        values = {
            "Invocations": 1.0,
            "Errors": float(outcome.error is not None),
            "Duration": outcome.elapsed * 1000,
        }
        for name, value in values.items():
            self.report(MetricId.of("AWS/Lambda", name, dimensions), value)

    def _list_delivered(self, bucket: str) -> None:
        """Take what SNS reports of a notice of S3: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html."""
        for topic in self._told_of_lists.get(bucket, ()):
            self.report(MetricId.of("AWS/SNS", "NumberOfMessagesPublished", {"TopicName": topic}), 1.0)

    def _read_logs(self) -> None:
        lines = self._world.logs
        for line in lines[self._lines_read :]:
            for sample in embedded_metrics(line.text):
                self._take(sample)
        self._lines_read = len(lines)

    def _settle(self, alarm: Alarm, state: State, moment: datetime) -> None:
        """Note a change of state; actions follow a change only, however long the state lasts."""
        before = self._states[alarm.logical_id]
        if state is before:
            return
        self._states[alarm.logical_id] = state
        self.changes.append(Change(moment, alarm.logical_id, before, state))
        told = {State.ALARM: alarm.actions, State.INSUFFICIENT_DATA: alarm.silence_actions}
        for topic in told.get(state, ()):
            self._publish(topic, alarm, before, state)

    def _publish(self, topic: str, alarm: Alarm, before: State, after: State) -> None:
        arn = f"arn:aws:cloudwatch:{self._world.region}:{self._world.account}:alarm:{alarm.name}"
        if not may_deliver(
            self._policies.get(topic, ()), service="cloudwatch.amazonaws.com", action="sns:Publish", source_arn=arn
        ):
            raise NotAllowed(f"the policy of {topic} does not let {alarm.logical_id} publish")
        message = {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": self._world.account,
            "NewStateValue": after,
            "StateChangeTime": self._world.clock.now().isoformat(),
            "AlarmArn": arn,
            "OldStateValue": before,
        }
        self._world.client("sns").publish(
            TopicArn=topic,
            Subject=f'{after}: "{alarm.name}" in EU (London)'[:100],
            Message=json.dumps(message),
        )


def _told_of_lists(world: EmbeddedAws) -> dict[str, list[str]]:
    """Return the names of the topics that each bucket tells of new objects."""
    return {
        resource.identity.ref: [str(one["Topic"]).rpartition(":")[2] for one in told]
        for resource in world.resources
        if resource.declaration.type == "AWS::S3::Bucket"
        and (told := resource.declaration.properties.get("NotificationConfiguration", {}).get("TopicConfigurations"))
    }


def _topic_policies(world: EmbeddedAws) -> dict[str, list[Mapping[str, Any]]]:
    policies: dict[str, list[Mapping[str, Any]]] = {}
    for resource in world.resources:
        if resource.declaration.type == "AWS::SNS::TopicPolicy":
            for topic in resource.declaration.properties["Topics"]:
                policies.setdefault(str(topic), []).extend(
                    resource.declaration.properties["PolicyDocument"]["Statement"]
                )
    return policies
