"""What the flow language says about each type of action: how it ends, its error branches, its parameters.

The facts stand in ``actions.toml``, each type with its page and the day on which it was compared with it. A type that
is not there is not judged.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from flowlint.document import Action

CATCH_ALL = "NoMatchingError"
NO_MATCH = "NoMatchingCondition"
TIMED_OUT = "InputTimeLimitExceeded"

DESIGNER_NAMES = {
    "CheckAttribute": "Compare",
    "CheckContactAttributes": "Compare",
    "Disconnect": "DisconnectParticipant",
    "EndFlow": "EndFlowExecution",
    "GetCustomerInput": "GetParticipantInput",
    "GetUserInput": "GetParticipantInput",
    "InvokeExternalResource": "InvokeLambdaFunction",
    "InvokeModule": "InvokeFlowModule",
    "PlayPrompt": "MessageParticipant",
    "SetContactAttributes": "UpdateContactAttributes",
    "SetEventFlow": "UpdateContactEventHooks",
    "SetLoggingBehavior": "UpdateFlowLoggingBehavior",
    "SetRecordingBehavior": "UpdateContactRecordingBehavior",
    "SetVoice": "UpdateContactTextToSpeechVoice",
    "SetWorkingQueue": "UpdateContactTargetQueue",
    "StoreCustomerInput": "GetParticipantInput",
    "StoreUserInput": "GetParticipantInput",
    "TransferToPhoneNumber": "TransferParticipantToThirdParty",
    "TransferToQueue": "TransferContactToQueue",
}
"""What the flow designer and its first export format call a type of the flow language."""

_LIKE_ENOUGH = 0.84


class Success(Enum):
    """What an action needs after it succeeded."""

    NEXT = "next"
    """A NextAction."""
    CHOICE = "choice"
    """A NextAction, and branches for its result."""
    LEAVES = "leaves"
    """Nothing: the contact has left this flow, or stays in the action until it leaves."""
    ENDS = "ends"
    """Nothing: the action ends the flow and must have no transitions at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionType:
    """The rules of one type of action; the fields are those of ``actions.toml``."""

    page: str
    read: date
    success: Success
    probed: date | None = None
    errors: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    open: bool = False
    parameters: Mapping[str, str] | None = None
    one_of: tuple[str, ...] = ()
    at_most_one_of: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    needs_condition: bool = False
    not_in: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Return the address of the type's page."""
        return f"https://docs.aws.amazon.com/connect/latest/APIReference/{self.page}.html"

    @property
    def shapes(self) -> Mapping[str, str]:
        """Return the shape of each parameter, by name."""
        return {name.removeprefix("+"): shape for name, shape in (self.parameters or {}).items()}

    @property
    def required(self) -> tuple[str, ...]:
        """Return the parameters that must be there."""
        return tuple(name[1:] for name in self.parameters or {} if name.startswith("+"))


@cache
def action_types() -> Mapping[str, ActionType]:
    """Return every type that is known here, by name."""
    text = resources.files(__name__).joinpath("actions.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, ActionType])


def type_of(action: Action) -> ActionType | None:
    """Return the rules of this action, or None if its type is not known here."""
    known = action_types().get(action.type)
    if known is None:
        return None
    match action.type:
        case "GetParticipantInput":
            return _with(known, **_input(action))
        case "TransferParticipantToThirdParty":
            return _third_party(known, action)
        case "UpdateContactRecordingAndAnalyticsBehavior" if action.parameters.get("ChatBehavior"):
            return _with(known, advised=("InFlightRedactionConfigurationFailed",))
        case _:
            return known


def ends_flow(action: Action) -> bool:
    """Say whether the flow stops at this action whatever its transitions claim."""
    known = action_types().get(action.type)
    return known is not None and known.success is Success.ENDS


def is_true(value: object) -> bool:
    """Read a parameter that the flow language writes as the text "True" or "False"."""
    return str(value).strip().lower() == "true"


def meant_type(name: str) -> str:
    """Return the known type that a name is a slip of, or that the designer shows under that name; empty if none."""
    if name in DESIGNER_NAMES:
        return DESIGNER_NAMES[name]
    found = meant(name, (*action_types(), *DESIGNER_NAMES))
    return DESIGNER_NAMES.get(found, found)


def meant(name: str, known: tuple[str, ...]) -> str:
    """Return the known name that another is a slip of; empty if it is like none."""
    lowered = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower()[:100], lowered, n=1, cutoff=_LIKE_ENOUGH)
    return lowered[found[0]] if found else ""


def _with(known: ActionType, **changes: Any) -> ActionType:  # noqa: ANN401 - fields of several types
    return ActionType(**{name: getattr(known, name) for name in ActionType.__dataclass_fields__} | changes)


def _input(action: Action) -> dict[str, Any]:
    """Return what is peculiar to the form of an input: a menu, a stored entry, a telephone number."""
    parameters = action.parameters
    if "EnableDTMFBuffer" in parameters:
        return {"success": Success.NEXT, "errors": (CATCH_ALL,)}
    if not is_true(parameters.get("StoreInput", "False")):
        return {"errors": (TIMED_OUT, NO_MATCH, CATCH_ALL), "open": False}
    validation = parameters.get("InputValidation")
    errors: tuple[str, ...] = (CATCH_ALL,)
    if isinstance(validation, Mapping) and validation.get("PhoneNumberValidation"):
        errors = (CATCH_ALL, "InvalidPhoneNumber")
    return {"success": Success.NEXT, "errors": errors, "open": False}


def _third_party(known: ActionType, action: Action) -> ActionType:
    if str(action.parameters.get("ContinueFlowExecution", "True")).strip().lower() == "false":
        return _with(known, success=Success.LEAVES, errors=(CATCH_ALL,))
    return _with(known, errors=(CATCH_ALL,), advised=("CallFailed", "ConnectionTimeLimitExceeded"))
