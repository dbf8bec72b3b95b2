"""The guard: transfers, hang-ups, and pauses that everybody forgot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.ids import ContactId
from steward.payments.guard import NotFollowed
from steward.payments.messages import ContactEvent
from steward.payments.model import Asker, Status
from tests.steward.payments.fixture import CALL, NEXT, START, PaymentFixture, hung_up, statuses, transfer

TRANSFERRED = ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=START)


def test_a_transfer_during_a_pause_is_suspended_and_registered(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(TRANSFERRED)

    assert not world.connect.records(NEXT)
    entry = world.entry(NEXT)
    assert entry is not None
    assert entry.current is not None
    assert (entry.current.status, entry.current.asked_by) == (Status.PAUSED, Asker.GUARD)


def test_a_transfer_is_suspended_when_the_first_contacts_end_arrives_before_it(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(hung_up(world))
    world.guard.deal_with(TRANSFERRED)

    assert not world.connect.records(NEXT)
    assert statuses(world) == [(CALL, "ended"), (NEXT, "paused")]


def test_a_transfer_after_a_resume_is_left_alone(world: PaymentFixture) -> None:
    world.ask("pause")
    world.ask("resume")
    transfer(world)

    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_event_that_comes_after_the_agent_resumed_does_not_suspend_again(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(TRANSFERRED)
    assert world.ask("resume", NEXT).status is Status.RECORDING
    world.later(seconds=10)

    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_after_a_refused_payment_is_left_alone(world: PaymentFixture) -> None:
    world.wire.fail("SuspendContactRecording", "AccessDeniedException")
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_after_a_pause_that_was_never_confirmed_is_left_alone(world: PaymentFixture) -> None:
    world.wire.fail("TagContact", "ReadTimeout", after_effect=True)
    assert world.ask("pause").status is Status.NOT_CONFIRMED
    transfer(world)

    world.guard.deal_with(hung_up(world))
    world.guard.deal_with(TRANSFERRED)

    assert world.connect.records(NEXT)


def test_a_transfer_of_a_transfer_is_suspended_too(world: PaymentFixture) -> None:
    third = "11111111-52b8-4f0e-8b0a-6a3d1f2e4c5d"
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(TRANSFERRED)
    world.connect.start(third, "AGENT")

    world.guard.deal_with(ContactEvent("INITIATED", third, CALL, NEXT, is_voice=True, at=START))  # type: ignore[arg-type]

    assert not world.connect.records(third)


def test_a_transfer_whose_own_event_was_lost_is_bridged_by_the_initial_contact(world: PaymentFixture) -> None:
    third = "11111111-52b8-4f0e-8b0a-6a3d1f2e4c5d"
    world.ask("pause")
    transfer(world)
    world.connect.start(third, "AGENT")

    world.guard.deal_with(ContactEvent("INITIATED", third, CALL, NEXT, is_voice=True, at=START))  # type: ignore[arg-type]

    assert not world.connect.records(third)


def test_a_transfer_event_without_its_initial_contact_takes_it_from_the_paused_contact(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(replace(TRANSFERRED, initial_contact_id=NEXT))

    entry = world.entry(NEXT)
    assert entry is not None
    assert entry.call.initial_contact_id == CALL
    assert not world.connect.records(NEXT)


def test_a_transferred_contact_that_does_not_record_yet_is_suspended_as_soon_as_it_does(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)
    world.connect.recording[NEXT].clear()
    world.guard.deal_with(TRANSFERRED)
    world.connect.start(NEXT, "AGENT")
    world.later(seconds=6)

    world.run_guard()

    assert not world.connect.records(NEXT)
    assert world.topic.notices == []


def test_an_agent_who_joins_during_a_pause_is_not_recorded(world: PaymentFixture) -> None:
    world.connect.recording[CALL] = {"IVR": "recording"}
    world.ask("pause")
    world.connect.start(CALL, "AGENT")

    world.guard.deal_with(ContactEvent("CONNECTED_TO_AGENT", CALL, CALL, None, is_voice=True, at=START))

    assert not world.connect.records(CALL)


def test_an_agents_recording_that_starts_after_the_event_is_suspended_seconds_later(world: PaymentFixture) -> None:
    world.connect.recording[CALL] = {"IVR": "recording"}
    world.ask("pause")
    world.guard.deal_with(ContactEvent("CONNECTED_TO_AGENT", CALL, CALL, None, is_voice=True, at=START))
    world.connect.start(CALL, "AGENT")
    world.later(seconds=6)

    world.run_guard()

    assert not world.connect.records(CALL)


def test_supervisors_hear_once_of_a_transfer_that_cannot_be_suspended_and_it_is_tried_again(
    world: PaymentFixture,
) -> None:
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(hung_up(world))
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=2)

    world.guard.deal_with(TRANSFERRED)
    for _ in range(3):
        world.later(seconds=30)
        world.run_guard()

    assert not world.connect.records(NEXT)
    assert [subject for subject, _ in world.topic.notices] == [
        "A call was transferred during a payment and may be recording"
    ]


def test_a_transfer_that_can_never_be_suspended_ends_in_the_dead_letter_queue(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(hung_up(world))
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=50)
    world.guard.deal_with(TRANSFERRED)

    for _ in range(6):
        world.later(seconds=60)
        world.run_guard()
    world.later(seconds=60)

    with pytest.raises(NotFollowed, match="access_denied"):
        world.run_guard()


def test_a_related_chat_or_task_is_not_suspended(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)

    world.guard.deal_with(replace(TRANSFERRED, is_voice=False))

    assert world.connect.records(NEXT)


def test_a_hang_up_closes_the_interval_when_the_contact_ended(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=3)
    world.guard.deal_with(hung_up(world))

    entry = world.entry()
    assert entry is not None
    assert entry.current is None
    assert entry.closed[0].status is Status.ENDED
    assert entry.closed[0].ended_at == START + timedelta(minutes=3)


def test_events_of_a_contact_without_a_pause_change_nothing(world: PaymentFixture) -> None:
    world.guard.deal_with(hung_up(world))
    world.guard.deal_with(TRANSFERRED)

    assert world.items() == []


def test_repeated_ends_are_one_end(world: PaymentFixture) -> None:
    world.ask("pause")
    end = hung_up(world)
    for kind in ("DISCONNECTED", "COMPLETED", "DISCONNECTED"):
        world.guard.deal_with(replace(end, kind=kind))

    assert statuses(world) == [(CALL, "ended")]


def test_a_press_on_the_ended_contact_does_not_hide_that_its_pause_binds_the_next_ones(world: PaymentFixture) -> None:
    third = ContactId("11111111-52b8-4f0e-8b0a-6a3d1f2e4c5d")
    world.ask("pause")
    transfer(world)
    world.connect.recording[NEXT].clear()
    world.guard.sweep()
    world.connect.end(NEXT)
    world.connect.start(third, "AGENT")

    assert world.ask("pause").status is Status.NOT_CONFIRMED
    world.guard.deal_with(TRANSFERRED)
    world.guard.deal_with(ContactEvent("INITIATED", third, CALL, NEXT, is_voice=True, at=START))

    assert not world.connect.records(third)
