"""Buckets, and their policies. What each answers: Amazon S3 API reference, by the operation's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.documents import policy
from steward.configuration.reading import answer_or_none

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Json, Resource


def _lifecycle(resource: Resource, live: Live) -> Pair:
    answer = answer_or_none(
        live, "NoSuchLifecycleConfiguration", "s3", "GetBucketLifecycleConfiguration", Bucket=resource.name
    )
    written = resource.properties.get("LifecycleConfiguration", {}).get("Rules", [])
    return _by_id(_written_rule(one) for one in written), _by_id(_live_rule(one) for one in answer.get("Rules", []))


def _by_id(rules: Iterator[dict[str, Json]]) -> dict[str, Json]:
    return {str(rule.pop("Id", f"without a name {place}")): rule for place, rule in enumerate(rules)}


def _written_rule(rule: Mapping[str, Json]) -> dict[str, Json]:
    """CloudFormation and the API name some things differently; a filter that lets everything through is none."""
    found = {name: value for name, value in rule.items() if value not in ("", False)}
    if "NoncurrentVersionExpirationInDays" in found:
        found["NoncurrentVersionExpiration"] = {"NoncurrentDays": found.pop("NoncurrentVersionExpirationInDays")}
    return found


def _live_rule(rule: Mapping[str, Json]) -> dict[str, Json]:
    found = {name: value for name, value in rule.items() if name not in {"Expiration", "Filter", "ID"}}
    found["Id"] = rule.get("ID", "")
    expiration = dict(rule.get("Expiration", {}))
    if "Days" in expiration:
        found["ExpirationInDays"] = expiration["Days"]
    if "Date" in expiration:
        found["ExpirationDate"] = str(expiration["Date"])
    found["ExpiredObjectDeleteMarker"] = expiration.get("ExpiredObjectDeleteMarker", False)
    chosen = dict(rule.get("Filter", {}))
    chosen.update(chosen.pop("And", {}))
    tags = [*chosen.pop("Tags", []), *([chosen.pop("Tag")] if "Tag" in chosen else [])]
    found.update(chosen)
    if tags:
        found["TagFilters"] = tags
    return {name: value for name, value in found.items() if value not in ("", False)}


def _versioning(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("VersioningConfiguration", {}).get("Status")
    return written, live.read("s3", "GetBucketVersioning", Bucket=resource.name).get("Status")


def _lock(resource: Resource, live: Live) -> Pair:
    absent = "ObjectLockConfigurationNotFoundError"
    answer = answer_or_none(live, absent, "s3", "GetObjectLockConfiguration", Bucket=resource.name)
    found = answer.get("ObjectLockConfiguration", {})
    written = resource.properties.get("ObjectLockConfiguration", {})
    return (
        {"Enabled": bool(resource.properties.get("ObjectLockEnabled")), "Default": _default(written)},
        {"Enabled": found.get("ObjectLockEnabled") == "Enabled", "Default": _default(found)},
    )


def _default(configuration: Mapping[str, Json]) -> Json:
    retention = configuration.get("Rule", {}).get("DefaultRetention", {})
    return {name: value for name, value in retention.items() if value}


def _encryption(resource: Resource, live: Live) -> Pair:
    absent = "ServerSideEncryptionConfigurationNotFoundError"
    answer = answer_or_none(live, absent, "s3", "GetBucketEncryption", Bucket=resource.name)
    written = resource.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    found = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return (
        [_encrypted(one, "ServerSideEncryptionByDefault") for one in written],
        [_encrypted(one, "ApplyServerSideEncryptionByDefault") for one in found],
    )


def _encrypted(rule: Mapping[str, Json], member: str) -> Json:
    by_default = rule.get(member, {})
    return {
        "Algorithm": by_default.get("SSEAlgorithm"),
        "Key": by_default.get("KMSMasterKeyID"),
        "BucketKey": bool(rule.get("BucketKeyEnabled", False)),
    }


def _public_access(resource: Resource, live: Live) -> Pair:
    absent = "NoSuchPublicAccessBlockConfiguration"
    answer = answer_or_none(live, absent, "s3", "GetPublicAccessBlock", Bucket=resource.name)
    return (
        resource.properties.get("PublicAccessBlockConfiguration", {}),
        answer.get("PublicAccessBlockConfiguration", {}),
    )


def _ownership(resource: Resource, live: Live) -> Pair:
    absent = "OwnershipControlsNotFoundError"
    answer = answer_or_none(live, absent, "s3", "GetBucketOwnershipControls", Bucket=resource.name)
    return resource.properties.get("OwnershipControls", {}), answer.get("OwnershipControls", {})


def _logging(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("LoggingConfiguration", {})
    found = live.read("s3", "GetBucketLogging", Bucket=resource.name).get("LoggingEnabled", {})
    return (
        {
            "Bucket": written.get("DestinationBucketName"),
            "Prefix": written.get("LogFilePrefix"),
            "Keys": _log_keys(written),
        },
        {
            "Bucket": found.get("TargetBucket"),
            "Prefix": found.get("TargetPrefix"),
            "Keys": _log_keys(found),
        },
    )


def _log_keys(logging: Mapping[str, Json]) -> Json:
    """Return how log files are named; the simple form is what a bucket has that says nothing (PutBucketLogging)."""
    stated = logging.get("TargetObjectKeyFormat", {})
    return stated if "PartitionedPrefix" in stated else {}


def _replication(resource: Resource, live: Live) -> Pair:
    absent = "ReplicationConfigurationNotFoundError"
    answer = answer_or_none(live, absent, "s3", "GetBucketReplication", Bucket=resource.name)
    found = answer.get("ReplicationConfiguration", {}).get("Rules", [])
    written = resource.properties.get("ReplicationConfiguration", {}).get("Rules", [])
    return _copied(written), _copied(found)


def _copied(rules: list[Mapping[str, Json]]) -> list[str]:
    """Return where copies go, and whether they do; which of the objects go there says no more of the harm."""
    return sorted(f"{one['Status']} to {one['Destination']['Bucket']}" for one in rules)


def _website(resource: Resource, live: Live) -> Pair:
    answer = answer_or_none(live, "NoSuchWebsiteConfiguration", "s3", "GetBucketWebsite", Bucket=resource.name)
    parts = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return bool(resource.properties.get("WebsiteConfiguration")), bool(parts)


def _acceleration(resource: Resource, live: Live) -> Pair:
    found = live.read("s3", "GetBucketAccelerateConfiguration", Bucket=resource.name).get("Status", "Suspended")
    return resource.properties.get("AccelerateConfiguration", {}).get("AccelerationStatus", "Suspended"), found


def _notifications(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("NotificationConfiguration", {})
    found = live.read("s3", "GetBucketNotificationConfiguration", Bucket=resource.name)
    return (
        {
            **_told(written, "Queue", "Queue", "S3Key", "Rules"),
            **_told(written, "Topic", "Topic", "S3Key", "Rules"),
            **_told(written, "Lambda", "Function", "S3Key", "Rules"),
            "EventBridge": "EventBridgeConfiguration" in written,
        },
        {
            **_told(found, "Queue", "QueueArn", "Key", "FilterRules"),
            **_told(found, "Topic", "TopicArn", "Key", "FilterRules"),
            **_told(found, "LambdaFunction", "LambdaFunctionArn", "Key", "FilterRules"),
            "EventBridge": "EventBridgeConfiguration" in found,
        },
    )


def _told(configuration: Mapping[str, Json], kind: str, target: str, key: str, rules: str) -> dict[str, Json]:
    """Return who is told of what, and of which objects. CloudFormation states one event at a time, the API several."""
    told: dict[str, list[Json]] = {}
    for one in configuration.get(f"{kind}Configurations", []):
        chosen = one.get("Filter", {}).get(key, {}).get(rules, [])
        of = {str(rule["Name"]).lower(): rule["Value"] for rule in chosen}
        for event in one.get("Events", [one.get("Event")]):
            told.setdefault(f"{event} to {one[target]}", []).append(of)
    # One target may be told of one event for several prefixes or suffixes, and their order says nothing.
    return {name: sorted(of, key=str) for name, of in told.items()}


def _inventories(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("InventoryConfigurations", [])
    found = live.read("s3", "ListBucketInventoryConfigurations", Bucket=resource.name)
    return (
        {str(one["Id"]): _written_inventory(one) for one in written},
        {str(one["Id"]): _live_inventory(one) for one in found.get("InventoryConfigurationList", [])},
    )


def _written_inventory(one: Mapping[str, Json]) -> Json:
    target = one["Destination"]
    return {
        "Enabled": one["Enabled"],
        "Versions": one["IncludedObjectVersions"],
        "Frequency": one["ScheduleFrequency"],
        "Fields": sorted(one.get("OptionalFields", [])),
        "Only": one.get("Prefix", ""),
        "Bucket": target["BucketArn"],
        "Account": target.get("BucketAccountId"),
        "Prefix": target.get("Prefix", ""),
        "Format": target["Format"],
    }


def _live_inventory(one: Mapping[str, Json]) -> Json:
    target = one["Destination"]["S3BucketDestination"]
    return {
        "Enabled": one["IsEnabled"],
        "Versions": one["IncludedObjectVersions"],
        "Frequency": one["Schedule"]["Frequency"],
        "Fields": sorted(one.get("OptionalFields", [])),
        "Only": one.get("Filter", {}).get("Prefix", ""),
        "Bucket": target["Bucket"],
        "Account": target.get("AccountId"),
        "Prefix": target.get("Prefix", ""),
        "Format": target["Format"],
    }


def _cors(resource: Resource, live: Live) -> Pair:
    answer = answer_or_none(live, "NoSuchCORSConfiguration", "s3", "GetBucketCors", Bucket=resource.name)
    written = resource.properties.get("CorsConfiguration", {}).get("CorsRules", [])
    return (
        [_allowed(one, "ExposedHeaders", "MaxAge") for one in written],
        [_allowed(one, "ExposeHeaders", "MaxAgeSeconds") for one in answer.get("CORSRules", [])],
    )


def _allowed(rule: Mapping[str, Json], exposed: str, seconds: str) -> Json:
    """Return which pages may ask, what they may do, and with which headers."""
    return {
        "Origins": sorted(rule.get("AllowedOrigins", [])),
        "Methods": sorted(rule.get("AllowedMethods", [])),
        "Headers": sorted(rule.get("AllowedHeaders", [])),
        "Exposed": sorted(rule.get(exposed, [])),
        "Seconds": rule.get(seconds),
    }


def _policy(resource: Resource, live: Live) -> Pair:
    bucket = str(resource.properties["Bucket"])
    answer = answer_or_none(live, "NoSuchBucketPolicy", "s3", "GetBucketPolicy", Bucket=bucket)
    return policy(resource.properties["PolicyDocument"]), policy(answer.get("Policy"))


def _unless_adopted(look: Callable[[Resource, Live], Pair]) -> Callable[[Resource, Live], Pair]:
    """Ask only whether a bucket is there that is taken over so far, of which nothing but the name is declared."""

    def looks(resource: Resource, live: Live) -> Pair:
        if resource.properties.keys() <= {"BucketName", "Tags"}:
            live.read("s3", "GetBucketVersioning", Bucket=resource.name)
            return None, None
        return look(resource, live)

    return looks


_BUCKET: Final = (
    Check(setting="lifecycle rules", harm=Harm.STOP, properties=("LifecycleConfiguration",), look=_lifecycle),
    Check(setting="versioning", harm=Harm.HIGH, properties=("VersioningConfiguration",), look=_versioning),
    Check(
        setting="Object Lock",
        harm=Harm.HIGH,
        properties=("ObjectLockEnabled", "ObjectLockConfiguration"),
        look=_lock,
    ),
    Check(setting="encryption", harm=Harm.HIGH, properties=("BucketEncryption",), look=_encryption),
    Check(
        setting="public access block",
        harm=Harm.HIGH,
        properties=("PublicAccessBlockConfiguration",),
        look=_public_access,
    ),
    Check(setting="object ownership", harm=Harm.HIGH, properties=("OwnershipControls",), look=_ownership),
    Check(setting="access logging", harm=Harm.MEDIUM, properties=("LoggingConfiguration",), look=_logging),
    Check(setting="notifications", harm=Harm.HIGH, properties=("NotificationConfiguration",), look=_notifications),
    Check(setting="inventories", harm=Harm.MEDIUM, properties=("InventoryConfigurations",), look=_inventories),
    Check(setting="replication", harm=Harm.STOP, properties=("ReplicationConfiguration",), look=_replication),
    Check(setting="website", harm=Harm.HIGH, properties=("WebsiteConfiguration",), look=_website),
    Check(setting="acceleration", harm=Harm.MEDIUM, properties=("AccelerateConfiguration",), look=_acceleration),
    Check(setting="origins of browsers", harm=Harm.MEDIUM, properties=("CorsConfiguration",), look=_cors),
)

CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "AWS::S3::Bucket": tuple(replace(check, look=_unless_adopted(check.look)) for check in _BUCKET),
    "AWS::S3::BucketPolicy": (
        Check(setting="policy", harm=Harm.HIGH, properties=("Bucket", "PolicyDocument"), look=_policy),
    ),
}
