"""S3 buckets, with what moto's CloudFormation leaves out: versions, locks, lifecycle, encryption, events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.s3.models import s3_backends

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.eventbridge.targets import DeliveryError

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import (
        DeployContext,
        Resource,
        ResourceChanger,
        ResourceFinder,
        ResourceProvider,
    )


def _bucket(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    name = declared.name("BucketName", longest=63).lower()
    storage = site.client("s3")
    storage.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": site.region},
        ObjectLockEnabledForBucket=bool(properties.get("ObjectLockEnabled", False)),
    )
    _set_up(site, name, declared)
    return _identity(site, name)


def _set_up(site: DeployContext, name: str, declared: Declaration) -> None:
    """Give a bucket what its declaration says, and leave what it does not mention as it is."""
    properties, storage = declared.properties, site.client("s3")
    if "VersioningConfiguration" in properties:
        storage.put_bucket_versioning(Bucket=name, VersioningConfiguration=dict(properties["VersioningConfiguration"]))
    if "Rule" in properties.get("ObjectLockConfiguration", {}):
        storage.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration=dict(properties["ObjectLockConfiguration"])
        )
    if "BucketEncryption" in properties:
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": bool(rule.get("BucketKeyEnabled", False)),
            }
            for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        ]
        storage.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    if "LifecycleConfiguration" in properties:
        lifecycle = [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        storage.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": lifecycle})
    if "PublicAccessBlockConfiguration" in properties:
        closed = {name: bool(value) for name, value in properties["PublicAccessBlockConfiguration"].items()}
        storage.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)
    if "OwnershipControls" in properties:
        storage.put_bucket_ownership_controls(Bucket=name, OwnershipControls=dict(properties["OwnershipControls"]))
    if "CorsConfiguration" in properties:
        _let_browsers(site, name, properties["CorsConfiguration"])
    _log_access(site, name, properties.get("LoggingConfiguration", {}))
    for one in properties.get("InventoryConfigurations", []):
        storage.put_bucket_inventory_configuration(Bucket=name, Id=one["Id"], InventoryConfiguration=_inventory(one))
    _notify(site, name, properties.get("NotificationConfiguration", {}))
    if declared.tags:
        tags = [{"Key": key, "Value": value} for key, value in declared.tags.items()]
        storage.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})


def _identity(site: DeployContext, name: str) -> Identity:
    return Identity(
        name,
        {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{site.region}.amazonaws.com",
        },
        # S3 refuses it for a bucket that is not empty.
        lambda: site.client("s3").delete_bucket(Bucket=name),
    )


def _notify(site: DeployContext, bucket: str, declared: Mapping[str, Any]) -> None:
    """Set up notifications; S3 refuses a destination that is not there or does not let it in.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    """
    wanted: dict[str, Any] = {}
    bridge = declared.get("EventBridgeConfiguration")
    if bridge is not None and bridge.get("EventBridgeEnabled", True):
        wanted["EventBridgeConfiguration"] = {}
    queues = declared.get("QueueConfigurations", [])
    if queues:
        wanted["QueueConfigurations"] = [{"QueueArn": one["Queue"], "Events": [one["Event"]]} for one in queues]
    for one in queues:
        try:
            site.targets.check_permission(one["Queue"], service="s3.amazonaws.com", source_arn=f"arn:aws:s3:::{bucket}")
        except DeliveryError as error:
            raise TemplateError(
                f"{bucket}: Unable to validate the following destination configurations ({error})"
            ) from error
    topics = declared.get("TopicConfigurations", [])
    if topics:
        wanted["TopicConfigurations"] = [_told(one) for one in topics]
    if wanted:
        site.client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)


def _told(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return CloudFormation's form of a notification to a topic as the S3 API writes it."""
    rules = declared.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    chosen = {"Filter": {"Key": {"FilterRules": [dict(one) for one in rules]}}} if rules else {}
    return {"TopicArn": declared["Topic"], "Events": [declared["Event"]], **chosen}


def _log_access(site: DeployContext, bucket: str, declared: Mapping[str, Any]) -> None:
    """Note where accesses are logged: moto would judge the other bucket's policy, which may not be there yet."""
    if declared:
        found = s3_backends[site.account]["aws"].buckets[bucket]
        found.logging = {
            "TargetBucket": declared["DestinationBucketName"],
            "TargetPrefix": declared.get("LogFilePrefix", ""),
        }


def _let_browsers(site: DeployContext, bucket: str, declared: Mapping[str, Any]) -> None:
    names = {"AllowedHeaders", "AllowedMethods", "AllowedOrigins", "MaxAge"}
    rules = [{name: value for name, value in one.items() if name in names} for one in declared["CorsRules"]]
    for one in rules:
        if "MaxAge" in one:
            one["MaxAgeSeconds"] = int(one.pop("MaxAge"))
    site.client("s3").put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})


