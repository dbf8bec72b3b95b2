"""What S3 tells of the objects in the stores: only what somebody acts upon, and nothing of an ordinary object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.queues import QueuePair

if TYPE_CHECKING:
    from collections.abc import Sequence

TAGS_TIMEOUT = cdk.Duration.minutes(5)
REMOVALS_TIMEOUT = cdk.Duration.seconds(60)

TAGGED = ["s3:ObjectTagging:Put"]
REMOVED = ["s3:ObjectRemoved:Delete", "s3:LifecycleExpiration:Delete"]
"""A version is gone for good; markers have event types of their own."""

_NAMED_BY_CLOUDFORMATION = 24
"""As much of a stack's name as surely begins the name that CloudFormation gives to a bucket of that stack."""


class ObjectNotices(Construct):
    """S3's own notifications of single event types, each to a queue.

    EventBridge would be told of every object, whether anybody complains or not, and S3 offers no choice there.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, adopted: Sequence[str]) -> None:
        """``adopted`` are the names of buckets that were there before."""
        super().__init__(scope, construct_id)
        self._senders = [own_buckets(self), *(f"arn:aws:s3:::{name}" for name in adopted)]
        self.tagged = self._queue("TaggedObjects", TAGS_TIMEOUT)
        self.removed = self._queue("RemovedCopies", REMOVALS_TIMEOUT)

    def tell_of_tags(self, bucket: s3.Bucket) -> None:
        """Let the bucket tell when somebody sets tags on an object."""
        _tell(bucket, self.tagged, TAGGED)

    def tell_of_removals(self, bucket: s3.Bucket) -> None:
        """Let the bucket tell when a version is gone for good."""
        _tell(bucket, self.removed, REMOVED)

    def _queue(self, construct_id: str, timeout: cdk.Duration) -> QueuePair:
        pair = QueuePair(self, construct_id, timeout=timeout)
        # By the beginning of the name: a policy that named the buckets would need them to be there, and S3 refuses
        # to set up a notification to a queue that does not let it in yet.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
        pair.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OurBucketsTell",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[pair.queue.queue_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                    "ArnLike": {"aws:SourceArn": self._senders},
                },
            )
        )
        return pair


def own_buckets(scope: Construct) -> str:
    """Return the pattern of the ARNs of buckets that CloudFormation names for the scope's stack."""
    return f"arn:aws:s3:::{cdk.Stack.of(scope).stack_name[:_NAMED_BY_CLOUDFORMATION].lower()}*"


def _tell(bucket: s3.Bucket, pair: QueuePair, types: Sequence[str]) -> None:
    """Set it on the resource itself: the library's own way deploys a function that rewrites notifications."""
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError("a bucket of steward's own has a resource")
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(event=kind, queue=pair.queue.queue_arn) for kind in types
        ]
    )
    policy = pair.queue.node.try_find_child("Policy")
    if policy is None:
        raise TypeError("the queue has a policy since it was made")
    resource.node.add_dependency(policy)
