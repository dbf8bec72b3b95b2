"""``decide`` dies after any of its AWS calls: the approver, or the night, says it again, and it is carried out once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line, call, decide, logged, released, wait

START = "2027-02-08T09:00:00"
ASKED = "2027-03-01T12:00:00+00:00"
LINES = [*call("a1", START), logged("2027-02-09T12:00:00", "C-1", ["a1"], received_on="2027-02-09")]
AGAIN = decide("2027-03-01T12:10:00+00:00", "release-approver/ben", "release", "C-1", "approve")


def killed_at(calls: int, tmp_path: Path, assembly: Path, more: Sequence[Line] = (AGAIN,)) -> tuple[State, list[str]]:
    """Return the state ten days after an approval at whose n-th call ``decide`` died, and its deaths."""
    story = tmp_path / f"story-{calls}.jsonl"
    story.write_text("".join(json.dumps(line) + "\n" for line in [*LINES, *released(ASKED, "C-1"), *more]))
    deaths: list[str] = []
    with Replay.start(read_scenario(story), file=story, policy=BARNET, assembly=assembly) as replay:
        asked = datetime.fromisoformat(ASKED)
        replay.run_until(asked + timedelta(seconds=30))
        replay.world.kill_after("decide", calls)
        replay.world.functions.observers.append(lambda invocation, _: deaths.append(invocation.dead))
        replay.run_until(asked + timedelta(minutes=5))
        died = [death for death in deaths if death]
        replay.run_until(asked + timedelta(days=10))
        return replay.state(), died


def test_a_decision_that_died_anywhere_is_said_again_and_carried_out_once(tmp_path: Path, assembly: Path) -> None:
    for calls in count(1):
        state, died = killed_at(calls, tmp_path, assembly)
        if not died:
            break
        decisions = [(row.decision, row.outcome) for row in state.decisions]
        assert ("approve", "decided") in decisions, f"killed after call {calls}"
        assert [hold.status for hold in state.holds] == ["released"], f"killed after call {calls}"
        assert state.stores["legal_hold"].objects == [], f"killed after call {calls}"
        assert state.dead_letters == [], f"killed after call {calls}"
    assert calls > 3, "decide reads the book, adds a row, orders and tells"


NOBODY_SAYS_IT_AGAIN = wait("2027-03-12T12:00:00")


def test_an_approval_whose_order_was_lost_is_carried_out_after_the_next_night(tmp_path: Path, assembly: Path) -> None:
    for calls in count(1):
        state, died = killed_at(calls, tmp_path, assembly, [NOBODY_SAYS_IT_AGAIN])
        if not died:
            break
        approved = ("approve", "decided") in [(row.decision, row.outcome) for row in state.decisions]
        assert [hold.status for hold in state.holds] == ["released" if approved else "held"], f"after call {calls}"
        assert bool(state.stores["legal_hold"].objects) is not approved, f"after call {calls}"
        assert state.dead_letters == [], f"killed after call {calls}"
    assert calls > 3, "decide reads the book, adds a row, orders and tells"


def test_a_flag_after_an_approval_whose_order_was_lost_keeps_the_hold(tmp_path: Path, assembly: Path) -> None:
    flag = logged("2027-03-01T18:00:00", "C-1", ["a1"], received_on="2027-02-09")
    state, died = killed_at(2, tmp_path, assembly, [flag, NOBODY_SAYS_IT_AGAIN])
    assert died
    assert ("approve", "decided") in [(row.decision, row.outcome) for row in state.decisions]
    assert [hold.status for hold in state.holds] == ["held"]
    assert state.stores["legal_hold"].objects
