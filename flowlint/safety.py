"""Rules about what is recorded: a pause that can fail must not look like one that worked, and no card without one."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flowlint import meaning
from flowlint.document import Action, Flow
from flowlint.findings import Finding, Severity
from flowlint.meaning import Invocation, Switch
from flowlint.paths import Visit, visits
from flowlint.structure import ways_out

SHOWN_STEPS = 8
"""Of a longer path, the beginning and the end are enough to find it."""

_SILENT = frozenset({"Compare", "DistributeByPercentage", "Loop", "UpdateFlowLoggingBehavior", "Wait"})
"""Types that change nothing for the caller, the agent or the recording: passed through if all ways out are one."""

_TELLING = frozenset(
    {"MessageParticipant", "TagContact", "UntagContact", "UpdateContactAttributes", "UpdateFlowAttributes"}
)
"""Types that say or note something and leave the recording and the caller's way as they were."""


def check_safety(flow: Flow) -> Iterator[Finding]:
    """Yield where a flow could record what it must not."""
    yield from _fail_open_pauses(flow)
    said: set[tuple[str, str]] = set()
    for visit in visits(flow):
        for finding in (*_payment(visit), *_transfer(visit)):
            if (finding.action, finding.rule) not in said:
                said.add((finding.action, finding.rule))
                yield finding


def _fail_open_pauses(flow: Flow) -> Iterator[Finding]:
    for action in flow.actions.values():
        if meaning.invocation_of(action) is not Invocation.PAUSE:
            continue
        taken = [target for target in (action.next, *_confirmed(flow, action)) if target is not None]
        for branch in action.errors:
            same = [target for target in taken if branch.target and _meet(flow, target, branch.target)]
            if same:
                reason = (
                    f"the flow goes on in the same way when the recording pause failed ({branch.label} to "
                    f"{branch.target!r}) as when it worked ({same[0]!r})"
                )
                yield Finding(action=action.id, rule="fail-open-pause", reason=reason)
                break


def _confirmed(flow: Flow, pause: Action) -> Iterator[str | None]:
    """Yield where the flow goes if the comparison right after a pause finds ``paused``."""
    check = flow.actions.get(_settle(flow, pause.next)) if pause.next else None
    if check is not None and check.type == "Compare" and meaning.is_status(check.parameters.get("ComparisonValue")):
        yield from (branch.target for branch in check.conditions if meaning.is_paused_branch(branch))


def _payment(visit: Visit) -> Iterator[Finding]:
    if not meaning.is_payment_step(visit.action):
        return
    if not visit.state.confirmed:
        reason = f"a path takes payment without a confirmed pause (status compared with 'paused'): {_way(visit)}"
        yield Finding(action=visit.action.id, rule="unpaused-payment", reason=reason)
    if visit.state.logging is Switch.ON:
        reason = f"flow logging is on while payment is taken, and logs what is keyed in: {_way(visit)}"
        yield Finding(action=visit.action.id, rule="logged-payment", severity=Severity.WARNING, reason=reason)


def _transfer(visit: Visit) -> Iterator[Finding]:
    if not meaning.is_transfer_out(visit.action) or visit.state.confirmed:
        return
    if visit.state.recording is Switch.ON:
        reason = f"the call leaves the contact centre with recording still on: {_way(visit)}"
        yield Finding(action=visit.action.id, rule="recorded-transfer", reason=reason)
    elif visit.state.recording is Switch.INHERITED:
        reason = (
            "the call leaves the contact centre and this flow has not switched recording off: "
            f"it stays on if an earlier flow switched it on: {_way(visit)}"
        )
        yield Finding(action=visit.action.id, rule="inherited-recording", severity=Severity.WARNING, reason=reason)


def _meet(flow: Flow, success: str, error: str) -> bool:
    """Say whether both continuations do the same, or one of them leads on to where the other begins."""
    if _same_place(flow, success, error):
        return True
    return _settle(flow, success) in _onward(flow, error) or _settle(flow, error) in _onward(flow, success)


def _onward(flow: Flow, identifier: str) -> Iterator[str]:
    """Yield the actions that follow whatever happens, while nothing is decided and nothing but words passes.

    The end of a flow is left out: every continuation gets there.
    """
    seen: set[str] = set()
    while (action := flow.actions.get(identifier)) is not None and identifier not in seen:
        seen.add(identifier)
        targets = {branch.target for branch in ways_out(action) if branch.target}
        if not targets:
            return
        yield identifier
        if len(targets) != 1 or not _is_passing(action):
            return
        identifier = targets.pop()


def _is_passing(action: Action) -> bool:
    if meaning.is_payment_step(action):
        return False
    return action.type in _SILENT | _TELLING or meaning.invocation_of(action) is Invocation.OTHER


def _same_place(flow: Flow, one: str, other: str) -> bool:
    """Say whether two continuations do exactly the same, step by step (a bisimulation)."""
    waiting = [(one, other)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        here, there = (_settle(flow, identifier) for identifier in waiting.pop())
        if here == there or (here, there) in seen:
            continue
        seen.add((here, there))
        first, second = flow.actions.get(here), flow.actions.get(there)
        if first is None or second is None or _does(first) != _does(second):
            return False
        waiting.extend(
            (ours.target, theirs.target)
            for ours, theirs in zip(ways_out(first), ways_out(second), strict=True)
            if ours.target and theirs.target
        )
    return True


def _settle(flow: Flow, identifier: str) -> str:
    """Follow actions that change nothing and have one way out."""
    seen: set[str] = set()
    while identifier not in seen:
        seen.add(identifier)
        action = flow.actions.get(identifier)
        if action is None or action.type not in _SILENT:
            break
        targets = {branch.target for branch in action.branches if branch.target}
        if len(targets) != 1:
            break
        identifier = targets.pop()
    return identifier


def _does(action: Action) -> tuple[str, str, tuple[tuple[str, bool], ...]]:
    """Return what an action does, without its name: type, parameters and which ways out it has."""
    ways = tuple((branch.label, branch.target is None) for branch in ways_out(action))
    return action.type, json.dumps(action.parameters, sort_keys=True, default=str), ways


def _way(visit: Visit) -> str:
    steps = visit.path
    if len(steps) > SHOWN_STEPS:
        half = SHOWN_STEPS // 2
        steps = (*steps[:half], "...", *steps[-half:])
    return " > ".join(steps)
