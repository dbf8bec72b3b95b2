"""S3 buckets, with what moto's CloudFormation leaves out: versions, locks, lifecycle, encryption, events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulator.aws.cloudformation.resource import Identity, TemplateError
from simulator.aws.eventbridge.targets import DeliveryError

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import Declaration, DeployContext, ResourceProvider


def _bucket(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    name = declared.name("BucketName", longest=63).lower()
    storage = site.client("s3")
    storage.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": site.region},
        ObjectLockEnabledForBucket=bool(properties.get("ObjectLockEnabled", False)),
    )
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
    _notify(site, name, properties.get("NotificationConfiguration", {}))
    if declared.tags:
        tags = [{"Key": key, "Value": value} for key, value in declared.tags.items()]
        storage.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    return Identity(
        name,
        {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{site.region}.amazonaws.com",
        },
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
    if wanted:
        site.client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)


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


def _bucket_policy(_: DeployContext, declared: Declaration) -> Identity:
    # moto enforces no policy; the resolved document stays readable among the world's resources.
    return Identity(str(declared.properties["Bucket"]))


CREATORS: dict[str, ResourceProvider] = {"AWS::S3::Bucket": _bucket, "AWS::S3::BucketPolicy": _bucket_policy}
