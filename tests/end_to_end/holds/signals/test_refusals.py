"""A refusal through the deployed templates: told once whatever failed first, and set aside without what was typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.aws.lambda_.invocation import Invocation
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import Line, call, fault, logged, moment, own_event, wait

CALL = call("a1", "2027-02-10T08:00:00")
NOON = "2027-02-10T12:00:00"
END = "2027-02-12T12:00:00"
TYPED = "Mrs Example rang from 07700 900123"
HELD = [*CALL, logged("2027-02-10T09:00:00", "C-1", ["a1"], received_on="2027-02-04", note=TYPED)]
CLOSED = own_event(NOON, "Complaint Closed", {"case": "C-1", "closed_on": "2027-01-01", "note": TYPED})
RELEASED = own_event(NOON, "Hold Released", {"case": "C-404", "why": TYPED, "requested_by": "a.officer"})
FAULTS = [
    (fault(NOON, "sns", "Publish", "InternalError", times=8), 1),
    (fault(NOON, "sqs", "SendMessage", "InternalError", times=8), 1),
    # What was told is not known to be: told again, and not lost.
    (fault(NOON, "sns", "Publish", "InternalError", after_effect=True), 2),
    (fault(NOON, "dynamodb", "PutItem", "InternalServerError", times=8), 2),
]


def told(state: State) -> list[str]:
    return [one.subject or "" for one in state.notifications if "refused" in (one.subject or "")]


def assert_nothing_typed(state: State) -> None:
    assert not [one for one in state.dead_letters if "07700" in one.body or "Example" in one.body]


@pytest.mark.parametrize(("broken", "most"), FAULTS)
@pytest.mark.parametrize(
    ("event", "says"), [(CLOSED, "Request refused: case C-1"), (RELEASED, "Release refused: C-404")]
)
def test_a_refusal_is_told_whatever_failed_first(play: Play, event: Line, says: str, broken: Line, most: int) -> None:
    state = play([*HELD, broken, event, wait(END)])

    assert {*told(state)} == {says}
    assert len(told(state)) <= most
    assert len(state.dead_letters) == 1
    assert_nothing_typed(state)


@pytest.mark.parametrize(
    ("event", "operation"),
    [
        (own_event(NOON, "Hold Released", {"case": "C-1", "why": TYPED, "requested_by": "a.officer"}), "Query"),
        (logged(NOON, "C-2", ["a1"], received_on="2027-02-09", note=TYPED), "PutItem"),
    ],
)
def test_what_failed_too_often_is_set_aside_without_what_was_typed(play: Play, event: Line, operation: str) -> None:
    broken = fault(NOON, "dynamodb", operation, "InternalServerError", times=100)
    state = play([*HELD, broken, event, wait(END)])

    [letter] = [one for one in state.dead_letters if '"detail"' in one.body]
    assert json.loads(letter.body)["detail"]["case"] in ("C-1", "C-2")
    assert_nothing_typed(state)


@pytest.mark.parametrize("deaths", [1, 5])
@pytest.mark.parametrize(("function", "event"), [("place_hold", CLOSED), ("decide", RELEASED)])
def test_a_function_that_dies_over_an_event_leaves_nothing_typed_either(
    tmp_path: Path, function: str, event: Line, deaths: int
) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in [*HELD, event, wait(END)]))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment(NOON).replace(hour=11))
        world, left = running.world, [deaths]

        def die_again(invocation: Invocation, _: object) -> None:
            if invocation.spec.short_name == function and left[0] > 1:
                left[0] -= 1
                world.kill_after(function, 1)

        world.functions.observers.append(die_again)
        world.kill_after(function, 1)
        running.run_until(moment(END))
        state = running.state()

    assert len(state.dead_letters) == 1
    assert_nothing_typed(state)
    assert len(told(state)) == (1 if deaths == 1 else 0)


def test_the_same_refused_event_twice_is_told_once(play: Play) -> None:
    twice = [{**CLOSED, "event": {**CLOSED["event"], "id": "e-1"}}] * 2

    assert told(play([*HELD, *twice, wait(END)])) == ["Request refused: case C-1"]
