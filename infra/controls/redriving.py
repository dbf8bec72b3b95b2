"""``redrive``: puts what was set aside back into its queue, unchanged; the one sender of messages that nobody wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue

if TYPE_CHECKING:
    from infra.controls.context import Controls


class Redriving(Construct):
    """Made last, because it brings back what any of the queues could not do."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        queues = [one for one in stack.node.find_all() if isinstance(one, WorkQueue)]
        self.function = StewardFunction(
            self,
            "Redrive",
            runtime=controls.runtime,
            folder="redrive",
            description="Puts back into its queue what was set aside",
            environment={
                "DEAD_LETTERS": stack.to_json_string(
                    {_readable(one.node.id): one.dead_letters.queue.queue_url for one in queues}
                ),
                "WORK_QUEUES": stack.to_json_string({_readable(one.node.id): one.queue.queue_arn for one in queues}),
            },
            timeout=cdk.Duration.seconds(30),
        )
        self.function.allow(
            "TakeWhatWasSetAside",
            ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:StartMessageMoveTask"],
            [one.dead_letters.queue.queue_arn for one in queues],
        )
        self.function.allow("PutItBack", ["sqs:SendMessage"], [one.queue.queue_arn for one in queues])


def _readable(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
