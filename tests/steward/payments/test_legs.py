"""A paused call and the leg that steward suspends because of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.ids import ContactId
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


@pytest.fixture
def between_payments(consulting: PaymentFixture) -> PaymentFixture:
    """The first payment is finished, and both agents are on the line and recorded."""
    assert consulting.ask("resume").status is Status.RECORDING
    consulting.later(minutes=1)
    return consulting


@pytest.mark.parametrize("operation", ["pause", "status"])
def test_a_second_payment_suspends_the_leg_again(between_payments: PaymentFixture, operation: str) -> None:
    """`status` too: whoever pressed pause may have been cut off before it came to the leg."""
    if operation == "status":
        between_payments.wire.kill_after = 6
        with pytest.raises(Killed):
            between_payments.ask("pause")
        assert between_payments.connect.recorded(NEXT) == {"AGENT"}

    assert between_payments.ask(operation).status is Status.PAUSED
    assert between_payments.connect.recorded(NEXT) == set()
    between_payments.later(seconds=9)
    assert between_payments.ask("resume").status is Status.RECORDING
    assert between_payments.connect.recorded(NEXT) == {"AGENT"}


@pytest.mark.parametrize("calls", range(1, 13))
def test_a_second_payment_cut_off_after_any_call_is_finished_by_the_next_press(
    between_payments: PaymentFixture, calls: int
) -> None:
    between_payments.wire.kill_after = calls
    with pytest.raises(Killed):
        between_payments.ask("pause")
    between_payments.later(seconds=10)

    assert between_payments.ask("pause").status is Status.PAUSED
    assert between_payments.connect.recorded(CALL) == between_payments.connect.recorded(NEXT) == set()


def test_a_leg_that_left_costs_a_second_payment_two_calls(between_payments: PaymentFixture) -> None:
    between_payments.connect.end(NEXT)
    between_payments.wire.calls.clear()

    assert between_payments.ask("pause").status is Status.PAUSED
    assert between_payments.wire.calls.total() == 8


@pytest.mark.parametrize("error", ["AccessDeniedException", "ReadTimeout", "InternalServiceException"])
def test_a_second_payment_is_refused_until_the_leg_is_silent(between_payments: PaymentFixture, error: str) -> None:
    between_payments.wire.succeed("SuspendContactRecording", times=3)
    between_payments.wire.fail("SuspendContactRecording", error)

    answer = between_payments.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.OTHER_LEG_RECORDING)
    assert between_payments.ask("pause").status is Status.PAUSED
    assert between_payments.connect.recorded(NEXT) == set()


def test_a_second_payment_without_time_for_the_leg_is_refused(between_payments: PaymentFixture) -> None:
    between_payments.wire.latency = timedelta(seconds=0.7)

    answer = between_payments.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.OUT_OF_TIME)


def test_a_leg_that_is_not_recorded_yet_in_a_second_payment_is_looked_at_further(
    between_payments: PaymentFixture,
) -> None:
    between_payments.connect.recording[NEXT].clear()
    assert between_payments.ask("pause").status is Status.PAUSED

    between_payments.connect.start(NEXT, "AGENT")
    between_payments.later(seconds=5)
    between_payments.run_guard()

    assert between_payments.connect.recorded(NEXT) == set()


def test_a_leg_that_nobody_could_watch_makes_a_second_payment_refused(between_payments: PaymentFixture) -> None:
    between_payments.connect.recording[NEXT].clear()
    between_payments.wire.succeed("SendMessage", times=2)
    between_payments.wire.fail("SendMessage", "InternalError")

    answer = between_payments.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.GUARD_UNAVAILABLE)


def test_a_leg_that_was_resumed_by_its_own_agent_in_a_pause_is_left_alone(consulting: PaymentFixture) -> None:
    assert consulting.ask("resume", NEXT, Asker.GUIDE).status is Status.RECORDING
    consulting.later(seconds=3)

    assert consulting.ask("status").status is Status.PAUSED
    assert consulting.connect.recorded(NEXT) == {"AGENT"}


def test_what_a_leg_was_transferred_to_is_silent_in_a_second_payment_too(consulting: PaymentFixture) -> None:
    third = ContactId("7c0a2c9e-6f5a-4a53-9d1d-0d2c8b6f1a11")
    consulting.connect.end(NEXT)
    consulting.connect.start(third, "AGENT")
    consulting.guard.deal_with(replace(CONSULTED, contact_id=third, previous=NEXT))
    assert consulting.ask("resume").status is Status.RECORDING
    assert consulting.connect.recorded(third) == {"AGENT"}
    consulting.later(minutes=1)

    assert consulting.ask("pause").status is Status.PAUSED
    assert consulting.connect.recorded(third) == set()
    consulting.later(minutes=1)
    assert consulting.ask("resume").status is Status.RECORDING
    assert consulting.connect.recorded(third) == {"AGENT"}


@pytest.mark.parametrize("where", ["DescribeContact", "SendMessage", "SuspendContactRecording", "TagContact"])
@pytest.mark.parametrize("passing", [0, 1])
def test_a_second_payment_that_is_resumed_while_it_reaches_the_leg_leaves_nothing_suspended(
    between_payments: PaymentFixture, where: str, passing: int
) -> None:
    def resume() -> None:
        if passing and resume_later.pop():
            between_payments.wire.meanwhile[where] = resume
        else:
            between_payments.ask("resume")

    resume_later = [False, True]
    between_payments.wire.meanwhile[where] = resume

    answer = between_payments.ask("pause")

    if between_payments.connect.records(CALL) or between_payments.connect.records(NEXT):
        assert answer.status is Status.NOT_CONFIRMED
    entry = between_payments.entry(NEXT)
    assert between_payments.connect.recorded(NEXT) == {"AGENT"} or (entry and entry.current)


def test_a_leg_that_ended_in_a_pause_is_not_asked_about_again(consulting: PaymentFixture) -> None:
    consulting.connect.end(NEXT)
    consulting.guard.deal_with(replace(CONSULTED, kind="DISCONNECTED"))
    consulting.wire.calls.clear()

    assert consulting.ask("pause").status is Status.PAUSED
    assert consulting.wire.calls["DescribeContact"] == 0
