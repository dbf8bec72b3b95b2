"""The removal of card data that was recorded: its queue of orders, and the function that carries them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath

TIMEOUT = cdk.Duration.minutes(5)
CONCURRENCY = 2


class CardDataRemoval(Construct):
    """What two people agreed to remove goes at once: the originals, and every copy whatever its lock."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, hold_path: HoldPath) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        self.orders = WorkQueue(
            self, "CardDataRemovals", alarms=controls.alarms, timeout=TIMEOUT, holds="removals of card data"
        )
        function = StewardFunction(
            self,
            "RemoveCardData",
            runtime=controls.runtime,
            folder="remove_card_data",
            description="Removes card data that two people agreed to remove",
            environment={
                **hold_path.settings(),
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "DECISIONS_TABLE": stores.decisions.table_name,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
            },
            timeout=TIMEOUT,
            role_name=stores.roles.remove_card_data,
        )
        permissions.use_register(function, stores, "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")
        permissions.dispose_of_held_copies(function, stores)
        permissions.read_disposal_switch(function, stores)
        permissions.tell(function, stores, {"TellDataProtectionOfficer": stores.data_protection_topic})
        function.allow("ReadDecisions", ["dynamodb:Query"], [stores.decisions.table_arn])
        function.allow("AskForALook", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        function.allow(
            "BreakLocks",
            ["s3:BypassGovernanceRetention"],
            [stores.holds.bucket.arn_for_objects("*")],
            because=permissions.ANY_HELD_OBJECT,
        )
        buckets = [store.bucket for store in stores.records.values()]
        function.allow("FindOriginals", ["s3:ListBucketVersions"], [bucket.bucket_arn for bucket in buckets])
        function.allow(
            "RemoveOriginals",
            ["s3:DeleteObjectVersion", "s3:PutObjectLegalHold"],
            [bucket.arn_for_objects("*") for bucket in buckets],
            because="which recording holds card data is not known beforehand",
        )
        self.orders.feed(function, batch_size=1, max_concurrency=CONCURRENCY)
