"""``record_disclosure`` on a queue of its own, and ``watch_disclosures`` every night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import (
    ANY_HELD_OBJECT,
    read_disposal_switch,
    sources_of_holds,
    tell,
    use_register,
)
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.names import DISCLOSURE_EVENTS, FORMS, INTAKE, RIGHTS_SOURCE

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.stores.rights import RightsStore

TIMEOUT = cdk.Duration.minutes(5)
CONCURRENCY = 2
NAMED_BY_THE_COUNCIL = "disclosures are named by the council"


class Disclosing(Construct):
    """Every event about a disclosure ends in its register, or with the dead letters and told."""

    def __init__(
        self, scope: Construct, construct_id: str, *, controls: Controls, rights: RightsStore, hold_path: HoldPath
    ) -> None:
        super().__init__(scope, construct_id)
        self._record(controls, rights, hold_path)
        self._watch(controls, rights)

    def _record(self, controls: Controls, rights: RightsStore, hold_path: HoldPath) -> None:
        stores, instance_arn = controls.stores, controls.deployment.environment.instance_arn
        queue = WorkQueue(
            self,
            "DisclosureEvents",
            alarms=controls.alarms,
            timeout=TIMEOUT,
            holds="events about disclosures",
            set_aside_by_its_function=True,
        )
        record = StewardFunction(
            self,
            "RecordDisclosure",
            runtime=controls.runtime,
            folder="record_disclosure",
            description="Refuses a request for records by what it lacks; prepares what two people let out",
            environment={
                **hold_path.where_contacts_are(),
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "DEAD_LETTERS_URL": queue.dead_letters.queue.queue_url,
                "HOLD_BUCKET": stores.holds.bucket.bucket_name,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "REGISTER_TABLE": stores.register.table_name,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=TIMEOUT,
            memory_mb=1769,
        )
        use_register(record, stores, "dynamodb:Query")
        record.allow("UseDisclosures", ["dynamodb:PutItem", "dynamodb:Query"], [rights.table.table_arn])
        self._tell(record, controls)
        record.allow(
            "ReadContacts",
            ["connect:DescribeContact", "connect:ListContactReferences"],
            [instance_arn, f"{instance_arn}/contact/*"],
            because="ids of contacts are not known beforehand",
        )
        sources = sources_of_holds(stores)
        buckets = [one.bucket for one in sources]
        record.allow("FindRecords", ["s3:ListBucket", "s3:ListBucketVersions"], [one.bucket_arn for one in buckets])
        record.allow(
            "ReadRecords",
            ["s3:GetObject"],
            [one.arn_for_objects("*") for one in buckets],
            because="Connect names the objects that it writes",
        )
        record.allow("DecryptRecords", ["kms:Decrypt"], sorted({one.key.key_arn for one in sources}, key=str))
        record.allow(
            "ReadHeldCopies",
            ["s3:GetObjectVersion"],
            [stores.holds.bucket.arn_for_objects("*")],
            because=ANY_HELD_OBJECT,
        )
        record.allow("DecryptHeldCopies", ["kms:Decrypt"], [stores.keys.held.key_arn])
        permissions.find_in_store(record, rights)
        record.allow(
            "ReadForms",
            ["s3:GetObject"],
            [rights.bucket.arn_for_objects(f"{folder}*") for folder in (FORMS, INTAKE)],
            because=NAMED_BY_THE_COUNCIL,
        )
        record.allow(
            "KeepCopies",
            ["s3:PutObject"],
            [rights.bucket.arn_for_objects("disclosures/*")],
            because=NAMED_BY_THE_COUNCIL,
        )
        record.allow("UseStoresKey", ["kms:Decrypt", "kms:GenerateDataKey"], [rights.key.key_arn])
        controls.alarms.add(
            self,
            "EmergencyDisclosure",
            metric=controls.alarms.counted("record_disclosure", "EmergencyDisclosure"),
            threshold=1,
            says="records are given in an emergency, without a second person",
        )
        queue.let_set_aside(record)
        queue.feed(record, batch_size=1, max_concurrency=CONCURRENCY)
        events.Rule(
            self,
            "DisclosureEventsRule",
            description="Something is said about a disclosure",
            event_bus=stores.bus,
            event_pattern=events.EventPattern(source=[RIGHTS_SOURCE], detail_type=list(DISCLOSURE_EVENTS)),
            targets=[targets.SqsQueue(queue.queue, dead_letter_queue=controls.undelivered.queue)],
        )

    def _watch(self, controls: Controls, rights: RightsStore) -> None:
        stores = controls.stores
        watch = StewardFunction(
            self,
            "WatchDisclosures",
            runtime=controls.runtime,
            folder="watch_disclosures",
            description="Sees to expiry, overdue papers and silence that is to be looked at again, every night",
            environment={
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=cdk.Duration.minutes(15),
            failed_runs=controls.failed_runs.queue,
        )
        permissions.use_requests(watch, controls, rights, "dynamodb:PutItem", "dynamodb:Query")
        watch.allow("WalkTheAgenda", ["dynamodb:Query"], [f"{rights.table.table_arn}/index/agenda"])
        self._tell(watch, controls)
        read_disposal_switch(watch, stores)
        watch.allow("FindWhatIsLeft", ["s3:ListBucketVersions"], [rights.bucket.bucket_arn])
        watch.allow(
            "RemoveWhatIsDoneWith",
            ["s3:DeleteObjectVersion"],
            [rights.bucket.arn_for_objects(f"{folder}/*") for folder in ("disclosures", "forms", "intake")],
            because=NAMED_BY_THE_COUNCIL,
        )
        controls.alarms.add(
            self,
            "EmergencyPapersOverdue",
            metric=controls.alarms.counted("watch_disclosures", "EmergencyPapersOverdue"),
            threshold=1,
            says="the formal request that follows an emergency has not come",
        )
        controls.alarms.add(
            self,
            "DisclosureFailed",
            metric=controls.alarms.counted("watch_disclosures", "DisclosureFailed"),
            threshold=1,
            says="the nightly run could not see to a disclosure",
        )
        controls.daily(self, "WatchDisclosuresDaily", watch, at="03:10")

    def _tell(self, function: StewardFunction, controls: Controls) -> None:
        stores = controls.stores
        topics = {
            "TellInformationTeam": stores.information_topic,
            "TellDataProtectionOfficer": stores.data_protection_topic,
        }
        tell(function, stores, topics)
