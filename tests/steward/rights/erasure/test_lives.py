"""Erasures under any history of holds, deliveries, re-emission, restores, locks, refusals of S3 and sudden ends.

The invariants I1, I2, I7, I8, I11, I13 and I15 of the design, on the register, the ledger and what is kept.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from steward.failures import Throttled
from steward.rights.erasure.artefacts import CONNECT, ArtefactStatus, ErasureStatus
from steward.rights.erasure.ports import Hindrance
from tests.support.rights.erasing import Council, name

MANY = 7
WHICH = st.integers(0, MANY - 1)


class Erasures(RuleBasedStateMachine):
    """One request; whatever is removed is removed by :class:`Council`, which notes for whom and whether it was held."""

    @initialize(
        steps=st.sampled_from([3, 5, 50]),
        begins=st.sampled_from(["asked", "agreed", "done"]),
        held=st.sets(WHICH, max_size=3),
    )
    def a_request(self, steps: int, begins: str, held: set[int]) -> None:
        self.council = Council(MANY, steps=steps)
        self.council.ask("plan")
        if begins == "asked":
            return
        self.council.work_off()
        self.council.hindered = {name(one): Hindrance(ground="hold") for one in held}
        self.council.approve()
        if begins == "done":
            self.council.work_off()

    # What the queue and the nights do ---------------------------------------------------------------------------------

    @rule(many=st.integers(1, 8))
    def messages_are_delivered(self, many: int) -> None:
        for _ in range(many):
            if self.council.queue:
                self.council.deliver()

    @rule()
    def a_message_comes_twice(self) -> None:
        if self.council.queue:
            self.council.queue.append(self.council.queue[0])

    @rule(after=st.integers(1, 12))
    def a_run_dies(self, after: int) -> None:
        self.council.dies_after = self.council.calls + after

    @rule(days=st.integers(1, 3))
    def nights_pass(self, days: int) -> None:
        for _ in range(days):
            self.council.at += timedelta(days=1)
            self.council.ask("plan")
            self.council.ask("replay")

    # What people do ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.council.stands is not None)
    @rule()
    def somebody_agrees(self) -> None:
        self.council.approve()

    @rule(which=WHICH, ground=st.sampled_from(["hold", "access_request"]))
    def somebody_holds(self, which: int, ground: str) -> None:
        self.council.hindered[name(which)] = Hindrance(ground=ground)

    @rule(which=WHICH)
    def a_hold_ends(self, which: int) -> None:
        self.council.hindered.pop(name(which), None)

    # What goes wrong --------------------------------------------------------------------------------------------------

    @rule(which=WHICH)
    def connect_sends_it_once_more(self, which: int) -> None:
        key = self.council.object_of(which)
        if name(which) not in self.council.lines[key]:
            self.council.lines[key].append(name(which))

    @rule(which=WHICH)
    def it_is_there_again(self, which: int) -> None:
        self.council.there.add((CONNECT, name(which)))

    @rule(which=WHICH)
    def s3_keeps_a_lock(self, which: int) -> None:
        self.council.locked ^= {f"{name(which)}.wav"}

    @rule(which=WHICH)
    def s3_gives_an_object_or_not(self, which: int) -> None:
        key = self.council.object_of(which)
        if self.council.denied.pop(key, None) is None:
            self.council.denied[key] = Throttled("s3.GetObject", "SlowDown")

    @precondition(lambda self: self.council.entered)
    @rule()
    def the_register_is_restored_to_before_it(self) -> None:
        self.council.stands = None

    @rule()
    def the_switch_is_thrown(self) -> None:
        self.council.thrown_after = None if self.council.thrown_after is not None else self.council.calls

    # What always holds ------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_that_is_held_went(self) -> None:
        """I1 and I13."""
        assert self.council.taken_though_held == []

    @invariant()
    def nothing_went_without_an_order_that_was_announced(self) -> None:
        """I2."""
        assert not self.council.taken or self.council.entered
        assert self.council.taken <= self.council.announced

    @invariant()
    def the_neighbours_lines_stand(self) -> None:
        """I8."""
        assert all(lines.count("a neighbour") == 1 for lines in self.council.lines.values())  # type: ignore[arg-type]

    @invariant()
    def every_artefact_is_in_one_state(self) -> None:
        """I15."""
        if self.council.stands is not None:
            places = [one.place for one in self.council.stands.artefacts]
            assert len(places) == len(set(places))
            assert sum(self.council.stands.count(one) for one in ArtefactStatus) == len(places)

    def teardown(self) -> None:
        """I7 and I11: once nothing hinders it, the next nights leave nothing, and one more changes nothing."""
        council = self.council
        council.hindered.clear()
        council.locked.clear()
        council.denied.clear()
        council.dies_after = council.thrown_after = None
        council.work_off()
        if not council.entered:
            council.approve()
            council.work_off()
        for _ in range(3):
            council.tomorrow()
        assert council.stands is not None
        assert council.stands.status is ErasureStatus.DONE
        assert council.there == set()
        assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}
        assert council.earlier_versions == set()
        states = {one.status for one in council.stands.artefacts}
        assert states <= {ArtefactStatus.ERASED, ArtefactStatus.ALREADY_GONE}
        stood, said = council.stands, list(council.said)
        council.tomorrow()
        assert council.stands.artefacts == stood.artefacts
        assert council.said == said


QUICK = settings(max_examples=40, stateful_step_count=30, phases=[Phase.generate, Phase.shrink], derandomize=True)


def test_an_erasure_ends_well_after_any_of_a_few_lives() -> None:
    run_state_machine_as_test(Erasures, settings=QUICK)


@pytest.mark.prove
def test_an_erasure_ends_well_after_five_hundred_lives() -> None:
    full = settings(max_examples=500, stateful_step_count=60, phases=[Phase.generate, Phase.shrink], derandomize=True)
    run_state_machine_as_test(Erasures, settings=full)
