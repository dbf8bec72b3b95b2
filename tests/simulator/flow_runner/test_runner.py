"""The runner obeys the documented rules of each action."""

from __future__ import annotations

import json

import pytest

from flowlint.catalogue import CATCH_ALL, NO_MATCH
from flowlint.document import parse_flow
from flowlint.rules.examples.builders import act
from simulator.flow_runner import Call, Deployed, FlowError, FlowLibrary, FlowRunner, Given, InvocationFailure, Run
from simulator.flow_runner.references import resolve
from tests.support.flows.builders import Json, bye, compare, document, invoke, say
from tests.support.flows.surroundings import FlowSurroundings


def run(
    *actions: Json, world: FlowSurroundings | None = None, call: Call | None = None, given: Given | None = None
) -> Run:
    flow = parse_flow(json.dumps(document(*actions)), source="flow")
    library = FlowLibrary([Deployed("flow", "arn:flow", flow)])
    return FlowRunner(library, world or FlowSurroundings()).run("flow", call or Call("c-1"), given)


LOOK = (
    invoke("look", "good", "bad", what="fee", who="$.CustomerEndpoint.Address"),
    say("good", "bye"),
    say("bad", "bye"),
)


@pytest.mark.parametrize(
    "answer",
    [InvocationFailure("x"), None, "text", ["a"], {"nested": {"a": "b"}}, {"count": 3}, {"long": "x" * 33_000}],
)
def test_an_answer_that_is_no_small_map_of_texts_takes_the_error_branch(answer: object) -> None:
    assert run(*LOOK, bye(), world=FlowSurroundings({"any-name": [answer]})).went_through("bad")


def test_a_function_is_sent_the_resolved_parameters_in_the_documented_event() -> None:
    world = FlowSurroundings({"any-name": [{"fee": "10"}]})
    assert run(*LOOK, bye(), world=world, call=Call("c-1", caller="+447400123456")).went_through("good")
    assert world.asked("any-name") == [{"what": "fee", "who": "+447400123456"}]


def test_a_function_slower_than_the_limit_takes_the_error_branch_after_the_limit() -> None:
    world = FlowSurroundings({"any-name": [{"fee": "10"}]}, seconds=20)
    started = world.time
    assert run(*LOOK, bye(), world=world).went_through("bad")
    assert (world.time - started).total_seconds() < 10


def test_a_failed_invocation_leaves_no_earlier_answer_behind() -> None:
    actions = (
        invoke("first", "second", "second", what="a"),
        invoke("second", "check", "check", what="b"),
        compare("check", "stale", ok="bye"),
        say("stale", "bye"),
        bye(),
    )
    assert run(*actions, world=FlowSurroundings({"any-name": [{"status": "ok"}, InvocationFailure("x")]})).went_through(
        "stale"
    )


MENU = act(
    "menu",
    "GetParticipantInput",
    "other",
    {"InputTimeLimitExceeded": "late", NO_MATCH: "other", CATCH_ALL: "other"},
    {"1": "one"},
    Text="Press 1.",
    StoreInput="False",
    InputTimeLimitSeconds="8",
)


@pytest.mark.parametrize(("key", "reached"), [("1", "one"), ("5", "other"), (None, "late")])
def test_a_menu_goes_by_the_key_pressed(key: str | None, reached: str) -> None:
    actions = (MENU, say("one", "bye"), say("other", "bye"), say("late", "bye"), bye())
    assert run(*actions, given=Given(keys=[key])).went_through(reached)


def test_stored_input_is_read_back_and_an_empty_one_reads_timeout() -> None:
    store = act("store", "GetParticipantInput", "say", {CATCH_ALL: "bye"}, StoreInput="True", InputTimeLimitSeconds="5")
    echo = say("say", "bye", "You keyed in $.StoredCustomerInput.")
    assert run(store, echo, bye(), given=Given(keys=["42"])).spoken[-1] == "You keyed in 42."
    assert run(store, echo, bye()).spoken[-1] == "You keyed in Timeout."


def test_a_fault_takes_its_own_branch_else_the_catch_all_else_ends_the_contact() -> None:
    step = act("step", "TagContact", "bye", {CATCH_ALL: "caught"})
    assert run(step, say("caught", "bye"), bye(), given=Given(faults={"step": "Anything"})).went_through("caught")
    bare = act("step", "UpdateFlowLoggingBehavior", "bye", FlowLoggingBehavior="Enabled")
    assert (
        run(bare, bye(), given=Given(faults={"step": "Oops"})).ended_by == "disconnected at step: nothing catches Oops"
    )


def test_a_flow_that_never_ends_is_stopped() -> None:
    with pytest.raises(FlowError, match="still running after 1000 actions"):
        run(say("one", "two"), say("two", "one"))


def test_an_action_that_the_runner_does_not_know_is_named() -> None:
    with pytest.raises(FlowError, match="step: the runner does not know actions of type CreateTask"):
        run(act("step", "CreateTask", "bye", {CATCH_ALL: "bye"}), bye())


def test_a_flow_that_is_not_deployed_is_named_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="there are: flow"):
        FlowRunner(
            FlowLibrary([Deployed("flow", "arn", parse_flow(json.dumps(document(bye())), source=""))]),
            FlowSurroundings(),
        ).run("absent", Call("c-1"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$.Attributes.name", "Ann"),
        ("$.Attributes['name']", "Ann"),
        ("Dear $.Attributes.name, hello", "Dear Ann, hello"),
        ("$.Attributes.absent", ""),
        ("$.Nothing.here", ""),
        ("$.InitialContactId", "c-1"),
        ("costs $5", "costs $5"),
    ],
)
def test_references_are_replaced_by_their_values(text: str, value: str) -> None:
    assert resolve(text, Call("c-1", attributes={"name": "Ann"})) == value
