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
    profiles = account.pages("connect", "ListSecurityProfiles", "SecurityProfileSummaryList", InstanceId=instance)
    for one in profiles:
        permissions |= set(
            account.pages(
                "connect",
                "ListSecurityProfilePermissions",
                "Permissions",
                InstanceId=instance,
                SecurityProfileId=one["Id"],
            )
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
    """See which e-mail subscriptions of the environment's topics nobody has confirmed."""
    waiting = 0
    for topic in account.pages("sns", "ListTopics", "Topics"):
        arn = str(topic["TopicArn"])
        if not arn.rpartition(":")[2].startswith(plan.deployment.prefix):
            continue
        try:
            found = account.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=arn)
            waiting += sum(one["SubscriptionArn"] == "PendingConfirmation" for one in found)
        except AbsentError:
            continue
    if waiting:
        yield note("told", f"{waiting} e-mail subscriptions wait to be confirmed; until then nobody is told there")
    else:
        yield fine("told", "no e-mail subscription waits to be confirmed")


def _some(names: list[str]) -> str:
    named = ", ".join(sorted(names)[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
