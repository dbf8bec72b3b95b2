"""Contact records: a flag among a contact's attributes, and the end of the months that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.controls.holds.path import HOLD_CONCURRENCY, HOLD_TIMEOUT
from infra.parts.access import permissions
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.ids import RecordClass
from steward.names import COMPLAINT_REFERENCE_SPELLINGS, CONTACT_RECORDS

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.stores.records.contact_records import ContactRecords

FLAGGED = [{"data": {"Attributes": {key: [{"anything-but": [""]}]}}} for key in COMPLAINT_REFERENCE_SPELLINGS]
"""Records of contacts that carry a complaint's reference; attributes cannot be removed, only emptied.

One filter per spelling: a record passes that matches any of them, and Lambda takes five filters per mapping.
"""

LONGEST_WAIT = cdk.Duration.hours(1)
"""The age of a flag in the stream at which somebody is told."""

GIVEN_UP_AFTER = cdk.Duration.days(1)
"""The age at which a flag is given up and told: attempts are not counted, so an outage of hours loses none.

The stream keeps its record for six days more. A record of which nothing can be made is set aside by the function itself
and keeps nothing waiting.
"""

NOT_POLLED_FOR = 12
"""Periods of five minutes without a count. A mapping that polls counts, 0 where nothing came; one that is disabled, or
may read no more, does not. The age of what was read is silent then, because nothing is.

Lambda developer guide, "Event source mapping metrics"; that an idle mapping counts 0 was reported in 2026.
"""


class ContactRecordControls(Construct):
    """``relay_flags`` on the stream, invoked for no ordinary contact, and the daily ``retire_contact_records``.

    And the daily count, unless the instance still writes to another stream: then nothing comes that could be counted.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        records: ContactRecords,
        hold_path: HoldPath,
    ) -> None:
        super().__init__(scope, construct_id)
        self._relay_flags(controls, records, hold_path)
        self._retire(controls)
        if not records.elsewhere:
            self._count(controls, records)

    def _relay_flags(self, controls: Controls, records: ContactRecords, hold_path: HoldPath) -> None:
        unread = WorkQueue(
            self,
            "UnreadFlags",
            alarms=controls.alarms,
            timeout=HOLD_TIMEOUT,
            holds="notices of flags among contact attributes that could not be passed on",
        )
        relay = StewardFunction(
            self,
            "RelayFlags",
            runtime=controls.runtime,
            folder="relay_flags",
            description="Passes flags among contact attributes on to the hold queue",
            environment={
                "HOLD_QUEUE_URL": hold_path.requests.queue.queue_url,
                "UNREAD_FLAGS_URL": unread.queue.queue_url,
            },
            timeout=cdk.Duration.seconds(60),
        )
        relay.allow("AskForAHold", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        relay.allow(
            "ReadTheStream",
            [
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:ListShards",
            ],
            [records.stream.stream_arn],
        )
        relay.allow("DecryptTheStream", ["kms:Decrypt"], [records.stream_key.key_arn])
        relay.allow("ReportWhatWasLost", ["sqs:SendMessage"], [unread.queue.queue_arn])
        feed = lambda_.EventSourceMapping(
            relay,
            "Feed",
            target=relay.function,
            event_source_arn=records.stream.stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=-1,
            max_record_age=GIVEN_UP_AFTER,
            filters=[lambda_.FilterCriteria.filter(pattern) for pattern in FLAGGED],
            on_failure=sources.SqsDlq(unread.queue),
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
        feed.node.add_dependency(relay.rights)
        # Who is told of what cannot be held is told of these too, in the same words.
        unread.feed(hold_path.place_hold, batch_size=5, max_concurrency=HOLD_CONCURRENCY, also="UnreadFlags")
        controls.alarms.add(
            self,
            "FlagsWait",
            metric=relay.function.metric("IteratorAge", period=cdk.Duration.minutes(5), statistic="Maximum"),
            threshold=LONGEST_WAIT.to_milliseconds(),
            says="flags among contact attributes wait too long in the stream",
            section="a-queue-waits",
        )

        controls.alarms.add(
            self,
            "FlagsNotRead",
            metric=cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="PolledEventCount",
                dimensions_map={"EventSourceMappingUUID": feed.event_source_mapping_id},
                period=cdk.Duration.minutes(5),
                statistic="Sum",
            ),
            threshold=0,
            silent_for=NOT_POLLED_FOR,
            says="nothing reads the stream for flags among contact attributes",
            section="a-queue-waits",
        )

    def _retire(self, controls: Controls) -> None:
        stores = controls.stores
        store = stores.records[RecordClass.CONTACT_RECORD]
        retire = StewardFunction(
            self,
            "RetireContactRecords",
            runtime=controls.runtime,
            folder="retire_contact_records",
            description="Disposes of contact records whose month is older than the policy keeps",
            environment={
                "CONTACT_RECORD_BUCKET": store.bucket.bucket_name,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "REGISTER_TABLE": stores.register.table_name,
            },
            timeout=cdk.Duration.minutes(15),
            role_name=stores.roles.retire_contact_records,
            failed_runs=controls.failed_runs.queue,
        )
        retire.allow("FindMonths", ["s3:ListBucketVersions"], [store.bucket.bucket_arn])
        retire.allow(
            "DisposeOfMonths",
            ["s3:DeleteObjectVersion"],
            [store.bucket.arn_for_objects(f"{CONTACT_RECORDS}*")],
            because="Firehose names the objects of a month",
        )
        permissions.use_register(retire, stores, "dynamodb:PutItem", "dynamodb:UpdateItem")
        permissions.read_disposal_switch(retire, stores)
        controls.daily(self, "RetireContactRecordsDaily", retire, at="03:30")

    def _count(self, controls: Controls, records: ContactRecords) -> None:
        instance_arn = controls.deployment.environment.instance_arn
        store = controls.stores.records[RecordClass.CONTACT_RECORD]
        counting = StewardFunction(
            self,
            "CountContactRecords",
            runtime=controls.runtime,
            folder="count_contact_records",
            description="Counts the records that arrived of the contacts that ended the day before",
            environment={
                "CONTACT_RECORD_BUCKET": store.bucket.bucket_name,
                "CONTACT_RECORD_STREAM": records.stream.stream_name,
                "INSTANCE_ARN": instance_arn,
            },
            timeout=cdk.Duration.minutes(15),
            failed_runs=controls.failed_runs.queue,
        )
        counting.allow("CountContacts", ["connect:SearchContacts"], [instance_arn])
        counting.allow("KnowWhenTheStreamWasMade", ["kinesis:DescribeStreamSummary"], [records.stream.stream_arn])
        counting.allow("FindRecords", ["s3:ListBucket"], [store.bucket.bucket_arn])
        counting.allow(
            "ReadRecords",
            ["s3:GetObject"],
            [store.bucket.arn_for_objects(f"{CONTACT_RECORDS}*")],
            because="Firehose names the objects of a month",
        )
        counting.allow("DecryptRecords", ["kms:Decrypt"], store.reading_keys)
        controls.alarms.add(
            self,
            "RecordsMissing",
            metric=controls.alarms.counted("count_contact_records", "RecordsMissing"),
            threshold=1,
            says="contacts ended whose records did not arrive",
        )
        controls.daily(self, "CountContactRecordsDaily", counting, at="05:15")
