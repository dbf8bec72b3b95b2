"""Rules about pauses that can fail without anybody noticing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.findings import Finding, Severity
from flowlint.meaning.pauses import Invocation
from flowlint.rules.rule import Rule, Subject
from flowlint.rules.structure import ways_out

FAIL_OPEN = Rule(
    code="C301",
    name="fail-open-pause",
    severity=Severity.ERROR,
    title="the flow goes on in the same way whether the recording was paused or not",
    why="A pause can fail: the function times out, Connect refuses, the recording has not begun. If the error "
    "branch, or the branch of any other answer, leads to where success leads, the card is read out while the "
    "recording runs, and the screen says that it does not.",
    fix="Lead the error branch, and every answer but the confirming one, to a step that refuses the payment.",
    source="https://docs.aws.amazon.com/connect/latest/APIReference/API_SuspendContactRecording.html",
)
WRONG_ANSWER = Rule(
    code="C302",
    name="unconfirming-comparison",
    severity=Severity.ERROR,
    title="the answer of a pause is compared with a word that it never says",
    why="Compare looks at letters and case: a pause that answers 'paused' is never found to be 'Paused'. The branch "
    "that was meant for success is dead, and whatever the other branch does happens every time.",
    fix="Compare with the word exactly as the function answers it, or name its answer in flowlint.toml.",
)

RULES = (FAIL_OPEN, WRONG_ANSWER)

_SILENT = frozenset({"Compare", "DistributeByPercentage", "Loop", "UpdateFlowLoggingBehavior", "Wait"})
"""Types that change nothing for the caller, the agent or the recording: passed through if all ways out are one."""

_TELLING = frozenset(
    {"MessageParticipant", "TagContact", "UntagContact", "UpdateContactAttributes", "UpdateFlowAttributes"}
)
"""Types that say or note something and leave the recording and the caller's way as they were."""

_MOST_PAIRS = 2_000


def check(subject: Subject) -> Iterator[Finding]:
    """Yield the pauses whose failure nobody notices."""
    for flow in subject.program.flows:
        follow = _Follow(subject, flow)
        for action in flow.actions.values():
            if subject.pauses.invocation(action) is Invocation.PAUSE:
                yield from follow.pause(action)


class _Follow:
    """What follows the pauses of one flow."""

    def __init__(self, subject: Subject, flow: Flow) -> None:
        self._subject, self._flow = subject, flow
        self._done: dict[str, object] = {}

    def pause(self, action: Action) -> Iterator[Finding]:
        check = self._check_of(action)
        confirmed = [branch for branch in check.conditions if self._confirms(action, branch)] if check else []
        taken = [target for target in (action.next, *(branch.target for branch in confirmed)) if target]
        for branch in action.errors:
            same = [target for target in taken if branch.target and self._meet(target, branch.target)]
            if same:
                reason = (
                    f"the flow goes on in the same way when the recording pause failed ({branch.label} to "
                    f"{branch.target!r}) as when it worked ({same[0]!r})"
                )
                yield FAIL_OPEN.at(self._flow, action, reason, within=branch.path)
                break
        if check is not None:
            yield from self._answers(action, check, confirmed)

    def _answers(self, pause: Action, check: Action, confirmed: list[Branch]) -> Iterator[Finding]:
        for branch in check.branches:
            same = [
                way.target
                for way in confirmed
                if branch not in confirmed and way.target and branch.target and self._meet(way.target, branch.target)
            ]
            if same:
                reason = (
                    f"{branch.label} of the comparison {check.id!r}, which is taken when the recording was not paused, "
                    f"goes on in the same way as the confirmed pause ({same[0]!r})"
                )
                yield FAIL_OPEN.at(self._flow, pause, reason)
                break
        words = self._subject.pauses.ways[self._subject.pauses.way_of(pause)].confirmed
        for branch in check.conditions:
            for operand in (branch.condition.operands or ()) if branch.condition else ():
                text = str(operand)
                if text not in words and text.strip().casefold() in {word.casefold() for word in words}:
                    reason = f"it compares with {text!r}, but the pause answers {words[0]!r}: letters and case count"
                    yield WRONG_ANSWER.at(self._flow, check, reason, within=branch.path)

    def _check_of(self, pause: Action) -> Action | None:
        """Return the comparison of the pause's answer that comes right after it."""
        check = self._flow.actions.get(self._settle(pause.next)) if pause.next else None
        if check is None or check.type != "Compare":
            return None
        way = self._subject.pauses.way_of(pause)
        return check if self._subject.pauses.is_answer(way, check.parameters.get("ComparisonValue")) else None

    def _confirms(self, pause: Action, branch: Branch) -> bool:
        return self._subject.pauses.is_confirmation(self._subject.pauses.way_of(pause), branch)

    def _meet(self, success: str, error: str) -> bool:
        """Say whether both continuations do the same, or one of them leads on to where the other begins."""
        if self._same_place(success, error):
            return True
        return self._settle(success) in self._onward(error) or self._settle(error) in self._onward(success)

    def _onward(self, identifier: str) -> Iterator[str]:
        """Yield the actions that follow whatever happens, while nothing is decided and nothing but words passes.

        The end of a flow is left out: every continuation gets there.
        """
        seen: set[str] = set()
        while (action := self._flow.actions.get(identifier)) is not None and identifier not in seen:
            seen.add(identifier)
            targets = {branch.target for branch in ways_out(action) if branch.target}
            if not targets:
                return
            yield identifier
            if len(targets) != 1 or not self._is_passing(action):
                return
            identifier = targets.pop()

    def _is_passing(self, action: Action) -> bool:
        if self._subject.cards.is_entry(self._flow, action):
            return False
        passing = action.type in _SILENT | _TELLING
        return passing or self._subject.pauses.invocation(action) is Invocation.OTHER

    def _same_place(self, one: str, other: str) -> bool:
        """Say whether two continuations do exactly the same, step by step (a bisimulation)."""
        waiting = [(one, other)]
        seen: set[tuple[str, str]] = set()
        while waiting:
            here, there = (self._settle(identifier) for identifier in waiting.pop())
            if here == there or (here, there) in seen:
                continue
            seen.add((here, there))
            first, second = self._flow.actions.get(here), self._flow.actions.get(there)
            if first is None or second is None or len(seen) > _MOST_PAIRS or self._does(first) != self._does(second):
                return False
            waiting.extend(
                (ours.target, theirs.target)
                for ours, theirs in zip(ways_out(first), ways_out(second), strict=True)
                if ours.target and theirs.target
            )
        return True

    def _settle(self, identifier: str) -> str:
        """Follow actions that change nothing and have one way out."""
        seen: set[str] = set()
        while identifier not in seen:
            seen.add(identifier)
            action = self._flow.actions.get(identifier)
            if action is None or action.type not in _SILENT:
                break
            targets = {branch.target for branch in action.branches if branch.target}
            if len(targets) != 1:
                break
            identifier = targets.pop()
        return identifier

    def _does(self, action: Action) -> object:
        """Return what an action does, without its name: type, parameters and which ways out it has."""
        if action.id not in self._done:
            ways = tuple(
                (branch.label if branch.kind is not BranchKind.NEXT else "next", branch.target is None)
                for branch in ways_out(action)
            )
            self._done[action.id] = action.type, json.dumps(action.parameters, sort_keys=True, default=str), ways
        return self._done[action.id]
