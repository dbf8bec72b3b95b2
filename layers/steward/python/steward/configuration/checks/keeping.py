"""Keys, tables and queues: what keeps records readable, restorable and in the right hands.

What each answers: the API reference of AWS KMS, Amazon DynamoDB and Amazon SQS, by the operation's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.documents import policy
from steward.configuration.reading import answer_or_none

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Json, Resource


def _key_state(resource: Resource, live: Live) -> Pair:
    written = "Enabled" if resource.properties.get("Enabled", True) else "Disabled"
    return written, live.read("kms", "DescribeKey", KeyId=resource.name)["KeyMetadata"]["KeyState"]


def _key_policy(resource: Resource, live: Live) -> Pair:
    answer = live.read("kms", "GetKeyPolicy", KeyId=resource.name, PolicyName="default")
    return policy(resource.properties["KeyPolicy"]), policy(answer["Policy"])


def _rotation(resource: Resource, live: Live) -> Pair:
    if resource.properties.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        # KMS knows no rotation of any other key and refuses the question.
        return False, False
    written = bool(resource.properties.get("EnableKeyRotation", False))
    return written, live.read("kms", "GetKeyRotationStatus", KeyId=resource.name)["KeyRotationEnabled"]


def _table(resource: Resource, live: Live) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = live.read("dynamodb", "DescribeTable", TableName=resource.name)["Table"]
    return answer


def _protection(resource: Resource, live: Live) -> Pair:
    written = bool(resource.properties.get("DeletionProtectionEnabled", False))
    return written, _table(resource, live).get("DeletionProtectionEnabled", False)


def _restoring(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("PointInTimeRecoverySpecification", {})
    answer = live.read("dynamodb", "DescribeContinuousBackups", TableName=resource.name)
    found = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return bool(written.get("PointInTimeRecoveryEnabled", False)), found == "ENABLED"


def _table_key(resource: Resource, live: Live) -> Pair:
    return (
        resource.properties.get("SSESpecification", {}).get("KMSMasterKeyId"),
        _table(resource, live).get("SSEDescription", {}).get("KMSMasterKeyArn"),
    )


def _expiry(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("TimeToLiveSpecification", {})
    found = live.read("dynamodb", "DescribeTimeToLive", TableName=resource.name)["TimeToLiveDescription"]
    return (
        written.get("AttributeName") if written.get("Enabled") else None,
        found.get("AttributeName") if found["TimeToLiveStatus"] in {"ENABLED", "ENABLING"} else None,
    )


def _copies(resource: Resource, live: Live) -> Pair:
    found = _table(resource, live)
    stream = found.get("StreamSpecification", {})
    return (
        {"Stream": resource.properties.get("StreamSpecification", {}).get("StreamViewType"), "Regions": []},
        {
            "Stream": stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
            "Regions": sorted(one["RegionName"] for one in found.get("Replicas", [])),
        },
    )


def _table_policy(resource: Resource, live: Live) -> Pair:
    arn = _table(resource, live)["TableArn"]
    answer = answer_or_none(live, "PolicyNotFoundException", "dynamodb", "GetResourcePolicy", ResourceArn=arn)
    written = resource.properties.get("ResourcePolicy", {}).get("PolicyDocument")
    return policy(written), policy(answer.get("Policy"))


def _queue(url: str, live: Live) -> Mapping[str, str]:
    answer = live.read("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])
    attributes: Mapping[str, str] = answer["Attributes"]
    return attributes


_BY_DEFAULT: Final = {"DelaySeconds": 0, "MessageRetentionPeriod": 345_600, "VisibilityTimeout": 30}
"""Seconds, where a template says nothing (API reference, CreateQueue)."""


def _queue_settings(resource: Resource, live: Live) -> Pair:
    found, written = _queue(resource.name, live), resource.properties
    redrive = json.loads(found["RedrivePolicy"]) if "RedrivePolicy" in found else {}
    own = written.get("RedrivePolicy", {})
    return (
        {name: int(written.get(name, default)) for name, default in _BY_DEFAULT.items()}
        | {
            "Key": written.get("KmsMasterKeyId"),
            "Encrypted": bool(written.get("SqsManagedSseEnabled", "KmsMasterKeyId" not in written)),
            "Redrive": _redrive(own),
        },
        {name: int(found[name]) for name in _BY_DEFAULT}
        | {
            "Key": found.get("KmsMasterKeyId"),
            "Encrypted": found.get("SqsManagedSseEnabled") == "true",
            "Redrive": _redrive(redrive),
        },
    )


def _redrive(stated: Mapping[str, Json]) -> Json:
    if not stated:
        return None
    return {"after": int(stated["maxReceiveCount"]), "to": stated["deadLetterTargetArn"]}


def _queue_policy(resource: Resource, live: Live) -> Pair:
    [url] = resource.properties["Queues"]
    return policy(resource.properties["PolicyDocument"]), policy(_queue(str(url), live).get("Policy"))


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "AWS::KMS::Key": (
        Check(setting="state", harm=Harm.STOP, properties=("Enabled",), look=_key_state),
        Check(setting="policy", harm=Harm.HIGH, properties=("KeyPolicy",), look=_key_policy),
        Check(setting="rotation", harm=Harm.MEDIUM, properties=("EnableKeyRotation", "KeySpec"), look=_rotation),
    ),
    "AWS::DynamoDB::Table": (
        Check(
            setting="protection against deletion",
            harm=Harm.HIGH,
            properties=("DeletionProtectionEnabled",),
            look=_protection,
        ),
        Check(
            setting="restoring to a point in time",
            harm=Harm.HIGH,
            properties=("PointInTimeRecoverySpecification",),
            look=_restoring,
        ),
        Check(setting="encryption", harm=Harm.HIGH, properties=("SSESpecification",), look=_table_key),
        Check(setting="copies", harm=Harm.HIGH, properties=("StreamSpecification",), look=_copies),
        Check(setting="expiry of rows", harm=Harm.STOP, properties=("TimeToLiveSpecification",), look=_expiry),
        Check(setting="policy", harm=Harm.HIGH, properties=("ResourcePolicy",), look=_table_policy),
    ),
    "AWS::SQS::Queue": (
        Check(
            setting="settings",
            harm=Harm.HIGH,
            properties=("RedrivePolicy", "KmsMasterKeyId", "SqsManagedSseEnabled", *_BY_DEFAULT),
            look=_queue_settings,
        ),
    ),
    "AWS::SQS::QueuePolicy": (
        Check(setting="policy", harm=Harm.HIGH, properties=("PolicyDocument", "Queues"), look=_queue_policy),
    ),
}
