"""Test cases of the payment module in Connect's testing language.

Shapes: https://docs.aws.amazon.com/connect/latest/devguide/testing-language.html, its pages "Example test", "Message
received", "Flow action started" and "Override system behavior". An override is used up by one use, the first one first,
so the module's two calls of ``control_recording`` take two. ``Usage`` is left out: its default is once. The case ends
with the sentence that was looked for, before any queue and before any digit. A simulation makes a real contact, and
cannot see whether anything is recorded: it proves the branch that a caller takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.contact_flows.settings import ContactFlowSettings, Keypad

VERSION: Final = "2019-10-30"
"""Of the testing language, in AWS's example of 2026; an earlier one had 2025-06-21."""

INITIALIZATION: Final = '{"Attributes":{},"SegmentAttributes":{}}'
"""The only shape of ``InitializationData`` that was reported to be taken."""

NOT_CONFIRMED: Final = {"status": "not_confirmed", "reason": "test", "reference": "test"}
PAUSED: Final = {"status": "paused", "reference": "test"}
RECORDING: Final = {"status": "recording", "reference": "test"}

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """One test case: what the function answers, in the order of its calls, and the sentence that must be heard."""

    name: str
    description: str
    answers: Sequence[Mapping[str, str] | None]
    """``None``: the call fails."""
    hears: str

    def content(self, control_recording: str) -> Json:
        """Return the test case as the service takes it; ``control_recording`` is the function's ARN in the flow."""
        observations = [
            _observation("begins", "TestInitiated", {}, self._overrides(control_recording), then="asks"),
            _observation(
                "asks",
                "FlowActionStarted",
                {"ActionType": "InvokeLambdaFunction", "ActionParameters": {"LambdaFunctionARN": control_recording}},
                [],
                then="hears",
            ),
            _observation(
                "hears",
                "MessageReceived",
                {"Text": self.hears, "MatchingCriteria": {"Type": "Similarity"}},
                [_action("end", "TestControl", {"Command": {"Type": "EndTest"}})],
            ),
        ]
        return {"Version": VERSION, "Metadata": {}, "Observations": observations}

    def _overrides(self, control_recording: str) -> list[Json]:
        names = [f"answer-{place}" for place, _ in enumerate(self.answers, start=1)]
        return [
            _action(
                name,
                "OverrideSystemBehavior",
                {
                    "Behavior": {
                        "Type": "FlowAction",
                        "Properties": {
                            "ActionType": "InvokeLambdaFunction",
                            "ActionParameters": {"LambdaFunctionARN": control_recording},
                            "Strategy": {"Type": "MockResponse", "Response": _response(answer)},
                        },
                    }
                },
                then=then,
            )
            for name, answer, then in zip(names, self.answers, [*names[1:], ""], strict=True)
        ]


def simulations(say: Mapping[str, str], settings: ContactFlowSettings) -> list[Simulation]:
    """Return the cases of a council whose sentences are ``say``, by their names in ``phrases.toml``.

    By a payment line there is no case after a confirmed pause: the flow would dial the provider before the test ends.
    """
    refused = say["say_payment_refused"]
    cases = [
        Simulation(
            name="refuses-when-not-confirmed",
            description="The pause is not confirmed: the caller hears that no payment can be taken",
            answers=(NOT_CONFIRMED, RECORDING),
            hears=refused,
        ),
        Simulation(
            name="refuses-when-the-function-fails",
            description="The function fails: the caller hears that no payment can be taken",
            answers=(None, RECORDING),
            hears=refused,
        ),
    ]
    if isinstance(settings.card_entry, Keypad):
        cases.append(
            Simulation(
                name="asks-after-a-confirmed-pause",
                description="The pause is confirmed: the caller is asked for the card",
                answers=(PAUSED, RECORDING),
                hears=say["say_card_number"],
            )
        )
    return cases


def _response(answer: Mapping[str, str] | None) -> Json:
    if answer is None:
        return {"Type": "Error", "Error": {"DelaySeconds": 0, "Value": "NoMatchingError"}}
    return {"Type": "ExecutionResult", "ExecutionResult": {"DelaySeconds": 0, "LoadedData": json.dumps(dict(answer))}}


def _observation(name: str, kind: str, properties: Json, actions: list[Json], *, then: str = "") -> Json:
    return {
        "Identifier": name,
        "Event": {"Identifier": f"event-{name}", "Type": kind, "Actor": "System", "Properties": properties},
        "Actions": actions,
        "Transitions": {"NextObservations": [then] if then else []},
    }


def _action(name: str, kind: str, parameters: Json, *, then: str = "") -> Json:
    return {
        "Identifier": name,
        "Type": kind,
        "Parameters": {"ActionType": kind, **parameters},
        "Transitions": {"NextAction": then} if then else {},
    }
