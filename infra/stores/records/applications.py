"""The store of applications, such as for a blue badge: a bucket and a key of its own, and readers of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.naming import role_of_function
from infra.parts.removal import RETAINED
from infra.stores.access.denials import deny, nobody_breaks, nobody_weakens, only_these_remove, only_these_write
from infra.stores.bucket import RetainedBucket
from infra.stores.records.lifecycle import lifecycle_of
from steward.ids import RecordClass
from steward.names import RECORD_CLASS_TAG

if TYPE_CHECKING:
    from steward.policy.retention import Period

OFFICER = "applications-officer"
RETIRES, RECORDS = "retire_applications", "record_application"


class ApplicationStore(Construct):
    """Applications carry proof of eligibility, such as letters about health: nobody reads them but who deals with them.

    ``retire_applications`` disposes of each on its day. The store's own rule is only behind that: it counts from the
    day on which an object was stored, which is never before the day of the application.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        period: Period,
        prefix: str,
        access_logs: s3.IBucket,
        deployer: str,
        case_system: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        record_class = RecordClass.APPLICATION_INFORMATION
        self.key = kms.Key(
            self, "Key", description="steward: applications", enable_key_rotation=True, removal_policy=RETAINED
        )
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            key=self.key,
            logged=(access_logs, f"{record_class.value}/"),
            locks=True,
            lifecycle_rules=lifecycle_of(period),
        )
        cdk.Tags.of(self.bucket).add(RECORD_CLASS_TAG, record_class.value)
        retires = role_of_function(prefix, RETIRES)
        only_these_remove(self.bucket, [retires])
        officer = f"{prefix}-{OFFICER}"
        system = [case_system.rpartition("/")[2]] if case_system and ":role/" in case_system else []
        only_these_write(self.bucket, [officer, *system])
        deny(
            self.bucket,
            "OnlyTheseHold",
            ["s3:PutObjectLegalHold", "s3:PutObjectRetention"],
            self.bucket.arn_for_objects("*"),
            unless=[retires],
        )
        deny(
            self.bucket,
            "OnlyTheseRead",
            ["s3:GetObject", "s3:GetObjectVersion"],
            self.bucket.arn_for_objects("*"),
            unless=[officer, role_of_function(prefix, RECORDS), *system],
        )
        nobody_weakens(self.bucket, deployer)
        nobody_breaks(self.key, deployer)
