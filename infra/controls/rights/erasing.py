"""``erase_person`` on a queue, and ``replay_erasures`` every night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import KEY_USES_OF_TABLES, read_disposal_switch, sources_of_holds
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.ids import RecordClass
from steward.names import CONTACT_RECORD_ERRORS, CONTACT_RECORDS

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.stores.erasures import ErasureLedger
    from infra.stores.rights import RightsStore

TIMEOUT = cdk.Duration.minutes(15)
CONCURRENCY = 2
MEMORY_MB = 1769
"""As much memory as comes with one whole core: records are unpacked and packed."""

ERASURE_EVENTS = ("Erased Data Reappeared", "Erasure Completed", "Erasure Deferred", "Recipients To Tell")
"""What the council's own systems hear of erasures."""

SCHEDULED = '{"scheduled_at": "<aws.scheduler.scheduled-time>"}'
"""What the nightly look is told: for which night it is, however often it is started.

EventBridge Scheduler user guide, "Adding context attributes".
"""

NAMED_BY_CONNECT = "Connect and Firehose name the objects that they write"


class ErasureOrders(WorkQueue):
    """The queue of erasures; made before the function that decides, which gives the orders."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(
            scope,
            construct_id,
            alarms=controls.alarms,
            timeout=TIMEOUT,
            holds="erasures of what is kept of a person",
        )


class Erasing(Construct):
    """What is kept of a person is listed, and erased as far as two people agreed and nothing holds it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        rights: RightsStore,
        ledger: ErasureLedger,
        hold_path: HoldPath,
        orders: ErasureOrders,
    ) -> None:
        super().__init__(scope, construct_id)
        self._erase(controls, rights, ledger, hold_path, orders)
        self._replay(controls, rights, ledger, orders)

    def _erase(
        self,
        controls: Controls,
        rights: RightsStore,
        ledger: ErasureLedger,
        hold_path: HoldPath,
        orders: ErasureOrders,
    ) -> None:
        stores, instance_arn = controls.stores, controls.deployment.environment.instance_arn
        erase = StewardFunction(
            self,
            "ErasePerson",
            runtime=controls.runtime,
            folder="erase_person",
            description="Lists what is kept of a person, and erases what two people agreed on",
            environment={
                **hold_path.where_contacts_are(),
                "DECISIONS_TABLE": stores.decisions.table_name,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "ERASURE_QUEUE_URL": orders.queue.queue_url,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "LEDGER_BUCKET": ledger.bucket.bucket_name,
                **({"MESSAGES_TABLE": stores.messaging.messages.table_name} if stores.messaging else {}),
                "OWN_BUS": stores.bus.event_bus_name,
                "REGISTER_TABLE": stores.register.table_name,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=TIMEOUT,
            memory_mb=MEMORY_MB,
            role_name=stores.roles.erase_person,
        )
        # One statement for what others have several for: the policy has to fit into IAM's limit.
        erase.allow("ReadRegisters", ["dynamodb:Query"], [stores.register.table_arn, stores.decisions.table_arn])
        erase.allow(
            "UseErasures",
            ["dynamodb:PutItem", "dynamodb:Query"],
            [rights.table.table_arn, f"{rights.table.table_arn}/index/agenda"],
        )
        if stores.messaging:
            messages = stores.messaging.messages.table_arn
            erase.allow("BlankTexts", ["dynamodb:Query", "dynamodb:UpdateItem"], [messages])
        erase.allow("TellInformationTeam", ["sns:Publish"], [stores.information_topic.topic_arn])
        permissions.tell_other_systems(erase, stores, ERASURE_EVENTS)
        read_disposal_switch(erase, stores)
        erase.allow(
            "ReadAndRedactContacts",
            [
                "connect:DeleteContactData",
                "connect:DescribeContact",
                "connect:ListAssociatedContacts",
                "connect:ListContactEvaluations",
                "connect:ListContactReferences",
                "connect:UpdateContact",
                "connect:UpdateContactAttributes",
            ],
            [instance_arn, f"{instance_arn}/contact/*"],
            because="ids of contacts are not known beforehand",
        )
        buckets = [one.bucket for one in sources_of_holds(stores)]
        erase.allow(
            "FindAndErase",
            ["s3:DeleteObjectVersion", "s3:ListBucketVersions"],
            [where for one in buckets for where in (one.bucket_arn, one.arn_for_objects("*"))],
            because=NAMED_BY_CONNECT,
        )
        self._list(erase, controls, rights)
        self._rewrite(erase, controls)
        self._clear_copies(erase, rights)
        self._keep_the_ledger(erase, controls, ledger)
        erase.go_on("GoOn", orders.queue)
        for metric, says in (
            ("ErasureFailed", "something that two people agreed to erase could not be removed"),
            ("ErasedDataReappeared", "what was erased came back, and was removed again"),
            ("ErasureWaits", "an erasure that two people agreed on waits: the switch of disposals, or its limit"),
        ):
            controls.alarms.add(
                erase, metric, metric=controls.alarms.counted("erase_person", metric), threshold=1, says=says
            )
        orders.feed(erase, batch_size=1, max_concurrency=CONCURRENCY)

    @staticmethod
    def _list(erase: StewardFunction, controls: Controls, rights: RightsStore) -> None:
        """Let it list exported records and the requests' own copies: one statement, for the limit of a policy."""
        records = controls.stores.records.get(RecordClass.CONTACT_RECORD)
        buckets = [rights.bucket, *([records.bucket] if records else [])]
        erase.allow(
            "FindRecordsAndCopies", ["s3:ListBucket", "s3:ListBucketVersions"], [one.bucket_arn for one in buckets]
        )

    @staticmethod
    def _rewrite(erase: StewardFunction, controls: Controls) -> None:
        """Let it write exported records anew without one contact's lines.

        ``If-Match`` asks for the right to read the object too:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        """
        store = controls.stores.records.get(RecordClass.CONTACT_RECORD)
        if store is None:
            return
        objects = [store.bucket.arn_for_objects(f"{one}*") for one in (CONTACT_RECORDS, CONTACT_RECORD_ERRORS)]
        erase.allow(
            "RewriteRecords",
            ["s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"],
            objects,
            because=NAMED_BY_CONNECT,
        )
        erase.allow("UseRecordsKey", ["kms:Decrypt", "kms:GenerateDataKey"], store.reading_keys)

    @staticmethod
    def _clear_copies(erase: StewardFunction, rights: RightsStore) -> None:
        erase.allow(
            "ReadAndEraseCopies",
            ["s3:DeleteObjectVersion", "s3:GetObject"],
            [rights.bucket.arn_for_objects(f"{folder}/*") for folder in ("corrections", "requests")],
            because="requests are named by the council",
        )
        erase.allow("ReadCopies", ["kms:Decrypt"], [rights.key.key_arn])

    @staticmethod
    def _keep_the_ledger(erase: StewardFunction, controls: Controls, ledger: ErasureLedger) -> None:
        erase.allow("FindOrders", ["s3:ListBucket"], [ledger.bucket.bucket_arn])
        erase.allow(
            "KeepTheLedger",
            ["s3:GetObject", "s3:PutObject", "s3:PutObjectRetention"],
            [ledger.bucket.arn_for_objects("*")],
            because="its objects are named by their request",
        )
        region = cdk.Stack.of(erase).region
        through = [f"{service}.{region}.amazonaws.com" for service in ("dynamodb", "s3", "sns")]
        erase.allow(
            "UseOperationsKey",
            list(KEY_USES_OF_TABLES),
            [controls.stores.keys.operations.key_arn],
            conditions={"StringEquals": {"kms:ViaService": through}},
        )

    def _replay(self, controls: Controls, rights: RightsStore, ledger: ErasureLedger, orders: ErasureOrders) -> None:
        replay = StewardFunction(
            self,
            "ReplayErasures",
            runtime=controls.runtime,
            folder="replay_erasures",
            description="Has everything that was erased looked at again, every night",
            environment={
                "ERASURE_QUEUE_URL": orders.queue.queue_url,
                "LEDGER_BUCKET": ledger.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=cdk.Duration.minutes(15),
            failed_runs=controls.failed_runs.queue,
        )
        permissions.walk_agenda(replay, controls, rights)
        replay.allow("FindOrders", ["s3:ListBucket"], [ledger.bucket.bucket_arn])
        replay.allow("LetThemBeLookedAt", ["sqs:SendMessage"], [orders.queue.queue_arn])
        controls.alarms.add(
            replay,
            "ReplayFailed",
            metric=controls.alarms.counted("replay_erasures", "ReplayFailed"),
            threshold=1,
            says="an erasure could not be looked at again",
        )
        controls.daily(self, "ReplayErasuresDaily", replay, at="05:10", says=SCHEDULED)
