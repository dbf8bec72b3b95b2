"""Queues, topics, event buses, rules and schedules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.cloudformation.resource import Notification, TemplateError
from simulator.aws.eventbridge.bus import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, ResourceProvider

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
    queues = site.client("sqs")
    url = queues.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    queue = sqs_backends[site.account][site.region].get_queue(name)
    site.queues.watch(queue)

    def remove() -> None:
        site.queues.forget(queue.queue_arn)
        queues.delete_queue(QueueUrl=url)

    return Identity(url, {"Arn": queue.queue_arn, "QueueName": name, "QueueUrl": url}, remove)


def _queue_policy(site: DeployContext, declared: Declaration) -> Identity:
    urls = [str(url) for url in declared.properties["Queues"]]
    for url in urls:
        document = json.dumps(declared.properties["PolicyDocument"])
        site.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    return _policy(site, declared, [site.arn("sqs", url.rpartition("/")[2]) for url in urls])


def _policy(site: DeployContext, declared: Declaration, arns: list[str]) -> Identity:
    """Add a policy's statements to what these ARNs bear."""
    statements = declared.properties["PolicyDocument"]["Statement"]
    for arn in arns:
        for statement in statements:
            site.targets.allow(arn, statement)

    def remove() -> None:
        for arn in arns:
            for statement in statements:
                site.targets.disallow(arn, statement)

    return Identity(declared.logical_id, {"Id": declared.logical_id}, remove)


def _topic(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("TopicName", longest=256)
    topics = site.client("sns")
    key = declared.properties.get("KmsMasterKeyId")
    arn = topics.create_topic(Name=name, Attributes={"KmsMasterKeyId": str(key)} if key else {})["TopicArn"]
    _report_publishes(site, arn, name)
    for subscription in declared.properties.get("Subscription", []):
        site.client("sns").subscribe(TopicArn=arn, Protocol=subscription["Protocol"], Endpoint=subscription["Endpoint"])
    return Identity(arn, {"TopicArn": arn, "TopicName": name}, lambda: topics.delete_topic(TopicArn=arn))


def _report_publishes(site: DeployContext, arn: str, name: str) -> None:
    topic = sns_backends[site.account][site.region].topics[arn]
    publish = topic.publish

    def published(message: str, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - moto's signature
        subject = kwargs["subject"] if "subject" in kwargs else next(iter(args), None)
        site.notified(Notification(site.agenda.now(), name, subject, message))
        return str(publish(message, *args, **kwargs))

    topic.publish = published  # type: ignore[method-assign]


def _topic_policy(site: DeployContext, declared: Declaration) -> Identity:
    arns = [str(arn) for arn in declared.properties["Topics"]]
    for arn in arns:
        sns_backends[site.account][site.region].topics[arn].policy = json.dumps(declared.properties["PolicyDocument"])
    return _policy(site, declared, arns)


def _subscription(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    if properties["Protocol"] == "lambda":
        raise TemplateError(f"{declared.logical_id} subscribes a function, which the embedded AWS does not do")
    request = {"TopicArn": properties["TopicArn"], "Protocol": properties["Protocol"]}
    topics = site.client("sns")
    arn = topics.subscribe(
        **request,
        Endpoint=properties["Endpoint"],
        Attributes=_subscription_attributes(declared),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Identity(arn, {"Arn": arn}, lambda: topics.unsubscribe(SubscriptionArn=arn))


def _subscription_attributes(declared: Declaration) -> dict[str, str]:
    attributes: dict[str, str] = {}
    if declared.properties.get("RawMessageDelivery"):
        attributes["RawMessageDelivery"] = "true"
    if "FilterPolicy" in declared.properties:
        attributes["FilterPolicy"] = json.dumps(declared.properties["FilterPolicy"])
    return attributes


def _bus(site: DeployContext, declared: Declaration) -> Identity:
    name = str(declared.properties["Name"])
    events = site.client("events")
    arn = events.create_event_bus(Name=name)["EventBusArn"]
    site.router.add_bus(name)

    def remove() -> None:
        site.router.remove_bus(name)
        events.delete_event_bus(Name=name)

    return Identity(name, {"Arn": arn, "Name": name, "Policy": "{}"}, remove)


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
    _shown(site, name, rule, properties)
    removed: list[Rule] = []
    if "ScheduleExpression" in properties and rule.enabled:

        def fire() -> None:
            if rule not in removed:
                site.router.fire(rule)

        site.schedules.repeat(str(properties["ScheduleExpression"]), fire)

    def remove() -> None:
        removed.append(rule)
        if "EventPattern" in properties:
            site.router.remove_rule(rule)

    return Identity(name if bus == "default" else f"{bus}|{name}", {"Arn": rule.arn}, remove)


def _shown(site: DeployContext, name: str, rule: Rule, properties: Mapping[str, Any]) -> None:
    """Let moto show the rule to whoever asks; what it matches is the router's, and moto delivers nothing of it."""
    events, bus = site.client("events"), {} if rule.bus == "default" else {"EventBusName": rule.bus}
    stated = {"EventPattern": json.dumps(rule.pattern)} if "EventPattern" in properties else {}
    if "ScheduleExpression" in properties:
        stated["ScheduleExpression"] = str(properties["ScheduleExpression"])
    events.put_rule(Name=name, State="ENABLED" if rule.enabled else "DISABLED", **stated, **bus)
    if rule.targets:
        events.put_targets(Rule=name, Targets=[_numbers(one) for one in rule.targets], **bus)


def _schedule_group(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("Name")
    schedules = site.client("scheduler")
    arn = schedules.create_schedule_group(Name=name)["ScheduleGroupArn"]
    return Identity(name, {"Arn": arn, "State": "ACTIVE"}, lambda: schedules.delete_schedule_group(Name=name))


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
    schedules = site.client("scheduler")
    arn = schedules.create_schedule(
        Name=name,
        ScheduleExpression=properties["ScheduleExpression"],
        FlexibleTimeWindow=_numbers(properties["FlexibleTimeWindow"]),
        Target=_numbers(properties["Target"]),
        **request,
    )["ScheduleArn"]
    place = {"Name": name, **({"GroupName": request["GroupName"]} if "GroupName" in request else {})}
    return Identity(name, {"Arn": arn}, lambda: schedules.delete_schedule(**place))


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
