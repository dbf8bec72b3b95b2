"""From an event about a request to the register: one queue, and the function that works through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.names import APPLICATION_RECORDED, RIGHTS_EVENTS, RIGHTS_SOURCE

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.controls.rights.erasing import ErasureOrders
    from infra.controls.rights.finding import PersonSearches
    from infra.controls.rights.packages import Packages
    from infra.stores.rights import RightsStore

TIMEOUT = cdk.Duration.minutes(1)
CONCURRENCY = 2


class SubjectRequests(Construct):
    """Every event of source ``steward.rights`` ends in the register, or with the dead letters and told."""

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
        self.events = WorkQueue(
            self, "RequestEvents", alarms=controls.alarms, timeout=TIMEOUT, holds="events about people's requests"
        )
        record = StewardFunction(
            self,
            "RecordRequest",
            runtime=controls.runtime,
            folder="record_request",
            description="Enters in the register what is said about a request of a person",
            environment={
                "HOLD_QUEUE_URL": hold_path.requests.queue.queue_url,
                "ERASURE_QUEUE_URL": erasures.queue.queue_url,
                "INFORMATION_TOPIC_ARN": stores.information_topic.topic_arn,
                "PACKAGE_QUEUE_URL": packages.orders.queue.queue_url,
                "RELEASE_QUEUE_URL": hold_path.releases.queue.queue_url,
                "RIGHTS_TABLE": rights.table.table_name,
                "SEARCH_QUEUE_URL": finding.searches.queue.queue_url,
            },
            timeout=TIMEOUT,
        )
        permissions.use_requests(record, controls, rights, "dynamodb:PutItem", "dynamodb:Query")
        permissions.tell_information_team(record, stores)
        record.allow("LetHoldsEnd", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        record.allow("LetStrangersGo", ["sqs:SendMessage"], [hold_path.releases.queue.queue_arn])
        record.allow("LookForThePerson", ["sqs:SendMessage"], [finding.searches.queue.queue_arn])
        record.allow("LetPackagesBeMade", ["sqs:SendMessage"], [packages.orders.queue.queue_arn])
        record.allow("LetErasuresBePlanned", ["sqs:SendMessage"], [erasures.queue.queue_arn])
        self.events.feed(record, batch_size=1, max_concurrency=CONCURRENCY)
        # Where applications are kept they have a queue of their own; where not, they are refused, and told, here.
        taken = [one for one in RIGHTS_EVENTS if one != APPLICATION_RECORDED or not stores.applications]
        events.Rule(
            self,
            "RequestEventsRule",
            description="Something is said about a person's request, a disclosure or an application",
            event_bus=stores.bus,
            event_pattern=events.EventPattern(source=[RIGHTS_SOURCE], detail_type=taken),
            targets=[targets.SqsQueue(self.events.queue, dead_letter_queue=controls.undelivered.queue)],
        )
