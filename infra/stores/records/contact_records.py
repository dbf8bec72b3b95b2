"""Contact records: from the instance through a stream into a bucket, by the month in which the contact began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.parts.acceptance import accept
from infra.parts.access.roles import ServiceRole
from infra.parts.logs import LOG_RETENTION
from infra.parts.removal import RETAINED
from steward.names import CONTACT_RECORD_ERRORS, CONTACT_RECORDS

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

    from infra.stores.records.record_store import RecordStore

PREFIX = f"{CONTACT_RECORDS}year=!{{partitionKeyFromQuery:year}}/month=!{{partitionKeyFromQuery:month}}/"
ERROR_PREFIX = f"{CONTACT_RECORD_ERRORS}!{{firehose:error-output-type}}/"
MONTH_OF_CONTACT = "{year:.InitiationTimestamp[0:4],month:.InitiationTimestamp[5:7]}"
"""A record is sent again whenever its contact changes; filed under the contact's own month it never outlives it."""


class ContactRecords(Construct):
    """The stream to which the instance writes, and its delivery."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        instance_arn: str,
        store: RecordStore,
        stream_key: kms.IKey,
        logs_key: kms.IKey,
        role_name: str,
        streams_to: str | None = None,
    ) -> None:
        """``streams_to`` is the stream that the instance writes to today, while its association is imported.

        ``stream_key`` has to be the key that Connect uses for recordings: with another, nothing arrives.
        """
        super().__init__(scope, construct_id)
        self.stream_key = stream_key
        self.elsewhere = streams_to is not None
        # One shard takes 1 MB or 1,000 records a second. A contact centre with 500 calls ending in one second does not
        # exist in a council, and on-demand mode costs twice as much at rest.
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=kinesis.StreamMode.PROVISIONED,
            shard_count=1,
            # An outage of a long weekend loses no record.
            retention_period=cdk.Duration.days(7),
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=stream_key,
            removal_policy=RETAINED,
        )
        accept(
            self.stream,
            "Connect writes only to a stream with the key that it uses for recordings, which is the council's own",
            "AwsSolutions-KDS3",
        )
        self.association = connect.CfnInstanceStorageConfig(
            self,
            "Association",
            instance_arn=instance_arn,
            resource_type="CONTACT_TRACE_RECORDS",
            storage_type="KINESIS_STREAM",
            kinesis_stream_config=connect.CfnInstanceStorageConfig.KinesisStreamConfigProperty(
                stream_arn=streams_to or self.stream.stream_arn
            ),
        )
        self.association.apply_removal_policy(RETAINED)
        self._deliver(store, stream_key, logs_key, role_name)

    def _deliver(self, store: RecordStore, stream_key: kms.IKey, logs_key: kms.IKey, role_name: str) -> None:
        log_group = logs.LogGroup(
            self,
            "DeliveryLog",
            retention=LOG_RETENTION,
            encryption_key=logs_key,
            removal_policy=RETAINED,
        )
        log_stream = logs.LogStream(self, "DeliveryLogStream", log_group=log_group, removal_policy=RETAINED)
        bucket = store.bucket
        role = ServiceRole(
            self,
            "DeliveryRole",
            service="firehose",
            description="Lets Firehose deliver contact records",
            role_name=role_name,
        )
        role.rights.allow(
            "ReadTheStream",
            ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
            [self.stream.stream_arn],
        )
        role.rights.allow(
            "DecryptTheStream", ["kms:Decrypt"], [stream_key.key_arn], conditions=self._through("kinesis")
        )
        role.rights.allow(
            "FindObjects",
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            [bucket.bucket_arn],
        )
        role.rights.allow(
            "WriteObjects",
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            [bucket.arn_for_objects(f"{CONTACT_RECORDS}*"), bucket.arn_for_objects(f"{CONTACT_RECORD_ERRORS}*")],
            because="objects of the two prefixes are named by Firehose when it writes them",
        )
        role.rights.allow(
            "EncryptObjects",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [store.key.key_arn],
            conditions=self._through("s3"),
        )
        # The group's own ARN ends in ":*", after which no name of a stream matches.
        stack = cdk.Stack.of(self)
        group = f"arn:aws:logs:{stack.region}:{stack.account}:log-group:{log_group.log_group_name}"
        role.rights.allow("ReportFailures", ["logs:PutLogEvents"], [f"{group}:log-stream:{log_stream.log_stream_name}"])
        delivery = firehose.CfnDeliveryStream
        self.delivery = firehose.CfnDeliveryStream(
            self,
            "Delivery",
            delivery_stream_type="KinesisStreamAsSource",
            kinesis_stream_source_configuration=delivery.KinesisStreamSourceConfigurationProperty(
                kinesis_stream_arn=self.stream.stream_arn, role_arn=role.role_arn
            ),
            extended_s3_destination_configuration=delivery.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=bucket.bucket_arn,
                role_arn=role.role_arn,
                prefix=PREFIX,
                error_output_prefix=ERROR_PREFIX,
                compression_format="GZIP",
                file_extension=".json.gz",
                # Dynamic partitioning needs at least 64 MB.
                buffering_hints=delivery.BufferingHintsProperty(interval_in_seconds=900, size_in_m_bs=64),
                dynamic_partitioning_configuration=delivery.DynamicPartitioningConfigurationProperty(
                    enabled=True, retry_options=delivery.RetryOptionsProperty(duration_in_seconds=300)
                ),
                processing_configuration=delivery.ProcessingConfigurationProperty(
                    enabled=True,
                    processors=[
                        delivery.ProcessorProperty(
                            type="MetadataExtraction",
                            parameters=[
                                delivery.ProcessorParameterProperty(
                                    parameter_name="MetadataExtractionQuery", parameter_value=MONTH_OF_CONTACT
                                ),
                                delivery.ProcessorParameterProperty(
                                    parameter_name="JsonParsingEngine", parameter_value="JQ-1.6"
                                ),
                            ],
                        ),
                        delivery.ProcessorProperty(
                            type="AppendDelimiterToRecord",
                            parameters=[
                                delivery.ProcessorParameterProperty(parameter_name="Delimiter", parameter_value="\\n")
                            ],
                        ),
                    ],
                ),
                cloud_watch_logging_options=delivery.CloudWatchLoggingOptionsProperty(
                    enabled=True,
                    log_group_name=log_group.log_group_name,
                    log_stream_name=log_stream.log_stream_name,
                ),
            ),
        )
        accept(
            self.delivery,
            "Its source is an encrypted stream, and Firehose then encrypts with the stream's key; its own setting"
            " applies to direct puts only",
            "AwsSolutions-KDF1",
        )
        self.delivery.node.add_dependency(role.rights)

    def _through(self, service: str) -> dict[str, object]:
        """Return the condition that a key is used by that service only.

        https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
        """
        return {"StringEquals": {"kms:ViaService": f"{service}.{cdk.Stack.of(self).region}.amazonaws.com"}}
