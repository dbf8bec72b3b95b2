"""A bucket that outlives its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_s3 as s3

from infra.parts.acceptance import accept_one_copy
from infra.parts.removal import RETAINED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct


class RetainedBucket(s3.Bucket):
    """Closed to the public and to connections without TLS, encrypted, with every version, and in one copy.

    Without ``key`` it has S3's own encryption. ``logged`` are the bucket of access logs and the prefix there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        lifecycle_rules: Sequence[s3.LifecycleRule],
        key: kms.IKey | None = None,
        logged: tuple[s3.IBucket, str] | None = None,
        locks: bool = False,
        name: str | None = None,
        cors: Sequence[s3.CorsRule] = (),
    ) -> None:
        logs, prefix = logged or (None, None)
        super().__init__(
            scope,
            construct_id,
            bucket_name=name,
            versioned=True,
            object_lock_enabled=locks or None,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=True if key else None,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            server_access_logs_bucket=logs,
            server_access_logs_prefix=prefix,
            removal_policy=RETAINED,
            cors=list(cors),
            lifecycle_rules=list(lifecycle_rules),
        )
        accept_one_copy(self)
