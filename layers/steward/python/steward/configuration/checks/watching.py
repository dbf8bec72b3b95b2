"""Alarms, topics and log groups: whether somebody is told, and what is kept of what functions did.

What each answers: the API reference of Amazon CloudWatch, Amazon SNS and Amazon CloudWatch Logs, by the operation's
name. One list has all alarms of a stack, and one all its log groups: CloudFormation begins their names with the
stack's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.documents import policy
from steward.failures import NotFound

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Json, Resource


def _alarm(resource: Resource, live: Live) -> Mapping[str, Any]:
    listed = live.pages(
        "cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmNamePrefix=f"{resource.stack}-", MaxRecords=100
    )
    return _named(listed, "AlarmName", resource.name, "cloudwatch.DescribeAlarms")


def _named(listed: list[Mapping[str, Any]], member: str, name: str, operation: str) -> Mapping[str, Any]:
    for one in listed:
        if one[member] == name:
            return one
    raise NotFound(operation, "NotListed")


_MEASURED: Final = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "ComparisonOperator")


def _when(resource: Resource, live: Live) -> Pair:
    return _condition(resource.properties), _condition(_alarm(resource, live))


def _condition(stated: Mapping[str, Json]) -> Json:
    """Return it with what counts where nothing is said (API reference, PutMetricAlarm)."""
    periods = int(stated["EvaluationPeriods"])
    return {
        **{name: stated.get(name) for name in _MEASURED},
        "Dimensions": {str(one["Name"]): str(one["Value"]) for one in stated.get("Dimensions", [])},
        "Period": int(stated["Period"]),
        "Periods": periods,
        "Of these": int(stated.get("DatapointsToAlarm", periods)),
        "Threshold": float(stated["Threshold"]),
        "Without data": stated.get("TreatMissingData", "missing"),
    }


_ACTIONS: Final = ("AlarmActions", "InsufficientDataActions", "OKActions")


def _whom(resource: Resource, live: Live) -> Pair:
    return _told(resource.properties), _told(_alarm(resource, live))


def _told(stated: Mapping[str, Json]) -> Json:
    return {
        "Switched on": bool(stated.get("ActionsEnabled", True)),
        **{name: sorted(map(str, stated.get(name, []))) for name in _ACTIONS},
    }


def _log_group(resource: Resource, live: Live) -> Pair:
    listed = live.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=f"{resource.stack}-", limit=50)
    found = _named(listed, "logGroupName", resource.name, "logs.DescribeLogGroups")
    written = resource.properties
    days = written.get("RetentionInDays")
    return (
        {"Days": int(days) if days is not None else None, "Key": written.get("KmsKeyId")},
        {"Days": found.get("retentionInDays"), "Key": found.get("kmsKeyId")},
    )


def _topic(arn: str, live: Live) -> Mapping[str, str]:
    attributes: Mapping[str, str] = live.read("sns", "GetTopicAttributes", TopicArn=arn)["Attributes"]
    return attributes


def _encryption(resource: Resource, live: Live) -> Pair:
    return resource.properties.get("KmsMasterKeyId"), _topic(resource.name, live).get("KmsMasterKeyId")


def _topic_policy(resource: Resource, live: Live) -> Pair:
    [arn] = resource.properties["Topics"]
    return policy(resource.properties["PolicyDocument"]), policy(_topic(str(arn), live).get("Policy"))


def _subscriptions(topic: str, live: Live) -> list[Mapping[str, str]]:
    return live.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic)


def _from_elsewhere(resource: Resource, live: Live) -> Pair:
    """Compare who takes a copy of each message in another account; a council's own tools and people may subscribe.

    A finding names the account and the kind, and no address: https://docs.aws.amazon.com/sns/latest/api/
    API_Subscription.html (``Owner``).
    """
    own = resource.name.split(":")[4]
    others = [one for one in _subscriptions(resource.name, live) if one["Owner"] != own]
    return [], sorted(f"{one['Protocol']} of account {one['Owner']}" for one in others)


_UNCONFIRMED: Final = frozenset({"PendingConfirmation", "Deleted"})
"""What SNS says instead of an ARN."""


def _confirmed(resource: Resource, live: Live) -> Pair:
    """Compare whether the person that the environment names is told. The address stays in SNS."""
    written = resource.properties
    wanted = (written["Protocol"], written["Endpoint"])
    mine = [
        one["SubscriptionArn"]
        for one in _subscriptions(str(written["TopicArn"]), live)
        if (one["Protocol"], one["Endpoint"]) == wanted
    ]
    if any(arn not in _UNCONFIRMED for arn in mine):
        return "confirmed", "confirmed"
    return "confirmed", "waits to be confirmed" if mine else "nobody is subscribed"


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "AWS::CloudWatch::Alarm": (
        Check(
            setting="when it is raised",
            harm=Harm.HIGH,
            properties=(
                *_MEASURED,
                "DatapointsToAlarm",
                "Dimensions",
                "EvaluationPeriods",
                "Period",
                "Threshold",
                "TreatMissingData",
            ),
            look=_when,
        ),
        Check(setting="whom it tells", harm=Harm.HIGH, properties=("ActionsEnabled", *_ACTIONS), look=_whom),
    ),
    "AWS::Logs::LogGroup": (
        Check(setting="settings", harm=Harm.HIGH, properties=("KmsKeyId", "RetentionInDays"), look=_log_group),
    ),
    "AWS::SNS::Subscription": (
        Check(
            setting="confirmation",
            harm=Harm.MEDIUM,
            properties=("Endpoint", "Protocol", "TopicArn"),
            look=_confirmed,
        ),
    ),
    "AWS::SNS::Topic": (
        Check(setting="encryption", harm=Harm.HIGH, properties=("KmsMasterKeyId",), look=_encryption),
        Check(setting="subscribers of other accounts", harm=Harm.HIGH, properties=(), look=_from_elsewhere),
    ),
    "AWS::SNS::TopicPolicy": (
        Check(setting="policy", harm=Harm.HIGH, properties=("PolicyDocument", "Topics"), look=_topic_policy),
    ),
}
