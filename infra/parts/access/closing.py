"""Queues take messages from those that the templates let send, and from nobody else, whatever they are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from infra.parts.access.role_policy import RolePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable


def close_queues(stacks: Iterable[cdk.Stack]) -> None:
    """Deny sending to every queue of these stacks to all but the roles whose own policy lets them.

    An Allow restricts nobody in the same account: whoever may send to every queue may send to these. AWS's own services
    have no role and are let in by the queue's policy for one rule each; SQS sets aside by itself what failed.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalIsAWSService)
    """
    constructs = [one for stack in stacks for one in stack.node.find_all()]
    rights = [one for one in constructs if isinstance(one, RolePolicy)]
    for queue in constructs:
        if isinstance(queue, sqs.Queue):
            senders = [_arn(one.role, queue) for one in rights if one.grants("sqs:SendMessage", queue.queue_arn)]
            conditions: dict[str, object] = {"Bool": {"aws:PrincipalIsAWSService": "false"}}
            if senders:
                conditions["ArnNotEquals"] = {"aws:PrincipalArn": senders}
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="OnlyTheseSend",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    conditions=conditions,
                )
            )


def _arn(role: iam.Role, queue: sqs.Queue) -> str:
    """Return the ARN of a role; by its name for a store's queue, which cannot refer to what is deployed after it."""
    stack = cdk.Stack.of(role)
    resource = role.node.default_child
    if stack is cdk.Stack.of(queue) or not isinstance(resource, iam.CfnRole):
        return role.role_arn
    return f"arn:aws:iam::{stack.account}:role/{resource.role_name}"
