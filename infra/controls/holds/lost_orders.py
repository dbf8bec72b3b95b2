"""Every night what was approved and not carried out is ordered again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.functions import StewardFunction
from steward.names import APPROVALS_INDEX

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.card_data import CardDataRemoval
    from infra.controls.holds.path import HoldPath


class LostOrders(Construct):
    """``repeat_orders``, half an hour before the nightly run over holds."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        hold_path: HoldPath,
        card_data: CardDataRemoval,
    ) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        queues = {"CARD_DATA_QUEUE_URL": card_data.orders.queue, "RELEASE_QUEUE_URL": hold_path.releases.queue}
        function = StewardFunction(
            self,
            "RepeatOrders",
            runtime=controls.runtime,
            folder="repeat_orders",
            description="Orders again what was approved and not carried out, once a day",
            environment={
                "DECISIONS_TABLE": stores.decisions.table_name,
                "REGISTER_TABLE": stores.register.table_name,
                **{name: queue.queue_url for name, queue in queues.items()},
            },
            timeout=cdk.Duration.minutes(15),
            failed_runs=controls.failed_runs.queue,
        )
        permissions.use_register(function, stores, "dynamodb:GetItem", "dynamodb:Query")
        table = stores.decisions.table_arn
        function.allow("ReadDecisions", ["dynamodb:Query"], [table, f"{table}/index/{APPROVALS_INDEX}"])
        function.allow("OrderAgain", ["sqs:SendMessage"], [queue.queue_arn for queue in queues.values()])
        controls.daily(self, "RepeatOrdersDaily", function, at="02:00")
