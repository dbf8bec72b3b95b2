"""Queues, topics, event buses, rules and schedules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from simulator.aws.cloudformation.resource import Identity, Notification, TemplateError
from simulator.aws.eventbridge.bus import Rule

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import Declaration, DeployContext, ResourceProvider

_QUEUE_NUMBERS = (
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
    "KmsDataKeyReusePeriodSeconds",
)
_QUEUE_TEXTS = ("KmsMasterKeyId", "DeduplicationScope", "FifoThroughputLimit")
_QUEUE_SWITCHES = ("FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled")


def _queue(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    name = declared.name("QueueName", longest=80)
    attributes = {key: str(properties[key]) for key in (*_QUEUE_NUMBERS, *_QUEUE_TEXTS) if key in properties}
    attributes |= {key: str(properties[key]).lower() for key in _QUEUE_SWITCHES if key in properties}
    if "RedrivePolicy" in properties:
        redrive = dict(properties["RedrivePolicy"])
        redrive["maxReceiveCount"] = int(redrive["maxReceiveCount"])
        attributes["RedrivePolicy"] = json.dumps(redrive)
    url = site.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    queue = sqs_backends[site.account][site.region].get_queue(name)
    site.queues.watch(queue)
    return Identity(url, {"Arn": queue.queue_arn, "QueueName": name, "QueueUrl": url})


def _queue_policy(site: DeployContext, declared: Declaration) -> Identity:
    for url in declared.properties["Queues"]:
        arn = site.arn("sqs", str(url).rpartition("/")[2])
        for statement in declared.properties["PolicyDocument"]["Statement"]:
            site.targets.allow(arn, statement)
    return Identity(declared.logical_id, {"Id": declared.logical_id})


def _topic(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("TopicName", longest=256)
    arn = site.client("sns").create_topic(Name=name)["TopicArn"]
    _report_publishes(site, arn, name)
    for subscription in declared.properties.get("Subscription", []):
        site.client("sns").subscribe(TopicArn=arn, Protocol=subscription["Protocol"], Endpoint=subscription["Endpoint"])
    return Identity(arn, {"TopicArn": arn, "TopicName": name})


def _report_publishes(site: DeployContext, arn: str, name: str) -> None:
    topic = sns_backends[site.account][site.region].topics[arn]
    publish = topic.publish

    def published(message: str, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - moto's signature
        subject = kwargs["subject"] if "subject" in kwargs else next(iter(args), None)
        site.notified(Notification(site.agenda.now(), name, subject, message))
        return str(publish(message, *args, **kwargs))

    topic.publish = published  # type: ignore[method-assign]


def _topic_policy(site: DeployContext, declared: Declaration) -> Identity:
    for arn in declared.properties["Topics"]:
        for statement in declared.properties["PolicyDocument"]["Statement"]:
            site.targets.allow(str(arn), statement)
    return Identity(declared.logical_id, {"Id": declared.logical_id})


def _subscription(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    if properties["Protocol"] == "lambda":
        raise TemplateError(f"{declared.logical_id} subscribes a function, which the embedded AWS does not do")
    request = {"TopicArn": properties["TopicArn"], "Protocol": properties["Protocol"]}
    arn = site.client("sns").subscribe(
        **request,
        Endpoint=properties["Endpoint"],
        Attributes=_subscription_attributes(declared),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Identity(arn, {"Arn": arn})


def _subscription_attributes(declared: Declaration) -> dict[str, str]:
    attributes: dict[str, str] = {}
    if declared.properties.get("RawMessageDelivery"):
        attributes["RawMessageDelivery"] = "true"
    if "FilterPolicy" in declared.properties:
        attributes["FilterPolicy"] = json.dumps(declared.properties["FilterPolicy"])
    return attributes


def _bus(site: DeployContext, declared: Declaration) -> Identity:
    name = str(declared.properties["Name"])
    arn = site.client("events").create_event_bus(Name=name)["EventBusArn"]
    site.router.add_bus(name)
    return Identity(name, {"Arn": arn, "Name": name, "Policy": "{}"})


def _rule(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    bus = str(properties.get("EventBusName", "default")).rpartition("/")[2]
    name = declared.name("Name")
    path = name if bus == "default" else f"{bus}/{name}"
    rule = Rule(
        arn=site.arn("events", f"rule/{path}"),
        bus=bus,
        pattern=properties.get("EventPattern", {}),
        targets=tuple(properties.get("Targets", ())),
        enabled=properties.get("State", "ENABLED") != "DISABLED",
    )
    if "EventPattern" in properties:
        site.router.add_rule(rule)
    if "ScheduleExpression" in properties and rule.enabled:
        site.schedules.repeat(str(properties["ScheduleExpression"]), lambda: site.router.fire(rule))
    return Identity(name if bus == "default" else f"{bus}|{name}", {"Arn": rule.arn})


def _schedule_group(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("Name")
    arn = site.client("scheduler").create_schedule_group(Name=name)["ScheduleGroupArn"]
    return Identity(name, {"Arn": arn, "State": "ACTIVE"})


def _schedule(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    name = declared.name("Name")
    optional = (
        "GroupName",
        "Description",
        "ScheduleExpressionTimezone",
        "StartDate",
        "EndDate",
        "State",
        "KmsKeyArn",
    )
    request: dict[str, Any] = {key: properties[key] for key in optional if key in properties}
    arn = site.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=properties["ScheduleExpression"],
        FlexibleTimeWindow=_numbers(properties["FlexibleTimeWindow"]),
        Target=_numbers(properties["Target"]),
        **request,
    )["ScheduleArn"]
    return Identity(name, {"Arn": arn})


def _numbers(value: Any) -> Any:  # noqa: ANN401 - decoded JSON
    """Return a structure with the numbers that CloudFormation takes as text turned into numbers."""
    if isinstance(value, dict):
        known = {"MaximumEventAgeInSeconds", "MaximumRetryAttempts", "MaximumWindowInMinutes"}
        return {key: int(item) if key in known else _numbers(item) for key, item in value.items()}
    return value


CREATORS: dict[str, ResourceProvider] = {
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::Events::EventBus": _bus,
    "AWS::Events::Rule": _rule,
    "AWS::Scheduler::ScheduleGroup": _schedule_group,
    "AWS::Scheduler::Schedule": _schedule,
}
