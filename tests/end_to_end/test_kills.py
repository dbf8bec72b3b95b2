"""``place_hold`` dies after an AWS call, or a call fails before or after it took effect: the outcome is the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.demo.expectations import HELD_FILES
from simulator.demo.tell import STORY
from simulator.scenarios.lines import Line, read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.children import in_a_child
from tests.end_to_end.conftest import BARNET

BEFORE = datetime(2027, 1, 13, 10, tzinfo=UTC)
FLAGGED = datetime(2027, 1, 13, 10, 5, tzinfo=UTC)
SETTLED = datetime(2027, 1, 14, 12, tzinfo=UTC)
"""A day later: every redelivery has happened, and the daily sweep has run."""

Disturb = Callable[[EmbeddedAws], None]
Flag = Callable[[Disturb], tuple[State, list[str]]]
"""What disturbs, to how things stand then and which functions died."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """The demo's transferred call with its complaint the day after, so that replays are short."""
    path = tmp_path_factory.mktemp("kills") / "story.jsonl"
    lines = [json.loads(line) for line in STORY.read_text().splitlines()]
    early = [line for line in lines if "2027-01-12" < line["at"] < "2027-01-13"]
    [complaint] = [line for line in lines if line.get("event", {}).get("source") == "steward.complaints"]
    complaint["at"] = FLAGGED.isoformat()
    complaint["event"]["detail"]["received_on"] = "2027-01-13"
    path.write_text("".join(json.dumps(line) + "\n" for line in [*early, complaint]))
    return read_scenario(path)


@pytest.fixture(scope="module")
def flag(story: list[Line], assembly: Path) -> Iterator[Flag]:
    """Return a function that disturbs the world before the flag, and returns the settled state."""
    with Replay.start(story, file=STORY, policy=BARNET, assembly=assembly) as replay:
        replay.run_until(BEFORE)

        def settled(disturb: Disturb) -> tuple[State, list[str]]:
            deaths: list[str] = []
            disturb(replay.world)
            replay.world.functions.observers.append(lambda invocation, _: deaths.append(invocation.dead))
            replay.run_until(SETTLED)
            return replay.state(), [death for death in deaths if death]

        yield lambda disturb: in_a_child(lambda: settled(disturb))


@pytest.fixture(scope="module")
def undisturbed(flag: Flag) -> State:
    return flag(lambda _: None)[0]


def _outcome(state: State) -> tuple[object, ...]:
    """Return what must not depend on what failed: the holds, and the copies with their locks."""
    held = {artefact.hold_key for hold in state.holds for artefact in hold.artefacts}
    copies = [(copy.key, copy.bytes, copy.lock_mode, copy.retain_until) for copy in state.stores["legal_hold"].objects]
    sources = [(found.key, found.legal_hold) for found in state.stores["call_recording"].objects]
    return state.holds, [copy for copy in copies if copy[0] in held], sources, state.dead_letters


def _killed_at(flag: Flag, calls: int) -> tuple[State, list[str]]:
    return flag(lambda world: world.kill_after("place_hold", calls))


def test_undisturbed_both_legs_are_held_with_one_copy_each(undisturbed: State) -> None:
    assert {hold.contact_id: hold.status for hold in undisturbed.holds} == dict.fromkeys(HELD_FILES, "held")
    copies = Counter(copy.key for copy in undisturbed.stores["legal_hold"].objects)
    assert {copies[artefact.hold_key] for hold in undisturbed.holds for artefact in hold.artefacts} == {1}


@pytest.mark.parametrize("calls", [6, 33])
def test_a_function_that_dies_after_a_call_changes_nothing_in_the_end(
    calls: int, flag: Flag, undisturbed: State
) -> None:
    state, deaths = _killed_at(flag, calls)
    assert len(deaths) == 1
    assert _outcome(state) == _outcome(undisturbed)


@pytest.mark.prove
def test_a_function_that_dies_after_any_call_changes_nothing_in_the_end(flag: Flag, undisturbed: State) -> None:
    for calls in count(1):
        state, deaths = _killed_at(flag, calls)
        if not deaths:
            assert calls > 30
            return
        assert _outcome(state) == _outcome(undisturbed), f"killed after call {calls}"


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
def test_a_copy_that_fails_is_made_once_in_the_end(after_effect: bool, flag: Flag, undisturbed: State) -> None:  # noqa: FBT001 - a parameter
    def disturb(world: EmbeddedAws) -> None:
        world.faults.add(service="s3", operation="CopyObject", error="AccessDenied", times=1, after_effect=after_effect)

    assert _outcome(flag(disturb)[0]) == _outcome(undisturbed)


@pytest.mark.prove
@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
def test_any_call_that_fails_changes_nothing_in_the_end(after_effect: bool, flag: Flag, undisturbed: State) -> None:  # noqa: FBT001 - a parameter
    for name in undisturbed.calls["place_hold"]:
        if name == "invocations":
            continue
        service, _, operation = name.partition(".")

        def disturb(world: EmbeddedAws, service: str = service, operation: str = operation) -> None:
            world.faults.add(
                service=service, operation=operation, error="InternalServerError", times=5, after_effect=after_effect
            )

        assert _outcome(flag(disturb)[0]) == _outcome(undisturbed), name
