"""Rules about voices and languages that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from flowlint.catalogue import meant
from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.walk import visits, way
from flowlint.meaning.voices import STANDARD_ONLY, VOICES, languages_of, primary
from flowlint.rules.rule import Rule, Subject

PAGE = "https://docs.aws.amazon.com/polly/latest/dg/available-voices.html"

MISFIT = Rule(
    code="V701",
    name="voice-and-language",
    severity=Severity.WARNING,
    title="the voice does not speak the contact's language",
    why="LanguageCode decides how Lex, Contact Lens and the agent's screen take the contact; the voice decides what "
    "the caller hears. Where they differ, a Welsh caller is transcribed as English, or hears Welsh read out by "
    "English rules.",
    fix="Set the voice and LanguageCode to the same language.",
    source=PAGE,
)
UNKNOWN_VOICE = Rule(
    code="V702",
    name="unknown-voice",
    severity=Severity.NOTE,
    title="no voice of that name is known",
    why="A voice that Amazon Polly does not have makes the block fail, and callers hear the voice that was set before.",
    fix="Use a voice of the list; a new one may not have reached this tool.",
    source=PAGE,
)
ENGINE = Rule(
    code="V703",
    name="voice-without-engine",
    severity=Severity.WARNING,
    title="the voice has no such engine",
    why="A few voices exist in the standard engine only, among them the Welsh one. Connect then takes the error "
    "branch.",
    fix="Use the standard engine for this voice, or another voice.",
    source=PAGE,
)

RULES = (MISFIT, UNKNOWN_VOICE, ENGINE)

VOICE = "UpdateContactTextToSpeechVoice"


def voice_set_by(action: Action) -> str | None:
    """Return the voice that an action sets, if it sets one by name."""
    if action.type != VOICE:
        return None
    voice = str(action.parameters.get("TextToSpeechVoice", "")).strip()
    return None if not voice or "$" in voice or "{" in voice else voice


class VoiceTracker:
    """Follows the voice that speaks; empty while an earlier flow decides."""

    def start(self, _flow: Flow) -> str:
        """Return that nothing is known."""
        return ""

    def after(self, _flow: Flow, action: Action, branch: Branch, state: str) -> str:
        """Return the voice after an action."""
        if action.type == VOICE and (branch.kind is not BranchKind.ERROR or branch.target == action.next):
            return voice_set_by(action) or ""
        return state


def check(subject: Subject) -> Iterator[Finding]:
    """Yield voices that nobody has, and languages that the voice does not speak."""
    for flow in subject.program.flows:
        for action in flow.actions.values():
            yield from _voice(flow, action)
    for visit in visits(subject.program, VoiceTracker()):
        code = visit.action.parameters.get("LanguageCode") if visit.action.type == "UpdateContactData" else None
        spoken = languages_of(visit.state)
        if (
            isinstance(code, str)
            and code
            and "$" not in code
            and "{" not in code
            and spoken
            and primary(code) not in spoken
        ):
            path = visit.path
            speaks = "/".join(sorted(spoken))
            reason = f"the contact's language becomes {code!r} while {visit.state} speaks {speaks}: {way(path)}"
            yield MISFIT.at(visit.flow, visit.action, reason, within=("Parameters", "LanguageCode"), path=path)


def _voice(flow: Flow, action: Action) -> Iterator[Finding]:
    voice = voice_set_by(action)
    if voice is None:
        return
    within = ("Parameters", "TextToSpeechVoice")
    if voice not in VOICES:
        near = meant(voice, tuple(VOICES))
        if near:
            reason = f"no voice is called {voice!r}: did you mean {near!r}?"
            yield UNKNOWN_VOICE.at(flow, action, reason, within=within, severity=Severity.WARNING)
        else:
            yield UNKNOWN_VOICE.at(flow, action, f"no voice called {voice!r} is known here", within=within)
    engine = str(action.parameters.get("TextToSpeechEngine", "")).strip().lower()
    if voice in STANDARD_ONLY and engine in ("neural", "generative"):
        reason = f"{voice} speaks with the standard engine only, not with {engine!r}"
        yield ENGINE.at(flow, action, reason, within=("Parameters", "TextToSpeechEngine"))
