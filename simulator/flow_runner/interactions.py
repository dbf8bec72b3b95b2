"""Actions that reach somebody or something: the caller, an agent, a function, an outside number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flowlint.catalogue import CATCH_ALL, is_true
from simulator.flow_runner.call import TIMEOUT, Entry
from simulator.flow_runner.exits import Done, Ended, Exit, Failed, Result
from simulator.flow_runner.ports import InvocationFailure
from simulator.flow_runner.references import resolve, resolve_all

if TYPE_CHECKING:
    from flowlint.document import Action
    from simulator.flow_runner.call import Call
    from simulator.flow_runner.exits import Journey

SECONDS_A_WORD = 0.4
"""An ordinary pace of speech."""

SECONDS_TO_KEY_IN = 4.0
SECONDS_OF_A_TRANSFER = 90.0
LARGEST_ANSWER = 32 * 1024
"""https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html"""

_MARKUP = re.compile(r"<[^>]+>")


def _message(action: Action, on: Journey) -> Exit:
    _speak(action, on)
    return Done()


def _input(action: Action, on: Journey) -> Exit:
    if on.call.channel != "VOICE":
        return Failed(CATCH_ALL)
    _speak(action, on)
    keyed = on.given.next_key()
    begun = on.around.now()
    on.around.wait(float(action.parameters["InputTimeLimitSeconds"]) if keyed is None else SECONDS_TO_KEY_IN)
    encrypted = bool(action.parameters.get("InputEncryption"))
    if keyed is not None:
        on.run.entries.append(Entry(begun, on.around.now(), action.id, encrypted, logged=on.call.logs_flow))
    if is_true(action.parameters.get("StoreInput", "False")):
        return _store(action, on, keyed, encrypted=encrypted)
    return Failed("InputTimeLimitExceeded") if keyed is None else Result(keyed)


def _store(action: Action, on: Journey, keyed: str | None, *, encrypted: bool) -> Exit:
    """Keep what was keyed in; an empty entry succeeds with a word of its own, an encrypted one is not kept in clear."""
    if keyed is None:
        on.call.stored_input = TIMEOUT
        return Done()
    longest = action.parameters.get("InputValidation", {}).get("CustomValidation", {}).get("MaximumLength")
    if longest is not None and len(keyed) > int(longest):
        return Failed(CATCH_ALL)
    on.call.stored_input = f"encrypted entry {len(on.run.entries)}" if encrypted else keyed
    return Done()


def _compare(action: Action, on: Journey) -> Exit:
    return Result(resolve(str(action.parameters["ComparisonValue"]), on.call))


def _invoke(action: Action, on: Journey) -> Exit:
    """Invoke a function: an error, an answer too late or one of another shape is the error branch."""
    parameters = action.parameters
    limit = float(parameters["InvocationTimeLimitSeconds"])
    sent = resolve_all(parameters.get("LambdaInvocationAttributes") or {}, on.call)
    result = on.around.invoke(str(parameters["LambdaFunctionARN"]), _event(on.call, sent))
    on.around.wait(min(result.seconds, limit))
    on.call.external = {}
    too_late = result.seconds > limit
    if too_late or isinstance(result.answer, InvocationFailure) or not _is_string_map(result.answer):
        return Failed(CATCH_ALL)
    on.call.external = dict(result.answer)
    return Done()


def _is_string_map(answer: object) -> bool:
    return (
        isinstance(answer, Mapping)
        and all(isinstance(key, str) and isinstance(value, str) for key, value in answer.items())
        and len(json.dumps(answer, ensure_ascii=False).encode()) < LARGEST_ANSWER
    )


def _event(call: Call, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event as the administrator guide documents it; what is absent is null there too."""
    endpoint = {"Address": call.caller, "Type": "TELEPHONE_NUMBER"} if call.caller else None
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": dict(call.attributes),
                "Channel": call.channel,
                "ContactId": call.contact_id,
                "CustomerEndpoint": endpoint if call.channel == "VOICE" else None,
                "InitialContactId": call.chain_id,
                "InitiationMethod": "INBOUND" if call.channel == "VOICE" else "API",
                "LanguageCode": call.language_code,
                "PreviousContactId": call.contact_id,
                "RelatedContactId": call.related_contact_id or None,
                "Queue": {"ARN": call.queue_arn, "Name": call.queue_name} if call.queue_arn else None,
                "SystemEndpoint": {"Address": call.dialled, "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": dict(parameters),
        },
    }


def _view(action: Action, on: Journey) -> Exit:
    """Show a view to the agent, who chooses a button, leaves it open or closes it."""
    on.run.shown.append(str(resolve_all(action.parameters.get("ViewData") or {}, on.call).get("Notice", "")))
    if not on.given.buttons:
        return Ended("closed by the agent")
    chosen = on.given.buttons.pop(0)
    if chosen is None:
        on.around.wait(float(action.parameters["InvocationTimeLimitSeconds"]))
        return Failed("TimeLimitExceeded")
    on.around.wait(SECONDS_TO_KEY_IN)
    # https://docs.aws.amazon.com/connect/latest/adminguide/show-view-block.html, "Data generated by this block"
    on.call.view_action, on.call.view_data = chosen, dict(on.given.forms.pop(0) if on.given.forms else {})
    return Result(chosen)


def _transfer(action: Action, on: Journey) -> Exit:
    """Pass the caller to an outside number and have them back."""
    number = resolve(str(action.parameters["ThirdPartyPhoneNumber"]), on.call)
    if not number:
        return Failed("CallFailed")
    on.run.transfers.append(number)
    on.around.wait(SECONDS_OF_A_TRANSFER)
    if str(action.parameters.get("ContinueFlowExecution", "True")).lower() == "false":
        return Ended("transferred out")
    return Done()


def _speak(action: Action, on: Journey) -> None:
    words = resolve(str(action.parameters.get("Text") or action.parameters.get("SSML") or ""), on.call)
    words = _MARKUP.sub(" ", words).strip()
    on.run.spoken.append(words)
    on.around.wait(SECONDS_A_WORD * len(words.split()))


PERFORM: Mapping[str, Callable[[Action, Journey], Exit]] = {
    "Compare": _compare,
    "GetParticipantInput": _input,
    "InvokeLambdaFunction": _invoke,
    "MessageParticipant": _message,
    "ShowView": _view,
    "TransferParticipantToThirdParty": _transfer,
}
