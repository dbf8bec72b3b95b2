"""``record_application`` on a queue of its own, and ``retire_applications`` every night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import read_disposal_switch, use_register
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.names import APPLICATION_RECORDED, RIGHTS_SOURCE

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.stores.records.applications import ApplicationStore
    from infra.stores.rights import RightsStore

TIMEOUT = cdk.Duration.minutes(1)
NAMED_BY_THE_COUNCIL = "applications are named by the council"


class ApplicationKeeping(Construct):
    """Each application is entered with its day, and goes on it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, controls: Controls, rights: RightsStore, store: ApplicationStore
    ) -> None:
        super().__init__(scope, construct_id)
        self._record(controls, rights, store)
        self._retire(controls, rights, store)

    def _record(self, controls: Controls, rights: RightsStore, store: ApplicationStore) -> None:
        stores = controls.stores
        queue = WorkQueue(self, "ApplicationEvents", alarms=controls.alarms, timeout=TIMEOUT, holds="applications")
        record = StewardFunction(
            self,
            "RecordApplication",
            runtime=controls.runtime,
            folder="record_application",
            description="Enters an application with the day on which it goes",
            environment={
                "APPLICATION_BUCKET": store.bucket.bucket_name,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=TIMEOUT,
        )
        permissions.use_requests(record, controls, rights, "dynamodb:GetItem", "dynamodb:PutItem")
        permissions.tell_information_team(record, stores)
        record.allow("FindApplications", ["s3:ListBucket"], [store.bucket.bucket_arn])
        record.allow(
            "SeeThatItIsThere",
            ["s3:GetObject"],
            [store.bucket.arn_for_objects("*")],
            because=NAMED_BY_THE_COUNCIL,
        )
        queue.feed(record, batch_size=1, max_concurrency=2)
        events.Rule(
            self,
            "ApplicationEventsRule",
            description="An application was received",
            event_bus=stores.bus,
            event_pattern=events.EventPattern(source=[RIGHTS_SOURCE], detail_type=[APPLICATION_RECORDED]),
            targets=[targets.SqsQueue(queue.queue, dead_letter_queue=controls.undelivered.queue)],
        )

    def _retire(self, controls: Controls, rights: RightsStore, store: ApplicationStore) -> None:
        stores = controls.stores
        retire = StewardFunction(
            self,
            "RetireApplications",
            runtime=controls.runtime,
            folder="retire_applications",
            description="Disposes of applications that are older than the policy keeps",
            environment={
                "APPLICATION_BUCKET": store.bucket.bucket_name,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "REGISTER_TABLE": stores.register.table_name,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=cdk.Duration.minutes(15),
            failed_runs=controls.failed_runs.queue,
        )
        use_register(retire, stores, "dynamodb:Query")
        retire.allow(
            "UseApplications",
            ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
            [rights.table.table_arn, f"{rights.table.table_arn}/index/agenda"],
        )
        read_disposal_switch(retire, stores)
        retire.allow("FindVersions", ["s3:ListBucketVersions"], [store.bucket.bucket_arn])
        retire.allow(
            "DisposeOfApplications",
            ["s3:DeleteObjectVersion", "s3:GetObjectLegalHold", "s3:PutObjectLegalHold"],
            [store.bucket.arn_for_objects("*")],
            because=NAMED_BY_THE_COUNCIL,
        )
        for metric, says in (
            ("DisposalFailed", "an application that is due could not be deleted"),
            ("DisposalSkipped", "an application that is due was left: the switch or its limit"),
        ):
            controls.alarms.add(
                retire,
                metric,
                metric=controls.alarms.counted("retire_applications", metric),
                threshold=1,
                says=says,
            )
        controls.daily(self, "RetireApplicationsDaily", retire, at="03:40")
