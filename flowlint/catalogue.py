"""What the flow language says about each type of action: how it ends, and which error branches it has.

Sources: the page of each type under https://docs.aws.amazon.com/connect/latest/APIReference/flow-language-actions.html
and what the service itself refuses on import. A type that is not listed is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowlint.document import Action

CATCH_ALL = "NoMatchingError"
NO_MATCH = "NoMatchingCondition"


class Success(Enum):
    """What an action needs after it succeeded."""

    NEXT = auto()
    """A NextAction."""
    CHOICE = auto()
    """A NextAction, or a branch for its result."""
    LEAVES = auto()
    """Nothing: the contact has left this flow, or stays in the action until it leaves."""
    ENDS = auto()
    """Nothing: the action ends the flow and must have no transitions at all."""


@dataclass(frozen=True, slots=True)
class ActionType:
    """The rules of one type of action."""

    success: Success
    errors: tuple[str, ...] = ()
    """Error branches that must be wired."""
    advised: tuple[str, ...] = ()
    """Error branches that the catch-all would cover, less clearly."""


_NEXT = ActionType(Success.NEXT)
_CAUGHT = ActionType(Success.NEXT, (CATCH_ALL,))
_ENDS = ActionType(Success.ENDS)

_TYPES: dict[str, ActionType] = {
    "CheckHoursOfOperation": ActionType(Success.CHOICE, (CATCH_ALL,)),
    "CheckMetricData": ActionType(Success.CHOICE, (CATCH_ALL, NO_MATCH)),
    "Compare": ActionType(Success.CHOICE, (NO_MATCH,)),
    "ConnectParticipantWithLexBot": ActionType(Success.CHOICE, (CATCH_ALL,), (NO_MATCH,)),
    "CreateCallbackContact": _CAUGHT,
    "CreateCase": _CAUGHT,
    "CreateTask": _CAUGHT,
    "CreateWisdomSession": _CAUGHT,
    "DequeueContactAndTransferToQueue": ActionType(Success.LEAVES, ("QueueAtCapacity", CATCH_ALL)),
    "DisconnectParticipant": _ENDS,
    "DistributeByPercentage": ActionType(Success.CHOICE, (NO_MATCH,)),
    "EndFlowExecution": _ENDS,
    "EndFlowModuleExecution": _ENDS,
    "GetCase": _CAUGHT,
    "GetMetricData": _CAUGHT,
    "InvokeFlowModule": ActionType(Success.CHOICE, (CATCH_ALL,)),
    "InvokeLambdaFunction": _CAUGHT,
    "Loop": ActionType(Success.CHOICE),
    "MessageParticipant": _NEXT,
    "MessageParticipantIteratively": ActionType(Success.LEAVES),
    "ShowView": ActionType(Success.CHOICE, (NO_MATCH, CATCH_ALL, "TimeLimitExceeded")),
    "TagContact": _CAUGHT,
    "TransferContactToAgent": _ENDS,
    "TransferContactToQueue": ActionType(Success.LEAVES, ("QueueAtCapacity", CATCH_ALL)),
    "TransferToFlow": ActionType(Success.LEAVES, (CATCH_ALL,)),
    "UntagContact": _CAUGHT,
    "UpdateCase": _CAUGHT,
    "UpdateContactAttributes": _CAUGHT,
    "UpdateContactCallbackNumber": ActionType(Success.NEXT, ("InvalidCallbackNumber", "CallbackNumberNotDialable")),
    "UpdateContactData": _CAUGHT,
    "UpdateContactEventHooks": _CAUGHT,
    "UpdateContactMediaStreamingBehavior": _CAUGHT,
    "UpdateContactRecordingBehavior": _NEXT,
    "UpdateContactRoutingBehavior": _NEXT,
    "UpdateContactTargetQueue": _CAUGHT,
    "UpdateContactTextToSpeechVoice": _NEXT,
    "UpdateFlowAttributes": _CAUGHT,
    "UpdateFlowLoggingBehavior": _NEXT,
    "UpdatePreviousContactParticipantState": _CAUGHT,
    "Wait": ActionType(Success.CHOICE, (CATCH_ALL,)),
}


def type_of(action: Action) -> ActionType | None:
    """Return the rules of this action, or None if its type is not known here."""
    match action.type:
        case "GetParticipantInput":
            return _input(action)
        case "TransferParticipantToThirdParty":
            return _third_party(action)
        case "UpdateContactRecordingAndAnalyticsBehavior":
            chat = ("InFlightRedactionConfigurationFailed",) if action.parameters.get("ChatBehavior") else ()
            return ActionType(Success.NEXT, (CATCH_ALL, "ChannelMismatch"), chat)
        case _:
            return _TYPES.get(action.type)


def ends_flow(action: Action) -> bool:
    """Say whether the flow stops at this action whatever its transitions claim."""
    known = type_of(action)
    return known is not None and known.success is Success.ENDS


def is_true(value: object) -> bool:
    """Read a parameter that the flow language writes as the text "True" or "False"."""
    return str(value).strip().lower() == "true"


def _input(action: Action) -> ActionType:
    parameters = action.parameters
    if "EnableDTMFBuffer" in parameters:
        return _CAUGHT
    if not is_true(parameters.get("StoreInput", "False")):
        return ActionType(Success.CHOICE, ("InputTimeLimitExceeded", NO_MATCH, CATCH_ALL))
    validation = parameters.get("InputValidation")
    if isinstance(validation, dict) and validation.get("PhoneNumberValidation"):
        return ActionType(Success.NEXT, (CATCH_ALL, "InvalidPhoneNumber"))
    return _CAUGHT


def _third_party(action: Action) -> ActionType:
    if str(action.parameters.get("ContinueFlowExecution", "True")).strip().lower() == "false":
        return ActionType(Success.LEAVES, (CATCH_ALL,))
    return ActionType(Success.NEXT, (CATCH_ALL,), ("CallFailed", "ConnectionTimeLimitExceeded"))
