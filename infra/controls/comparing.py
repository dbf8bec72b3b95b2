"""``compare_configuration`` every night, and within minutes of a change that CloudTrail tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.accepting import as_variable
from infra.parts.access import permissions
from infra.parts.access.role_policy import RolePolicy
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from infra.stores.changes import TIMEOUT
from steward.names import CONFIGURATION, CONFIGURATION_HISTORY

if TYPE_CHECKING:
    from infra.controls.context import Controls

PARTITIONS = (CONFIGURATION, CONFIGURATION_HISTORY)
"""Of the register it has these, and no row of a hold."""

FOLDER = "compare_configuration"
BURST = 1000
"""Messages of one run: some hundred letters each, of the six megabytes that Lambda hands over."""
GATHERING = cdk.Duration.minutes(2)
TABLE_READS = [
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetResourcePolicy",
]
BUCKET_READS = [
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
]


class LiveConfiguration(Construct):
    """What is live against what was written. It reads settings and nothing that is kept; it writes findings alone."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        stores, deployment = controls.stores, controls.deployment
        environment = deployment.environment
        stacks = [f"{deployment.prefix}-{name}" for name in ("stores", "controls")]
        if controls.policy.messaging:
            stacks.append(f"{deployment.prefix}-sms")
        if environment.request_guide and stores.rights:
            stacks.append(f"{deployment.prefix}-request-guide")
        self.compare = StewardFunction(
            self,
            "CompareConfiguration",
            runtime=controls.runtime,
            folder=FOLDER,
            description="Compares what is live with what was written",
            environment={
                "ACCEPTED_DIFFERENCES": as_variable(environment.accepted_differences),
                "ACCOUNT": environment.account,
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "REGION": environment.region,
                "REGISTER_TABLE": stores.register.table_name,
                "STACKS": cdk.Stack.of(self).to_json_string(stacks),
                "SUPERVISORS_TOPIC_ARN": stores.supervisors_topic.topic_arn,
            },
            timeout=TIMEOUT,
            failed_runs=controls.failed_runs.queue,
        )
        # A policy has 6,144 characters: what it reads is one, and what it does another.
        self._reads = RolePolicy(self.compare, "Reads", role=self.compare.role, description=f"What {FOLDER} may read")
        self._may_read(controls, stacks)
        permissions.use_register(
            self.compare, stores, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query", only=PARTITIONS
        )
        permissions.tell(
            self.compare,
            stores,
            {"TellOfficer": stores.data_protection_topic, "TellSupervisors": stores.supervisors_topic},
        )
        changes = WorkQueue(
            self,
            "ConfigurationChanges",
            alarms=controls.alarms,
            timeout=TIMEOUT,
            holds="changes to be compared",
            oldest=cdk.Duration.hours(4),
            existing=stores.changes.pair,
        )
        # A burst of changes is one run: what is compared is what is live, and not what the messages say.
        changes.feed(self.compare, batch_size=BURST, max_concurrency=2, gathering=GATHERING)
        controls.daily(self, "CompareConfigurationDaily", self.compare, at="03:50")
        for metric, says in (
            ("ConfigurationDiffers", "something is live in another way than it was written"),
            ("ConfigurationNotShown", "the comparison could not read something: whether it is as written is not known"),
        ):
            controls.alarms.add(self, metric, metric=controls.alarms.counted(FOLDER, metric), threshold=1, says=says)

    def _may_read(self, controls: Controls, stacks: list[str]) -> None:
        environment, reads = controls.deployment.environment, self._reads
        reads.allow(
            "ReadWhatWasWritten",
            ["cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:ListStackResources"],
            [f"arn:aws:cloudformation:{environment.region}:{environment.account}:stack/{name}/*" for name in stacks],
            because="CloudFormation gives each stack an id of its own",
        )
        reads.allow("ReadBuckets", BUCKET_READS, [bucket.bucket_arn for bucket in controls.stores.buckets])
        instance = environment.instance_arn
        reads.allow(
            "ReadFlowsAndStorage",
            [
                "connect:DescribeContactFlow",
                "connect:DescribeContactFlowModule",
                "connect:DescribeView",
                "connect:ListContactFlowModuleAliases",
                "connect:ListContactFlowModuleVersions",
                "connect:ListInstanceStorageConfigs",
            ],
            [instance, f"{instance}/contact-flow/*", f"{instance}/flow-module/*", f"{instance}/view/*"],
            because="Connect gives flows and views their ids",
        )
        self._may_read_the_rest(controls)

    def _may_read_the_rest(self, controls: Controls) -> None:
        """By the beginning of names: CloudFormation ends each with letters of its own."""
        deployment, reads = controls.deployment, self._reads
        prefix, environment = deployment.prefix, deployment.environment
        here = f"{environment.region}:{environment.account}"
        named = "CloudFormation completes the name"
        # By the tag that every resource of a deployment has: a key's name is its id.
        # https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
        reads.allow(
            "ReadKeys",
            ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"],
            [f"arn:aws:kms:{here}:key/*"],
            conditions={"StringEquals": {"aws:ResourceTag/steward:environment": deployment.name}},
            because="the condition names the deployment",
        )
        reads.allow("ReadTables", TABLE_READS, [f"arn:aws:dynamodb:{here}:table/{prefix}-*"], because=named)
        reads.allow("ReadQueues", ["sqs:GetQueueAttributes"], [f"arn:aws:sqs:{here}:{prefix}-*"], because=named)
        reads.allow(
            "ReadFunctions",
            ["lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration"],
            [f"arn:aws:lambda:{here}:function:{prefix}-*"],
            because="every function of the deployment is compared",
        )
        if environment.kept_warm:
            reads.allow(
                "ReadAliases",
                ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig"],
                [f"arn:aws:lambda:{here}:function:{prefix}-*"],
                because="every alias of the deployment is compared; what is kept ready is asked of the alias",
            )
        reads.allow(
            "ReadWhatBringsWork",
            ["lambda:GetEventSourceMapping"],
            [f"arn:aws:lambda:{here}:event-source-mapping:*"],
            because="Lambda gives each an id of its own",
        )
        reads.allow(
            "ReadRules",
            ["events:DescribeRule", "events:ListTargetsByRule"],
            [f"arn:aws:events:{here}:rule/{prefix}-*", f"arn:aws:events:{here}:rule/{prefix}/{prefix}-*"],
            because=named,
        )
        reads.allow(
            "ReadSchedules",
            ["scheduler:GetSchedule"],
            [f"arn:aws:scheduler:{here}:schedule/{prefix}-daily/{prefix}-*"],
            because=named,
        )
        reads.allow(
            "ReadTopics",
            ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"],
            [f"arn:aws:sns:{here}:{prefix}-*"],
            because=named,
        )
        reads.allow(
            "ReadRoles",
            ["iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
            [f"arn:aws:iam::{environment.account}:role/{prefix}-*"],
            because="every role of the deployment is compared",
        )
        reads.allow(
            "ReadPolicies",
            ["iam:GetPolicy", "iam:GetPolicyVersion"],
            [f"arn:aws:iam::{environment.account}:policy/{prefix}-*"],
            because=named,
        )
        # Lists, which AWS allows of all alarms and log groups or not at all: settings, and no line of a log.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
        # https://github.com/hashicorp/terraform-provider-aws/issues/8804
        listed = "AWS knows no right to list some of them"
        reads.allow("ListAlarms", ["cloudwatch:DescribeAlarms"], [f"arn:aws:cloudwatch:{here}:alarm:*"], because=listed)
        reads.allow("ListLogGroups", ["logs:DescribeLogGroups"], [f"arn:aws:logs:{here}:log-group:*"], because=listed)
