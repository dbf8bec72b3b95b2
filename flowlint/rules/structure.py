"""Rules about the graph itself: every branch leads somewhere, every action is reached, every loop ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flowlint.catalogue import Success, ends_flow, type_of
from flowlint.document import Action, Branch, Flow
from flowlint.findings import Finding, Severity
from flowlint.rules.rule import Rule, Subject

START = Rule(
    code="S101",
    name="missing-start",
    severity=Severity.ERROR,
    title="the flow has no start",
    why="StartAction names the action at which a contact begins. Without one that exists, nothing of the flow ever "
    "runs.",
    fix="Name the first action in StartAction.",
)
TARGET = Rule(
    code="S102",
    name="missing-target",
    severity=Severity.ERROR,
    title="a branch leads to an action that does not exist",
    why="Connect refuses such a flow, and a tool that writes flows leaves this behind when it renames or removes an "
    "action.",
    fix="Lead the branch to an action of this flow.",
)
UNREACHED = Rule(
    code="S103",
    name="unreached-action",
    severity=Severity.ERROR,
    title="nothing leads to an action",
    why="What nothing reaches does not run. Somebody believes that it does: a notice, a pause, an error message.",
    fix="Lead a branch to it, or remove it.",
)
REPEATED = Rule(
    code="S104",
    name="repeated-identifier",
    severity=Severity.ERROR,
    title="two actions have one identifier",
    why="Branches name actions by identifier, so one of the two can never be meant.",
    fix="Give each action an identifier of its own.",
)
DEAD_END = Rule(
    code="S105",
    name="dead-end",
    severity=Severity.ERROR,
    title="an action leads nowhere",
    why="Every action that does not end the flow needs a NextAction, also Compare and CheckHoursOfOperation: Connect "
    "answers that the property is missing. A contact would be stranded there.",
    fix="Give it a NextAction, and a target to each branch that is drawn.",
)
NEVER_TAKEN = Rule(
    code="S106",
    name="never-taken",
    severity=Severity.WARNING,
    title="an action that ends the flow has transitions",
    why="The flow is over at this action, so what is drawn after it never happens.",
    fix="Remove the transitions, or put the action behind what they lead to.",
)
LOOP = Rule(
    code="S107",
    name="endless-loop",
    severity=Severity.WARNING,
    title="a loop has no way out",
    why="A contact that gets into it stays until the caller hangs up: no branch leads out, and no action in it ends "
    "the flow.",
    fix="Lead one branch out of it; the Loop action counts the rounds.",
)

RULES = (START, TARGET, UNREACHED, REPEATED, DEAD_END, NEVER_TAKEN, LOOP)

LOOPING_KINDS = frozenset({"CUSTOMER_QUEUE", "CUSTOMER_HOLD", "AGENT_HOLD"})
"""Flow types that run until somebody else takes the contact out of them."""

_WAITING = frozenset({"Wait", "MessageParticipantIteratively"})


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the shape of each flow."""
    for flow in subject.program.flows:
        yield from _start(flow)
        yield from _unreached(flow)
        for identifier in flow.repeated:
            yield REPEATED.at(flow, flow.actions[identifier], "more than one action has this identifier")
        for action in flow.actions.values():
            yield from _targets(flow, action)
            yield from _dead_end(flow, action)
        yield from _loops(flow)


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
        yield START.at(flow, None, "StartAction is missing, so nothing of this flow ever runs")
    elif flow.start not in flow.actions:
        yield START.at(flow, None, f"StartAction {flow.start!r} does not exist", within=("StartAction",))


def _unreached(flow: Flow) -> Iterator[Finding]:
    if flow.start not in flow.actions:
        return
    seen = reached(flow)
    for identifier, action in flow.actions.items():
        if identifier not in seen:
            yield UNREACHED.at(flow, action, "no path from StartAction reaches it")


def _targets(flow: Flow, action: Action) -> Iterator[Finding]:
    for branch in action.branches:
        if branch.target is not None and branch.target not in flow.actions:
            reason = f"{branch.label} leads to {branch.target!r}, which does not exist"
            yield TARGET.at(flow, action, reason, within=branch.path)


def _dead_end(flow: Flow, action: Action) -> Iterator[Finding]:
    known = type_of(action)
    wired = [branch for branch in action.branches if branch.target]
    if known is None:
        if not wired:
            reason = f"it leads nowhere, and {action.type} is not a type known to end a flow"
            yield DEAD_END.at(flow, action, reason, severity=Severity.WARNING)
        return
    if known.success is Success.ENDS:
        if wired:
            reason = f"{action.type} ends the flow, so its transitions are never taken and must be empty"
            yield NEVER_TAKEN.at(flow, action, reason, within=("Transitions",))
        return
    if known.success is not Success.LEAVES and action.next is None:
        reason = f"{action.type} does not end a flow, and no NextAction follows it: the contact is stranded here"
        yield DEAD_END.at(flow, action, reason, within=("Transitions",))
    for branch in action.branches:
        if branch.target is None and branch.error not in known.errors:
            yield DEAD_END.at(flow, action, f"{branch.label} leads nowhere", within=branch.path)


def _loops(flow: Flow) -> Iterator[Finding]:
    if flow.kind in LOOPING_KINDS:
        return
    for circle in _circles(flow):
        actions = [flow.actions[identifier] for identifier in sorted(circle)]
        if any(action.type in _WAITING or _may_leave(action) for action in actions):
            continue
        leads_out = any(branch.target not in circle for action in actions for branch in ways_out(action))
        if not leads_out:
            names = ", ".join(repr(action.id) for action in actions[:4]) + (", ..." if len(actions) > 4 else "")  # noqa: PLR2004
            yield LOOP.at(flow, actions[0], f"a contact that gets here never leaves: {names} lead only to each other")


def _may_leave(action: Action) -> bool:
    known = type_of(action)
    return known is not None and known.success is Success.LEAVES


def _circles(flow: Flow) -> Iterator[frozenset[str]]:
    """Yield the parts of a flow whose actions all lead to each other (Kosaraju's method, without recursion)."""
    forth = {identifier: _targets_of(flow, identifier) for identifier in flow.actions}
    back: dict[str, list[str]] = {identifier: [] for identifier in flow.actions}
    for identifier, targets in forth.items():
        for target in targets:
            back[target].append(identifier)
    seen: set[str] = set()
    finished = [each for root in forth if root not in seen for each in _finished(root, forth, seen)]
    seen = set()
    for root in reversed(finished):
        if root not in seen:
            part = frozenset(_finished(root, back, seen))
            if len(part) > 1 or root in forth[root]:
                yield part


def _finished(root: str, edges: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """Return what is reached from a root and was not seen, in the order in which a walk into depth leaves it."""
    order: list[str] = []
    seen.add(root)
    walk = [(root, iter(edges[root]))]
    while walk:
        identifier, targets = walk[-1]
        target = next((each for each in targets if each not in seen), None)
        if target is None:
            order.append(identifier)
            walk.pop()
        else:
            seen.add(target)
            walk.append((target, iter(edges[target])))
    return order


def _targets_of(flow: Flow, identifier: str) -> list[str]:
    targets = (branch.target for branch in ways_out(flow.actions[identifier]))
    return [target for target in targets if target is not None and target in flow.actions]
