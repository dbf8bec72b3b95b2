"""The monthly statement, and the alarms on what it denies, what it cannot show and what it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.functions import StewardFunction
from infra.stores.evidence import WRITES
from steward.evidence.packs import FOLDER as PACKS
from steward.evidence.register.nightly import FOLDER
from steward.evidence.signatures import ALGORITHM
from steward.evidence.statement.inventory import PREFIX
from steward.ids import RecordClass
from steward.names import AGENDA_INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sqs as sqs

    from infra.controls.context import Controls


class MonthlyStatement(Construct):
    """``write_statement`` on the first of each month, when the night's inventories are there.

    It is asked every day, and on most days finds that the last month has its statement: so one that could not be signed
    is made the next day, and a day without a run is told.
    """

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, hold_requests: sqs.IQueue) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        self.write = StewardFunction(
            self,
            "WriteStatement",
            runtime=controls.runtime,
            folder=WRITES,
            description="States each month what is held, whether holds are whole, and writes the register each night",
            environment={
                "ADOPTED_BUCKETS": _named(self, stores.adopted),
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "DECISIONS_TABLE": stores.decisions.table_name,
                **({"ERASURE_BUCKET": stores.erasures.bucket.bucket_name} if stores.erasures else {}),
                "EVIDENCE_BUCKET": stores.evidence.bucket.bucket_name,
                "HOLD_BUCKET": stores.holds.bucket.bucket_name,
                "HOLD_QUEUE_URL": hold_requests.queue_url,
                "INVENTORY_BUCKET": stores.inventories.bucket.bucket_name,
                "RECORD_BUCKETS": _named(self, stores.counted),
                "REGISTER_TABLE": stores.register.table_name,
                **({"RIGHTS_TABLE": stores.rights.table.table_name} if stores.rights else {}),
                "STATEMENT_KEY": stores.keys.statements.key_arn,
            },
            timeout=cdk.Duration.minutes(15),
            # A whole processor, and room for the versions of ten times as many calls.
            memory_mb=1769,
            failed_runs=controls.failed_runs.queue,
        )
        self._may_look(controls)
        self._may_write(controls)
        self.write.allow("AskForALook", ["sqs:SendMessage"], [hold_requests.queue_arn])
        controls.daily(self, "WriteStatementDaily", self.write, at="06:00")
        controls.alarms.add(
            self,
            "StatementUntrue",
            metric=controls.alarms.counted(WRITES, "StatementUntrue"),
            threshold=1,
            says="the month's statement is not true in something",
            section="statement",
        )
        controls.alarms.add(
            self,
            "StatementNotShown",
            metric=controls.alarms.counted(WRITES, "StatementNotShown"),
            threshold=1,
            says="the month's statement could not show something",
            section="statement",
        )

        # Nobody is told that an inventory failed: S3 has no event for it. So what is delivered is counted.
        controls.alarms.add(
            self,
            "InventoriesMissing",
            metric=cloudwatch.Metric(
                namespace="AWS/SNS",
                metric_name="NumberOfMessagesPublished",
                dimensions_map={"TopicName": stores.inventories.delivered.topic_name},
                period=cdk.Duration.days(1),
                statistic="Sum",
            ),
            threshold=len(stores.counted) + 1,
            silent_for=2,
            says="S3 has not delivered the inventory of every store for two days",
        )

    def _may_look(self, controls: Controls) -> None:
        stores, write = controls.stores, self.write
        inventories = stores.inventories.bucket
        # One statement for all that is found by name: a policy has 6,144 characters at most.
        documents = [inventories, stores.evidence.bucket, *([stores.erasures.bucket] if stores.erasures else [])]
        write.allow("FindDocuments", ["s3:ListBucket"], [bucket.bucket_arn for bucket in documents])
        write.allow(
            "ReadInventories",
            ["s3:GetObject"],
            [inventories.arn_for_objects(f"{PREFIX}/*")],
            because="S3 names the files of an inventory",
        )
        asked = [bucket for name, bucket in stores.counted.items() if name is not RecordClass.APPLICATION_INFORMATION]
        write.allow(
            "FindVersions",
            ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
            [bucket.bucket_arn for bucket in (*stores.counted.values(), stores.holds.bucket)],
        )
        write.allow(
            "AskAgain",
            ["s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion"],
            [bucket.arn_for_objects("*") for bucket in [*asked, stores.holds.bucket]],
            because="what an inventory makes one doubt is not known beforehand",
        )
        write.allow("DecryptHeldCopies", ["kms:Decrypt"], [stores.keys.held.key_arn])
        permissions.use_register(write, stores, "dynamodb:Scan")
        # What waits: the same right as on the register, and joined to it for the same 6,144 characters.
        write.allow("UseRegister", ["dynamodb:Scan"], [stores.decisions.table_arn])
        if stores.rights:
            requests = f"{stores.rights.table.table_arn}/index/{AGENDA_INDEX}"
            write.allow("SeeOpenRequests", ["dynamodb:Query"], [requests])
        write.allow(
            "ReadWhatWasRefused",
            ["cloudwatch:GetMetricData"],
            ["*"],
            because="CloudWatch knows no resource for it; it reads numbers",
        )
        if stores.erasures:
            erasures = stores.erasures.bucket
            write.allow(
                "ReadWhatErasuresAnnounced",
                ["s3:GetObject"],
                [erasures.arn_for_objects("acts/*")],
                because="acts are named by their request and moment",
            )

    def _may_write(self, controls: Controls) -> None:
        stores, write = controls.stores, self.write
        bucket = stores.evidence.bucket
        named = (
            "statements are named by their month and their digest, packs by theirs, the register's pages by their night"
        )
        write.allow(
            "WriteStatements",
            ["s3:GetObject", "s3:PutObject"],
            [bucket.arn_for_objects(f"{folder}/*") for folder in ("statements", PACKS, FOLDER)],
            because=named,
        )
        write.allow("WriteExceptions", ["s3:PutObject"], [bucket.arn_for_objects("exceptions/*")], because=named)
        write.allow(
            "LockForLess",
            ["s3:PutObjectRetention"],
            [bucket.arn_for_objects("exceptions/*"), bucket.arn_for_objects(f"{FOLDER}/*")],
            because=named,
        )
        region = cdk.Stack.of(self).region
        write.allow(
            "Encrypt",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [stores.keys.operations.key_arn],
            conditions={"StringEquals": {"kms:ViaService": [f"{one}.{region}.amazonaws.com" for one in ("s3", "sns")]}},
        )
        key = stores.keys.statements.key_arn
        write.allow(
            "SignStatements",
            ["kms:Sign"],
            [key],
            conditions={"StringEquals": {"kms:MessageType": "DIGEST", "kms:SigningAlgorithm": ALGORITHM}},
        )
        write.allow("ShowWhoSigned", ["kms:GetPublicKey"], [key])
        write.allow("TellOfficer", ["sns:Publish"], [stores.data_protection_topic.topic_arn])


def _named(scope: Construct, buckets: Mapping[RecordClass, s3.Bucket]) -> str:
    return cdk.Stack.of(scope).to_json_string({name.value: bucket.bucket_name for name, bucket in buckets.items()})
