"""Rules about the data of payment cards: what must not hear, keep or repeat it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.walk import Visit, visits, way
from flowlint.meaning.cards import is_encrypted, stores_input
from flowlint.meaning.switches import Switch, analytics_set_by, is_transfer_out, logging_set_by, streaming_set_by
from flowlint.meaning.text import SPOKEN, STORED_INPUT, attributes_set_by, references, strings_in
from flowlint.rules.card_data.protection import Protection, protections
from flowlint.rules.rule import Rule, Subject

PCI = "https://docs.aws.amazon.com/connect/latest/adminguide/compliance-validation-best-practices-PCI.html"

UNPAUSED = Rule(
    code="C303",
    name="unpaused-payment",
    severity=Severity.ERROR,
    title="a way leads to card data without a confirmed pause",
    why="Recordings that hold card data are a breach of the card schemes' rules, whoever keyed it in. One way round "
    "the pause is enough: a caller will find it. A pause counts when its answer was compared and found to confirm "
    "it; recording that was switched off counts as well, until something switches it on again.",
    fix="Pause, compare the answer, and lead only the confirming branch to the card; or switch recording off before "
    "it.",
    source=PCI,
)
CLEAR = Rule(
    code="C304",
    name="clear-card",
    severity=Severity.ERROR,
    title="card data is entered in the clear",
    why="What is keyed in without encryption stands readable in the flow's data: any function, log or attribute may "
    "take it up. Lex has no encryption at all, and keeps what it hears in its own logs.",
    fix="Use an input that stores, with InputEncryption (a key of the instance and its certificate).",
    source=PCI,
)
LOGGED = Rule(
    code="C305",
    name="logged-card",
    severity=Severity.ERROR,
    title="card data is taken while the flow is logged",
    why="Flow logs hold what is entered and what functions answer, for years, in CloudWatch.",
    fix="Set logging behaviour to disabled before the first step that takes card data, and to enabled after the last.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/about-contact-flow-logs.html",
)
LOGGING_INHERITED = Rule(
    code="C306",
    name="inherited-logging",
    severity=Severity.WARNING,
    title="card data is taken while nobody knows whether the flow is logged",
    why="Logging stays as an earlier flow has set it, for the rest of the contact. A flow that takes card data and "
    "does not set it depends on every flow that leads to it, today's and tomorrow's.",
    fix="Set logging behaviour to disabled before the first step that takes card data.",
    source=LOGGED.source,
)
COPIED = Rule(
    code="C307",
    name="copied-card",
    severity=Severity.ERROR,
    title="card data is copied to where it stays",
    why="Attributes and tags become part of the contact record, are exported, shown to agents and kept for two "
    "years. The security code must not be kept at all once the payment is authorised.",
    fix="Hand the encrypted entry to the payment function, and keep only what it answers.",
    source=PCI,
)
READ_BACK = Rule(
    code="C308",
    name="spoken-card",
    severity=Severity.ERROR,
    title="card data is read back",
    why="What a prompt says is recorded, heard by whoever stands near, and written to the flow log.",
    fix="Read back no more than the last four digits, as the payment function answers them.",
    source=PCI,
)
STREAMED = Rule(
    code="C309",
    name="streamed-card",
    severity=Severity.ERROR,
    title="card data is taken while the call is streamed",
    why="Suspending the recording does not suspend media streaming: Kinesis goes on receiving what the caller says "
    "and keys in.",
    fix="Stop media streaming before the card, and start it again afterwards.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/stop-media-streaming.html",
)
ANALYSED = Rule(
    code="C310",
    name="analysed-card",
    severity=Severity.ERROR,
    title="card data is taken while real-time analytics listen",
    why="Real-time analytics transcribe the live call, not the recording. Redaction is learned by a machine and may "
    "miss items.",
    fix="Switch real-time analytics off for contacts that may pay, or before the card.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/sensitive-data-redaction.html",
)
NEVER_RESUMED = Rule(
    code="C311",
    name="never-resumed",
    severity=Severity.WARNING,
    title="a paused recording is not resumed",
    why="The rest of the call is silence in the recording: the complaint that follows cannot be answered from it.",
    fix="Resume on every way out of the payment, the failed ones included, before the contact goes on.",
    source="https://docs.aws.amazon.com/connect/latest/APIReference/API_ResumeContactRecording.html",
)

RULES = (UNPAUSED, CLEAR, LOGGED, LOGGING_INHERITED, COPIED, READ_BACK, STREAMED, ANALYSED, NEVER_RESUMED)

_LEX = re.compile(r"\$\.Lex\.(?:Slots|SessionAttributes)|\$\.\s*\[?[\"']?Lex")
_VIEW = re.compile(r"\$\.Views\.")
_KEEPING = frozenset(
    {
        "UpdateContactAttributes",
        "UpdateFlowAttributes",
        "TagContact",
        "CreateTask",
        "CreateCase",
        "UpdateCase",
        "UpdateContactData",
        "CreateCustomerProfile",
        "UpdateCustomerProfile",
    }
)
_SPEAKING = frozenset({"MessageParticipant", "GetParticipantInput", "ConnectParticipantWithLexBot"})
_ONWARD = frozenset({"EndFlowExecution", "TransferContactToAgent", "TransferContactToQueue", "TransferToFlow"})


def check(subject: Subject) -> Iterator[Finding]:
    """Yield where card data could be recorded, kept, heard or streamed."""
    for flow in subject.program.flows:
        for action in flow.actions.values():
            if subject.cards.is_entry(flow, action) and _is_clear(action):
                reason = "it asks for card data, and what is entered is not encrypted"
                if action.type == "ConnectParticipantWithLexBot":
                    reason = "it asks for card data through Lex, which cannot encrypt it"
                yield CLEAR.at(flow, action, reason)
    for visit in protections(subject):
        if subject.cards.is_entry(visit.flow, visit.action):
            yield from _unpaused(visit)
        yield from _never_resumed(subject, visit)
    yield from _switches(subject)
    yield from _kept_and_spoken(subject)


def _is_clear(action: Action) -> bool:
    if action.type == "ConnectParticipantWithLexBot":
        return True
    return action.type == "GetParticipantInput" and stores_input(action) and not is_encrypted(action)


def _unpaused(visit: Visit[Protection]) -> Iterator[Finding]:
    state = visit.state
    if state.is_safe:
        return
    how = "with recording on" if state.recording is Switch.ON else "with recording as an earlier flow left it"
    path = visit.path
    reason = f"a way leads to card data without a confirmed pause, {how}: {way(path)}"
    yield UNPAUSED.at(visit.flow, visit.action, reason, path=path)


def _never_resumed(subject: Subject, visit: Visit[Protection]) -> Iterator[Finding]:
    if not visit.state.confirmed:
        return
    action, flow = visit.action, visit.flow
    goes_on = action.type in _ONWARD and subject.program.callee(flow, action) is None
    returns = action.type == "EndFlowModuleExecution" and not visit.returns
    guide = action.type == "DisconnectParticipant" and any(each.type == "ShowView" for each in flow.actions.values())
    if goes_on or returns or guide:
        path = visit.path
        reason = f"the contact goes on from here with its recording still paused: {way(path)}"
        yield NEVER_RESUMED.at(flow, action, reason, path=path)


class _SwitchTracker:
    """Follows one thing that is on or off."""

    def __init__(self, read: Callable[[Action], Switch | None]) -> None:
        self._read = read

    def start(self, _flow: Flow) -> Switch:
        return Switch.INHERITED

    def after(self, _flow: Flow, action: Action, _branch: Branch, state: Switch) -> Switch:
        return self._read(action) or state


def _switches(subject: Subject) -> Iterator[Finding]:
    watched = (
        (logging_set_by, Switch.ON, LOGGED, "the flow is logged while card data is taken"),
        (
            logging_set_by,
            Switch.INHERITED,
            LOGGING_INHERITED,
            "card data is taken, and the flow has not said whether it is logged",
        ),
        (streaming_set_by, Switch.ON, STREAMED, "the call's audio is streamed while card data is taken"),
        (analytics_set_by, Switch.ON, ANALYSED, "real-time analytics listen while card data is taken"),
    )
    for read, bad, rule, told in watched:
        for visit in visits(subject.program, _SwitchTracker(read)):
            if visit.state is bad and subject.cards.is_entry(visit.flow, visit.action):
                if rule is LOGGING_INHERITED and is_transfer_out(visit.action):
                    continue
                path = visit.path
                yield rule.at(visit.flow, visit.action, f"{told}: {way(path)}", path=path)


class _Held(NamedTuple):
    """Whether card data is where a flow can read it, in the clear."""

    stored: bool = False
    lex: bool = False
    view: bool = False


class _HeldTracker:
    def __init__(self, subject: Subject) -> None:
        self._cards = subject.cards

    def start(self, _flow: Flow) -> _Held:
        return _Held()

    def after(self, flow: Flow, action: Action, branch: Branch, state: _Held) -> _Held:
        if branch.kind is BranchKind.ERROR:
            return state
        entry = self._cards.is_entry(flow, action)
        match action.type:
            case "GetParticipantInput" if stores_input(action):
                return state._replace(stored=entry and not is_encrypted(action))
            case "ConnectParticipantWithLexBot":
                return state._replace(lex=entry)
            case "ShowView":
                return state._replace(view=entry)
            case _:
                return state


def _kept_and_spoken(subject: Subject) -> Iterator[Finding]:
    kept: set[str] = set()
    speaking: list[Visit[_Held]] = []
    for visit in visits(subject.program, _HeldTracker(subject)):
        action = visit.action
        if action.type in _KEEPING and _reads_card(action.parameters, visit.state):
            kept |= {name for name, value in attributes_set_by(action).items() if _reads_card(value, visit.state)}
            path = visit.path
            yield COPIED.at(visit.flow, action, f"it keeps card data with the contact: {way(path)}", path=path)
        elif action.type in _SPEAKING:
            speaking.append(visit)
    for visit in speaking:
        said = [visit.action.parameters.get(key) for key in SPOKEN]
        if _reads_card(said, visit.state) or kept & set(references(said)):
            path = visit.path
            yield READ_BACK.at(visit.flow, visit.action, f"it reads card data back: {way(path)}", path=path)


def _reads_card(value: object, state: _Held) -> bool:
    return any(
        (state.stored and STORED_INPUT.search(text))
        or (state.lex and _LEX.search(text))
        or (state.view and _VIEW.search(text))
        for text in strings_in(value)
    )
