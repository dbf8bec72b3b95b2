"""Flows written briefly, for the examples of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flowlint.catalogue import CATCH_ALL, NO_MATCH

Json = dict[str, Any]

FUNCTION = "arn:aws:lambda:eu-west-2:111122223333:function:control-recording"
NUMBER = "+441632960000"
"""In a range that Ofcom keeps for drama."""


@dataclass(frozen=True, slots=True)
class Example:
    """A flow that a rule finds something in, and one in which it finds nothing."""

    bad: Json
    good: Json
    settings: str = ""
    """The ``flowlint.toml`` of both."""


def flow(*actions: Json, kind: str = "", start: str | None = None) -> Json:
    """Return a flow that begins with the first action; ``kind`` as the designer's exports name it."""
    metadata: Json = {"type": kind} if kind else {}
    return {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"] if start is None else start,
        "Metadata": metadata,
        "Actions": list(actions),
    }


def act(
    identifier: str,
    kind: str,
    to: str = "",
    errors: dict[str, str] | None = None,
    conditions: dict[str, str] | None = None,
    **parameters: object,
) -> Json:
    """Return an action."""
    transitions: Json = {"NextAction": to} if to else {}
    if conditions:
        transitions["Conditions"] = [
            {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [operand]}}
            for operand, target in conditions.items()
        ]
    if errors:
        transitions["Errors"] = [{"NextAction": target, "ErrorType": error} for error, target in errors.items()]
    return {"Identifier": identifier, "Type": kind, "Parameters": parameters, "Transitions": transitions}


def bye() -> Json:
    """Return the end of a call."""
    return act("bye", "DisconnectParticipant")


def say(identifier: str, to: str, text: str) -> Json:
    """Return a message."""
    return act(identifier, "MessageParticipant", to, {CATCH_ALL: to}, Text=text)


def ask(identifier: str, to: str, failed: str, operation: str = "pause") -> Json:
    """Return an invocation of the function that controls the recording."""
    return act(
        identifier,
        "InvokeLambdaFunction",
        to,
        {CATCH_ALL: failed},
        LambdaFunctionARN=FUNCTION,
        InvocationTimeLimitSeconds="8",
        LambdaInvocationAttributes={"operation": operation},
        ResponseValidation={"ResponseType": "STRING_MAP"},
    )


def compare(identifier: str, otherwise: str, value: str = "$.External.status", **conditions: str) -> Json:
    """Return a comparison; ``conditions`` are words and where they lead."""
    return act(identifier, "Compare", otherwise, {NO_MATCH: otherwise}, conditions, ComparisonValue=value)


def record(identifier: str, to: str, *participants: str, ivr: str = "Disabled") -> Json:
    """Return a block that sets what is recorded."""
    behaviour = {"RecordedParticipants": list(participants), "IVRRecordingBehavior": ivr}
    return act(identifier, "UpdateContactRecordingBehavior", to, RecordingBehavior=behaviour)


def log(identifier: str, to: str, state: str) -> Json:
    """Return a block that sets flow logging."""
    return act(identifier, "UpdateFlowLoggingBehavior", to, FlowLoggingBehavior=state)


def card(identifier: str, to: str, *, encrypted: bool = True, text: str = "Please key in your card number.") -> Json:
    """Return an input that takes a card number."""
    encryption: Json = {"InputEncryption": {"EncryptionKeyId": "key", "Key": "certificate"}} if encrypted else {}
    return act(
        identifier,
        "GetParticipantInput",
        to,
        {CATCH_ALL: to},
        Text=text,
        StoreInput="True",
        InputTimeLimitSeconds="30",
        InputValidation={"CustomValidation": {"MaximumLength": "19"}},
        **encryption,
    )


def attributes(identifier: str, to: str, **values: str) -> Json:
    """Return a block that sets attributes."""
    return act(identifier, "UpdateContactAttributes", to, {CATCH_ALL: to}, Attributes=values, TargetContact="Current")


def out(identifier: str, to: str, number: str = NUMBER, *, caller: bool = True) -> Json:
    """Return a transfer to an outside number."""
    shown: Json = {"CallerId": {"Number": "+441632960001"}} if caller else {}
    errors = {CATCH_ALL: to, "CallFailed": to, "ConnectionTimeLimitExceeded": to}
    return act(
        identifier,
        "TransferParticipantToThirdParty",
        to,
        errors,
        ThirdPartyPhoneNumber=number,
        ThirdPartyConnectionTimeLimitSeconds="30",
        ContinueFlowExecution="True",
        **shown,
    )


def voice(identifier: str, to: str, name: str, **more: str) -> Json:
    """Return a block that sets the voice."""
    parameters: Json = {"TextToSpeechVoice": name, **more}
    return act(identifier, "UpdateContactTextToSpeechVoice", to, {CATCH_ALL: to}, **parameters)
