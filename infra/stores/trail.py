"""The council's own trail of who read what of held copies and of people's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.acceptance import accept
from infra.stores.access.denials import nobody_weakens, only_s3_writes_and_nobody_removes
from infra.stores.bucket import RetainedBucket

if TYPE_CHECKING:
    from collections.abc import Sequence

TRAIL_DAYS = 400
"""As long as the access logs, and longer than any question of who read something is likely to come."""


class ReadTrail(Construct):
    """A trail of reads alone, of these buckets alone: CloudTrail bills by the event, and writes are told elsewhere.

    Its files are checked by the digests that CloudTrail signs every hour.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html and
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, of: Sequence[s3.IBucket], deployer: str
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="trail-period",
                    expiration=cdk.Duration.days(TRAIL_DAYS),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="expired-delete-markers", expired_object_delete_marker=True),
            ],
        )
        nobody_weakens(self.bucket, deployer)
        only_s3_writes_and_nobody_removes(self.bucket)
        accept(
            self.bucket,
            "Its files name who read what and nothing of it; a key of one's own would cost more than the trail",
            "NIST.800.53.R5-S3DefaultEncryptionKMS",
            "PCI.DSS.321-S3DefaultEncryptionKMS",
        )
        accept(
            self.bucket,
            "It is itself the log of who read what; a log of who read that would want another",
            "AwsSolutions-S1",
            "NIST.800.53.R5-S3BucketLoggingEnabled",
            "PCI.DSS.321-S3BucketLoggingEnabled",
        )
        arn = f"arn:aws:cloudtrail:{stack.region}:{stack.account}:trail/{name}"
        from_it = {"StringEquals": {"aws:SourceArn": arn}}
        self._let("TrailLooks", "s3:GetBucketAcl", self.bucket.bucket_arn, from_it)
        logs = self.bucket.arn_for_objects(f"AWSLogs/{stack.account}/*")
        self._let("TrailWrites", "s3:PutObject", logs, from_it)
        objects = [one.arn_for_objects("") for one in of]
        trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=name,
            is_logging=True,
            s3_bucket_name=self.bucket.bucket_name,
            enable_log_file_validation=True,
            is_multi_region_trail=False,
            include_global_service_events=False,
            advanced_event_selectors=[
                cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
                    name="Reads",
                    field_selectors=[
                        _selector("eventCategory", equal=["Data"]),
                        _selector("resources.type", equal=["AWS::S3::Object"]),
                        _selector("readOnly", equal=["true"]),
                        cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field="resources.ARN", starts_with=objects),
                    ],
                )
            ],
        )
        accept(
            trail,
            "steward reads the files every night; a log group would keep who read what a second time",
            "NIST.800.53.R5-CloudTrailCloudWatchLogsEnabled",
            "PCI.DSS.321-CloudTrailCloudWatchLogsEnabled",
        )
        accept(
            trail,
            "Its files name who read what and nothing of it; S3 encrypts them, and its own key would cost more than"
            " the trail",
            "NIST.800.53.R5-CloudTrailEncryptionEnabled",
            "PCI.DSS.321-CloudTrailEncryptionEnabled",
        )
        if self.bucket.policy:
            trail.node.add_dependency(self.bucket.policy)

    def _let(self, sid: str, action: str, resource: str, conditions: dict[str, dict[str, str]]) -> None:
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ServicePrincipal("cloudtrail.amazonaws.com")],
                actions=[action],
                resources=[resource],
                conditions=conditions,
            )
        )


def _selector(field: str, *, equal: list[str]) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=field, equal_to=equal)
