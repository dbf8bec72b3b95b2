"""The function dies after any single call, and Connect's retry or the next press finds its way."""

from __future__ import annotations

import pytest

from steward.payments.model import Status
from tests.steward.payments.fixture import CALL, Killed, PaymentFixture


@pytest.mark.parametrize("calls", range(1, 6))
def test_a_pause_cut_off_after_any_call_is_never_taken_for_confirmed(world: PaymentFixture, calls: int) -> None:
    world.wire.kill_after = calls
    with pytest.raises(Killed):
        world.ask("pause")

    status = world.ask("status").status
    assert status is not Status.PAUSED or not world.connect.records(CALL)
    again = world.ask("pause").status
    assert again is not Status.PAUSED or not world.connect.records(CALL)


@pytest.mark.parametrize("calls", range(1, 6))
def test_after_a_pause_was_cut_off_resume_and_pause_work(world: PaymentFixture, calls: int) -> None:
    world.wire.kill_after = calls
    with pytest.raises(Killed):
        world.ask("pause")
    world.later(seconds=1)

    world.ask("resume")
    assert world.connect.recording[CALL]["AGENT"] == "recording"
    world.later(seconds=6)
    assert world.ask("pause").status is Status.PAUSED
    assert not world.connect.records(CALL)


@pytest.mark.parametrize("calls", range(2, 6))
def test_a_pause_cut_off_for_good_is_reported_when_its_limit_passes(world: PaymentFixture, calls: int) -> None:
    world.wire.kill_after = calls
    with pytest.raises(Killed):
        world.ask("pause")
    world.later(minutes=10)

    world.run_guard()

    assert len(world.topic.notices) == 1


@pytest.mark.parametrize("calls", range(1, 6))
def test_a_resume_cut_off_after_any_call_can_be_repeated(world: PaymentFixture, calls: int) -> None:
    world.ask("pause")
    world.wire.kill_after = calls
    with pytest.raises(Killed):
        world.ask("resume")
    assert world.ask("status").status is not Status.PAUSED

    world.later(seconds=1)
    assert world.ask("resume").status is Status.RECORDING
    assert world.connect.recording[CALL] == {"AGENT": "recording", "SCREEN": "recording"}
