"""What nobody may do to a store or its key, whatever else they are allowed, except the roles that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

REMOVING = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
WRITING = ["s3:PutObject", "s3:ReplicateDelete", "s3:ReplicateObject"]
"""To write is to cover what stands there. Copies and uploads in parts need the right to put an object too."""

LEGAL_HOLDS = ["s3:PutObjectLegalHold"]
LOCKS = ["s3:PutObjectRetention"]
WEAKENING = [
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
]
BREAKING = ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"]
GRANTING = ["kms:CreateGrant", "kms:RevokeGrant"]

CONNECT = "aws-service-role/connect.amazonaws.com/*"
"""Amazon Connect's own role: nobody else can make a role on that path."""


def only_these_remove(bucket: s3.Bucket, roles: Iterable[str]) -> None:
    """Deny everybody but these roles to delete objects or versions. Lifecycle rules are not subject to it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html
    """
    deny(bucket, "OnlyTheseRemove", REMOVING, bucket.arn_for_objects("*"), unless=roles)


def only_these_write(bucket: s3.Bucket, roles: Iterable[str]) -> None:
    """Deny everybody but these roles to write objects, and so to cover an original or a copy with another version."""
    deny(bucket, "OnlyTheseWrite", WRITING, bucket.arn_for_objects("*"), unless=roles)


def only_these_lock(bucket: s3.Bucket, *, legal_holds: Iterable[str], locks: Iterable[str] = ()) -> None:
    """Deny everybody but these roles to set or lift a legal hold, and everybody but those to change a lock's date."""
    deny(bucket, "OnlyTheseHold", LEGAL_HOLDS, bucket.arn_for_objects("*"), unless=legal_holds)
    deny(bucket, "OnlyTheseLock", LOCKS, bucket.arn_for_objects("*"), unless=locks)


def nobody_weakens(bucket: s3.Bucket, deployer: str) -> None:
    """Deny everybody but a deployment to change how long objects stay, who sees them and who is told of them.

    ``deployer`` is the ARN of the role with which CloudFormation deploys. The account's root user can still remove a
    bucket's policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_root-user.html
    """
    _deny(bucket, "NobodyWeakensTheStore", WEAKENING, bucket.bucket_arn, unless=[deployer])


def only_s3_writes_and_nobody_removes(bucket: s3.Bucket) -> None:
    """Leave a bucket of access logs, or of inventories, to S3's own delivery, which has no role, and to lifecycle.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    statements: list[tuple[str, list[str], dict[str, object] | None]] = [
        ("NobodyRemoves", REMOVING, None),
        ("OnlyLogDeliveryWrites", WRITING, {"Bool": {"aws:PrincipalIsAWSService": "false"}}),
    ]
    for sid, actions, conditions in statements:
        bucket.add_to_resource_policy(_denial(sid, actions, bucket.arn_for_objects("*"), conditions))


def nobody_breaks(key: kms.Key, deployer: str) -> None:
    """Deny everybody but a deployment to disable a key, delete it, change its policy or let others use it.

    The account's root user is left out: a key whose policy nobody may change is lost for good once the deploying role
    is. Connect makes and retires grants of its own for what it stores.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html ("Reduces the risk of the KMS key
    becoming unmanageable"); https://docs.aws.amazon.com/connect/latest/adminguide/key-management.html
    """
    root = f"arn:aws:iam::{cdk.Stack.of(key).account}:root"
    connect = f"arn:aws:iam::{cdk.Stack.of(key).account}:role/{CONNECT}"
    for sid, actions, unless in (
        ("NobodyBreaksTheKey", BREAKING, [deployer, root]),
        ("NobodyLendsTheKey", GRANTING, [deployer, root, connect]),
    ):
        key.add_to_resource_policy(_denial(sid, actions, "*", _nobody_but(unless)))


def deny(bucket: s3.Bucket, sid: str, actions: list[str], resource: str, *, unless: Iterable[str]) -> None:
    """Deny actions to everybody but the roles of these names in this account."""
    account = cdk.Stack.of(bucket).account
    _deny(bucket, sid, actions, resource, unless=[f"arn:aws:iam::{account}:role/{name}" for name in unless])


def _deny(bucket: s3.Bucket, sid: str, actions: list[str], resource: str, *, unless: list[str]) -> None:
    bucket.add_to_resource_policy(_denial(sid, actions, resource, _nobody_but(unless) if unless else None))


def _nobody_but(arns: list[str]) -> dict[str, object]:
    return {"ArnNotLike": {"aws:PrincipalArn": arns}}


def _denial(sid: str, actions: list[str], resource: str, conditions: dict[str, object] | None) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=actions,
        resources=[resource],
        conditions=conditions,
    )
