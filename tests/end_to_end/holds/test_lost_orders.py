"""``decide`` dies after any of its AWS calls: the approver, or the night, says it again, and it is carried out once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import begun, rest
from tests.end_to_end.children import in_a_child
from tests.end_to_end.stories import Line, call, decide, logged, released, wait

START = "2027-02-27T09:00:00"
ASKED = "2027-03-01T12:00:00+00:00"
LINES = [
    *call("a1", START),
    logged("2027-02-27T12:00:00", "C-1", ["a1"], received_on="2027-02-09"),
    *released(ASKED, "C-1"),
]
AGAIN = decide("2027-03-01T12:10:00+00:00", "release-approver/ben", "release", "C-1", "approve")
NOBODY_SAYS_IT_AGAIN = wait("2027-03-12T12:00:00")


@dataclass(frozen=True)
class Death:
    """The calls of AWS after which ``decide`` died; none if it did not die."""

    calls: Mapping[str, int]
    on_record: bool
    """Whether the decision was there when it had died."""


KilledAt = Callable[[int, Line], tuple[State, Death]]


@pytest.fixture(scope="module")
def killed_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KilledAt]:
    """Return what gives the state ten days after an approval at whose n-th call ``decide`` died, and how it died."""
    asked = datetime.fromisoformat(ASKED)
    story = tmp_path_factory.mktemp("lost") / "story.jsonl"
    with begun(LINES, story, asked + timedelta(seconds=30)) as replay:

        def end(calls: int, more: Line) -> tuple[State, Death]:
            died: Counter[str] = Counter()
            replay.go_on_with(rest([*LINES, more], story, replay))
            replay.world.kill_after("decide", calls)
            replay.world.functions.observers.append(lambda one, _: died.update(one.calls if one.dead else ()))
            replay.run_until(asked + timedelta(minutes=5))
            death = Death(died, on_record=_approved(replay.state()))
            replay.run_until(asked + timedelta(days=10))
            return replay.state(), death

        yield lambda calls, more: in_a_child(lambda: end(calls, more))


def _approved(state: State) -> bool:
    return ("approve", "decided") in [(row.decision, row.outcome) for row in state.decisions]


def said_again(state: State, calls: int) -> None:
    assert _approved(state), f"killed after call {calls}"
    assert [hold.status for hold in state.holds] == ["released"], f"killed after call {calls}"
    assert state.stores["legal_hold"].objects == [], f"killed after call {calls}"
    assert state.dead_letters == [], f"killed after call {calls}"


def carried_out_by_the_night(state: State, calls: int) -> bool:
    approved = _approved(state)
    assert [hold.status for hold in state.holds] == ["released" if approved else "held"], f"after call {calls}"
    assert bool(state.stores["legal_hold"].objects) is not approved, f"after call {calls}"
    assert state.dead_letters == [], f"killed after call {calls}"
    return approved


ROW_WRITTEN = 2
"""After this call, which follows the reading of the book, the decision is on record; the order would be the next."""


def died_before_its_order(death: Death) -> None:
    assert death.on_record
    assert [*death.calls] == ["dynamodb.Query", "dynamodb.PutItem"]


def test_a_decision_that_died_before_its_order_is_said_again_and_carried_out_once(killed_at: KilledAt) -> None:
    state, death = killed_at(ROW_WRITTEN, AGAIN)
    died_before_its_order(death)
    said_again(state, ROW_WRITTEN)


def test_an_approval_whose_order_was_lost_is_carried_out_after_the_next_night(killed_at: KilledAt) -> None:
    state, death = killed_at(ROW_WRITTEN, NOBODY_SAYS_IT_AGAIN)
    died_before_its_order(death)
    assert carried_out_by_the_night(state, ROW_WRITTEN)


@pytest.mark.prove
def test_a_decision_that_died_anywhere_is_said_again_or_carried_out_by_the_night(killed_at: KilledAt) -> None:
    for calls in count(1):
        state, death = killed_at(calls, AGAIN)
        if not death.calls:
            break
        said_again(state, calls)
        carried_out_by_the_night(killed_at(calls, NOBODY_SAYS_IT_AGAIN)[0], calls)
    assert calls > 3, "decide reads the book, adds a row, orders and tells"


def test_a_flag_after_an_approval_whose_order_was_lost_keeps_the_hold(killed_at: KilledAt) -> None:
    flag = logged("2027-03-01T18:00:00", "C-1", ["a1"], received_on="2027-02-09")
    state, death = killed_at(ROW_WRITTEN, flag)
    died_before_its_order(death)
    assert [hold.status for hold in state.holds] == ["held"]
    assert state.stores["legal_hold"].objects
