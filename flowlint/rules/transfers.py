"""Rules about contacts that leave the contact centre for an outside number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flowlint.document import Action, Branch, BranchKind, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.walk import visits, way
from flowlint.meaning.switches import Switch, is_transfer_out
from flowlint.rules.card_data.protection import protections
from flowlint.rules.rule import Rule, Subject

PAGE = "https://docs.aws.amazon.com/connect/latest/adminguide/transfer-to-phone-number.html"

RECORDED = Rule(
    code="T401",
    name="recorded-transfer",
    severity=Severity.ERROR,
    title="a call leaves the contact centre with recording on",
    why="The recording goes on while the caller speaks to somebody else, who has told them nothing about it. If it "
    "is a payment service, the card is on it.",
    fix="Switch recording off (or pause it and check the answer) before the transfer.",
    source=PAGE,
)
INHERITED = Rule(
    code="T402",
    name="inherited-recording",
    severity=Severity.WARNING,
    title="a call leaves the contact centre, and recording is as an earlier flow left it",
    why="Recording stays on for the contact until a flow switches it off.",
    fix="Switch recording off before the transfer.",
    source=PAGE,
)
CALLER_ID = Rule(
    code="T403",
    name="missing-caller-id",
    severity=Severity.WARNING,
    title="a transfer out shows no number of the council",
    why="Without CallerId the other side sees the caller's own number, and providers in the United Kingdom may "
    "refuse a call that claims a number which is not the sender's.",
    fix="Set CallerId to a number of the instance.",
    source="https://docs.aws.amazon.com/connect/latest/adminguide/queues-callerid.html",
)
UNLISTED = Rule(
    code="T404",
    name="unlisted-number",
    severity=Severity.WARNING,
    title="a flow dials whatever an attribute holds",
    why="Attributes come from functions, agents, chats and other flows. Whoever can set one can make the council pay "
    "for calls to any number.",
    fix="Compare the attribute with the numbers that are allowed, and dial only on a match.",
    source=PAGE,
)

RULES = (RECORDED, INHERITED, CALLER_ID, UNLISTED)


def check(subject: Subject) -> Iterator[Finding]:
    """Yield transfers out that are recorded, anonymous, or to anywhere."""
    for flow in subject.program.flows:
        for action in flow.actions.values():
            if action.type == "TransferParticipantToThirdParty" and not _has_caller_id(action):
                yield CALLER_ID.at(flow, action, "it sets no CallerId, so the called side sees the caller's own number")
    yield from _recorded(subject)
    yield from _unlisted(subject)


def _has_caller_id(action: Action) -> bool:
    if action.parameters.get("VoiceConnector") or action.parameters.get("VoiceConnectors"):
        return True
    shown = action.parameters.get("CallerId")
    return isinstance(shown, Mapping) and bool(shown.get("Number"))


def _recorded(subject: Subject) -> Iterator[Finding]:
    for visit in protections(subject):
        if not is_transfer_out(visit.action) or visit.state.is_safe:
            continue
        path = visit.path
        if visit.state.recording is Switch.ON:
            reason = f"the call leaves the contact centre with recording still on: {way(path)}"
            yield RECORDED.at(visit.flow, visit.action, reason, path=path)
        else:
            reason = (
                "the call leaves the contact centre and this flow has not switched recording off: "
                f"it stays on if an earlier flow switched it on: {way(path)}"
            )
            yield INHERITED.at(visit.flow, visit.action, reason, path=path)


class _ListTracker:
    """Follows whether one reference was found in a list of literals since it was last written."""

    def __init__(self, reference: str) -> None:
        self._reference = reference

    def start(self, _flow: Flow) -> bool:
        return False

    def after(self, _flow: Flow, action: Action, branch: Branch, state: bool) -> bool:  # noqa: FBT001 - the state
        if action.type == "Compare" and str(action.parameters.get("ComparisonValue", "")).strip() == self._reference:
            condition = branch.condition
            if branch.kind is BranchKind.CONDITION and condition is not None and condition.operator == "Equals":
                operands = condition.operands or ()
                return bool(operands) and all("$" not in str(operand) for operand in operands)
            return state
        name = self._reference.rpartition(".")[2]
        written = action.parameters.get("Attributes") or action.parameters.get("FlowAttributes")
        if isinstance(written, Mapping) and name in written:
            value = written[name]
            value = value.get("Value") if isinstance(value, Mapping) else value
            return isinstance(value, str) and "$" not in value
        if self._reference.startswith("$.External") and action.type == "InvokeLambdaFunction":
            return False
        if action.type == "GetParticipantInput" and "StoredCustomerInput" in self._reference:
            return False
        return state


def _unlisted(subject: Subject) -> Iterator[Finding]:
    dialled: dict[str, None] = {}
    for flow in subject.program.flows:
        for action in flow.actions.values():
            if reference := _dynamic_number(action):
                dialled[reference] = None
    for reference in dialled:
        for visit in visits(subject.program, _ListTracker(reference)):
            if not visit.state and _dynamic_number(visit.action) == reference:
                path = visit.path
                reason = f"it dials whatever {reference} holds, which was compared with no list of numbers: {way(path)}"
                yield UNLISTED.at(visit.flow, visit.action, reason, path=path)


def _dynamic_number(action: Action) -> str:
    """Return the reference that a transfer out dials, if it dials one; a number of the contact's own is no choice."""
    if not is_transfer_out(action):
        return ""
    number = str(action.parameters.get("ThirdPartyPhoneNumber", "")).strip()
    return number if number.startswith("$.") else ""
