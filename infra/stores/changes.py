"""What CloudTrail sees somebody change of what is compared, brought to the comparison within minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.parts.queues import QueuePair
from infra.parts.trail_rule import no_role_of
from infra.stores.notices import own_buckets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMEOUT: Final = cdk.Duration.minutes(15)
"""That of ``compare_configuration``."""

BUCKETS: Final = [
    {"prefix": "DeleteBucket"},
    {"prefix": "PutBucket"},
    "PutAccelerateConfiguration",
    "PutInventoryConfiguration",
    "PutObjectLockConfiguration",
    "PutReplicationConfiguration",
]
"""CloudTrail names what is done to a bucket by a name of its own, here and there under that of the permission.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""
FLOWS: Final = [
    {"prefix": "DeleteContactFlow"},
    {"prefix": "UpdateContactFlow"},
    "AssociateInstanceStorageConfig",
    "DeleteView",
    "DisassociateInstanceStorageConfig",
    "UpdateInstanceStorageConfig",
    "UpdateViewContent",
]
RUNNING: Final = [
    {"prefix": "DeleteAlias"},
    {"prefix": "DeleteEventSourceMapping"},
    {"prefix": "DeleteFunction"},
    {"prefix": "DeleteProvisionedConcurrencyConfig"},
    {"prefix": "PutFunctionConcurrency"},
    {"prefix": "PutProvisionedConcurrencyConfig"},
    {"prefix": "UpdateAlias"},
    {"prefix": "UpdateEventSourceMapping"},
    {"prefix": "UpdateFunctionCode"},
    {"prefix": "UpdateFunctionConfiguration"},
    "DeleteRule",
    "DeleteSchedule",
    "DisableRule",
    "EnableRule",
    "PutRule",
    "PutTargets",
    "RemoveTargets",
    "UpdateSchedule",
]
"""Lambda's end in the date of its API: ``UpdateFunctionConfiguration20150331v2``.

https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""
KEYS: Final = [
    "CancelKeyDeletion",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
]
KEEPING: Final = [
    "DeleteQueue",
    "DeleteResourcePolicy",
    "DeleteTable",
    "PutResourcePolicy",
    "SetQueueAttributes",
    "UpdateContinuousBackups",
    "UpdateTable",
    "UpdateTimeToLive",
]

WATCHING: Final = [
    "AssociateKmsKey",
    "DeleteAlarms",
    "DeleteLogGroup",
    "DeleteRetentionPolicy",
    "DeleteTopic",
    "DisableAlarmActions",
    "DisassociateKmsKey",
    "EnableAlarmActions",
    "PutMetricAlarm",
    "PutRetentionPolicy",
    "SetTopicAttributes",
    "Subscribe",
]
"""Of alarms, topics and log groups; CloudWatch's source is ``monitoring.amazonaws.com``. Not of roles: what is done to
IAM is told in us-east-1 alone, where no rule of ours is.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""


class ConfigurationChanges(Construct):
    """Rules for the calls that change what is compared, of this deployment alone, and the queue that they lead to.

    Not those of CloudFormation, which deploys what was written, and none that was refused. They come where the account
    has a trail that is switched on; what none of them tells of is found in the night. A rule without a limit to what it
    is about would run the comparison for every call in the account, beside the holds that share Connect's quota.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        instance_arn: str,
        deployer: str,
        adopted: Sequence[str],
    ) -> None:
        """``prefix`` begins the names of everything deployed; ``adopted`` are buckets that were there before.

        Made after every key of its stack.
        """
        super().__init__(scope, construct_id)
        self.pair = QueuePair(self, "ConfigurationChanges", timeout=TIMEOUT)
        self._deployer = deployer
        ours = own_buckets(self).rpartition(":")[2].removesuffix("*")
        self._rule("BucketChanged", ["s3"], BUCKETS, _asked(bucketName=[{"prefix": ours}, *adopted]))
        instance = {"suffix": instance_arn.rpartition("/")[2]}
        # As the API spells it and as CloudTrail spells most services: its pages show the first for some calls.
        named = [_asked(InstanceId=[instance]), _asked(instanceId=[instance])]
        self._rule("FlowChanged", ["connect"], FLOWS, {"$or": named})
        began, function = {"prefix": f"{prefix}-"}, {"wildcard": f"*:function:{prefix}-*"}
        running: list[Mapping[str, object]] = [
            _asked(functionName=[began, function]),
            # A mapping is changed by its id alone; the answer names its function.
            {"responseElements": {"functionArn": [function]}},
            _asked(name=[began]),
            _asked(rule=[began]),
        ]
        self._rule("WorkChanged", ["lambda", "events", "scheduler"], RUNNING, {"$or": running})
        keys = [one.key_arn for one in cdk.Stack.of(self).node.find_all() if isinstance(one, kms.Key)]
        self._rule("KeyChanged", ["kms"], KEYS, {"resources": {"ARN": keys}})
        table = {"wildcard": f"*:table/{prefix}-*"}
        keeping: list[Mapping[str, object]] = [
            _asked(tableName=[began, table]),
            _asked(resourceArn=[table]),
            _asked(queueUrl=[{"wildcard": f"*/{prefix}-*"}]),
            _asked(alarmName=[began]),
            _asked(alarmNames=[began]),
            _asked(logGroupName=[began]),
            _asked(topicArn=[{"wildcard": f"*:{prefix}-*"}]),
        ]
        services = ["dynamodb", "sqs", "monitoring", "sns", "logs"]
        self._rule("KeepingChanged", services, KEEPING + WATCHING, {"$or": keeping})

    def _rule(
        self,
        construct_id: str,
        services: Sequence[str],
        names: Sequence[object],
        concerning: Mapping[str, object],
    ) -> None:
        detail: dict[str, object] = {
            "eventSource": [f"{service}.amazonaws.com" for service in services],
            "eventName": [*names],
            "errorCode": [{"exists": False}],
            "userIdentity": {"sessionContext": {"sessionIssuer": no_role_of([self._deployer])}},
            **concerning,
        }
        events.Rule(
            self,
            construct_id,
            description=f"Compared within minutes: {construct_id}",
            event_pattern=events.EventPattern(
                source=[f"aws.{service}" for service in services],
                detail_type=["AWS API Call via CloudTrail"],
                detail=detail,
            ),
            targets=[
                targets.SqsQueue(
                    self.pair.queue,
                    dead_letter_queue=self.pair.dead_letters,
                    # That something was changed is enough: who did it, and from where, stays in CloudTrail.
                    message=events.RuleTargetInput.from_object(
                        {
                            "call": events.EventField.from_path("$.detail.eventName"),
                            "at": events.EventField.time,
                        }
                    ),
                )
            ],
        )


def _asked(**named: Sequence[object]) -> dict[str, object]:
    return {"requestParameters": {name: [*values] for name, values in named.items()}}
