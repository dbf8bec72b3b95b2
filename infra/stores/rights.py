"""What requests of people about their data keep: a bucket with a key of its own, and the register of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.naming import role_of_function
from infra.parts.removal import RETAINED
from infra.stores.access.denials import nobody_breaks, nobody_weakens, only_these_remove
from infra.stores.bucket import RetainedBucket
from infra.stores.registers.table import RetainedTable
from steward.names import AGENDA, AGENDA_INDEX, CORRECTIONS, NEXT_ACTION_AT, READS, RECORD_CLASS_TAG, RIGHTS_STORE

if TYPE_CHECKING:
    from collections.abc import Sequence

WRITERS = (
    "assemble_package",
    "erase_person",
    "find_person",
    "hand_over",
    "record_application",
    "record_disclosure",
    "record_request",
    "retire_applications",
    "watch_disclosures",
    "watch_requests",
)
"""The functions that write the register of requests."""

REMOVERS = ("erase_person", "watch_disclosures", "watch_requests")
"""The functions that remove what a request or a disclosure no longer needs, and what is erased of a person."""

READS_DAYS = 400
"""Reports of who read what name people, and go when the trail does that they are made from."""

LONGEST_LINK = cdk.Duration.minutes(15)
"""A presigned link to anything in the bucket opens for no longer than this, whoever signed it."""


class RightsStore(Construct):
    """Who asked is under ``intake/``, what was found under ``requests/``, what goes out under ``packages/``.

    Forms of others who ask are under ``forms/``, what goes to them under ``disclosures/``. Its objects carry no lock,
    because what is kept here goes with its request; what may be held as evidence is in the hold bucket. Nothing is
    replicated, and an earlier version lasts a day.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        access_logs: s3.IBucket,
        operations_key: kms.IKey,
        deployer: str,
        statements_days: int,
        writers: Sequence[str] = WRITERS,
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="steward: requests of people about their data",
            enable_key_rotation=True,
            removal_policy=RETAINED,
        )
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            key=self.key,
            logged=(access_logs, f"{RIGHTS_STORE}/"),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="earlier-versions",
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="expired-delete-markers", expired_object_delete_marker=True),
                # What a person said of a contact goes when the last thing that is kept of a contact may.
                s3.LifecycleRule(id="statements", prefix=CORRECTIONS, expiration=cdk.Duration.days(statements_days)),
                s3.LifecycleRule(id="reports-of-reads", prefix=READS, expiration=cdk.Duration.days(READS_DAYS)),
            ],
        )
        cdk.Tags.of(self.bucket).add(RECORD_CLASS_TAG, RIGHTS_STORE)
        only_these_remove(self.bucket, [role_of_function(prefix, folder) for folder in REMOVERS])
        nobody_weakens(self.bucket, deployer)
        nobody_breaks(self.key, deployer)
        # https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NoLinkLivesLong",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[self.bucket.arn_for_objects("*")],
                conditions={"NumericGreaterThan": {"s3:signatureAge": LONGEST_LINK.to_milliseconds()}},
            )
        )
        self.table = RetainedTable(self, "Requests", key=operations_key)
        self.table.written_by(role_of_function(prefix, folder) for folder in writers)
        self.table.add_global_secondary_index(
            index_name=AGENDA_INDEX,
            partition_key=dynamodb.Attribute(name=AGENDA, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=NEXT_ACTION_AT, type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.ALL,
        )
