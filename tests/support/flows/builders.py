"""Contact flows written briefly: each helper returns one action of the exported JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flowlint.catalogue import CATCH_ALL, NO_MATCH
from flowlint.document import Flow, parse_flow
from flowlint.lint import lint_flow
from flowlint.rules.examples.builders import act

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowlint.findings import Finding

Json = dict[str, Any]

FUNCTION = "arn:aws:lambda:eu-west-2:111122223333:function:any-name"


def say(identifier: str, to: str, text: str = "Hello.") -> Json:
    return act(identifier, "MessageParticipant", to, {CATCH_ALL: to}, Text=text)


def invoke(identifier: str, to: str, failed: str, **attributes: str) -> Json:
    return act(
        identifier,
        "InvokeLambdaFunction",
        to,
        {CATCH_ALL: failed},
        LambdaFunctionARN=FUNCTION,
        InvocationTimeLimitSeconds="8",
        InvocationType="SYNCHRONOUS",
        LambdaInvocationAttributes=attributes,
        ResponseValidation={"ResponseType": "STRING_MAP"},
    )


def compare(identifier: str, otherwise: str, value: str = "$.External.status", **conditions: str) -> Json:
    return act(identifier, "Compare", otherwise, {NO_MATCH: otherwise}, conditions, ComparisonValue=value)


def attributes(identifier: str, to: str, failed: str | None = None, **values: str) -> Json:
    errors = {CATCH_ALL: failed or to}
    return act(identifier, "UpdateContactAttributes", to, errors, Attributes=values, TargetContact="Current")


def record(identifier: str, to: str, *participants: str, **behaviour: str) -> Json:
    behavior = {"RecordedParticipants": list(participants), **behaviour}
    return act(identifier, "UpdateContactRecordingBehavior", to, RecordingBehavior=behavior)


def enter_card(identifier: str, to: str, failed: str, text: str = "Please key in your card number.") -> Json:
    return act(
        identifier,
        "GetParticipantInput",
        to,
        {CATCH_ALL: failed},
        Text=text,
        StoreInput="True",
        InputTimeLimitSeconds="30",
        InputValidation={"CustomValidation": {"MaximumLength": "19"}},
        InputEncryption={"EncryptionKeyId": "key", "Key": "certificate"},
    )


def transfer_out(identifier: str, to: str) -> Json:
    errors = {"CallFailed": to, "ConnectionTimeLimitExceeded": to, CATCH_ALL: to}
    return act(
        identifier,
        "TransferParticipantToThirdParty",
        to,
        errors,
        ThirdPartyPhoneNumber="+442071838750",
        ThirdPartyConnectionTimeLimitSeconds="30",
        ContinueFlowExecution="True",
        CallerId={"Number": "+442071838751"},
    )


def bye(identifier: str = "bye") -> Json:
    return act(identifier, "DisconnectParticipant")


def document(*actions: Json, start: str | None = None, **top: object) -> Json:
    return {
        "Version": "2019-10-30",
        "StartAction": start or actions[0]["Identifier"],
        "Metadata": {"entryPointPosition": {"x": 0, "y": 0}, "ActionMetadata": {}, "Annotations": []},
        "Actions": list(actions),
        **top,
    }


def flow(*actions: Json, start: str | None = None, **top: object) -> Flow:
    return parse_flow(json.dumps(document(*actions, start=start, **top)), source="flow.json")


def findings(*actions: Json, start: str | None = None, **top: object) -> list[Finding]:
    return lint_flow(flow(*actions, start=start, **top))


def said(*actions: Json, start: str | None = None, **top: object) -> set[tuple[str, str]]:
    """Return the errors found, as (action, rule)."""
    return {(each.action, each.rule) for each in findings(*actions, start=start, **top) if each.severity == "error"}


def flaws(findings: Iterable[Finding]) -> list[Finding]:
    """Return what fails a strict run: everything but notes."""
    return [each for each in findings if each.severity != "note"]


def warned(*actions: Json, start: str | None = None, **top: object) -> set[tuple[str, str]]:
    """Return the warnings given, as (action, rule)."""
    return {(each.action, each.rule) for each in findings(*actions, start=start, **top) if each.severity == "warning"}
