"""The guard: pauses that everybody forgot, and what comes again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from steward.payments.guard import NotResumed
from steward.payments.model import Reason, Status
from steward.payments.ports import RegisterUnavailable, Undelivered
from steward.policy.payments import Payments
from tests.steward.payments.fixture import (
    CALL,
    NEXT,
    POLICY,
    START,
    Client,
    PaymentFixture,
    fresh_table,
    hung_up,
    statuses,
)


def replace_policy(*, limit_minutes: int = POLICY.limit_minutes, resume_by_itself: bool = False) -> Payments:
    return structs.replace(POLICY, limit_minutes=limit_minutes, resume_by_itself=resume_by_itself)


def test_a_pause_open_for_longer_than_the_limit_is_told_once_and_not_resumed(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=9, seconds=59)
    world.run_guard()
    assert world.topic.notices == []

    world.later(seconds=1)
    world.run_guard()
    world.guard.sweep()

    assert [subject for subject, _ in world.topic.notices] == ["A payment pause is open for too long"]
    assert world.counts["PaymentPauseOverdue"] == 1
    assert not world.connect.records(CALL)
    assert world.ask("status").status is Status.PAUSED


def test_a_pause_that_ended_in_time_is_not_told(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=5)
    world.ask("resume")
    world.later(minutes=5)

    world.run_guard()

    assert world.topic.notices == []


def test_the_watch_of_an_earlier_payment_does_not_alarm_about_a_later_one(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=4)
    world.ask("resume")
    world.later(minutes=5)
    world.ask("pause")
    world.later(minutes=1)

    world.run_guard()

    assert world.topic.notices == []


def test_a_call_that_ended_in_a_pause_without_any_event_is_closed_at_the_limit(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=1)
    world.connect.end(CALL)
    world.later(minutes=9)

    world.run_guard()

    assert world.topic.notices == []
    entry = world.entry()
    assert entry is not None
    assert entry.closed[0].ended_at == START + timedelta(minutes=1)


def test_a_limit_beyond_the_longest_delay_of_sqs_is_waited_for_in_steps(database: Client) -> None:
    fresh_table(database)
    world = PaymentFixture(database, replace_policy(limit_minutes=40))
    world.connect.start(CALL, "AGENT")
    world.ask("pause")

    for minute in (15, 30, 39):
        world.clock.moment = START + timedelta(minutes=minute)
        world.run_guard()
        assert world.topic.notices == []
    world.clock.moment = START + timedelta(minutes=40)
    world.run_guard()
    assert len(world.topic.notices) == 1


def test_a_pause_resumes_by_itself_where_the_policy_says_so(database: Client) -> None:
    fresh_table(database)
    world = PaymentFixture(database, replace_policy(resume_by_itself=True))
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(minutes=10)

    world.run_guard()

    assert world.connect.records(CALL)
    assert len(world.topic.notices) == 1
    assert statuses(world) == [(CALL, "recording")]


def test_a_resume_by_itself_that_fails_comes_again(database: Client) -> None:
    fresh_table(database)
    world = PaymentFixture(database, replace_policy(resume_by_itself=True))
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(minutes=10)
    world.wire.fail("ResumeContactRecording", "AccessDeniedException")

    (message,) = world.queue.due()
    with pytest.raises(NotResumed):
        world.guard.deal_with(message)
    world.guard.deal_with(message)

    assert world.connect.records(CALL)
    assert len(world.topic.notices) == 1


def test_the_sweep_closes_what_ended_and_tells_what_is_overdue(world: PaymentFixture) -> None:
    world.connect.start(NEXT, "AGENT")
    world.ask("pause")
    world.ask("pause", NEXT)
    world.queue.messages.clear()
    world.later(minutes=2)
    world.connect.end(CALL)
    world.later(hours=3)

    assert world.guard.sweep() == 2

    assert sorted(statuses(world)) == [(NEXT, "paused"), (CALL, "ended")]
    assert len(world.topic.notices) == 1


def test_a_contact_that_connect_has_forgotten_is_closed(world: PaymentFixture) -> None:
    world.ask("pause")
    del world.connect.recording[CALL]

    world.guard.sweep()

    assert statuses(world) == [(CALL, "ended")]


def test_an_open_pause_stays_open_while_connect_does_not_say(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("DescribeContact", "ThrottlingException")

    world.guard.sweep()

    assert statuses(world) == [(CALL, "paused")]


@pytest.mark.parametrize(
    ("operation", "error"), [("GetItem", RegisterUnavailable), ("UpdateItem", RegisterUnavailable)]
)
def test_a_message_comes_again_when_the_register_is_unavailable(
    world: PaymentFixture, operation: str, error: type[Exception]
) -> None:
    world.ask("pause")
    world.wire.fail(operation, "InternalServerError")

    with pytest.raises(error):
        world.guard.deal_with(hung_up(world))
    world.guard.deal_with(hung_up(world))

    assert statuses(world) == [(CALL, "ended")]


def test_a_notice_that_does_not_go_out_comes_again(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=10)
    world.wire.fail("Publish", "InternalError")
    (message,) = world.queue.due()

    with pytest.raises(Undelivered):
        world.guard.deal_with(message)
    world.guard.deal_with(message)

    assert len(world.topic.notices) == 1


def test_a_look_at_a_pause_that_failed_is_silent(world: PaymentFixture) -> None:
    world.wire.fail("SuspendContactRecording", "ThrottlingException", times=9)
    assert world.ask("pause").reason is Reason.THROTTLED
    world.later(minutes=10)

    world.run_guard()

    assert world.topic.notices == []


def test_a_pause_asked_for_between_two_milliseconds_is_settled_all_the_same(world: PaymentFixture) -> None:
    world.clock.moment += timedelta(microseconds=999)
    world.ask("pause")
    world.ask("resume")
    world.later(minutes=10)

    world.run_guard()

    assert world.topic.notices == []
