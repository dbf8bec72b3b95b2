"""A call and the leg with a second agent, with functions that die between any two calls."""

from __future__ import annotations

from contextlib import suppress

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.payments.calls import Calls


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_resume_that_dies_can_be_pressed_again_and_every_leg_records(world: EmbeddedAws, cut: int) -> None:
    calls = Calls(world, "AGENT", "SCREEN")
    first = calls.ids[0]
    calls.later(seconds=30)
    calls.ask("pause")
    second = calls.transfer("AGENT")
    calls.event("INITIATED")
    calls.later(seconds=10)
    assert calls.states(second) == {"AGENT": "suspended"}

    world.kill_after("control_recording", cut)
    with suppress(Exception):  # a resume of both legs is eleven calls
        calls.ask("resume", first)
    calls.later(seconds=10)

    assert calls.ask("resume", first)["status"] == "recording"
    assert calls.states(first) == {"AGENT": "recording", "SCREEN": "recording"}
    assert calls.states(second) == {"AGENT": "recording"}


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_guard_that_dies_while_it_follows_a_transfer_comes_again(world: EmbeddedAws, cut: int) -> None:
    calls = Calls(world, "AGENT")
    calls.later(seconds=30)
    calls.ask("pause")
    second = calls.transfer("AGENT")
    world.kill_after("guard_payments", cut)
    calls.event("INITIATED")
    calls.later(minutes=7)

    assert calls.states(second) == {"AGENT": "suspended"}
    assert calls.ask("resume", calls.ids[0])["status"] == "recording"
    assert calls.states(second) == {"AGENT": "recording"}
