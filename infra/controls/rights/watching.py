"""``watch_requests`` every night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import read_disposal_switch
from infra.parts.functions import StewardFunction
from steward.names import REGISTER_PAGE

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.controls.rights.erasing import ErasureOrders
    from infra.controls.rights.finding import PersonSearches
    from infra.controls.rights.packages import Packages
    from infra.stores.rights import RightsStore


class RequestWatch(Construct):
    """Deadlines, what a request waits for, and what it no longer needs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        rights: RightsStore,
        hold_path: HoldPath,
        finding: PersonSearches,
        packages: Packages,
        erasures: ErasureOrders,
    ) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        watch = StewardFunction(
            self,
            "WatchRequests",
            runtime=controls.runtime,
            folder="watch_requests",
            description="Tells of deadlines of people's requests, once a day, and removes what is no longer needed",
            environment={
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "ERASURE_QUEUE_URL": erasures.queue.queue_url,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "OWN_BUS": stores.bus.event_bus_name,
                "PACKAGE_QUEUE_URL": packages.orders.queue.queue_url,
                "RELEASE_QUEUE_URL": hold_path.releases.queue.queue_url,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
                "SEARCH_QUEUE_URL": finding.searches.queue.queue_url,
            },
            timeout=cdk.Duration.minutes(15),
            failed_runs=controls.failed_runs.queue,
        )
        permissions.use_requests(watch, controls, rights, "dynamodb:PutItem", "dynamodb:Query")
        watch.allow("WalkTheAgenda", ["dynamodb:Query"], [f"{rights.table.table_arn}/index/agenda"])
        permissions.tell_information_team(watch, stores)
        permissions.tell_other_systems(watch, stores)
        read_disposal_switch(watch, stores)
        watch.allow("LetStrangersGo", ["sqs:SendMessage"], [hold_path.releases.queue.queue_arn])
        watch.allow("LookAgain", ["sqs:SendMessage"], [finding.searches.queue.queue_arn])
        watch.allow("LetPackagesBeMade", ["sqs:SendMessage"], [packages.orders.queue.queue_arn])
        watch.allow("LetErasuresBePlanned", ["sqs:SendMessage"], [erasures.queue.queue_arn])
        watch.allow("FindWhatIsLeft", ["s3:ListBucketVersions"], [rights.bucket.bucket_arn])
        watch.allow(
            "RemoveWhatIsDoneWith",
            ["s3:DeleteObjectVersion"],
            [rights.bucket.arn_for_objects("*")],
            because="requests are named by the council",
        )
        watch.allow("KeepThePage", ["s3:PutObject"], [rights.bucket.arn_for_objects(REGISTER_PAGE)])
        watch.allow("UseStoresKey", ["kms:GenerateDataKey"], [rights.key.key_arn])
        controls.alarms.add(
            self,
            "RequestFailed",
            metric=controls.alarms.counted("watch_requests", "RequestFailed"),
            threshold=1,
            says="the nightly run could not see to a person's request",
        )
        controls.daily(self, "WatchRequestsDaily", watch, at="03:00")
