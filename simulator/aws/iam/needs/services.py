"""What AWS's own services have to be allowed, because of what the templates declare.

Each function names the page that lists these permissions. They hold as soon as the resource exists, whether or not
anything was delivered yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.policies.deployed import arns_by_reference
from simulator.aws.iam.policies.statements import Need

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import Resource
    from simulator.aws.iam.policies.deployed import DeployedPolicies

KEY_USES_OF_LOGS: Final = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")


class ServiceNeeds:
    """Goes through the resources of a deployment."""

    def __init__(self, resources: Iterable[Resource], policies: DeployedPolicies) -> None:
        self._resources = list(resources)
        self._policies = policies
        self._account = ("aws:sourceaccount", policies.account)
        self._arns = arns_by_reference(self._resources)
        self._role_of = {
            self._arns[resource.identity.ref]: str(resource.declaration.properties.get("Role", ""))
            for resource in self._resources
            if resource.declaration.type == "AWS::Lambda::Function"
        }

    def all(self) -> Iterator[tuple[str, Need]]:
        """Return each need with the logical id of the resource that makes it one."""
        read = {
            "AWS::CloudWatch::Alarm": self._alarm,
            "AWS::Connect::IntegrationAssociation": self._association,
            "AWS::Events::Rule": self._rule,
            "AWS::KinesisFirehose::DeliveryStream": self._delivery,
            "AWS::Lambda::EventSourceMapping": self._event_source,
            "AWS::Lambda::Function": self._function,
            "AWS::Logs::LogGroup": self._log_group,
            "AWS::S3::Bucket": self._bucket,
            "AWS::Scheduler::Schedule": self._schedule,
        }
        for resource in self._resources:
            if resource.declaration.type in read:
                for need in read[resource.declaration.type](resource, resource.declaration.properties):
                    yield resource.declaration.logical_id, need

    def assumed(self, role: str, service: str, source_arn: str | None = None) -> Need:
        """Return the need to assume a role for this account."""
        source = (("aws:sourcearn", source_arn),) if source_arn else ()
        return Need(f"{service}.amazonaws.com", "sts:AssumeRole", role, (self._account, *source))

    def _function(self, _: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html ."""
        role = str(properties.get("Role", ""))
        if not role:
            return
        # Lambda's execution environment sends no source account.
        yield Need("lambda.amazonaws.com", "sts:AssumeRole", role)
        group = properties.get("LoggingConfig", {}).get("LogGroup")
        if group:
            stream = f"{self._log_group_arn(str(group))}:log-stream:2026/01/01/[$LATEST]0"
            yield from (Need(role, f"logs:{action}", stream) for action in ("CreateLogStream", "PutLogEvents"))
        dead_letters = properties.get("DeadLetterConfig", {}).get("TargetArn")
        if dead_letters:
            yield Need(role, "sqs:SendMessage", str(dead_letters))

    def _event_source(self, _: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html, services-kinesis-create.html ."""
        source = str(properties["EventSourceArn"])
        function = str(properties["FunctionName"])
        role = self._role_of.get(self._arns.get(function, function), "")
        if not role:
            return
        actions = {
            "sqs": ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage"),
            "kinesis": ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"),
        }
        service = source.split(":")[2]
        yield from (Need(role, f"{service}:{action}", source) for action in actions[service])
        yield from self._key(role, source, service, "Decrypt")
        on_failure = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        if on_failure:
            yield Need(role, "sqs:SendMessage", str(on_failure))

    def _schedule(self, _: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role ."""
        yield from self.scheduled(properties["Target"])

    def scheduled(self, target: Mapping[str, Any]) -> Iterator[Need]:
        """Return what the scheduler has to be allowed for a target, declared or made at run time."""
        role, arn = str(target["RoleArn"]), str(target["Arn"])
        yield self.assumed(role, "scheduler")
        action = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}[arn.split(":")[2]]
        yield Need(role, action, arn)
        dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
        if dead_letters:
            yield Need(role, "sqs:SendMessage", str(dead_letters))

    def _rule(self, resource: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html and eb-rule-dlq.html ."""
        source = ("aws:sourcearn", self._arns[resource.identity.ref])
        for target in properties.get("Targets", ()):
            for arn in (target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")):
                if arn and str(arn).split(":")[2] == "sqs":
                    context = (source, ("aws:securetransport", "true"))
                    yield Need("events.amazonaws.com", "sqs:SendMessage", str(arn), context)
                elif arn and str(arn).split(":")[2] == "lambda":
                    yield Need("events.amazonaws.com", "lambda:InvokeFunction", str(arn), (source,))

    def _association(self, _: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html ."""
        if properties.get("IntegrationType") == "LAMBDA_FUNCTION":
            source = ("aws:sourcearn", str(properties["InstanceId"]))
            function = str(properties["IntegrationArn"])
            yield Need("connect.amazonaws.com", "lambda:InvokeFunction", function, (self._account, source))

    def _alarm(self, resource: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html ; a topic's policy replaces the default."""
        for arn in properties.get("AlarmActions", ()):
            context = (self._account, ("aws:sourcearn", self._arns[resource.identity.ref]))
            secure = ("aws:securetransport", "true")
            yield Need("cloudwatch.amazonaws.com", "sns:Publish", str(arn), (*context, secure))
            key = self._policies.key_of(str(arn))
            if key:
                for action in ("Decrypt", "GenerateDataKey"):
                    yield Need("cloudwatch.amazonaws.com", f"kms:{action}", key, context)

    def _log_group(self, resource: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html ."""
        key = properties.get("KmsKeyId")
        if key:
            group = ("kms:encryptioncontext:aws:logs:arn", self._log_group_arn(resource.identity.ref))
            logs = f"logs.{self._policies.region}.amazonaws.com"
            yield from (Need(logs, f"kms:{action}", str(key), (group,)) for action in KEY_USES_OF_LOGS)

    def _bucket(self, resource: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html ."""
        # Of notifications: "Granting permissions to publish event notification messages to a destination", same guide.
        context = (
            self._account,
            ("aws:sourcearn", self._arns[resource.identity.ref]),
            ("aws:securetransport", "true"),
        )
        logging = properties.get("LoggingConfiguration")
        if logging:
            target = f"arn:aws:s3:::{logging['DestinationBucketName']}/{logging.get('LogFilePrefix', '')}2026-01-01"
            yield Need("logging.s3.amazonaws.com", "s3:PutObject", target, context)
        for told in properties.get("NotificationConfiguration", {}).get("QueueConfigurations", ()):
            yield Need("s3.amazonaws.com", "sqs:SendMessage", str(told["Queue"]), context)
        for told in properties.get("NotificationConfiguration", {}).get("TopicConfigurations", ()):
            yield Need("s3.amazonaws.com", "sns:Publish", str(told["Topic"]), context)
            key = self._policies.key_of(str(told["Topic"]))
            if key:
                for action in ("Decrypt", "GenerateDataKey"):
                    yield Need("s3.amazonaws.com", f"kms:{action}", key, (self._account,))
        for listed in properties.get("InventoryConfigurations", ()):
            # Same guide, "Grant permissions for S3 Inventory and S3 analytics".
            target = listed["Destination"]
            folder = f"{target['BucketArn']}/{target.get('Prefix', '')}/x"
            yield Need("s3.amazonaws.com", "s3:PutObject", folder, context)

    def _delivery(self, _: Resource, properties: Mapping[str, Any]) -> Iterator[Need]:
        """https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3 ."""
        source, destination = (
            properties["KinesisStreamSourceConfiguration"],
            properties["ExtendedS3DestinationConfiguration"],
        )
        stream, reader = str(source["KinesisStreamARN"]), str(source["RoleARN"])
        bucket, role = str(destination["BucketARN"]), str(destination["RoleARN"])
        yield self.assumed(role, "firehose")
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListShards"):
            yield Need(reader, f"kinesis:{action}", stream)
        yield from self._key(reader, stream, "kinesis", "Decrypt")
        for action in ("GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"):
            yield Need(role, f"s3:{action}", bucket)
        for prefix in ("Prefix", "ErrorOutputPrefix"):
            written = f"{bucket}/{str(destination[prefix]).partition('!')[0]}x"
            for action in ("AbortMultipartUpload", "GetObject", "PutObject"):
                yield Need(role, f"s3:{action}", written, (("aws:securetransport", "true"),))
        yield from self._key(role, bucket, "s3", "Decrypt", "GenerateDataKey")
        log = destination["CloudWatchLoggingOptions"]
        stream_of_log = f"{self._log_group_arn(str(log['LogGroupName']))}:log-stream:{log['LogStreamName']}"
        yield Need(role, "logs:PutLogEvents", stream_of_log)

    def _key(self, role: str, resource: str, service: str, *actions: str) -> Iterator[Need]:
        key = self._policies.key_of(resource)
        if key:
            via = ("kms:viaservice", f"{service}.{self._policies.region}.amazonaws.com")
            yield from (Need(role, f"kms:{action}", key, (via,)) for action in actions)

    def _log_group_arn(self, name: str) -> str:
        return f"arn:aws:logs:{self._policies.region}:{self._policies.account}:log-group:{name}"
