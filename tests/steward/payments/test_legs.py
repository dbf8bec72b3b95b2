"""A paused call and the leg that steward suspends because of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.payments.messages import ContactEvent
from steward.payments.model import Asker, Reason, Status
from tests.steward.payments.fixture import CALL, NEXT, START, Killed, PaymentFixture

CONSULTED = ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=START, method="TRANSFER", began=START)


@pytest.fixture
def consulting(world: PaymentFixture) -> PaymentFixture:
    """A paused call whose agent asks another one, suspended by the guard."""
    world.wire.latency = timedelta(milliseconds=10)
    world.ask("pause")
    world.connect.start(NEXT, "AGENT")
    world.guard.deal_with(CONSULTED)
    assert world.connect.recorded(NEXT) == set()
    world.later(seconds=30)
    return world


def test_a_leg_records_again_with_the_call(consulting: PaymentFixture) -> None:
    assert consulting.ask("resume").status is Status.RECORDING
    assert consulting.connect.recorded(NEXT) == {"AGENT"}


def test_a_leg_records_again_when_the_payment_is_finished_after_the_call_ended(consulting: PaymentFixture) -> None:
    consulting.connect.end(CALL)

    assert consulting.ask("resume").reason is Reason.CONTACT_ENDED
    assert consulting.connect.recorded(NEXT) == {"AGENT"}


def test_a_leg_that_is_not_resumed_is_told_and_resumed_by_the_next_press(consulting: PaymentFixture) -> None:
    consulting.wire.succeed("ResumeContactRecording", times=3)
    consulting.wire.fail("ResumeContactRecording", "AccessDeniedException")

    answer = consulting.ask("resume")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.OTHER_LEG_SUSPENDED)
    assert consulting.connect.recorded(CALL) == {"AGENT", "SCREEN"}
    assert consulting.ask("resume").status is Status.RECORDING
    assert consulting.connect.recorded(NEXT) == {"AGENT"}


@pytest.mark.parametrize("operation", ["pause", "status"])
def test_a_leg_on_which_a_payment_relies_is_left_to_it(consulting: PaymentFixture, operation: str) -> None:
    assert consulting.ask(operation, NEXT, Asker.GUIDE).status is Status.PAUSED

    assert consulting.ask("resume").status is Status.RECORDING
    assert consulting.connect.recorded(NEXT) == set()
    consulting.later(seconds=1)
    assert consulting.ask("resume", NEXT).status is Status.RECORDING


@pytest.mark.parametrize("where", ["SendMessage", "SuspendContactRecording", "TagContact", "UpdateItem"])
def test_a_leg_that_is_suspended_while_the_call_is_resumed_records_in_the_end(
    world: PaymentFixture, where: str
) -> None:
    world.wire.latency = timedelta(milliseconds=10)
    world.ask("pause")
    world.later(seconds=20)
    world.connect.start(NEXT, "AGENT")
    world.wire.meanwhile[where] = lambda: world.ask("resume")

    world.guard.deal_with(CONSULTED)

    assert world.connect.recorded(CALL) == {"AGENT", "SCREEN"}
    assert world.connect.recorded(NEXT) == {"AGENT"}


@pytest.mark.parametrize("calls", range(1, 10))
def test_a_resume_cut_off_after_any_call_is_finished_by_the_next_press(consulting: PaymentFixture, calls: int) -> None:
    consulting.wire.kill_after = calls
    with pytest.raises(Killed):
        consulting.ask("resume")
    consulting.later(seconds=5)

    assert consulting.ask("resume").status is Status.RECORDING
    assert consulting.connect.recorded(CALL) == {"AGENT", "SCREEN"}
    assert consulting.connect.recorded(NEXT) == {"AGENT"}


@pytest.mark.parametrize("method", ["CALLBACK", "OUTBOUND", "API", "INBOUND"])
def test_a_call_of_its_own_is_not_suspended_and_loses_the_tag(world: PaymentFixture, method: str) -> None:
    world.ask("pause")
    world.connect.start(NEXT, "AGENT")
    world.connect.tags[NEXT] = dict(world.connect.tags[CALL])

    world.guard.deal_with(replace(CONSULTED, method=method))

    assert world.connect.recorded(NEXT) == {"AGENT"}
    assert world.connect.tags[NEXT] == {}


def test_a_contact_that_begins_long_after_the_end_is_not_suspended(world: PaymentFixture) -> None:
    world.ask("pause")
    world.connect.end(CALL)
    world.guard.sweep()
    world.connect.start(NEXT, "AGENT")

    world.guard.deal_with(replace(CONSULTED, method="", began=START + timedelta(hours=2)))
    assert world.connect.recorded(NEXT) == {"AGENT"}
    world.guard.deal_with(replace(CONSULTED, method="", began=START + timedelta(minutes=2)))
    assert world.connect.recorded(NEXT) == set()


def test_a_leg_that_records_nothing_for_minutes_is_suspended_once_it_does(world: PaymentFixture) -> None:
    world.ask("pause")
    world.connect.start(NEXT)
    world.guard.deal_with(CONSULTED)
    for _ in range(7):
        world.later(seconds=60)
        world.run_guard()
    world.connect.start(NEXT, "AGENT")
    world.later(seconds=60)
    world.run_guard()

    assert world.connect.recorded(NEXT) == set()
    assert world.entry(NEXT)