def _inventory(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return CloudFormation's form of an inventory configuration as the S3 API writes it."""
    target = declared["Destination"]
    destination = {"Bucket": target["BucketArn"], "Format": target["Format"], "Prefix": target.get("Prefix", "")}
    if "BucketAccountId" in target:
        destination["AccountId"] = str(target["BucketAccountId"])
    return {
        "Destination": {"S3BucketDestination": destination},
        "IsEnabled": bool(declared["Enabled"]),
        "Id": declared["Id"],
        "IncludedObjectVersions": declared["IncludedObjectVersions"],
        "OptionalFields": list(declared.get("OptionalFields", [])),
        "Schedule": {"Frequency": declared["ScheduleFrequency"]},
    }


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return CloudFormation's form of a rule as the S3 API writes it."""
    result: dict[str, Any] = {"Status": rule["Status"], "Filter": _filter(rule)}
    if "Id" in rule:
        result["ID"] = rule["Id"]
    expiration: dict[str, Any] = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = int(rule["ExpirationInDays"])
    if "ExpirationDate" in rule:
        expiration["Date"] = rule["ExpirationDate"]
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = bool(rule["ExpiredObjectDeleteMarker"])
    if expiration:
        result["Expiration"] = expiration
    noncurrent = dict(rule.get("NoncurrentVersionExpiration", {}))
    if "NoncurrentVersionExpirationInDays" in rule:
        noncurrent["NoncurrentDays"] = rule["NoncurrentVersionExpirationInDays"]
    if noncurrent:
        result["NoncurrentVersionExpiration"] = {key: int(value) for key, value in noncurrent.items()}
    if "AbortIncompleteMultipartUpload" in rule:
        days = int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        result["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    return result


def _filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    if rule.get("Prefix"):
        conditions["Prefix"] = rule["Prefix"]
    for bound in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if bound in rule:
            conditions[bound] = int(rule[bound])
    tags = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in rule.get("TagFilters", [])]
    if not conditions and not tags:
        return {"Prefix": ""}
    if len(conditions) + len(tags) == 1:
        return conditions or {"Tag": tags[0]}
    return {"And": {**conditions, **({"Tags": tags} if tags else {})}}


def _changed_bucket(site: DeployContext, before: Resource, declared: Declaration) -> Identity:
    """Change a bucket in place; Object Lock can be switched on for one that is there, and never off.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html ("Enable Object Lock on an
    existing S3 bucket")
    """
    name = before.identity.ref
    if declared.properties.get("ObjectLockEnabled"):
        s3_backends[site.account]["aws"].buckets[name].object_lock_enabled = True
    _set_up(site, name, declared)
    return before.identity


def _found_bucket(site: DeployContext, identifier: Mapping[str, str]) -> Identity:
    name = identifier["BucketName"]
    if name not in s3_backends[site.account]["aws"].buckets:
        raise TemplateError(f"Resource of type 'AWS::S3::Bucket' with identifier '{name}' was not found.")
    return _identity(site, name)


def _bucket_policy(site: DeployContext, declared: Declaration) -> Identity:
    """Set the policy; moto keeps it and enforces none, and the resolved document stays among the world's resources."""
    name = str(declared.properties["Bucket"])
    bucket = s3_backends[site.account]["aws"].buckets[name]
    if bucket.policy is not None:
        raise TemplateError(f"The bucket policy already exists on bucket {name}.")
    return _write_policy(site, name, declared)


def _write_policy(site: DeployContext, name: str, declared: Declaration) -> Identity:
    bucket = s3_backends[site.account]["aws"].buckets[name]
    bucket.policy = json.dumps(declared.properties["PolicyDocument"]).encode()
    site.changed("s3")
    return _policy_identity(site, name)


def _policy_identity(site: DeployContext, name: str) -> Identity:
    def remove() -> None:
        s3_backends[site.account]["aws"].buckets[name].policy = None

    return Identity(name, remove=remove)


def _changed_policy(site: DeployContext, before: Resource, declared: Declaration) -> Identity:
    return _write_policy(site, before.identity.ref, declared)


def _found_policy(site: DeployContext, identifier: Mapping[str, str]) -> Identity:
    name = identifier["Bucket"]
    bucket = s3_backends[site.account]["aws"].buckets.get(name)
    if bucket is None or bucket.policy is None:
        raise TemplateError(f"Resource of type 'AWS::S3::BucketPolicy' with identifier '{name}' was not found.")
    return _policy_identity(site, name)


CREATORS: dict[str, ResourceProvider] = {"AWS::S3::Bucket": _bucket, "AWS::S3::BucketPolicy": _bucket_policy}

CHANGERS: dict[str, ResourceChanger] = {"AWS::S3::Bucket": _changed_bucket, "AWS::S3::BucketPolicy": _changed_policy}

FINDERS: dict[str, ResourceFinder] = {"AWS::S3::Bucket": _found_bucket, "AWS::S3::BucketPolicy": _found_policy}
