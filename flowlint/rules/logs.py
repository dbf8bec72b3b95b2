"""Rules about flow logging that somebody forgot."""

from __future__ import annotations

from collections.abc import Iterator

from flowlint.document import Action, Branch, Flow
from flowlint.findings import Finding, Severity
from flowlint.linking.walk import visits, way
from flowlint.meaning.switches import Switch, logging_set_by
from flowlint.rules.rule import Rule, Subject

LEFT_OFF = Rule(
    code="L601",
    name="logging-left-off",
    severity=Severity.WARNING,
    title="logging is switched off and never on again",
    why="Logging stays off for the rest of the contact, in every flow that follows. When something goes wrong there, "
    "nobody can see what.",
    fix="Set logging behaviour to enabled again, on every way.",
    source=""
    "https://docs.aws.amazon.com/connect/latest/APIReference/flow-control-actions-updateflowloggingbehavior.html",
)

RULES = (LEFT_OFF,)

_LAST = frozenset(
    {
        "DisconnectParticipant",
        "EndFlowExecution",
        "EndFlowModuleExecution",
        "TransferContactToAgent",
        "TransferContactToQueue",
        "TransferToFlow",
    }
)


class _Tracker:
    def start(self, _flow: Flow) -> Switch:
        return Switch.INHERITED

    def after(self, _flow: Flow, action: Action, _branch: Branch, state: Switch) -> Switch:
        if _asks_about_logging(action):
            return Switch.INHERITED
        return logging_set_by(action) or state


def _asks_about_logging(action: Action) -> bool:
    """Say whether the flow asks an attribute what logging was like: what it then leaves off is left off on purpose."""
    return action.type == "Compare" and "logging" in str(action.parameters.get("ComparisonValue", "")).casefold()


def check(subject: Subject) -> Iterator[Finding]:
    """Yield the ends at which a contact goes on, or is over, with logging switched off."""
    for visit in visits(subject.program, _Tracker()):
        if visit.state is not Switch.OFF or visit.action.type not in _LAST:
            continue
        if visit.returns and visit.action.type == "EndFlowModuleExecution":
            continue
        if subject.program.callee(visit.flow, visit.action) is None:
            path = visit.path
            reason = f"the flow ends here with logging still switched off: {way(path)}"
            yield LEFT_OFF.at(visit.flow, visit.action, reason, path=path)
