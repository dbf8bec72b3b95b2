"""The daily sweep over open holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.functions import StewardFunction

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath


class HoldMaintenance(Construct):
    """``maintain_holds`` every night: late artefacts, missing copies, dates, notices, and what is due for disposal."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, hold_path: HoldPath) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        self.maintain = StewardFunction(
            self,
            "MaintainHolds",
            runtime=controls.runtime,
            folder="maintain_holds",
            description="Completes, checks and disposes of holds, once a day",
            environment={
                **hold_path.settings(),
                "COMPLAINTS_TOPIC_ARN": stores.complaints_topic.topic_arn,
                "DISPOSAL_SWITCH": stores.disposal_switch.parameter_name,
                "RELEASE_QUEUE_URL": hold_path.releases.queue.queue_url,
            },
            timeout=cdk.Duration.minutes(15),
            memory_mb=1024,
            role_name=stores.roles.maintain_holds,
            failed_runs=controls.failed_runs.queue,
        )
        permissions.use_register(self.maintain, stores, "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")
        permissions.walk_agenda(self.maintain, stores)
        permissions.dispose_of_held_copies(self.maintain, stores)
        permissions.tell_complaints_team(self.maintain, stores)
        permissions.read_disposal_switch(self.maintain, stores)
        self.maintain.allow("AskForALook", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        self.maintain.allow("LetHoldsGo", ["sqs:SendMessage"], [hold_path.releases.queue.queue_arn])
        controls.daily(self, "MaintainHoldsDaily", self.maintain, at="02:30")
