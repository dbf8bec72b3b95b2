"""Rules about values: those that nobody has set, and those that must not be spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlint.document import Action, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.program import Program
from flowlint.meaning.switches import Switch, logging_set_by
from flowlint.meaning.text import ATTRIBUTE, attributes_set_by, references, strings_in, words_of
from flowlint.rules.rule import Rule, Subject
from flowlint.rules.structure import ways_out

PAGE = "https://docs.aws.amazon.com/connect/latest/adminguide/connect-attrib-list.html"

UNSET = Rule(
    code="D801",
    name="attribute-before-it-is-set",
    severity=Severity.WARNING,
    title="an attribute is used where nothing has set it yet",
    why="An attribute that nobody has set is empty: the prompt has a gap, the function gets nothing, the call goes "
    "nowhere.",
    fix="Set it before, or compare it first and lead the branch of no match elsewhere. If something outside these "
    "flows sets it (a chat, an API, a flow that was not given), this is only a note.",
    source=PAGE,
)
PERSONAL = Rule(
    code="D802",
    name="personal-data-in-a-prompt",
    severity=Severity.WARNING,
    title="a prompt reads out personal data",
    why="Whoever rings from a number is not yet the person it belongs to. And what a prompt says, its SSML included, "
    "stands in the flow log and in the recording.",
    fix="Say it without the value, or confirm the value by something only the caller knows. What was keyed in a "
    "moment ago may be read back by an input that confirms it, with the flow's log switched off.",
    source=PAGE,
)

RULES = (UNSET, PERSONAL)

_PERSONAL = frozenset(
    {
        "name",
        "surname",
        "forename",
        "dob",
        "birth",
        "birthday",
        "address",
        "postcode",
        "email",
        "phone",
        "mobile",
        "nino",
    }
    | {"nhs", "insurance", "iban", "telephone", "cvv", "pan"}
)
_STORED = "$.StoredCustomerInput"
_CALLER = re.compile(r"\$\.CustomerEndpoint\.Address|\$\.StoredCustomerInput|\$\.Customer\.[A-Za-z]+")


def check(subject: Subject) -> Iterator[Finding]:
    """Yield attributes that are used before they are set, and prompts that read out personal data."""
    yield from _unset(subject.program)
    for flow in subject.program.flows:
        for action in flow.actions.values():
            yield from _personal(flow, action)


def _unset(program: Program) -> Iterator[Finding]:
    setters: dict[str, list[tuple[int, str]]] = {}
    users: dict[str, list[tuple[int, str]]] = {}
    for place, flow in enumerate(program.flows):
        for action in flow.actions.values():
            for attribute in attributes_set_by(action):
                setters.setdefault(attribute, []).append((place, action.id))
            if action.type != "Compare":
                for attribute in dict.fromkeys(references(dict(action.parameters))):
                    users.setdefault(attribute, []).append((place, action.id))
    group = program.groups
    for attribute, used in users.items():
        after = _after(program, setters.get(attribute, []))
        setting = {group[place] for place, _ in setters.get(attribute, [])}
        for place, identifier in used:
            if (place, identifier) in after or (setting and group[place] not in setting):
                continue  # set before, or by flows of which nobody knows when they run
            flow = program.flows[place]
            if setting:
                yield UNSET.at(flow, flow.actions[identifier], f"$.{attribute} is used before anything has set it")
            else:
                reason = f"$.{attribute} is used, and nothing in these flows sets it"
                yield UNSET.at(flow, flow.actions[identifier], reason, severity=Severity.NOTE)


def _after(program: Program, setters: list[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return every action that can come after one of some actions, in any of the flows."""
    seen: set[tuple[int, str]] = set()
    waiting = [onward for place, identifier in setters for onward in _onward(program, place, identifier)]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting.extend(_onward(program, *at))
    return seen


def _onward(program: Program, place: int, identifier: str) -> Iterator[tuple[int, str]]:
    flow = program.flows[place]
    action = flow.actions[identifier]
    for branch in ways_out(action):
        if branch.target in flow.actions and branch.target is not None:
            yield place, branch.target
    callee = program.callee(flow, action)
    for hooked in program.hooked(action):
        if (start := program.flows[hooked].start) and start in program.flows[hooked].actions:
            yield hooked, start
    if callee is not None and (start := program.flows[callee].start) in program.flows[callee].actions and start:
        yield callee, start
    if action.type == "EndFlowModuleExecution":
        yield from program.returns(place)


def _personal(flow: Flow, action: Action) -> Iterator[Finding]:
    if action.type not in ("MessageParticipant", "GetParticipantInput", "ConnectParticipantWithLexBot"):
        return
    keyed_back = action.type == "GetParticipantInput" and action.id not in _logged(flow)
    for key in ("SSML", "Text"):
        for text in strings_in(action.parameters.get(key)):
            # what was keyed in a moment ago may be read back for the caller to confirm, where no log holds it
            found = _CALLER.search(text.replace(_STORED, "") if keyed_back else text)
            named = next((each for each in ATTRIBUTE.finditer(text) if _is_personal(each)), None)
            shown = found or named
            if shown:
                reason = f"its {key} reads out {shown[0]}"
                yield PERSONAL.at(flow, action, reason, within=("Parameters", key))
                return


def _logged(flow: Flow) -> set[str]:
    """Return the actions that some way leads to on which nothing has switched the flow's log off."""
    logged: set[str] = set()
    switched_on = [action.id for action in flow.actions.values() if logging_set_by(action) is Switch.ON]
    waiting = [flow.start, *switched_on]
    while waiting:
        at = waiting.pop()
        if at is None or at in logged or at not in flow.actions:
            continue
        action = flow.actions[at]
        logged.add(at)
        if logging_set_by(action) is not Switch.OFF:
            waiting.extend(branch.target for branch in ways_out(action))
    return logged


def _is_personal(found: re.Match[str]) -> bool:
    words = words_of(found["plain"] or found["quoted"])
    return bool(set(words) & _PERSONAL) and not {"queue", "agent", "council", "service"} & set(words)
