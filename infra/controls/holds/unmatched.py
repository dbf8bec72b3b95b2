"""What no rule of the own bus takes goes to the hold queue, where it is refused, told and set aside.

EventBridge has no rule for the rest of the events. The rest is written out here from the rules that are on the bus, so
that it cannot drift from them, and an event that some rule takes costs nothing more than before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.refusal import RefusalError
from steward.names import OUTGOING_EVENTS, UNMATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.controls.context import Controls
    from infra.parts.queues import WorkQueue


class UnmatchedEvents(Construct):
    """A rule for the unknown events of each known source, and one for unknown sources. Made after all other rules."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, told_by: WorkQueue) -> None:
        """``told_by`` is the queue whose function refuses what it does not know, and tells the complaints team."""
        super().__init__(scope, construct_id)
        bus, stack = controls.stores.bus, cdk.Stack.of(self)
        own = stack.resolve(bus.event_bus_name)
        patterns: list[Mapping[str, Any]] = [
            stack.resolve(one.event_pattern)
            for one in stack.node.find_all()
            if isinstance(one, events.CfnRule) and stack.resolve(one.event_bus_name) == own
        ]
        kinds = kinds_taken(patterns)
        rest = {
            source.removeprefix("steward.").capitalize(): events.EventPattern(
                source=[source],
                detail_type=events.Match.anything_but(*sorted({*taken, *OUTGOING_EVENTS.get(source, ())})),
            )
            for source, taken in sorted(kinds.items())
            if taken is not None
        }
        rest["Sources"] = events.EventPattern(source=events.Match.anything_but(*sorted(kinds)))
        for name, pattern in rest.items():
            events.Rule(
                self,
                f"Unmatched{name}Rule",
                rule_name=f"{controls.deployment.prefix}-{UNMATCHED}-{name.lower()}",
                description="An event that no other rule of this bus takes",
                event_bus=bus,
                event_pattern=pattern,
                targets=[targets.SqsQueue(told_by.queue, dead_letter_queue=controls.undelivered.queue)],
            )


def kinds_taken(patterns: Iterable[Mapping[str, Any]]) -> dict[str, set[str] | None]:
    """Return the detail types that rules with these patterns take, by source; none where they take all of a source's.

    A source that steward itself speaks as is among them.

    Raises ``RefusalError`` for a pattern whose rest cannot be written as source and detail type.
    """
    found: dict[str, set[str] | None] = {source: set() for source in OUTGOING_EVENTS}
    for pattern in patterns:
        named = [*pattern.get("source", []), *pattern.get("detail-type", [])]
        if (
            not pattern.get("source")
            or {*pattern} - {"source", "detail-type"}
            or not all(isinstance(one, str) for one in named)
        ):
            raise RefusalError("a rule of the own bus has to name source and detail type in full, and nothing else")
        for source in pattern["source"]:
            before = found.setdefault(source, set())
            kinds = pattern.get("detail-type")
            found[source] = before | {*kinds} if before is not None and kinds else None
    return found
