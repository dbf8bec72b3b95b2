"""``redrive``: shows what was set aside, and puts it back unchanged; the one sender of messages that nobody wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.access import permissions
from infra.parts.functions import StewardFunction
from infra.parts.queues import DeadLetters, WorkQueue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_sqs as sqs

    from infra.controls.context import Controls

TIMEOUT = cdk.Duration.minutes(2)
"""A minute of polls, for a queue with hundreds of messages, and then some."""


class Redriving(Construct):
    """Made last, because it brings back what any of the queues could not do."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        found = stack.node.find_all()
        work = {_readable(one.node.id): one.queue for one in found if isinstance(one, WorkQueue)}
        dead = {_name(one): one.queue for one in found if isinstance(one, DeadLetters)}
        self.function = StewardFunction(
            self,
            "Redrive",
            runtime=controls.runtime,
            folder="redrive",
            description="Shows what was set aside and puts it back into its queue",
            environment={
                "DATA_PROTECTION_TOPIC_ARN": controls.stores.data_protection_topic.topic_arn,
                # By names: Lambda allows four kilobytes of variables, which so many addresses would take.
                "DEAD_LETTERS": _names(stack, dead),
                "QUEUES_AT": f"https://sqs.{stack.region}.{stack.url_suffix}/{stack.account}/",
                "WORK_QUEUES": _names(stack, work),
            },
            timeout=TIMEOUT,
        )
        self.function.allow(
            "TakeWhatWasSetAside",
            [
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "sqs:StartMessageMoveTask",
            ],
            [one.queue_arn for one in dead.values()],
        )
        self.function.allow(
            "PutItBack", ["sqs:GetQueueAttributes", "sqs:SendMessage"], [one.queue_arn for one in work.values()]
        )
        permissions.tell(
            self.function, controls.stores, {"TellDataProtectionOfficer": controls.stores.data_protection_topic}
        )


def _names(stack: cdk.Stack, queues: Mapping[str, sqs.IQueue]) -> str:
    return stack.to_json_string({name: queue.queue_name for name, queue in queues.items()})


def _name(dead_letters: DeadLetters) -> str:
    """Return the name by which people know it: that of the queue in front of it, or its own."""
    queue = dead_letters.node.scope
    return _readable(queue.node.id if isinstance(queue, WorkQueue) else dead_letters.node.id)


def _readable(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
