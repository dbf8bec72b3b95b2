"""Rules about the graph itself: every branch leads somewhere, every action is reached, every failure is caught."""

from __future__ import annotations

from collections.abc import Iterator

from flowlint.catalogue import NO_MATCH, Success, ends_flow, type_of
from flowlint.document import Action, Branch, Flow
from flowlint.findings import Finding, Severity

LONGEST_INVOCATION_SECONDS = 8
"""https://docs.aws.amazon.com/connect/latest/APIReference/interactions-invokelambdafunction.html"""


def check_structure(flow: Flow) -> Iterator[Finding]:
    """Yield what is wrong with the shape of a flow."""
    yield from _start(flow)
    yield from _unreached(flow)
    for identifier in flow.repeated:
        yield Finding(action=identifier, rule="repeated-identifier", reason="more than one action has this identifier")
    for action in flow.actions.values():
        yield from _targets(flow, action)
        yield from _error_branches(action)
        yield from _dead_end(action)
        yield from _time_limit(action)


def reached(flow: Flow) -> frozenset[str]:
    """Return the identifiers of the actions that some path from the start reaches."""
    found: set[str] = set()
    waiting = [flow.start] if flow.start in flow.actions else []
    while waiting:
        identifier = waiting.pop()
        if identifier is None or identifier in found or identifier not in flow.actions:
            continue
        found.add(identifier)
        waiting.extend(branch.target for branch in ways_out(flow.actions[identifier]))
    return frozenset(found)


def ways_out(action: Action) -> tuple[Branch, ...]:
    """Return the branches that can be taken: none if the action ends the flow."""
    return () if ends_flow(action) else action.branches


def _start(flow: Flow) -> Iterator[Finding]:
    if flow.start is None:
        yield Finding(rule="missing-start", reason="StartAction is missing, so nothing of this flow ever runs")
    elif flow.start not in flow.actions:
        yield Finding(rule="missing-start", reason=f"StartAction {flow.start!r} does not exist")


def _unreached(flow: Flow) -> Iterator[Finding]:
    if flow.start not in flow.actions:
        return
    seen = reached(flow)
    for identifier in flow.actions:
        if identifier not in seen:
            yield Finding(action=identifier, rule="unreached-action", reason="no path from StartAction reaches it")


def _targets(flow: Flow, action: Action) -> Iterator[Finding]:
    for branch in action.branches:
        if branch.target is not None and branch.target not in flow.actions:
            reason = f"{branch.label} leads to {branch.target!r}, which does not exist"
            yield Finding(action=action.id, rule="missing-target", reason=reason)


def _error_branches(action: Action) -> Iterator[Finding]:
    known = type_of(action)
    if known is None:
        return
    for required in known.errors:
        if action.error(required) is None:
            reason = f"{action.type} has an error branch {required}, and nothing is wired to it"
            yield Finding(action=action.id, rule="missing-error-branch", reason=reason)
    for advised in known.advised:
        if action.error(advised) is None:
            reason = f"{action.type} has an error branch {advised}; without it only the catch-all is left"
            yield Finding(action=action.id, rule="missing-error-branch", severity=Severity.WARNING, reason=reason)


def _dead_end(action: Action) -> Iterator[Finding]:
    known = type_of(action)
    wired = [branch for branch in action.branches if branch.target]
    if known is None:
        if not wired:
            reason = f"it leads nowhere, and {action.type} is not a type known to end a flow"
            yield Finding(action=action.id, rule="dead-end", severity=Severity.WARNING, reason=reason)
        return
    if known.success is Success.ENDS:
        if wired:
            reason = f"{action.type} ends the flow, so its transitions are never taken and must be empty"
            yield Finding(action=action.id, rule="never-taken", severity=Severity.WARNING, reason=reason)
        return
    chooses = known.success is Success.CHOICE and (action.conditions or action.error(NO_MATCH))
    if known.success is not Success.LEAVES and action.next is None and not chooses:
        reason = f"{action.type} does not end a flow, and no NextAction follows it: the contact is stranded here"
        yield Finding(action=action.id, rule="dead-end", reason=reason)
    for branch in action.branches:
        if branch.target is None and branch.error not in known.errors:
            yield Finding(action=action.id, rule="dead-end", reason=f"{branch.label} leads nowhere")


def _time_limit(action: Action) -> Iterator[Finding]:
    if action.type != "InvokeLambdaFunction":
        return
    limit = str(action.parameters.get("InvocationTimeLimitSeconds", "")).strip()
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= LONGEST_INVOCATION_SECONDS):
        reason = f"InvocationTimeLimitSeconds is {limit!r}; it must be a whole number of seconds from 1 to 8"
        yield Finding(action=action.id, rule="time-limit", severity=Severity.WARNING, reason=reason)
