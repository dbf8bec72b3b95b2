"""Actions that set something on the contact, and those that end its way through a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flowlint.catalogue import CATCH_ALL
from flowlint.meaning import Switch, logging_set_by
from simulator.flow_runner.exits import Done, Ended, Exit, Failed
from simulator.flow_runner.references import resolve

if TYPE_CHECKING:
    from flowlint.document import Action
    from simulator.flow_runner.exits import Journey


def _attributes(action: Action, on: Journey) -> Exit:
    values = {str(name): resolve(str(value), on.call) for name, value in action.parameters["Attributes"].items()}
    related = action.parameters.get("TargetContact") == "Related"
    if related and not on.call.related_contact_id:
        return Failed(CATCH_ALL)
    if not related:
        on.call.attributes.update(values)
    on.around.set_attributes(on.call.related_contact_id if related else on.call.contact_id, values)
    return Done()


def _recording(action: Action, on: Journey) -> Exit:
    """Set what is recorded: the automated part at once, the agent's part when an agent joins."""
    behaviour = action.parameters["RecordingBehavior"]
    on.call.records_agent = bool(behaviour.get("RecordedParticipants"))
    records_ivr = behaviour.get("IVRRecordingBehavior") == "Enabled"
    if records_ivr is not on.call.records_ivr:
        on.call.records_ivr = records_ivr
        on.around.record(on.call.contact_id, "IVR", on=records_ivr)
    return Done()


def _logging(action: Action, on: Journey) -> Exit:
    on.call.logs_flow = logging_set_by(action) is Switch.ON
    return Done()


def _voice(action: Action, on: Journey) -> Exit:
    if on.call.channel != "VOICE":
        return Failed(CATCH_ALL)
    on.call.voice = str(action.parameters["TextToSpeechVoice"])
    return Done()


def _data(action: Action, on: Journey) -> Exit:
    on.call.language_code = str(action.parameters.get("LanguageCode", on.call.language_code))
    return Done()


def _hooks(action: Action, on: Journey) -> Exit:
    on.call.event_hooks.update({str(name): str(flow) for name, flow in action.parameters["EventHooks"].items()})
    return Done()


def _target_queue(action: Action, on: Journey) -> Exit:
    on.call.queue_arn = resolve(str(action.parameters["QueueId"]), on.call)
    return Done()


def _to_queue(_action: Action, on: Journey) -> Exit:
    return Ended("queued") if on.call.queue_arn else Failed(CATCH_ALL)


def _disconnect(_action: Action, on: Journey) -> Exit:
    on.call.ended = True
    if on.call.records_ivr:
        on.around.record(on.call.contact_id, "IVR", on=False)
        on.call.records_ivr = False
    return Ended("disconnected")


def _end(_action: Action, _on: Journey) -> Exit:
    return Ended("flow ended")


def _return(_action: Action, _on: Journey) -> Exit:
    return Ended("module returned")


PERFORM: Mapping[str, Callable[[Action, Journey], Exit]] = {
    "DisconnectParticipant": _disconnect,
    "EndFlowExecution": _end,
    "EndFlowModuleExecution": _return,
    "TransferContactToQueue": _to_queue,
    "UpdateContactAttributes": _attributes,
    "UpdateContactData": _data,
    "UpdateContactEventHooks": _hooks,
    "UpdateContactRecordingBehavior": _recording,
    "UpdateContactTargetQueue": _target_queue,
    "UpdateContactTextToSpeechVoice": _voice,
    "UpdateFlowLoggingBehavior": _logging,
}
