"""The guard: transfers, hang-ups, and pauses that everybody forgot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from steward.payments.guard import NotFollowed, NotResumed
from steward.payments.messages import ContactEvent
from steward.payments.model import Asker, Reason, Status
from steward.payments.ports import RegisterUnavailable, Undelivered
from steward.payments.register import payments
from steward.policy.payments import Payments
from tests.unit.payments.world import CALL, NEXT, POLICY, START, Client, World, fresh_table

TRANSFERRED = ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=START)


def hung_up(world: World) -> ContactEvent:
    return ContactEvent("DISCONNECTED", CALL, CALL, None, is_voice=True, at=world.clock.now())


def transfer(world: World, *kinds: str) -> None:
    """Continue the call as a new contact, which records again."""
    world.later(seconds=30)
    world.connect.end(CALL)
    world.connect.start(NEXT, *(kinds or ("AGENT", "SCREEN")))


def statuses(world: World) -> list[tuple[str, str]]:
    return [(line.contact_id, line.status) for line in payments(world.items(), world.clock.now())]


def test_a_transfer_during_a_pause_is_suspended_and_registered(world: World) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(TRANSFERRED)

    assert not world.connect.records(NEXT)
    entry = world.entry(NEXT)
    assert entry is not None
    assert entry.current is not None
    assert (entry.current.status, entry.current.asked_by) == (Status.PAUSED, Asker.GUARD)


def test_a_transfer_is_suspended_when_the_first_contacts_end_arrives_before_it(world: World) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(hung_up(world))
    world.guard.deal_with(TRANSFERRED)

    assert not world.connect.records(NEXT)
    assert statuses(world) == [(CALL, "ended"), (NEXT, "paused")]


def test_a_transfer_after_a_resume_is_left_alone(world: World) -> None:
    world.ask("pause")
    world.ask("resume")
    transfer(world)

    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_event_that_comes_after_the_agent_resumed_does_not_suspend_again(world: World) -> None:
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(TRANSFERRED)
    assert world.ask("resume", NEXT).status is Status.RECORDING
    world.later(seconds=10)

    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_after_a_refused_payment_is_left_alone(world: World) -> None:
    world.wire.fail("SuspendContactRecording", "ThrottlingException")
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_after_a_pause_that_was_never_confirmed_is_left_alone(world: World) -> None:
    world.wire.fail("TagContact", "ReadTimeout", after_effect=True)
    assert world.ask("pause").status is Status.NOT_CONFIRMED
    transfer(world)

    world.guard.deal_with(hung_up(world))
    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_of_a_transfer_is_suspended_too(world: World) -> None:
    third = "11111111-52b8-4f0e-8b0a-6a3d1f2e4c5d"
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(TRANSFERRED)
    world.connect.start(third, "AGENT")

    world.guard.deal_with(ContactEvent("INITIATED", third, CALL, NEXT, is_voice=True, at=START))  # type: ignore[arg-type]

    assert not world.connect.records(third)


def test_a_transfer_whose_own_event_was_lost_is_bridged_by_the_initial_contact(world: World) -> None:
    third = "11111111-52b8-4f0e-8b0a-6a3d1f2e4c5d"
    world.ask("pause")
    transfer(world)
    world.connect.start(third, "AGENT")

    world.guard.deal_with(ContactEvent("INITIATED", third, CALL, NEXT, is_voice=True, at=START))  # type: ignore[arg-type]

    assert not world.connect.records(third)


def test_a_transfer_event_without_its_initial_contact_takes_it_from_the_paused_contact(world: World) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(replace(TRANSFERRED, initial_contact_id=NEXT))

    entry = world.entry(NEXT)
    assert entry is not None
    assert entry.call.initial_contact_id == CALL
    assert not world.connect.records(NEXT)


def test_a_transferred_contact_that_does_not_record_yet_is_suspended_as_soon_as_it_does(world: World) -> None:
    world.ask("pause")
    transfer(world)
    world.connect.recording[NEXT].clear()
    world.guard.deal_with(TRANSFERRED)
    world.connect.start(NEXT, "AGENT")
    world.later(seconds=6)

    world.run_guard()

    assert not world.connect.records(NEXT)
    assert world.topic.notices == []


def test_an_agent_who_joins_during_a_pause_is_not_recorded(world: World) -> None:
    world.connect.recording[CALL] = {"IVR": "recording"}
    world.ask("pause")
    world.connect.start(CALL, "AGENT")

    world.guard.deal_with(ContactEvent("CONNECTED_TO_AGENT", CALL, CALL, None, is_voice=True, at=START))

    assert not world.connect.records(CALL)


def test_an_agents_recording_that_starts_after_the_event_is_suspended_seconds_later(world: World) -> None:
    world.connect.recording[CALL] = {"IVR": "recording"}
    world.ask("pause")
    world.guard.deal_with(ContactEvent("CONNECTED_TO_AGENT", CALL, CALL, None, is_voice=True, at=START))
    world.connect.start(CALL, "AGENT")
    world.later(seconds=6)

    world.run_guard()

    assert not world.connect.records(CALL)


def test_supervisors_hear_once_of_a_transfer_that_cannot_be_suspended_and_it_is_tried_again(world: World) -> None:
    world.ask("pause")
    transfer(world)
    world.wire.fail("SuspendContactRecording", "ThrottlingException", times=2)

    world.guard.deal_with(TRANSFERRED)
    for _ in range(3):
        world.later(seconds=30)
        world.run_guard()

    assert not world.connect.records(NEXT)
    assert [subject for subject, _ in world.topic.notices] == [
        "A call was transferred during a payment and may be recording"
    ]


def test_a_transfer_that_can_never_be_suspended_ends_in_the_dead_letter_queue(world: World) -> None:
    world.ask("pause")
    transfer(world)
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=50)
    world.guard.deal_with(TRANSFERRED)

    for _ in range(6):
        world.later(seconds=60)
        world.run_guard()
    world.later(seconds=60)

    with pytest.raises(NotFollowed, match="access_denied"):
        world.run_guard()


def test_a_related_chat_or_task_is_not_suspended(world: World) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(replace(TRANSFERRED, is_voice=False))

    assert world.connect.records(NEXT)


def test_a_hang_up_closes_the_interval_when_the_contact_ended(world: World) -> None:
    world.ask("pause")
    world.later(minutes=3)
    world.guard.deal_with(hung_up(world))

    entry = world.entry()
    assert entry is not None
    assert entry.current is None
    assert entry.closed[0].status is Status.ENDED
    assert entry.closed[0].ended_at == START + timedelta(minutes=3)


def test_events_of_a_contact_without_a_pause_change_nothing(world: World) -> None:
    world.guard.deal_with(hung_up(world))
    world.guard.deal_with(TRANSFERRED)

    assert world.items() == []


def test_repeated_ends_are_one_end(world: World) -> None:
    world.ask("pause")
    end = hung_up(world)
    for kind in ("DISCONNECTED", "COMPLETED", "DISCONNECTED"):
        world.guard.deal_with(replace(end, kind=kind))

    assert statuses(world) == [(CALL, "ended")]


def test_a_pause_open_for_longer_than_the_limit_is_told_once_and_not_resumed(world: World) -> None:
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


def test_a_pause_that_ended_in_time_is_not_told(world: World) -> None:
    world.ask("pause")
    world.later(minutes=5)
    world.ask("resume")
    world.later(minutes=5)

    world.run_guard()

    assert world.topic.notices == []


def test_the_watch_of_an_earlier_payment_does_not_alarm_about_a_later_one(world: World) -> None:
    world.ask("pause")
    world.later(minutes=4)
    world.ask("resume")
    world.later(minutes=5)
    world.ask("pause")
    world.later(minutes=1)

    world.run_guard()

    assert world.topic.notices == []


def test_a_call_that_ended_in_a_pause_without_any_event_is_closed_at_the_limit(world: World) -> None:
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
    world = World(database, replace_policy(limit_minutes=40))
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
    world = World(database, replace_policy(resume_by_itself=True))
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(minutes=10)

    world.run_guard()

    assert world.connect.records(CALL)
    assert len(world.topic.notices) == 1
    assert statuses(world) == [(CALL, "recording")]


def test_a_resume_by_itself_that_fails_comes_again(database: Client) -> None:
    fresh_table(database)
    world = World(database, replace_policy(resume_by_itself=True))
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(minutes=10)
    world.wire.fail("ResumeContactRecording", "ThrottlingException")

    (message,) = world.queue.due()
    with pytest.raises(NotResumed):
        world.guard.deal_with(message)
    world.guard.deal_with(message)

    assert world.connect.records(CALL)
    assert len(world.topic.notices) == 1


def test_the_sweep_closes_what_ended_and_tells_what_is_overdue(world: World) -> None:
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


def test_a_contact_that_connect_has_forgotten_is_closed(world: World) -> None:
    world.ask("pause")
    del world.connect.recording[CALL]

    world.guard.sweep()

    assert statuses(world) == [(CALL, "ended")]


def test_an_open_pause_stays_open_while_connect_does_not_say(world: World) -> None:
    world.ask("pause")
    world.wire.fail("DescribeContact", "ThrottlingException")

    world.guard.sweep()

    assert statuses(world) == [(CALL, "paused")]


@pytest.mark.parametrize(
    ("operation", "error"), [("GetItem", RegisterUnavailable), ("UpdateItem", RegisterUnavailable)]
)
def test_a_message_comes_again_when_the_register_is_unavailable(
    world: World, operation: str, error: type[Exception]
) -> None:
    world.ask("pause")
    world.wire.fail(operation, "InternalServerError")

    with pytest.raises(error):
        world.guard.deal_with(hung_up(world))
    world.guard.deal_with(hung_up(world))

    assert statuses(world) == [(CALL, "ended")]


def test_a_notice_that_does_not_go_out_comes_again(world: World) -> None:
    world.ask("pause")
    world.later(minutes=10)
    world.wire.fail("Publish", "InternalError")
    (message,) = world.queue.due()

    with pytest.raises(Undelivered):
        world.guard.deal_with(message)
    world.guard.deal_with(message)

    assert len(world.topic.notices) == 1


def test_a_look_at_a_pause_that_failed_is_silent(world: World) -> None:
    world.wire.fail("SuspendContactRecording", "ThrottlingException")
    assert world.ask("pause").reason is Reason.THROTTLED
    world.later(minutes=10)

    world.run_guard()

    assert world.topic.notices == []


def test_a_pause_asked_for_between_two_milliseconds_is_settled_all_the_same(world: World) -> None:
    world.clock.moment += timedelta(microseconds=999)
    world.ask("pause")
    world.ask("resume")
    world.later(minutes=10)

    world.run_guard()

    assert world.topic.notices == []


def replace_policy(*, limit_minutes: int = POLICY.limit_minutes, resume_by_itself: bool = False) -> Payments:
    return structs.replace(POLICY, limit_minutes=limit_minutes, resume_by_itself=resume_by_itself)
