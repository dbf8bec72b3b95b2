"""Recordings that start while a pause is on: an agent joins, a screen is recorded, a block switches the menu's on."""

from __future__ import annotations

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.payments.calls import Calls

OTHERS = {"AGENT": "IVR", "SCREEN": "AGENT", "IVR": "AGENT"}
"""What starts during the pause, and what is recorded before."""


@pytest.mark.parametrize("kind", sorted(OTHERS))
@pytest.mark.parametrize("seconds", [1, 12, 55])
def test_what_starts_during_a_pause_is_suspended_by_the_guard_and_registered(
    world: EmbeddedAws, kind: str, seconds: int
) -> None:
    calls = Calls(world, OTHERS[kind])
    assert calls.ask("pause")["status"] == "paused"
    calls.later(seconds=seconds)
    calls.start(kind)
    started = world.clock.now()
    calls.later(seconds=35)

    assert calls.states() == {OTHERS[kind]: "suspended", kind: "suspended"}
    pause, late = calls.payments()
    assert late.paused_at is not None
    assert started <= late.paused_at <= world.clock.now()
    assert (pause.status, late.status) == ("paused", "paused")

    assert calls.ask("resume")["status"] == "recording"
    assert calls.states() == {OTHERS[kind]: "recording", kind: "recording"}
    pause, late = calls.payments()
    assert late.resumed_at == pause.resumed_at is not None


def test_an_agent_who_joins_is_suspended_at_once_by_the_event(world: EmbeddedAws) -> None:
    calls = Calls(world, "IVR")
    calls.ask("pause")
    calls.start("AGENT")
    calls.event("CONNECTED_TO_AGENT")

    assert calls.states() == {"IVR": "suspended", "AGENT": "suspended"}


def test_status_suspends_what_started_since(calls: Calls) -> None:
    calls.ask("pause")
    calls.start("IVR")

    assert calls.ask("status")["status"] == "paused"
    assert set(calls.states().values()) == {"suspended"}


def test_status_does_not_say_paused_while_it_cannot_look(calls: Calls) -> None:
    calls.ask("pause")
    calls.start("IVR")
    calls.world.faults.add(service="connect", operation="SuspendContactRecording", error="ReadTimeout", times=9)

    assert calls.ask("status")["status"] == "not_confirmed"


@pytest.mark.parametrize("cut", range(1, 6))
def test_status_that_dies_leaves_nobody_told_paused_while_recording(calls: Calls, cut: int) -> None:
    calls.ask("pause")
    calls.start("IVR")
    calls.world.kill_after("control_recording", cut)
    with pytest.raises(Exception, match="killed"):
        calls.ask("status")

    assert calls.ask("status")["status"] == "paused"
    assert set(calls.states().values()) == {"suspended"}


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_guard_that_dies_while_it_looks_comes_again(calls: Calls, cut: int) -> None:
    calls.ask("pause")
    calls.start("IVR")
    calls.world.kill_after("guard_payments", cut)
    calls.later(minutes=8)

    assert set(calls.states().values()) == {"suspended"}
    calls.ask("resume")


def test_a_screen_that_starts_in_a_forgotten_pause_is_suspended_all_the_same(world: EmbeddedAws) -> None:
    calls = Calls(world, "AGENT")
    calls.ask("pause")
    calls.later(minutes=45)
    calls.start("SCREEN")
    calls.later(minutes=16)

    assert calls.states() == {"AGENT": "suspended", "SCREEN": "suspended"}
    calls.end()
    calls.later(minutes=30)
    assert {line.status for line in calls.payments()} == {"ended"}


@pytest.mark.parametrize("together", [2, 4, 6])
def test_payments_that_begin_together_wait_their_turn(world: EmbeddedAws, together: int) -> None:
    every = [Calls(world, "AGENT", "SCREEN") for _ in range(together)]

    answers = [calls.run("pause") for calls in every]

    assert [answer.response["status"] for answer in answers] == ["paused"] * together
    assert max(answer.elapsed for answer in answers) < 7
    assert all(set(calls.states().values()) == {"suspended"} for calls in every)
    for calls in every:
        calls.later(seconds=10)
        calls.ask("resume")


@pytest.mark.parametrize("refusals", [3, 5])
def test_a_menu_whose_recording_was_just_switched_on_is_tried_again(world: EmbeddedAws, refusals: int) -> None:
    calls = Calls(world, "IVR")
    calls.later(minutes=1)
    world.faults.clear()
    world.faults.add(
        service="connect", operation="SuspendContactRecording", error="InvalidRequestException", times=refusals
    )

    outcome = calls.run("pause")

    assert outcome.response["status"] == "paused"
    assert outcome.elapsed < 7
    assert calls.states() == {"IVR": "suspended"}


@pytest.mark.parametrize("times", [1, 2])
def test_a_second_press_after_the_register_failed_is_confirmed(calls: Calls, times: int) -> None:
    calls.later(minutes=1)
    calls.world.faults.add(service="dynamodb", operation="UpdateItem", error="InternalServerError", times=times)
    assert calls.ask("pause")["status"] == "not_confirmed"
    calls.world.faults.clear()
    calls.later(seconds=4)

    assert calls.ask("pause")["status"] == "paused"
    assert set(calls.states().values()) == {"suspended"}
