"""``decide``: where people ask and decide, by a signed request, and where the case system asks for a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue
from steward.names import RIGHTS_JUDGEMENTS, RIGHTS_SOURCE

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.card_data import CardDataRemoval
    from infra.controls.holds.path import HoldPath
    from infra.controls.rights.erasing import ErasureOrders
    from infra.parts.access.role_policy import RolePolicy

TIMEOUT = cdk.Duration.seconds(30)
CONCURRENCY = 2


class Decisions(Construct):
    """One function for every decision that takes two people, and the address at which it is asked."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        hold_path: HoldPath,
        card_data: CardDataRemoval,
        erasures: ErasureOrders | None,
    ) -> None:
        super().__init__(scope, construct_id)
        stores, deployment = controls.stores, controls.deployment
        self.requests = WorkQueue(
            self,
            "ReleaseRequests",
            alarms=controls.alarms,
            timeout=TIMEOUT,
            holds="requests to release a hold",
            set_aside_by_its_function=True,
        )
        self.decide = StewardFunction(
            self,
            "Decide",
            runtime=controls.runtime,
            folder="decide",
            description="Takes what one person asks for and another decides",
            environment={
                "ACCOUNT": deployment.environment.account,
                "CARD_DATA_QUEUE_URL": card_data.orders.queue.queue_url,
                "COMPLAINTS_TOPIC_ARN": stores.complaints_topic.topic_arn,
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "HOLD_BUCKET": stores.holds.bucket.bucket_name,
                "RECORD_BUCKETS": hold_path.record_buckets(),
                "DEAD_LETTERS_URL": self.requests.dead_letters.queue.queue_url,
                "DECISIONS_TABLE": stores.decisions.table_name,
                "REGISTER_TABLE": stores.register.table_name,
                "RELEASE_QUEUE_URL": hold_path.releases.queue.queue_url,
                "STAFF_PREFIX": f"{deployment.prefix}-",
                **deployment.environment.permission_sets(deployment.name),
                **(
                    {"OWN_BUS": stores.bus.event_bus_name, "RIGHTS_TABLE": stores.rights.table.table_name}
                    if stores.rights
                    else {}
                ),
                **({"ERASURE_QUEUE_URL": erasures.queue.queue_url} if erasures else {}),
            },
            timeout=TIMEOUT,
        )
        permissions.use_register(self.decide, stores, "dynamodb:Query")
        self.decide.allow("KeepTheBook", ["dynamodb:PutItem", "dynamodb:Query"], [stores.decisions.table_arn])
        self.decide.allow("OrderReleases", ["sqs:SendMessage"], [hold_path.releases.queue.queue_arn])
        self.decide.allow("OrderRemovals", ["sqs:SendMessage"], [card_data.orders.queue.queue_arn])
        if erasures:
            self.decide.allow("OrderErasures", ["sqs:SendMessage"], [erasures.queue.queue_arn])
        permissions.tell(
            self.decide,
            stores,
            {
                "TellComplaintsTeam": stores.complaints_topic,
                "TellDataProtectionOfficer": stores.data_protection_topic,
            },
        )
        if stores.rights:
            self.decide.allow("SeeRequests", ["dynamodb:Query"], [stores.rights.table.table_arn])
            self.decide.allow(
                "TellWhatWasDecided",
                ["events:PutEvents"],
                [stores.bus.event_bus_arn],
                conditions={
                    "StringEquals": {"events:source": RIGHTS_SOURCE, "events:detail-type": list(RIGHTS_JUDGEMENTS)}
                },
            )
        self.requests.let_set_aside(self.decide)
        self.requests.feed(self.decide, batch_size=1, max_concurrency=CONCURRENCY)
        events.Rule(
            self,
            "ReleaseEventsRule",
            description="The case-management system asks for the release of a hold",
            event_bus=stores.bus,
            event_pattern=events.EventPattern(source=["steward.complaints"], detail_type=["Hold Released"]),
            targets=[targets.SqsQueue(self.requests.queue, dead_letter_queue=controls.undelivered.queue)],
        )
        self._url = lambda_.FunctionUrl(
            self, "Url", function=self.decide.function, auth_type=lambda_.FunctionUrlAuthType.AWS_IAM
        )
        cdk.CfnOutput(
            self,
            "DecideUrl",
            value=self._url.url,
            description="Where people ask for decisions and decide, by signed requests (steward release, decide)",
        )

    def admit(self, rights: RolePolicy) -> None:
        """Let a role call, and find the address."""
        function = self.decide.function.function_arn
        rights.allow_through_address("AskAndDecide", "ThroughTheAddressAlone", function)
        rights.allow("FindTheAddress", ["cloudformation:DescribeStacks"], [cdk.Stack.of(self).stack_id])
