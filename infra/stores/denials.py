"""What nobody may do to a store, whatever else they are allowed, except the roles that are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_s3 as s3

REMOVING = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
WEAKENING = [
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
]
DEPLOYMENT = "cdk-*-cfn-exec-role-*"
"""The role with which CloudFormation deploys; a change of a store is a deployment."""

CONNECT = "aws-service-role/connect.amazonaws.com/*"
"""Amazon Connect's own role."""


def only_these_remove(bucket: s3.Bucket, roles: Iterable[str]) -> None:
    """Deny everybody but these roles to delete objects or versions. Lifecycle rules are not subject to it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html
    """
    deny(bucket, "OnlyTheseRemove", REMOVING, bucket.arn_for_objects("*"), unless=roles)


def nobody_weakens(bucket: s3.Bucket) -> None:
    """Deny everybody but a deployment to change how long objects stay and who can remove them."""
    deny(bucket, "NobodyWeakensTheStore", WEAKENING, bucket.bucket_arn, unless=[DEPLOYMENT])


def deny(bucket: s3.Bucket, sid: str, actions: list[str], resource: str, *, unless: Iterable[str]) -> None:
    """Deny actions to everybody but the roles of these names in this account."""
    account = cdk.Stack.of(bucket).account
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=actions,
            resources=[resource],
            conditions={"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{account}:role/{name}" for name in unless]}},
        )
    )
