"""What must be true of the linter for every flow, not only for those somebody thought of."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowlint.document import OldFormatError, UnreadableFlowError, parse_flow
from flowlint.findings import Finding
from flowlint.lint import lint_flow
from flowlint.meaning import Switch, recording_set_by
from simulator.flow_runner import Call, Deployed, FlowError, FlowLibrary, FlowRunner, InvocationFailure
from simulator.flow_runner.ports import InvocationResult
from tests.support.flows.builders import (
    Json,
    attributes,
    bye,
    compare,
    document,
    enter_card,
    invoke,
    record,
    say,
    transfer_out,
)
from tests.support.flows.surroundings import FlowSurroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowlint.document import Flow

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
ANSWERS = ("paused", "recording", "fails")
NAMES = ("one", "two", "three", "four", "five", "six")
KINDS = ("pause", "resume", "fee", "check", "keep", "check-kept", "payment", "say", "on", "off", "out")


def build(name: str, kind: str, to: str, other: str) -> Json:
    built = {
        "check": lambda: compare(name, other, paused=to),
        "keep": lambda: attributes(name, to, other, kept="$.External.status"),
        "check-kept": lambda: compare(name, other, "$.Attributes.kept", paused=to),
        "on": lambda: record(name, to, "Agent", "Customer"),
        "off": lambda: record(name, to),
        "out": lambda: transfer_out(name, to),
        "payment": lambda: enter_card(name, to, to),
        "say": lambda: say(name, to),
    }
    return built[kind]() if kind in built else invoke(name, to, other, operation=kind)


@st.composite
def flows(draw: st.DrawFn) -> tuple[list[Json], dict[str, str]]:
    """Draw a flow of any shape, with what each of its actions is."""
    kinds = {name: draw(st.sampled_from(KINDS)) for name in NAMES[: draw(st.integers(2, len(NAMES)))]}
    named = {name: f"payment {name}" if kind == "payment" else name for name, kind in kinds.items()}
    targets = st.sampled_from([*named.values(), "bye"])
    actions = [build(named[name], kind, draw(targets), draw(targets)) for name, kind in kinds.items()]
    return [*actions, bye()], {named[name]: kind for name, kind in kinds.items()}


class Truth(FlowSurroundings):
    """Answers as drawn, and knows whether the recording is paused for sure."""

    def __init__(self, drawn: list[str]) -> None:
        super().__init__()
        self.drawn = drawn
        self.paused = False

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> InvocationResult:
        answer = self.drawn.pop(0) if self.drawn else "fails"
        operation = event["Details"]["Parameters"]["operation"]
        if operation == "pause":
            self.paused = answer == "paused"
        elif operation == "resume":
            self.paused = False
        assert function_arn
        return InvocationResult(InvocationFailure("x") if answer == "fails" else {"status": answer})


def rules(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.rule, finding.action) for finding in findings}


@settings(max_examples=200)
@given(
    drawn=flows(),
    answers=st.lists(st.sampled_from(ANSWERS), max_size=5).map(lambda later: ["paused", *later]),
)
def test_a_payment_that_can_be_reached_unpaused_is_always_reported(
    drawn: tuple[list[Json], dict[str, str]], answers: list[str]
) -> None:
    actions, kinds = drawn
    flow = parse_flow(json.dumps(document(*actions)), source="flow")
    reported = rules(lint_flow(flow))
    for action, paused in watched(flow, answers):
        if kinds.get(action) == "payment" and not paused:
            assert ("unpaused-payment", action) in reported


def corridors() -> list[tuple[str, ...]]:
    """Return every way from a pause to a payment through a few other things."""
    begun = ((), ("check",), ("keep", "check-kept"), ("fee", "check"))
    between = [kinds for length in range(3) for kinds in itertools.product(KINDS[:6], repeat=length)]
    return [("pause", *first, *then) for first in begun for then in between]


def test_on_every_short_way_to_a_payment_exactly_the_unpaused_ones_are_reported() -> None:
    """Reported: those on which some answers lead to an unpaused payment, and those on which none leads to one."""
    counted: Counter[bool] = Counter()
    for kinds in corridors():
        names = [*(f"a{place}" for place in range(len(kinds))), "payment"]
        actions = [
            build(name, kind, names[place + 1], "bye")
            for place, (name, kind) in enumerate(zip(names, kinds, strict=False))
        ]
        flow = parse_flow(json.dumps(document(*actions, enter_card("payment", "bye", "bye"), bye())), source="flow")
        asked = sum(kind in {"pause", "resume", "fee"} for kind in kinds)
        runs = [watched(flow, list(answers)) for answers in itertools.product(ANSWERS, repeat=asked)]
        arrivals = {paused for run in runs for action, paused in run if action == "payment"}
        reported = ("unpaused-payment", "payment") in rules(lint_flow(flow))
        assert reported if False in arrivals else not reported or not arrivals, kinds
        counted[reported] += 1
    assert min(counted.values()) > len(corridors()) // 10


def watched(flow: Flow, answers: list[str]) -> list[tuple[str, bool]]:
    """Run a flow; return each action that ran, and whether the recording was paused for sure."""
    seen: list[tuple[str, bool]] = []
    with suppress(FlowError):  # running in circles is no concern here
        _Watching(FlowLibrary([Deployed("flow", "arn", flow)]), Truth(list(answers)), seen).run("flow", Call("c-1"))
    return seen


class _Watching(FlowRunner):
    """Notes at each action whether the recording is paused for sure, or off."""

    def __init__(self, library: FlowLibrary, truth: Truth, seen: list[tuple[str, bool]]) -> None:
        super().__init__(library, truth)
        self._truth, self._seen = truth, seen
        self._off = False

    def _perform(self, deployed: Deployed, action: Any, on: Any, depth: int) -> Any:  # noqa: ANN401
        if recording_set_by(action) is not None:
            self._off = recording_set_by(action) is Switch.OFF
        self._seen.append((action.id, self._truth.paused or self._off))
        return super()._perform(deployed, action, on, depth)


@given(drawn=flows())
def test_linting_twice_says_the_same_and_names_actions_that_exist(drawn: tuple[list[Json], dict[str, str]]) -> None:
    flow = parse_flow(json.dumps(document(*drawn[0])), source="flow")
    findings = lint_flow(flow)
    assert findings == lint_flow(flow)
    assert all(finding.action in {"", *flow.actions} for finding in findings)


@given(drawn=flows())
def test_the_order_of_the_actions_in_the_file_does_not_matter(drawn: tuple[list[Json], dict[str, str]]) -> None:
    actions, _ = drawn
    start = actions[0]["Identifier"]
    forwards = lint_flow(parse_flow(json.dumps(document(*actions, start=start)), source=""))
    backwards = lint_flow(parse_flow(json.dumps(document(*reversed(actions), start=start)), source=""))
    assert rules(forwards) == rules(backwards)


@given(content=ANY_JSON)
@example(content={"Version": "2019-10-30", "Actions": [None]})
def test_any_json_is_a_flow_or_is_refused_in_one_line(content: object) -> None:
    refusal = ""
    try:
        lint_flow(parse_flow(json.dumps(content), source="flow.json"))
    except OldFormatError:
        return
    except UnreadableFlowError as error:
        refusal = str(error)
    assert refusal.startswith("flow.json: ") or isinstance(content, dict)
    assert "\n" not in refusal


@given(
    kind=st.sampled_from(
        [
            "InvokeLambdaFunction",
            "Compare",
            "UpdateContactAttributes",
            "GetParticipantInput",
            "UpdateFlowLoggingBehavior",
        ]
    )
    | st.sampled_from(["UpdateContactRecordingBehavior", "UpdateContactRecordingAndAnalyticsBehavior", "Unheard-of"]),
    parameters=st.dictionaries(
        st.sampled_from(
            [
                "LambdaInvocationAttributes",
                "InvocationType",
                "InvocationTimeLimitSeconds",
                "ComparisonValue",
                "Attributes",
                "StoreInput",
                "InputEncryption",
                "InputValidation",
                "RecordingBehavior",
                "VoiceBehavior",
                "FlowLoggingBehavior",
            ]
        ),
        ANY_JSON,
        max_size=4,
    ),
    metadata=ANY_JSON,
)
def test_parameters_and_metadata_of_any_shape_are_read_without_an_accident(
    kind: str, parameters: Json, metadata: object
) -> None:
    action = {"Identifier": "a", "Type": kind, "Parameters": parameters, "Transitions": {"NextAction": "bye"}}
    content = document(action, bye()) | {"Metadata": {"ActionMetadata": {"a": metadata}}}
    lint_flow(parse_flow(json.dumps(content), source=""))
