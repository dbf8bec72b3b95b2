"""One bucket per record class, with one unfiltered lifecycle rule from the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.checks.guard import NONCURRENT_DAYS
from infra.parts.acceptance import accept
from infra.parts.removal import RETAINED
from infra.stores.bucket import RetainedBucket
from infra.stores.classes import CONNECT_RESOURCE_TYPES
from infra.stores.denials import CONNECT, nobody_weakens, only_these_lock, only_these_remove, only_these_write
from steward.ids import RecordClass
from steward.names import RECORD_CLASS_TAG
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms

    from infra.config import ExistingBucket
    from infra.stores.changing_roles import ChangingRoles
    from infra.stores.notices import ObjectNotices
    from steward.policy.retention import Period


NOT_SET_UP_YET = (
    "AwsSolutions-S1",
    "AwsSolutions-S10",
    *(
        f"{pack}-S3{rule}"
        for pack in ("NIST.800.53.R5", "PCI.DSS.321")
        for rule in (
            "BucketLoggingEnabled",
            "BucketPublicReadProhibited",
            "BucketPublicWriteProhibited",
            "BucketReplicationEnabled",
            "BucketSSLRequestsOnly",
            "BucketVersioningEnabled",
            "DefaultEncryptionKMS",
        )
    ),
)
"""What the compliance packs miss in a bucket of which nothing but the name is declared."""


class RecordStore(Construct):
    """The bucket of one record class.

    It is versioned and able to lock objects, so that a flagged recording can be protected where it lies before it is
    copied. It has no default retention: Connect does not support compliance mode, and an ordinary recording has to
    leave on its day. No filter on the rule: Connect's keys vary, and no key may escape.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        record_class: RecordClass,
        period: Period,
        key: kms.IKey,
        access_logs: s3.IBucket,
        existing: ExistingBucket | None = None,
        uploads_from: Sequence[str] = (),
        notices: ObjectNotices | None = None,
    ) -> None:
        """``notices`` hears of tags on objects, where a tag may flag the contact."""
        super().__init__(scope, construct_id)
        self.record_class = record_class
        self.prefix = (
            existing.prefix if existing and existing.prefix else CONNECT_RESOURCE_TYPES.get(record_class, ("", ""))[1]
        )
        self.key = key
        self._existing = existing
        if existing and existing.stage == "import":
            self.bucket = self._as_it_is(existing)
            return
        self.bucket = self._bucket(period, access_logs, uploads_from)
        if notices:
            notices.tell_of_tags(self.bucket)
        cdk.Tags.of(self.bucket).add(RECORD_CLASS_TAG, record_class.value)

    def _as_it_is(self, existing: ExistingBucket) -> s3.Bucket:
        """Declare no more than the name: CloudFormation takes what an import declares for done and never sets it."""
        bucket = s3.Bucket(self, "Bucket", bucket_name=existing.name, removal_policy=RETAINED)
        accept(
            bucket,
            "CloudFormation takes the bucket over as it is; the next deployment sets it up",
            *NOT_SET_UP_YET,
        )
        return bucket

    def _bucket(self, period: Period, access_logs: s3.IBucket, uploads_from: Sequence[str]) -> s3.Bucket:
        preparing = self._existing is not None and self._existing.stage == "prepare"
        return RetainedBucket(
            self,
            "Bucket",
            name=self._existing.name if self._existing else None,
            key=self.key,
            logged=(access_logs, f"{self.record_class.value}/"),
            locks=True,
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT, s3.HttpMethods.GET],
                    allowed_origins=[origin],
                    allowed_headers=["*"],
                )
                for origin in uploads_from
            ],
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="policy-period",
                    enabled=not preparing,
                    expiration=cdk.Duration.days(lifecycle_days(period)),
                    noncurrent_version_expiration=cdk.Duration.days(NONCURRENT_DAYS),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="expired-delete-markers", expired_object_delete_marker=True, enabled=not preparing),
            ],
        )

    def deny(self, roles: ChangingRoles, deployer: str) -> None:
        """Deny everybody else to remove, write or hold a record; but not while it is imported.

        Connect itself removes and writes: whoever else writes could cover an original. Records are never locked.
        """
        if self._existing is not None and self._existing.stage == "import":
            return
        filed = self.record_class is RecordClass.CONTACT_RECORD
        only_these_remove(
            self.bucket, [roles.remove_card_data, *([roles.retire_contact_records] if filed else []), CONNECT]
        )
        only_these_write(self.bucket, [roles.deliver_contact_records if filed else CONNECT])
        only_these_lock(self.bucket, legal_holds=[roles.remove_card_data, *([] if filed else [roles.place_hold])])
        nobody_weakens(self.bucket, deployer)

    def associate(self, instance_arn: str) -> connect.CfnInstanceStorageConfig:
        """Make the instance write this class here; while a bucket is imported, say what the instance does already."""
        as_it_is = self._existing is not None and self._existing.stage == "import"
        resource_type, _ = CONNECT_RESOURCE_TYPES[self.record_class]
        association = connect.CfnInstanceStorageConfig(
            self,
            "Association",
            instance_arn=instance_arn,
            resource_type=resource_type,
            storage_type="S3",
            s3_config=connect.CfnInstanceStorageConfig.S3ConfigProperty(
                bucket_name=self.bucket.bucket_name,
                bucket_prefix=self.prefix,
                encryption_config=None
                if as_it_is
                else connect.CfnInstanceStorageConfig.EncryptionConfigProperty(
                    encryption_type="KMS", key_id=self.key.key_arn
                ),
            ),
        )
        # Without it the instance would stop recording; and nothing can be imported without this.
        association.apply_removal_policy(RETAINED)
        return association
