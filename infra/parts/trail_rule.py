"""A rule on the account's CloudTrail: calls that nobody but some roles should make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.parts.queues import DeadLetters, WorkQueue


class TrailRule(Construct):
    """Brings CloudTrail's events of a service's calls to a queue, whoever made them, but for the roles that may.

    Events reach EventBridge where the account has a trail that is switched on, in the region in which they happen.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        names: Sequence[str],
        to: WorkQueue,
        undelivered: DeadLetters,
        concerning: Mapping[str, object] | None = None,
        but_by: Mapping[str, object] | None = None,
    ) -> None:
        """Make the rule: of ``concerning``, but not where the session's issuer has what ``but_by`` says it is not."""
        super().__init__(scope, construct_id)
        detail = {"eventSource": [f"{service}.amazonaws.com"], "eventName": list(names), **(concerning or {})}
        if but_by is not None:
            detail["userIdentity"] = {"sessionContext": {"sessionIssuer": but_by}}
        events.Rule(
            self,
            "Rule",
            description=f"Told to the data protection officer: {construct_id}",
            event_pattern=events.EventPattern(
                source=[f"aws.{service}"], detail_type=["AWS API Call via CloudTrail"], detail=detail
            ),
            targets=[targets.SqsQueue(to.queue, dead_letter_queue=undelivered.queue)],
        )


def no_role_of(arns: Sequence[str]) -> dict[str, object]:
    """Return what a session's issuer is not: one of these roles."""
    return {"arn": _anything_but(list(arns))}


def no_role_named(prefix: str) -> dict[str, object]:
    """Return what a session's issuer is not: a role whose name begins so."""
    return {"userName": _anything_but({"prefix": prefix})}


def _anything_but(what: object) -> list[dict[str, object]]:
    """Return the condition on a field that may be absent: users of IAM and the root user have no session's issuer.

    ``anything-but`` needs the field; a list of conditions is fulfilled by any of them.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    return [{"anything-but": what}, {"exists": False}]
