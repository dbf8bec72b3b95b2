"""One bucket per record class, with one unfiltered lifecycle rule from the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.acceptance import accept
from infra.parts.removal import RETAINED
from infra.stores.access.denials import CONNECT, nobody_weakens, only_these_lock, only_these_remove, only_these_write
from infra.stores.bucket import RetainedBucket
from infra.stores.records.classes import CONNECT_RESOURCE_TYPES
from infra.stores.records.lifecycle import lifecycle_of
from steward.ids import RecordClass
from steward.names import RECORD_CLASS_TAG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms

    from infra.existing import ExistingAssociation, ExistingBucket
    from infra.stores.access.changing_roles import ChangingRoles
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
        kept_statements: Sequence[Mapping[str, Any]] = (),
        moved: ExistingAssociation | None = None,
        uploads_from: Sequence[str] = (),
        notices: ObjectNotices | None = None,
    ) -> None:
        """``notices`` hears of tags on objects, where a tag may flag the contact.

        ``kept_statements`` are those of the adopted bucket's own policy; ``moved`` is where the instance stores the
        class today, if that is not adopted.
        """
        super().__init__(scope, construct_id)
        self.record_class = record_class
        self.prefix = (
            existing.prefix if existing and existing.prefix else CONNECT_RESOURCE_TYPES.get(record_class, ("", ""))[1]
        )
        self.key = key
        previous = existing.previous_key_arns if existing else ()
        self.reading_keys: list[str] = [key.key_arn, *(one for one in previous if one != key.key_arn)]
        """Every key with which something in the bucket is encrypted."""
        self._existing = existing
        self._kept_statements = kept_statements
        self._moved = moved
        if existing and existing.stage == "import":
            self.bucket = self._as_it_is(existing)
            return
        self.bucket = self._bucket(period, access_logs, uploads_from)
        if notices:
            notices.tell_of_tags(self.bucket)
        cdk.Tags.of(self.bucket).add(RECORD_CLASS_TAG, record_class.value)

    def _as_it_is(self, existing: ExistingBucket) -> s3.Bucket:
        """Declare no more than the name: CloudFormation takes what an import declares for done and never sets it.

        A policy that the bucket has is imported with it: a bucket has one, and a second one cannot be created.
        """
        bucket = s3.Bucket(self, "Bucket", bucket_name=existing.name, removal_policy=RETAINED)
        if existing.has_policy:
            self._state_policy(bucket)
            if bucket.policy is not None:
                bucket.policy.apply_removal_policy(RETAINED)
                policy = bucket.policy.node.default_child
                if isinstance(policy, s3.CfnBucketPolicy):
                    # The command line refuses to import what refers to something that is not there yet.
                    policy.bucket = existing.name
        accept(
            bucket,
            "CloudFormation takes the bucket over as it is; the next deployment sets it up",
            *NOT_SET_UP_YET,
        )
        return bucket

    @property
    def imports_association(self) -> bool:
        """Whether the association is declared as it is, for an import."""
        return any(one is not None and one.stage == "import" for one in (self._existing, self._moved))

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
            lifecycle_rules=lifecycle_of(period, enabled=not preparing),
        )

    def _state_policy(self, bucket: s3.Bucket) -> None:
        """Add the statements that stay; one, if none does, because a policy says something."""
        for statement in self._kept_statements:
            bucket.add_to_resource_policy(iam.PolicyStatement.from_json(dict(statement)))
        if not self._kept_statements:
            bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="ReplacedByTheNextDeployment",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["s3:PutBucketAcl"],
                    resources=[f"arn:aws:s3:::{self._existing.name if self._existing else ''}"],
                )
            )

    def deny(self, roles: ChangingRoles, deployer: str) -> None:
        """Deny everybody else to remove, write or hold a record; but not while it is imported.

        Connect itself removes and writes: whoever else writes could cover an original. Records are never locked.
        """
        if self._existing is not None and self._existing.stage == "import":
            return
        for statement in self._kept_statements:
            self.bucket.add_to_resource_policy(iam.PolicyStatement.from_json(dict(statement)))
        filed = self.record_class is RecordClass.CONTACT_RECORD
        retiring = [roles.retire_contact_records] if filed else []
        only_these_remove(self.bucket, [roles.remove_card_data, roles.erase_person, *retiring, CONNECT])
        # An erasure writes records anew without one contact's lines; it covers no recording.
        only_these_write(self.bucket, [roles.deliver_contact_records, roles.erase_person] if filed else [CONNECT])
        only_these_lock(self.bucket, legal_holds=[roles.remove_card_data, *([] if filed else [roles.place_hold])])
        nobody_weakens(self.bucket, deployer)

    def associate(self, instance_arn: str) -> connect.CfnInstanceStorageConfig:
        """Make the instance write this class here; while an association is imported, say what the instance does today.

        By names and not by references: an import refers to nothing that is not there yet.
        """
        resource_type, _ = CONNECT_RESOURCE_TYPES[self.record_class]
        as_it_is = self.imports_association
        bucket_name, prefix = self.bucket.bucket_name, self.prefix
        if as_it_is and self._moved is not None:
            bucket_name, prefix = self._moved.bucket or "", self._moved.prefix or ""
        elif as_it_is and self._existing is not None:
            bucket_name = self._existing.name
        association = connect.CfnInstanceStorageConfig(
            self,
            "Association",
            instance_arn=instance_arn,
            resource_type=resource_type,
            storage_type="S3",
            s3_config=connect.CfnInstanceStorageConfig.S3ConfigProperty(
                bucket_name=bucket_name,
                bucket_prefix=prefix,
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
