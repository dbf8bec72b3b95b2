"""Where proof is kept: daily inventories of every store, and the statements that are made from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.parts.acceptance import accept
from infra.parts.naming import role_of_function
from infra.parts.topics import topic
from infra.stores.access.denials import deny, nobody_weakens, only_s3_writes_and_nobody_removes, only_these_write
from infra.stores.bucket import RetainedBucket
from infra.stores.notices import own_buckets
from steward.evidence.register.nightly import FOLDER, KEPT
from steward.evidence.statement.inventory import CONFIGURATION, OPTIONAL_FIELDS, PREFIX
from steward.names import EVIDENCE_STORE, RECORD_CLASS_TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms

WRITES = "write_statement"
INVENTORY_DAYS = 40
"""A month and some days: this month's inventory is compared with last month's."""

STATEMENT_YEARS = 7
EXCEPTION_DAYS = 400
"""Thirteen months: exceptions name objects, and so contacts."""


class Inventories(Construct):
    """The bucket into which S3 delivers a list of every version of every store, once a day.

    It has S3's own encryption and no lock: what is in it can be made again, and it is gone after 40 days. Its lists
    name contacts by their ids, so nobody but ``write_statement`` reads them.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        key: kms.Key,
        access_logs: s3.IBucket,
        deployer: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            logged=(access_logs, "inventories/"),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="inventory-period",
                    expiration=cdk.Duration.days(INVENTORY_DAYS),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="expired-delete-markers", expired_object_delete_marker=True),
            ],
        )
        self.delivered = self._topic(key)
        nobody_weakens(self.bucket, deployer)
        deny(
            self.bucket,
            "OnlyTheseRead",
            ["s3:GetObject", "s3:GetObjectVersion"],
            self.bucket.arn_for_objects("*"),
            unless=[role_of_function(prefix, WRITES)],
        )
        only_s3_writes_and_nobody_removes(self.bucket)
        accept(
            self.bucket,
            "S3 delivers inventories with its own encryption; they can be made again and are gone after 40 days",
            "NIST.800.53.R5-S3DefaultEncryptionKMS",
            "PCI.DSS.321-S3DefaultEncryptionKMS",
        )

    def _topic(self, key: kms.Key) -> sns.Topic:
        """Return a topic that hears of each complete inventory, and to which nobody listens: it is counted.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-notifications.html
        """
        stack = cdk.Stack.of(self)
        heard = topic(self, "Delivered", display_name="Inventories delivered", key=key, email=None)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="S3MayTellOfInventories",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
        heard.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OurBucketTells",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[heard.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": own_buckets(self)},
                },
            )
        )
        resource = _resource(self.bucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            topic_configurations=[
                s3.CfnBucket.TopicConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    topic=heard.topic_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="suffix", value="manifest.checksum")]
                        )
                    ),
                )
            ]
        )
        policy = heard.node.try_find_child("Policy")
        if policy is None:
            raise TypeError("the topic has a policy since it was made")
        resource.node.add_dependency(policy)
        return heard

    def of(self, buckets: Sequence[s3.Bucket]) -> None:
        """Let S3 list these buckets every day: all versions, with their locks."""
        for bucket in buckets:
            _resource(bucket).inventory_configurations = [
                s3.CfnBucket.InventoryConfigurationProperty(
                    id=CONFIGURATION,
                    enabled=True,
                    included_object_versions="All",
                    schedule_frequency="Daily",
                    optional_fields=list(OPTIONAL_FIELDS),
                    destination=s3.CfnBucket.DestinationProperty(
                        bucket_arn=self.bucket.bucket_arn,
                        bucket_account_id=cdk.Stack.of(self).account,
                        format="CSV",
                        prefix=PREFIX,
                    ),
                )
            ]
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html (S3 Inventory)
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="S3DeliversInventories",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"{PREFIX}/*")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                    "ArnLike": {"aws:SourceArn": [bucket.bucket_arn for bucket in buckets]},
                },
            )
        )


class EvidenceStore(Construct):
    """Statements, each locked for seven years, and the lists of their exceptions, which are gone after thirteen months.

    And the register of each night as a page, which names cases and contacts and is gone after forty days.

    Governance mode, and nobody may bypass it: a lock that even a deployment could not correct would outlive every
    trial. One function writes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        key: kms.IKey,
        access_logs: s3.IBucket,
        deployer: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            key=key,
            logged=(access_logs, f"{EVIDENCE_STORE}/"),
            locks=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="exceptions",
                    prefix="exceptions/",
                    expiration=cdk.Duration.days(EXCEPTION_DAYS),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(
                    id="register",
                    prefix=f"{FOLDER}/",
                    expiration=cdk.Duration.days(KEPT.days),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(
                    id="incomplete-uploads",
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                    expired_object_delete_marker=True,
                ),
            ],
        )
        _resource(self.bucket).object_lock_configuration = s3.CfnBucket.ObjectLockConfigurationProperty(
            object_lock_enabled="Enabled",
            rule=s3.CfnBucket.ObjectLockRuleProperty(
                default_retention=s3.CfnBucket.DefaultRetentionProperty(mode="GOVERNANCE", years=STATEMENT_YEARS)
            ),
        )
        cdk.Tags.of(self.bucket).add(RECORD_CLASS_TAG, EVIDENCE_STORE)
        everything = self.bucket.arn_for_objects("*")
        only_these_write(self.bucket, [role_of_function(prefix, WRITES)])
        deny(self.bucket, "NobodyBypassesLocks", ["s3:BypassGovernanceRetention"], everything, unless=[])
        deny(self.bucket, "NobodyRemoves", ["s3:DeleteObject", "s3:DeleteObjectVersion"], everything, unless=[])
        deny(
            self.bucket,
            "OnlyTheseLock",
            ["s3:PutObjectLegalHold", "s3:PutObjectRetention"],
            everything,
            unless=[role_of_function(prefix, WRITES)],
        )
        nobody_weakens(self.bucket, deployer)


def _resource(bucket: s3.Bucket) -> s3.CfnBucket:
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError("a bucket of steward's own has a resource")
    return resource
