"""A contact that has all its six tags already can pay, and what it is transferred to is silent too.

Amazon Connect administrator guide, "Amazon Connect quotas": at most six tags on a contact; TagContact then answers
InvalidRequestException.
"""

from __future__ import annotations

import pytest

from steward.payments.guard import NotHeld
from steward.payments.model import Reason, Status
from tests.steward.payments.fixture import CALL, NEXT, PaymentFixture, transfer


@pytest.fixture
def full(world: PaymentFixture) -> PaymentFixture:
    """A call on which no tag more can be set."""
    world.connect.start(CALL, "AGENT", "SCREEN")
    world.wire.fail("TagContact", "InvalidRequestException", times=50)
    return world


def test_a_contact_with_six_tags_is_paused_and_resumed(full: PaymentFixture) -> None:
    assert full.ask("pause").status is Status.PAUSED
    assert not full.connect.records(CALL)
    assert full.ask("resume").status is Status.RECORDING
    assert full.connect.records(CALL)


def test_what_it_is_transferred_to_is_found_at_the_next_look(full: PaymentFixture) -> None:
    full.ask("pause")
    transfer(full)
    assert full.connect.records(NEXT)

    full.run_guard()

    assert not full.connect.records(NEXT)
    assert full.ask("resume").status is not Status.PAUSED
    assert full.connect.records(NEXT)


def test_a_contact_that_joined_before_the_pause_and_one_that_is_over_are_left_alone(full: PaymentFixture) -> None:
    full.ask("pause")
    transfer(full)
    full.connect.end(NEXT)

    full.run_guard()

    assert full.entry(NEXT) is None


def test_a_look_that_finds_out_nothing_comes_again(full: PaymentFixture) -> None:
    full.ask("pause")
    full.later(seconds=6)
    full.wire.fail("ListAssociatedContacts", "InternalServiceException")
    seeking = [message for message in full.queue.due() if getattr(message, "seek", False)]
    with pytest.raises(NotHeld):
        full.guard.deal_with(seeking[0])


def test_a_contact_with_room_for_a_tag_costs_no_search(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(seconds=6)
    world.run_guard()
    assert world.wire.calls["ListAssociatedContacts"] == 0


def test_without_a_watch_that_looks_there_is_no_payment(full: PaymentFixture) -> None:
    full.wire.succeed("SendMessage", times=1)
    full.wire.fail("SendMessage", "InternalError")
    answer = full.ask("pause")
    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.GUARD_UNAVAILABLE)
