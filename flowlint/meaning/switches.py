"""What a flow switches on and off: recording, logging, streaming, analytics."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from flowlint.document import Action

TRANSFERS_OUT = frozenset(
    {
        "TransferParticipantToThirdParty",
        "TransferContactToPhoneNumber",
        "TransferContactToThirdParty",
        "TransferToPhoneNumber",
    }
)
"""The first is the flow language's own; the others are names that generators of flows have used for it."""

OLD_RECORDING = "UpdateContactRecordingBehavior"
NEW_RECORDING = "UpdateContactRecordingAndAnalyticsBehavior"


class Switch(Enum):
    """Whether something is on, as far as a flow itself tells."""

    INHERITED = auto()
    """The flow has not set it: as it was when the contact came in."""
    ON = auto()
    OFF = auto()


def is_transfer_out(action: Action) -> bool:
    """Say whether the contact leaves the contact centre for an outside number."""
    return action.type in TRANSFERS_OUT


def recording_set_by(action: Action) -> Switch | None:
    """Return what a recording block switches to, or None if the action is none.

    Agent, customer, screen and IVR recording count alike. A block that lists nobody and does not name IVR recording is
    the documented way to switch recording off; one that does not say who is recorded leaves that as it was. The newer
    block in its chat form says nothing about calls.
    """
    parameters = action.parameters
    if action.type == OLD_RECORDING:
        found = [parameters.get("RecordingBehavior")]
    elif action.type == NEW_RECORDING:
        found = [
            _within(parameters, "VoiceBehavior", "VoiceRecordingBehavior"),
            parameters.get("RecordingBehavior"),
            parameters.get("ScreenRecordingBehavior"),
        ]
    else:
        return None
    settings = [setting for setting in found if isinstance(setting, Mapping)]
    if any(_records(setting) for setting in settings):
        return Switch.ON
    return Switch.OFF if any("RecordedParticipants" in setting for setting in settings) else None


def logging_set_by(action: Action) -> Switch | None:
    """Return what a flow-logging block switches to, or None if the action is none."""
    if action.type != "UpdateFlowLoggingBehavior":
        return None
    disabled = str(action.parameters.get("FlowLoggingBehavior", "")).strip().lower() == "disabled"
    return Switch.OFF if disabled else Switch.ON


def streaming_set_by(action: Action) -> Switch | None:
    """Return what a media-streaming block switches to, or None if the action is none."""
    if action.type != "UpdateContactMediaStreamingBehavior":
        return None
    state = str(action.parameters.get("MediaStreamingState", "")).strip().lower()
    return Switch.OFF if state == "disabled" else Switch.ON


def analytics_set_by(action: Action) -> Switch | None:
    """Return whether a recording block starts analytics that listen while the contact lasts; None if it is none.

    Analytics after the contact read the recording, which is silent where it was paused.
    """
    if action.type == OLD_RECORDING:
        found = _within(action.parameters, "AnalyticsBehavior")
        modes = _within(found, "ChannelConfiguration", "Voice", "AnalyticsModes")
    elif action.type == NEW_RECORDING:
        found = _within(action.parameters, "VoiceBehavior", "VoiceAnalyticsBehavior")
        modes = _within(found, "AnalyticsModes")
    else:
        return None
    enabled = str(_within(found, "Enabled") or "").strip().lower() == "true"
    live = isinstance(modes, list) and any(mode in ("RealTime", "AutomatedInteraction") for mode in modes)
    return Switch.ON if enabled and live else Switch.OFF


def _within(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _records(setting: Mapping[str, object]) -> bool:
    participants = (setting.get("RecordedParticipants"), setting.get("ScreenRecordedParticipants"))
    ivr = str(setting.get("IVRRecordingBehavior", "")).strip().lower()
    return any(participants) or ivr == "enabled"
