"""What agents, supervisors and the teams that are told need beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.findings import fine, note
from cli.doctor.reading import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "connect:ListQueues",
    "connect:DescribeQueue",
    "connect:ListSecurityProfiles",
    "connect:ListSecurityProfilePermissions",
    "sns:ListTopics",
    "sns:ListSubscriptionsByTopic",
)

GUIDES: Final = "CustomViews.Access"
"""Lets an agent see step-by-step guides (Amazon Connect guide, "Enable step-by-step guides")."""

_MOST_NAMED: Final = 5

TOLD: Final = {
    "ComplaintsTopic": "complaints_email",
    "DataProtectionTopic": "data_protection_email",
    "InformationTopic": "information_email",
    "SupervisorsTopic": "supervisors_email",
    "AlarmTopic": "operations_email",
}
"""By the topic's id in its template: the environment's key that names who is told."""

_PENDING: Final = "PendingConfirmation"


def queues(account: Account, plan: Plan) -> Iterator[Line]:
    """See which queues call out without a number or without a whisper flow, which is where outbound calls are told."""
    instance = plan.deployment.environment.instance_arn.rpartition("/")[2]
    silent, numberless = [], []
    listed = account.pages("connect", "ListQueues", "QueueSummaryList", InstanceId=instance, QueueTypes=["STANDARD"])
    for one in listed:
        outbound = account.read("connect", "DescribeQueue", InstanceId=instance, QueueId=one["Id"])["Queue"].get(
            "OutboundCallerConfig", {}
        )
        if not outbound.get("OutboundFlowId"):
            silent.append(str(one["Name"]))
        if not outbound.get("OutboundCallerIdNumberId"):
            numberless.append(str(one["Name"]))
    if silent:
        yield note(
            "queues",
            f"no outbound whisper flow: {_some(silent)}; outbound calls from there are neither announced nor recorded",
            "Connect console, Queues: choose the outbound whisper flow after the deployment",
        )
    if numberless:
        yield note(
            "queues",
            f"no outbound caller number: {_some(numberless)}; providers may reject calls and transfers without one",
            "Connect console, Queues: choose an outbound caller ID number",
        )


def security_profiles(account: Account, plan: Plan) -> Iterator[Line]:
    """See whether anybody may fill in evaluations, and see guides where the policy takes payments by one."""
    instance = plan.deployment.environment.instance_arn.rpartition("/")[2]
    permissions: set[str] = set()
    deleting: list[str] = []
    profiles = account.pages("connect", "ListSecurityProfiles", "SecurityProfileSummaryList", InstanceId=instance)
    for one in profiles:
        granted = set(
            account.pages(
                "connect",
                "ListSecurityProfilePermissions",
                "Permissions",
                InstanceId=instance,
                SecurityProfileId=one["Id"],
            )
        )
        permissions |= granted
        if any("delete" in name.casefold() and "recording" in name.casefold() for name in granted):
            deleting.append(str(one["Name"]))
    if deleting:
        yield note(
            "security profiles",
            f"may delete recordings in the console: {_some(deleting)}; held copies are elsewhere",
            "Connect console, Security profiles: take the permission away",
        )
    if not any("evaluation" in permission.casefold() for permission in permissions):
        yield note(
            "security profiles",
            "none lets anybody fill in evaluations, so nobody can use the Complaint form",
            'Connect console, Security profiles: "Evaluation forms - perform evaluations"',
        )
    if plan.policy.payments and GUIDES not in permissions:
        yield note(
            "security profiles",
            f"none has {GUIDES}, so no agent sees the payment guide",
            'Connect console, Security profiles, Agent applications: "Custom views"',
        )


def subscriptions(account: Account, plan: Plan) -> Iterator[Line]:
    """See of each key that says who is told whether anybody is; no line has an address.

    SNS takes a request back that nobody confirmed within 48 hours, and what was asked for is gone without a trace
    (https://aws.amazon.com/about-aws/whats-new/2023/05/amazon-sns-automatic-deletion-unconfirmed-subscriptions/).
    """
    live = [str(topic["TopicArn"]) for topic in account.pages("sns", "ListTopics", "Topics")]
    silent = False
    for declared in plan.of_type("AWS::SNS::Topic"):
        key = next((key for topic, key in TOLD.items() if declared.logical_id.startswith(topic)), declared.logical_id)
        # CloudFormation names it: the stack, the logical id, and letters of its own.
        arn = next((one for one in live if f":{declared.stack}-{declared.logical_id}-" in one), None)
        if arn is None:
            continue
        line = _told(key, getattr(plan.deployment.environment, key, None), _subscribed(account, arn))
        silent = silent or line is not None
        if line is not None:
            yield line
    if not silent:
        yield fine("told", "everybody who is named in a topic that is there has confirmed")


def _subscribed(account: Account, arn: str) -> list[str]:
    """Return what SNS says instead of, or as, the ARN of each subscription of a topic."""
    try:
        found = list(account.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=arn))
    except AbsentError:
        return []
    return [str(one["SubscriptionArn"]) for one in found if one["SubscriptionArn"] != "Deleted"]


def _told(key: str, address: str | None, subscribed: list[str]) -> Line | None:
    waiting = subscribed.count(_PENDING)
    if waiting:
        said = (
            "waits to be confirmed" if len(subscribed) == waiting else "has a subscription that waits to be confirmed"
        )
        return note("told", f"{key}: {said}; until then nobody is told there", "confirm it in the e-mail of AWS")
    if subscribed:
        return None
    if address is None:
        return note("told", f"{key} is not set, and nobody else is subscribed: nobody is told", "environments.toml")
    return note(
        "told",
        f"{key}: nobody is subscribed; it was not confirmed within 48 hours, or was ended",
        "SNS console, Topics: create the subscription again, and confirm it",
    )


def _some(names: list[str]) -> str:
    named = ", ".join(sorted(names)[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
