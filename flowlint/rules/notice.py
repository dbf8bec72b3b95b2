"""Rules about what callers are told before they are recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flowlint.catalogue import CATCH_ALL
from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.walk import visits, way
from flowlint.meaning.switches import Switch, recording_set_by
from flowlint.meaning.text import attribute_named_by, attributes_set_by, prompt_of
from flowlint.meaning.voices import languages_of
from flowlint.rules.rule import Rule, Subject
from flowlint.rules.voices import voice_set_by

GUIDE = "https://docs.aws.amazon.com/connect/latest/adminguide/set-recording-behavior.html"

UNANNOUNCED = Rule(
    code="N501",
    name="recorded-without-notice",
    severity=Severity.WARNING,
    title="recording begins before the caller is told",
    why="People must be told that they are recorded, when their data is obtained (UK GDPR, article 13). A flow that "
    "records first and speaks later has recorded those who hang up in between.",
    fix="Say the notice first, and switch recording on after it; where it cannot be played, do not record.",
    source="https://www.legislation.gov.uk/eur/2016/679/article/13",
)
LANGUAGE = Rule(
    code="N502",
    name="notice-in-one-language",
    severity=Severity.WARNING,
    title="a caller is spoken to in a language in which they were not told of the recording",
    why="A caller who chooses Welsh after an English notice was not told. The Welsh language standards ask for both.",
    fix="Say the notice in every language that the flow offers, before recording is switched on.",
    source=GUIDE,
)

RULES = (UNANNOUNCED, LANGUAGE)

NOTHING, WORDS, PERHAPS, NOTICE = range(4)
"""What was said: nothing; words, but no notice; something that is not known here; a notice."""

_NOTICE = re.compile(r"\brecord(?:ed|ing|s)?\b|\brecordi\w*|\brecordio\b|\bmonitored\b", re.IGNORECASE)
_SPEAKING = frozenset({"MessageParticipant", "GetParticipantInput", "ConnectParticipantWithLexBot"})


class _Words:
    def __init__(self, subject: Subject) -> None:
        own = subject.settings.notice.words
        self._own = re.compile("|".join(re.escape(word) for word in own), re.IGNORECASE) if own else None
        self._known: dict[int, int] = {}

    def said(self, action: Action) -> int:
        """Return what an action says."""
        if action.type not in _SPEAKING:
            return NOTHING
        if id(action) not in self._known:
            self._known[id(action)] = self._said(action)
        return self._known[id(action)]

    def _said(self, action: Action) -> int:
        text = prompt_of(action)
        if _NOTICE.search(text) or (self._own is not None and self._own.search(text)):
            return NOTICE
        if not text or "$." in text or "{{" in text:
            return PERHAPS
        return WORDS


def _was_not_played(action: Action, branch: Branch) -> bool:
    """Say whether a branch tells that nothing was heard; one that goes on as if it had been is not meant to tell."""
    return branch.kind is BranchKind.ERROR and branch.error == CATCH_ALL and branch.target != action.next


class _HeardTracker:
    """Follows the most that was said; ``told_by`` are words of attributes that are set only after a notice."""

    def __init__(self, words: _Words, told_by: Mapping[tuple[str, str], int]) -> None:
        self._words, self._told_by = words, told_by

    def start(self, flow: Flow) -> int:
        return PERHAPS if flow.is_module else NOTHING

    def after(self, _flow: Flow, action: Action, branch: Branch, state: int) -> int:
        if action.type == "Compare":
            return max(state, self._told(action, branch))
        if _was_not_played(action, branch):
            return state
        if action.type == "InvokeFlowModule":
            return max(state, PERHAPS)
        return max(state, self._words.said(action))

    def _told(self, action: Action, branch: Branch) -> int:
        attribute = attribute_named_by(action.parameters.get("ComparisonValue"))
        condition = branch.condition
        if attribute is None or condition is None or condition.operator != "Equals" or not condition.operands:
            return NOTHING
        return min(self._told_by.get((attribute, str(operand)), NOTHING) for operand in condition.operands)


def check(subject: Subject) -> Iterator[Finding]:
    """Yield where recording begins before a notice, or without one in the caller's language."""
    words = _Words(subject)
    for visit in visits(subject.program, _HeardTracker(words, _told_by(subject, words))):
        if recording_set_by(visit.action) is Switch.ON and visit.state < PERHAPS:
            path = visit.path
            told = "anything was said" if visit.state == NOTHING else "anything was said about it"
            yield UNANNOUNCED.at(
                visit.flow, visit.action, f"recording is switched on before {told}: {way(path)}", path=path
            )
    yield from _languages(subject, words)


def _told_by(subject: Subject, words: _Words) -> Mapping[tuple[str, str], int]:
    """Return what was surely said before an attribute got a certain word, for those that only ever get words."""
    found: dict[tuple[str, str], int] = {}
    other: set[str] = set()
    for visit in visits(subject.program, _HeardTracker(words, {})):
        for attribute, value in attributes_set_by(visit.action).items():
            if isinstance(value, str) and "$" not in value:
                key = (attribute, value)
                found[key] = min(found.get(key, NOTICE), visit.state)
            else:
                other.add(attribute)
    return {key: said for key, said in found.items() if key[0] not in other}


class _Spoken(NamedTuple):
    here: bool = False
    """The voice speaks the language that is followed."""
    heard: bool = False
    """A notice was heard in it."""
    anywhere: bool = False
    """A notice was heard in some language."""
    recorded: bool = False


class _LanguageTracker:
    def __init__(self, words: _Words, language: str) -> None:
        self._words, self._language = words, language

    def start(self, _flow: Flow) -> _Spoken:
        return _Spoken()

    def after(self, _flow: Flow, action: Action, branch: Branch, state: _Spoken) -> _Spoken:
        recording = recording_set_by(action)
        if recording is not None:
            return state._replace(recorded=recording is Switch.ON)
        if _was_not_played(action, branch):
            return state
        voice = voice_set_by(action)
        if voice is not None:
            return state._replace(here=self._language in languages_of(voice))
        if self._words.said(action) == NOTICE:
            return state._replace(heard=state.heard or state.here, anywhere=True)
        return state


def _languages(subject: Subject, words: _Words) -> Iterator[Finding]:
    spoken: set[str] = set()
    for flow in subject.program.flows:
        for action in flow.actions.values():
            spoken |= languages_of(voice_set_by(action) or "")
    if len(spoken) < 2:  # noqa: PLR2004 - with one language there is no other
        return
    for language in sorted(spoken):
        for visit in visits(subject.program, _LanguageTracker(words, language)):
            state = visit.state
            speaks = language in languages_of(voice_set_by(visit.action) or "")
            if speaks and state.recorded and state.anywhere and not state.heard:
                path = visit.path
                told = "but was told of the recording only in another language"
                reason = f"from here the caller hears {language!r}, {told}: {way(path)}"
                yield LANGUAGE.at(visit.flow, visit.action, reason, path=path)
