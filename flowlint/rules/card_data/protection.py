"""Whether a recording is paused for sure, or off, at each point of each way through the flows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.linking.walk import Visit, visits
from flowlint.meaning.pauses import Invocation, Pauses, is_awaited
from flowlint.meaning.switches import Switch, recording_set_by
from flowlint.meaning.text import attribute_named_by, attributes_set_by
from flowlint.rules.rule import Subject

NOBODY = -1
"""Nobody's answer that matters is in ``$.External``."""


class Protection(NamedTuple):
    """What is known on arrival at an action."""

    answer: int = NOBODY
    """Whose answer ``$.External`` holds: the way to pause, by position."""
    confirmed: bool = False
    """A pause was asked for, its answer was found to confirm it, and nothing has undone it since."""
    recording: Switch = Switch.INHERITED

    @property
    def is_safe(self) -> bool:
        """Say whether card data may be heard now."""
        return self.confirmed or self.recording is Switch.OFF


def protections(subject: Subject) -> Iterator[Visit[Protection]]:
    """Yield every action with everything that may be known there about the recording."""
    return visits(subject.program, _Tracker(subject.pauses, _sure_copies(subject)))


class _Tracker:
    def __init__(self, pauses: Pauses, sure: frozenset[tuple[int, str]]) -> None:
        self._pauses, self._sure = pauses, sure

    def start(self, _flow: Flow) -> Protection:
        return Protection()

    def after(self, flow: Flow, action: Action, branch: Branch, state: Protection) -> Protection:
        match action.type:
            case "InvokeLambdaFunction":
                return self._after_invocation(action, branch, state)
            case "Compare":
                return self._after_comparison(flow, action, branch, state)
            case "InvokeFlowModule":
                return state._replace(answer=NOBODY)
            case _:
                recording = recording_set_by(action)
                if recording is None:
                    return state
                confirmed = state.confirmed and recording is Switch.OFF
                return state._replace(recording=recording, confirmed=confirmed)

    def _after_invocation(self, action: Action, branch: Branch, state: Protection) -> Protection:
        answer = _answer_after(self._pauses, action, branch, state.answer)
        match self._pauses.invocation(action):
            case Invocation.OTHER:
                return state._replace(answer=answer)
            case Invocation.START if state.recording is Switch.OFF:
                return Protection(answer, confirmed=False, recording=Switch.INHERITED)
            case _:
                return state._replace(answer=answer, confirmed=False)

    def _after_comparison(self, flow: Flow, action: Action, branch: Branch, state: Protection) -> Protection:
        if branch.kind is not BranchKind.CONDITION:
            return state
        if state.answer != NOBODY and self._pauses.is_answer(state.answer, action.parameters.get("ComparisonValue")):
            return state._replace(confirmed=True) if self._pauses.is_confirmation(state.answer, branch) else state
        if (id(flow), action.id) in self._sure and _confirms(self._pauses, branch):
            return state._replace(confirmed=True)
        return state


def _answer_after(pauses: Pauses, action: Action, branch: Branch, before: int) -> int:
    """Return whose answer ``$.External`` holds after an invocation was left by that branch."""
    if not is_awaited(action):
        return before if pauses.invocation(action) is Invocation.OTHER else NOBODY
    if branch.kind is BranchKind.ERROR or pauses.invocation(action) is not Invocation.PAUSE:
        return NOBODY
    return pauses.way_of(action)


def _confirms(pauses: Pauses, branch: Branch) -> bool:
    return any(pauses.is_confirmation(way, branch) for way in range(len(pauses.ways)))


OTHER, FRESH, ANOTHER_WORD = range(3)


class _Copy(NamedTuple):
    answer: int = NOBODY
    status: int = OTHER


class _CopyTracker:
    """Follows whether one attribute holds the answer of the latest pause, or a word that confirms nothing."""

    def __init__(self, pauses: Pauses, attribute: str) -> None:
        self._pauses, self._attribute = pauses, attribute

    def start(self, _flow: Flow) -> _Copy:
        return _Copy()

    def after(self, _flow: Flow, action: Action, branch: Branch, state: _Copy) -> _Copy:
        if action.type == "InvokeLambdaFunction":
            stale = self._pauses.invocation(action) is not Invocation.OTHER and state.status == FRESH
            answer = _answer_after(self._pauses, action, branch, state.answer)
            return _Copy(answer, OTHER if stale else state.status)
        if action.type == "InvokeFlowModule":
            return _Copy(NOBODY, state.status)
        written = attributes_set_by(action)
        if self._attribute not in written or branch.kind is BranchKind.ERROR:
            return state
        return state._replace(status=self._written(written[self._attribute], state.answer))

    def _written(self, value: object, answer: int) -> int:
        if answer != NOBODY and self._pauses.is_answer(answer, value):
            return FRESH
        confirming = {word for way in self._pauses.ways for word in way.confirmed}
        return ANOTHER_WORD if isinstance(value, str) and "$" not in value and value not in confirming else OTHER


def _sure_copies(subject: Subject) -> frozenset[tuple[int, str]]:
    """Return the comparisons of an attribute that can only find ``paused`` if the latest pause answered so."""
    pauses = subject.pauses
    compared: dict[str, list[tuple[int, str]]] = {}
    copied: set[str] = set()
    for flow in subject.program.flows:
        for action in flow.actions.values():
            for reference, value in attributes_set_by(action).items():
                if any(pauses.is_answer(way, value) for way in range(len(pauses.ways))):
                    copied.add(reference)
            if action.type == "Compare" and any(_confirms(pauses, branch) for branch in action.conditions):
                attribute = attribute_named_by(action.parameters.get("ComparisonValue"))
                if attribute:
                    compared.setdefault(attribute, []).append((id(flow), action.id))
    sure: set[tuple[int, str]] = set()
    for attribute in copied & compared.keys():
        wanted = set(compared[attribute])
        unsure = {
            (id(visit.flow), visit.action.id)
            for visit in visits(subject.program, _CopyTracker(pauses, attribute))
            if visit.state.status == OTHER and (id(visit.flow), visit.action.id) in wanted
        }
        sure |= wanted - unsure
    return frozenset(sure)
