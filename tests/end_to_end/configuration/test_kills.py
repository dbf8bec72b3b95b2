"""A comparison that dies between any two of its writes is made good by the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.children import in_a_child
from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.test_comparison import put_back, switch_off


@pytest.fixture(scope="module")
def compared(deployed: EmbeddedAws) -> tuple[Live, int]:
    """Return a world in which nothing differs, and how much a comparison asks there: it has nothing to write."""
    live = Live(deployed)
    live.compare()
    calls = deployed.calls["compare_configuration"]
    before = sum(calls.values())
    live.compare()
    return live, sum(calls.values()) - before - calls["invocations"] // 2


def died(live: Live, calls: int) -> bool:
    """Whether a run that would die after so many calls did."""
    # Its environment is warm, as the one's was of which the calls were counted: a cold one asks for more.
    live.world.run_until(live.world.clock.now() + timedelta(minutes=1))
    live.world.kill_after("compare_configuration", calls)
    return live.world.run("compare_configuration", {}).error is not None


@pytest.mark.parametrize(
    ("writes", "mails"),
    [
        pytest.param(0, 1, marks=pytest.mark.prove, id="nothing is written"),
        pytest.param(1, 1, marks=pytest.mark.prove, id="the finding is written and nobody was told"),
        pytest.param(2, 2, id="it was told and that is not written"),
        pytest.param(3, 1, marks=pytest.mark.prove, id="all is written"),
    ],
)
def test_a_run_that_dies_between_any_two_writes_is_made_good_by_the_next(
    compared: tuple[Live, int], writes: int, mails: int
) -> None:
    live, reads = compared

    def act() -> tuple[set[str], int]:
        switch_off(live, "call_recording")
        assert died(live, reads + writes)
        found = set(live.findings())
        told = len(live.mails("DataProtectionTopic"))
        put_back(live, "call_recording")
        assert live.findings() == {}
        return found, told

    assert in_a_child(act) == ({"CallRecordingBucket/lifecycle rules"}, mails)


def test_no_run_dies_later(compared: tuple[Live, int]) -> None:
    live, reads = compared

    def act() -> bool:
        switch_off(live, "call_recording")
        return died(live, reads + 4)

    assert not in_a_child(act)
