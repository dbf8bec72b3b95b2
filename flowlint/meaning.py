"""What an action means for recording and payments, whoever wrote the flow and whatever the names in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from flowlint.catalogue import is_true
from flowlint.document import Action, Branch

PAUSE_WORDS = frozenset({"pause", "suspend"})
RESUME_WORDS = frozenset({"resume", "unpause", "unsuspend", "start"})
PAUSED = "paused"
PAYMENT_PREFIX = "payment"
TRANSFERS_OUT = frozenset(
    {
        "TransferParticipantToThirdParty",
        "TransferContactToPhoneNumber",
        "TransferContactToThirdParty",
        "TransferToPhoneNumber",
    }
)
"""The first is the flow language's own; the others are names that generators of flows have used for it."""

_STATUS = re.compile(r"""^\$\.External(?:\.status|\[\s*(["'])status\1\s*\])$""")
_ATTRIBUTE = re.compile(
    r"""^\$\.(?P<kind>Attributes|FlowAttributes)(?:\.(?P<plain>[^.\[\]]+)|\[\s*(["'])(?P<quoted>.+)\3\s*\])$"""
)


class Invocation(Enum):
    """What a Lambda invocation asks for."""

    PAUSE = auto()
    RESUME = auto()
    OTHER = auto()


class Switch(Enum):
    """Whether something is on, as far as a flow itself tells."""

    INHERITED = auto()
    """The flow has not set it: as it was when the contact came in."""
    ON = auto()
    OFF = auto()


def invocation_of(action: Action) -> Invocation | None:
    """Classify a Lambda invocation by the values of its attributes; None if the action is no invocation."""
    if action.type != "InvokeLambdaFunction":
        return None
    attributes = action.parameters.get("LambdaInvocationAttributes")
    values = {str(value).strip().lower() for value in attributes.values()} if isinstance(attributes, Mapping) else set()
    if values & PAUSE_WORDS:
        return Invocation.PAUSE
    return Invocation.RESUME if values & RESUME_WORDS else Invocation.OTHER


def is_awaited(action: Action) -> bool:
    """Say whether the flow waits for the function's answer, so that ``$.External`` holds it."""
    return str(action.parameters.get("InvocationType", "SYNCHRONOUS")).strip().upper() != "ASYNCHRONOUS"


def is_payment_step(action: Action) -> bool:
    """Say whether card details are taken here: by its name, or because its input is stored encrypted."""
    if any(name.strip().lower().startswith(PAYMENT_PREFIX) for name in (action.id, action.name)):
        return True
    return _is_encrypted(action.parameters) and is_true(action.parameters.get("StoreInput", "True"))


def is_transfer_out(action: Action) -> bool:
    """Say whether the contact leaves the contact centre for an outside number."""
    return action.type in TRANSFERS_OUT


def recording_set_by(action: Action) -> Switch | None:
    """Return what a recording block switches to, or None if the action is none.

    Agent, customer, screen and IVR recording count alike. A block that lists nobody and does not name IVR recording is
    the documented way to switch recording off. The newer block in its chat form says nothing about calls.
    """
    parameters = action.parameters
    if action.type == "UpdateContactRecordingBehavior":
        found = [parameters.get("RecordingBehavior")]
    elif action.type == "UpdateContactRecordingAndAnalyticsBehavior":
        voice = parameters.get("VoiceBehavior")
        found = [
            voice.get("VoiceRecordingBehavior") if isinstance(voice, Mapping) else None,
            parameters.get("RecordingBehavior"),
            parameters.get("ScreenRecordingBehavior"),
        ]
    else:
        return None
    settings = [setting for setting in found if isinstance(setting, Mapping)]
    if not settings:
        return None
    return Switch.ON if any(_records(setting) for setting in settings) else Switch.OFF


def logging_set_by(action: Action) -> Switch | None:
    """Return what a flow-logging block switches to, or None if the action is none."""
    if action.type != "UpdateFlowLoggingBehavior":
        return None
    disabled = str(action.parameters.get("FlowLoggingBehavior", "")).strip().lower() == "disabled"
    return Switch.OFF if disabled else Switch.ON


def is_status(value: object) -> bool:
    """Say whether a reference reads ``status`` of the latest Lambda answer."""
    return isinstance(value, str) and _STATUS.match(value.strip()) is not None


def compared_attribute(action: Action) -> str | None:
    """Return the contact or flow attribute that a Compare reads, as ``Attributes.NAME``, if it reads one."""
    value = action.parameters.get("ComparisonValue")
    found = _ATTRIBUTE.match(value.strip()) if isinstance(value, str) else None
    return f"{found['kind']}.{found['plain'] or found['quoted']}" if found else None


def attributes_set_by(action: Action) -> Mapping[str, object]:
    """Return the values that an action writes, by reference as ``compared_attribute`` has it.

    Attributes of a related contact are not read back as ``$.Attributes`` and are left out.
    """
    parameters = action.parameters
    if action.type == "UpdateFlowAttributes":
        flow = parameters.get("FlowAttributes")
        pairs = flow.items() if isinstance(flow, Mapping) else ()
        return {f"FlowAttributes.{name}": _plain_value(value) for name, value in pairs}
    contact = parameters.get("Attributes")
    if not isinstance(contact, Mapping) or str(parameters.get("TargetContact", "Current")) != "Current":
        return {}
    return {f"Attributes.{name}": value for name, value in contact.items()}


def is_paused_branch(branch: Branch) -> bool:
    """Say whether a branch is taken only if the compared value equals ``paused``."""
    condition = branch.condition
    if condition is None or condition.operator != "Equals" or not condition.operands:
        return False
    return all(str(operand).strip().lower() == PAUSED for operand in condition.operands)


def _records(setting: Mapping[str, object]) -> bool:
    participants = (setting.get("RecordedParticipants"), setting.get("ScreenRecordedParticipants"))
    ivr = str(setting.get("IVRRecordingBehavior", "")).strip().lower()
    return any(participants) or ivr == "enabled"


def _is_encrypted(parameters: Mapping[str, object]) -> bool:
    """Say whether anything in these parameters encrypts: exports differ in how deep they keep it."""
    waiting: list[object] = [parameters]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, Mapping):
            continue
        if any(str(name).lower().endswith("encryption") and value for name, value in found.items()):
            return True
        waiting.extend(found.values())
    return False


def _plain_value(value: object) -> object:
    """Return a flow attribute's value, which the designer wraps as ``{"Value": ...}``."""
    return value.get("Value") if isinstance(value, Mapping) else value
