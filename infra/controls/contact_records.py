"""Contact records: a flag among a contact's attributes, and the end of the months that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.parts import permissions
from infra.parts.functions import StewardFunction
from infra.parts.queues import DeadLetters
from steward.ids import RecordClass
from steward.names import COMPLAINT_REFERENCE_SPELLINGS, CONTACT_RECORDS

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.hold_path import HoldPath
    from infra.stores.contact_records import ContactRecords

FLAGGED = [{"data": {"Attributes": {key: [{"anything-but": [""]}]}}} for key in COMPLAINT_REFERENCE_SPELLINGS]
"""Records of contacts that carry a complaint's reference; attributes cannot be removed, only emptied.

One filter per spelling: a record passes that matches any of them, and Lambda takes five filters per mapping.
"""

LONGEST_WAIT = cdk.Duration.hours(1)
"""The age of a flag in the stream at which somebody is told."""


class ContactRecordControls(Construct):
    """``relay_flags`` on the stream, invoked for no ordinary contact, and the daily ``retire_contact_records``."""

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

    def _relay_flags(self, controls: Controls, records: ContactRecords, hold_path: HoldPath) -> None:
        relay = StewardFunction(
            self,
            "RelayFlags",
            runtime=controls.runtime,
            folder="relay_flags",
            description="Passes flags among contact attributes on to the hold queue",
            environment={"HOLD_QUEUE_URL": hold_path.requests.queue.queue_url},
            timeout=cdk.Duration.seconds(60),
        )
        relay.allow("AskForAHold", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        lost = DeadLetters(
            self,
            "UnreadFlags",
            alarms=controls.alarms,
            says="flags among contact attributes could not be passed on; the message says where in the stream they are",
            of_events=True,
        )
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
        relay.allow("ReportWhatWasLost", ["sqs:SendMessage"], [lost.queue.queue_arn])
        feed = lambda_.EventSourceMapping(
            relay,
            "Feed",
            target=relay.function,
            event_source_arn=records.stream.stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=10,
            filters=[lambda_.FilterCriteria.filter(pattern) for pattern in FLAGGED],
            on_failure=sources.SqsDlq(lost.queue),
        )
        feed.node.add_dependency(relay.rights)
        controls.alarms.add(
            self,
            "FlagsWait",
            metric=relay.function.metric("IteratorAge", period=cdk.Duration.minutes(5), statistic="Maximum"),
            threshold=LONGEST_WAIT.to_milliseconds(),
            says="flags among contact attributes wait too long in the stream",
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
