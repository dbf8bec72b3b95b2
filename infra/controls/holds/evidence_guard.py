"""``guard_evidence``: the one door of break-glass, and what CloudTrail sees people do to evidence beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.access.role_policy import RolePolicy
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from infra.parts.trail_rule import TrailRule, no_role_named, no_role_of
from steward.ids import RecordClass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.controls.context import Controls

TIMEOUT = cdk.Duration.seconds(60)
CONCURRENCY = 2

ENTERING = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]
TOUCHING = [
    "CompleteMultipartUpload",
    "CopyObject",
    "DeleteObject",
    "DeleteObjects",
    "PutObject",
    "PutObjectLegalHold",
    "PutObjectRetention",
]
"""Data events: CloudTrail has them of buckets that the council's own trail names."""
COVERING = ["CompleteMultipartUpload", "CopyObject", "PutObject"]
WEAKENING = [
    "DeleteBucket",
    "DeleteBucketEncryption",
    "DeleteBucketLifecycle",
    "DeleteBucketOwnershipControls",
    "DeleteBucketPolicy",
    "DeleteBucketPublicAccessBlock",
    "PutBucketAcl",
    "PutBucketEncryption",
    "PutBucketLifecycle",
    "PutBucketLogging",
    "PutBucketNotification",
    "PutBucketObjectLockConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketReplication",
    "PutBucketVersioning",
    "PutObjectLockConfiguration",
]
"""As CloudTrail names them, which is not always as the API does; some under either name, to be sure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""
BREAK_GLASS_SET = "break-glass"
"""What the permission set's name has after the environment's."""

BLINDING = ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"]
BREAKING = ["DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"]


class EvidenceGuard(Construct):
    """What break-glass does goes through one function; what is done beside it is told from the council's own trail.

    CloudTrail's events reach EventBridge where the account has a trail that is switched on, and only in the region in
    which they happen. A session is entered through whichever region's STS one asks.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        stores, deployment = controls.stores, controls.deployment
        self.acts = WorkQueue(
            self, "ActsOnEvidence", alarms=controls.alarms, timeout=TIMEOUT, holds="acts on evidence to be told"
        )
        self._function = StewardFunction(
            self,
            "GuardEvidence",
            runtime=controls.runtime,
            folder="guard_evidence",
            description="Removes a held copy for break-glass, and tells what people do to evidence",
            environment={
                "ACCOUNT": deployment.environment.account,
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "HOLD_BUCKET": stores.holds.bucket.bucket_name,
                "REGISTER_TABLE": stores.register.table_name,
                "STAFF_PREFIX": f"{deployment.prefix}-",
                **deployment.environment.permission_sets(deployment.name),
            },
            timeout=TIMEOUT,
            role_name=stores.roles.guard_evidence,
        )
        permissions.use_register(self._function, stores, "dynamodb:UpdateItem")
        permissions.dispose_of_held_copies(self._function, stores)
        self._function.allow(
            "BreakLocks",
            ["s3:BypassGovernanceRetention"],
            [stores.holds.bucket.arn_for_objects("*")],
            because=permissions.ANY_HELD_OBJECT,
        )
        permissions.tell(self._function, stores, {"TellDataProtectionOfficer": stores.data_protection_topic})
        self.acts.feed(self._function, batch_size=5, max_concurrency=CONCURRENCY)
        self._rules()
        self._open_the_door()

    def _rules(self) -> None:
        stores, roles = self._controls.stores, self._controls.stores.roles
        account = self._controls.deployment.environment.account
        held = stores.holds.bucket.bucket_name
        arns: list[object] = [f"arn:aws:iam::{account}:role/{roles.break_glass}"]
        if self._controls.deployment.environment.identity_center:
            # Identity Center makes the role of a permission set, and people enter it by AssumeRoleWithSAML.
            # https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
            chosen = f"AWSReservedSSO_{self._controls.deployment.name}-{BREAK_GLASS_SET}_*"
            arns.append({"wildcard": f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/*{chosen}"})
        self._rule("BreakGlassEntered", "sts", ENTERING, {"requestParameters": {"roleArn": arns}})
        functions = [roles.place_hold, roles.release_hold, roles.maintain_holds, roles.remove_card_data]
        ours = no_role_of([f"arn:aws:iam::{account}:role/{name}" for name in (*functions, roles.guard_evidence)])
        self._rule("HeldCopyTouched", "s3", TOUCHING, {"requestParameters": {"bucketName": [held]}}, ours)
        # Contact records are written by Firehose, and weakening their store is told like that of any other.
        stored = {name: store.bucket.bucket_name for name, store in stores.records.items()}
        originals = [name for record_class, name in stored.items() if record_class != RecordClass.CONTACT_RECORD]
        covered = {"requestParameters": {"bucketName": originals}}
        self._rule("OriginalCovered", "s3", COVERING, covered, no_role_named("AWSServiceRoleForAmazonConnect"))
        deploys = no_role_of([stores.deployer])
        buckets = {"requestParameters": {"bucketName": [held, *stored.values(), stores.access_logs.bucket_name]}}
        self._rule("StoreWeakened", "s3", WEAKENING, buckets, deploys)
        keys = [stores.keys.records, stores.keys.held, stores.keys.operations, stores.keys.signing]
        self._rule("KeyTouched", "kms", BREAKING, {"resources": {"ARN": [key.key_arn for key in keys]}}, deploys)
        self._rule("TrailBlinded", "cloudtrail", BLINDING)

    def _rule(
        self,
        construct_id: str,
        service: str,
        names: Sequence[str],
        concerning: Mapping[str, object] | None = None,
        but_by: Mapping[str, object] | None = None,
    ) -> None:
        TrailRule(
            self,
            construct_id,
            service=service,
            names=names,
            to=self.acts,
            undelivered=self._controls.undelivered,
            concerning=concerning,
            but_by=but_by,
        )

    def _open_the_door(self) -> None:
        """Let break-glass call the function, through its address alone: so that AWS says who calls.

        https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        """
        url = lambda_.FunctionUrl(
            self, "Door", function=self._function.function, auth_type=lambda_.FunctionUrlAuthType.AWS_IAM
        )
        cdk.CfnOutput(self, "BreakGlassUrl", value=url.url, description="Where break-glass removes a held copy")
        stores, function = self._controls.stores, self._function.function.function_arn
        rights = RolePolicy(
            self, "BreakGlassRights", role=stores.holds.break_glass, description="What break-glass may do"
        )
        rights.allow_through_address("RemoveAHeldCopy", "ThroughTheAddressAlone", function)
        rights.allow("FindTheAddress", ["cloudformation:DescribeStacks"], [cdk.Stack.of(self).stack_id])
        bucket = stores.holds.bucket.bucket_arn
        rights.allow("FindHeldCopies", ["s3:ListBucket", "s3:ListBucketVersions"], [bucket])
