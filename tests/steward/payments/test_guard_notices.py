"""The words with which the guard tells supervisors, and how long it goes on looking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from steward.payments.guard import NotFollowed
from steward.payments.legs import FOLLOW_DELAYS
from steward.payments.messages import FORGOTTEN, ContactEvent, FollowAgain, LookAgain, look_delay
from tests.steward.payments.fixture import CALL, NEXT, POLICY, START, Client, PaymentFixture, fresh_table, transfer

TRANSFERRED = ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=START)


@pytest.mark.parametrize(
    ("acts", "says"),
    [(False, "steward does not resume it by itself."), (True, "steward resumes it now, as the policy says.")],
)
def test_supervisors_hear_since_when_which_payment_is_open_and_what_steward_does(
    database: Client, *, acts: bool, says: str
) -> None:
    fresh_table(database)
    world = PaymentFixture(database, structs.replace(POLICY, resume_by_itself=acts))
    world.connect.start(CALL, "AGENT", "SCREEN")
    reference = world.ask("pause").reference
    world.later(minutes=10)

    world.guard.sweep()

    assert world.topic.notices == [
        (
            "A payment pause is open for too long",
            (
                f"Recording of contact {CALL} was paused for a payment at 14:20:00 UTC on 12 January 2027 ({reference})"
                f" and has not resumed within 10 minutes. {says} Ask the agent whether the payment is finished."
            ),
        )
    ]
    assert world.counts["PaymentPauseOverdue"] == 1
    assert world.connect.records(CALL) is acts


def test_supervisors_hear_which_transferred_contact_may_be_recording_and_what_to_do(world: PaymentFixture) -> None:
    world.ask("pause")
    transfer(world)
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=50)
    world.guard.deal_with(TRANSFERRED)

    assert world.topic.notices == [
        (
            "A call was transferred during a payment and may be recording",
            (
                f"Contact {NEXT} continues a call that was paused for a payment, and Amazon Connect has not"
                " confirmed that its recording is suspended (access_denied). steward goes on trying. No card may"
                " be read out: stop the payment, and see docs/card-data-in-a-recording.md if one was."
            ),
        )
    ]
    assert world.counts["PaymentPauseNotFollowed"] == 1


def test_a_contact_that_cannot_be_suspended_is_named_with_the_reason_when_steward_gives_up(
    world: PaymentFixture,
) -> None:
    world.ask("pause")
    transfer(world)
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=50)
    world.guard.deal_with(TRANSFERRED)

    for seconds in (5, 10, 20, 40, 60, 60, 60):
        [again] = [one for one in world.queue.waiting() if isinstance(one, FollowAgain)]
        assert again.due == world.clock.now() + timedelta(seconds=seconds)
        world.queue.messages.clear()
        world.later(seconds=seconds)
        if again.attempt < len(FOLLOW_DELAYS):
            world.guard.deal_with(again)

    with pytest.raises(NotFollowed) as caught:
        world.guard.deal_with(again)
    assert str(caught.value) == f"contact {NEXT} could not be paused after a transfer: access_denied"


def test_supervisors_hear_of_a_pause_of_which_nobody_knows_what_came(world: PaymentFixture) -> None:
    asked_at = world.clock.now()
    world.later(minutes=10)

    world.guard.deal_with(LookAgain(CALL, CALL, asked_at=asked_at, due=world.clock.now()))

    assert world.topic.notices == [
        (
            "A payment pause has an unknown outcome",
            (
                f"At 14:20:00 UTC on 12 January 2027 recording was to be paused on contact {CALL}, and what came"
                " of it is not known. The payment was refused. Recording may still be suspended: ask the agent to press"
                ' "Payment finished".'
            ),
        )
    ]
    assert world.counts["PaymentPauseUnknown"] == 1


def test_nobody_is_told_of_an_unknown_pause_whose_contact_ended(world: PaymentFixture) -> None:
    asked_at = world.clock.now()
    world.later(minutes=10)
    world.connect.end(CALL)

    world.guard.deal_with(LookAgain(CALL, CALL, asked_at=asked_at, due=world.clock.now()))

    assert world.topic.notices == []


def test_an_open_pause_is_looked_at_ever_more_rarely() -> None:
    assert [look_delay(look) for look in range(7)] == [5, 10, 15, 25, 60, 60, 60]
    assert look_delay(FORGOTTEN - 1) == 60
    assert [look_delay(FORGOTTEN), look_delay(FORGOTTEN + 1)] == [900, 900]


@pytest.mark.parametrize(
    ("after", "again"),
    [
        (timedelta(minutes=10), [timedelta(minutes=15)]),
        (timedelta(days=1) - timedelta(seconds=1), [timedelta(minutes=15)]),
        (timedelta(days=1), []),
    ],
)
def test_a_pause_that_everybody_forgot_is_looked_at_every_quarter_of_an_hour_for_a_day(
    world: PaymentFixture, after: timedelta, again: list[timedelta]
) -> None:
    world.ask("pause")
    world.queue.messages.clear()
    world.clock.moment = START + after

    world.guard.deal_with(LookAgain(CALL, CALL, asked_at=START, due=START + timedelta(minutes=10)))

    looks = [one for one in world.queue.waiting() if isinstance(one, LookAgain)]
    assert [one.due - world.clock.now() for one in looks] == again
    assert all((one.look, one.asked_at) == (FORGOTTEN, START) for one in looks)


def test_the_daily_run_looks_at_sixty_pauses_and_no_more_than_two_in_a_second(world: PaymentFixture) -> None:
    for number in range(61):
        contact = type(CALL)(f"call-{number}")
        world.connect.start(contact, "AGENT", "SCREEN")
        world.ask("pause", contact)
    began = world.clock.now()

    assert world.guard.sweep() == 60
    assert world.clock.now() - began == timedelta(seconds=59 * 0.5)
