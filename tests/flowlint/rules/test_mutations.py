"""Our shipped flows with one thing changed: whatever endangers a card is found, and nothing that does not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pytest

from flowlint.findings import Finding
from tests.support.flows.mutants import (
    Change,
    Flows,
    action,
    branches,
    changed,
    condition,
    flaws_of,
    leads,
    left_out,
    parameter,
    put_before,
    shipped,
    starts_at,
    without,
)

CATCH_ALL, NO_MATCH = "NoMatchingError", "NoMatchingCondition"
BOTH = {"RecordedParticipants": ["Agent", "Customer"], "IVRRecordingBehavior": "Enabled"}
LIVE = {"Enabled": "True", "ChannelConfiguration": {"Voice": {"AnalyticsModes": ["RealTime"]}}}
STREAM = {"MediaStreamingState": "Enabled", "MediaStreamType": "Audio"}
FUNCTION = {"LambdaFunctionARN": "arn:aws:lambda:eu-west-2:111122223333:function:x", "InvocationTimeLimitSeconds": "8"}
RECORD, FLOW_LOG = "UpdateContactRecordingBehavior", "UpdateFlowLoggingBehavior"


def _pauses() -> Iterator[tuple[str, Change]]:
    """Every pause, in the caller's flow in each language and in the agent's guide: all that can go wrong with it."""
    for flow, mark in (("payment", "-en"), ("payment", "-cy"), ("payment-guide", "")):
        ask, check, card = f"ask-pause{mark}", f"check-paused{mark}", f"log-off{mark}"
        yield f"{flow}{mark}: the pause's error leads to the card", leads(flow, ask, CATCH_ALL, card)
        yield f"{flow}{mark}: no answer is looked at", leads(flow, ask, "next", card)
        yield f"{flow}{mark}: the default leads to the card", leads(flow, check, "next", card)
        yield f"{flow}{mark}: no match leads to the card", leads(flow, check, NO_MATCH, card)
        for word in ("Paused", "PAUSED", "paused ", "recording", "not_confirmed"):
            yield f"{flow}{mark}: the answer is compared with {word!r}", condition(flow, check, Operands=[word])
        yield f"{flow}{mark}: another operator", condition(flow, check, Operator="TextContains")
        for value in ("$.External.reason", "$.Attributes.status", "$.External.Status"):
            yield f"{flow}{mark}: {value} is compared", parameter(flow, check, "ComparisonValue", to=value)
        for word in ("status", "resume", "start"):
            asked = parameter(flow, ask, "LambdaInvocationAttributes", "operation", to=word)
            yield f"{flow}{mark}: the function is asked for {word!r}", asked
        yield f"{flow}{mark}: nobody waits for the answer", parameter(flow, ask, "InvocationType", to="ASYNCHRONOUS")
        yield f"{flow}{mark}: logging goes on", parameter(flow, card, "FlowLoggingBehavior", to="Enabled")
        yield f"{flow}{mark}: logging is left as it was", left_out(flow, card)
        yield f"{flow}{mark}: recording is switched on again", put_before(flow, card, RECORD, RecordingBehavior=BOTH)
        resume = {**FUNCTION, "LambdaInvocationAttributes": {"operation": "resume"}}
        yield (
            f"{flow}{mark}: it is resumed too early",
            put_before(flow, card, "InvokeLambdaFunction", (CATCH_ALL,), **resume),
        )
        again = {**FUNCTION, "LambdaInvocationAttributes": {"operation": "pause"}}
        yield (
            f"{flow}{mark}: a second pause is not looked at",
            put_before(flow, card, "InvokeLambdaFunction", (CATCH_ALL,), **again),
        )
        stream = put_before(flow, card, "UpdateContactMediaStreamingBehavior", (CATCH_ALL,), **STREAM)
        yield f"{flow}{mark}: the call is streamed", stream


def _entries() -> Iterator[tuple[str, Change]]:
    """Every card entry by keypad: what can go wrong with it."""
    for language in ("en", "cy"):
        for entry in ("number", "expiry", "code"):
            step = f"payment-{entry}-{language}"
            yield f"{step}: not encrypted", without("payment", step, "InputEncryption")
            yield f"{step}: no key", parameter("payment", step, "InputEncryption", "EncryptionKeyId", to="")
            yield f"{step}: no certificate", parameter("payment", step, "InputEncryption", "Key", to="")
            yield f"{step}: the module begins there", starts_at("payment", step)
            yield f"{step}: a log before it", put_before("payment", step, FLOW_LOG, FlowLoggingBehavior="Enabled")
            yield f"{step}: recorded", put_before("payment", step, RECORD, RecordingBehavior=BOTH)
        live = put_before("payment", f"ask-pause-{language}", RECORD, RecordingBehavior=BOTH, AnalyticsBehavior=LIVE)
        yield f"analytics listen before the pause in {language}", live
        yield (
            f"{language}: the menu leads round the pause",
            leads("payment", "which-language", "next", f"log-off-{language}"),
        )


ENDANGERING = [*_pauses(), *_entries()]

OUT = [
    ("the transfer records", parameter("transfer-out", "record-nothing", "RecordingBehavior", to=BOTH)),
    ("recording is left as it was", left_out("transfer-out", "record-nothing")),
    ("recorded again before it", put_before("transfer-out", "transfer", RECORD, RecordingBehavior=BOTH)),
    ("any number is dialled", starts_at("transfer-out", "record-nothing")),
    ("the default is dialled", leads("transfer-out", "is-listed", "next", "record-nothing")),
]

TO_THE_LINE = [
    ("the pause's error leads to the line", leads("payment", "ask-pause-en", CATCH_ALL, "payment-announce-en")),
    ("the default leads to the line", leads("payment", "check-paused-en", "next", "payment-announce-en")),
    ("recorded before the line", put_before("payment", "payment-transfer-en", RECORD, RecordingBehavior=BOTH)),
    (
        "streamed to the line",
        put_before("payment", "payment-transfer-en", "UpdateContactMediaStreamingBehavior", (CATCH_ALL,), **STREAM),
    ),
    ("logged at the line", parameter("payment", "log-off-en", "FlowLoggingBehavior", to="Enabled")),
]


AGAIN = ("-cy", " in cy", "cy: ", "payment-expiry", "payment-code")
"""The other language of a flow, and the second and the third entry: what is changed there is a long proof."""


def named(mutations: list[tuple[str, Change]]) -> list[object]:
    return [
        pytest.param(change, id=name, marks=[pytest.mark.prove] if any(one in name for one in AGAIN) else [])
        for name, change in mutations
    ]


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


@pytest.mark.parametrize("change", named(ENDANGERING))
def test_whatever_endangers_a_card_is_found(change: Change, request: pytest.FixtureRequest) -> None:
    found = flaws_of(changed(change))
    assert [each for each in found if each.code.startswith("C")], found
    assert errors(found) or "logging is left as it was" in request.node.name


@pytest.mark.parametrize("change", named(TO_THE_LINE))
def test_whatever_endangers_a_card_on_the_way_to_the_payment_line_is_found(change: Change) -> None:
    assert errors(flaws_of(changed(change, keypad=False)))


@pytest.mark.parametrize("change", named(OUT))
def test_whatever_lets_a_recorded_call_out_or_dials_any_number_is_found(change: Change) -> None:
    assert [each for each in flaws_of(changed(change)) if each.code.startswith("T")]


def test_sixty_mutations_and_more_endanger_a_card_and_nearly_all_have_to_be_errors() -> None:
    assert len(ENDANGERING) + len(TO_THE_LINE) >= 60
    assert sum("logging is left as it was" in name for name, _ in ENDANGERING) <= 3


def _renamed(flows: Flows) -> None:
    for flow in flows.values():
        for each in flow["Actions"]:
            each["Identifier"] = f"{each['Identifier']}-x"
        for branch in branches(flow):
            branch["NextAction"] += "-x"
        flow["StartAction"] += "-x"


def _uuids(flows: Flows) -> None:
    """As the console writes them: identifiers that tell nothing, so that only the words do."""
    text = json.dumps(flows["payment"])
    for place, each in enumerate(flows["payment"]["Actions"]):
        text = text.replace(json.dumps(each["Identifier"]), f'"00000000-0000-4000-8000-{place:012d}"')
    flows["payment"] = json.loads(text)


def _reversed(flows: Flows) -> None:
    for flow in flows.values():
        flow["Actions"].reverse()


def _bare(flows: Flows) -> None:
    for flow in flows.values():
        flow["Metadata"] = {}


def _more_keys(flows: Flows) -> None:
    menu = action(flows, "inbound", "menu-en")["Transitions"]
    menu["Conditions"].append({"NextAction": "text-message", "Condition": {"Operator": "Equals", "Operands": ["3"]}})


def _no_type(flows: Flows) -> None:
    for flow in flows.values():
        for each in flow["Actions"]:
            each["Parameters"].pop("InvocationType", None)


SAY = {"Text": "Please bear with us."}
HARMLESS: list[tuple[str, Change]] = [
    ("all identifiers renamed", _renamed),
    ("identifiers of the console", _uuids),
    ("another order of actions", _reversed),
    ("no metadata", _bare),
    ("another key of the menu", _more_keys),
    ("the default invocation type", _no_type),
    ("a shorter time limit", parameter("payment", "ask-pause-en", "InvocationTimeLimitSeconds", to="5")),
    (
        "another spelling of pause",
        parameter("payment", "ask-pause-en", "LambdaInvocationAttributes", "operation", to="PAUSE"),
    ),
    ("suspend", parameter("payment", "ask-pause-cy", "LambdaInvocationAttributes", "operation", to="Suspend")),
    (
        "pause_recording",
        parameter("payment-guide", "ask-pause", "LambdaInvocationAttributes", "operation", to="pause_recording"),
    ),
    (
        "another name of the attribute",
        parameter("payment", "ask-pause-en", "LambdaInvocationAttributes", to={"action": "pause"}),
    ),
    ("bracket notation", parameter("payment", "check-paused-en", "ComparisonValue", to="$.External['status']")),
    ("a longer wait for the card", parameter("payment", "payment-number-en", "InputTimeLimitSeconds", to="60")),
    (
        "a longer card number",
        parameter("payment", "payment-number-en", "InputValidation", "CustomValidation", "MaximumLength", to="20"),
    ),
    (
        "another termination",
        parameter("payment", "payment-number-en", "DTMFConfiguration", "InputTerminationSequence", to="*"),
    ),
    ("another key", parameter("payment", "payment-number-en", "InputEncryption", "EncryptionKeyId", to="other")),
    ("another question", parameter("payment", "payment-number-en", "Text", to="Your long card number, please.")),
    ("a message before the pause", put_before("payment", "ask-pause-en", "MessageParticipant", (CATCH_ALL,), **SAY)),
    (
        "a message between pause and card",
        put_before("payment", "log-off-en", "MessageParticipant", (CATCH_ALL,), **SAY),
    ),
    ("a message at the end", put_before("payment", "return", "MessageParticipant", (CATCH_ALL,), **SAY)),
    (
        "a message about payments",
        put_before("inbound", "set-queue", "MessageParticipant", (CATCH_ALL,), Text="Have your card ready."),
    ),
    ("a tag", put_before("payment", "log-off-en", "TagContact", (CATCH_ALL,), Tags={"service": "payments"})),
    (
        "an attribute",
        put_before("payment", "log-off-en", "UpdateContactAttributes", (CATCH_ALL,), Attributes={"step": "card"}),
    ),
    (
        "a look-up before the pause",
        put_before("payment", "ask-pause-en", "InvokeLambdaFunction", (CATCH_ALL,), **FUNCTION),
    ),
    (
        "a look-up after the pause was confirmed",
        put_before("payment", "payment-number-en", "InvokeLambdaFunction", (CATCH_ALL,), **FUNCTION),
    ),
    (
        "recording switched off as well",
        put_before(
            "payment",
            "ask-pause-en",
            RECORD,
            RecordingBehavior={"RecordedParticipants": [], "IVRRecordingBehavior": "Disabled"},
        ),
    ),
    (
        "streaming stopped",
        put_before(
            "payment",
            "ask-pause-en",
            "UpdateContactMediaStreamingBehavior",
            (CATCH_ALL,),
            MediaStreamingState="Disabled",
        ),
    ),
    (
        "logging on until the pause is confirmed",
        put_before("payment", "ask-pause-en", FLOW_LOG, FlowLoggingBehavior="Enabled"),
    ),
    ("another voice of the same language", parameter("inbound", "speak-en", "TextToSpeechVoice", to="Emma")),
    (
        "another queue",
        parameter("inbound", "set-queue", "QueueId", to="arn:aws:connect:eu-west-2:1:instance/i/queue/q"),
    ),
    ("a priority", put_before("inbound", "set-queue", "UpdateContactRoutingBehavior", QueuePriority="2")),
    ("another refusal", parameter("payment", "refuse-en", "Text", to="Sorry, no payments by card on this call.")),
    (
        "the offer in the menu",
        parameter("inbound", "menu-en", "Text", to="To pay by card, press 1. To change your card number, press 2."),
    ),
]


@pytest.mark.parametrize("change", named(HARMLESS))
def test_nothing_is_found_in_what_endangers_nothing(change: Change) -> None:
    assert flaws_of(changed(change)) == []


def test_thirty_mutations_are_harmless_and_the_flows_themselves_are_clean() -> None:
    assert len(HARMLESS) >= 30
    assert flaws_of(shipped()) == []
    assert flaws_of(shipped(keypad=False)) == []
