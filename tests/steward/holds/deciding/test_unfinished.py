"""Whether something that two people agreed on is still to be done, as the register tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from steward.holds.deciding.unfinished import UnfinishedReleases, UnfinishedRemovals
from steward.holds.removing.locations import StoredObject
from steward.ids import CaseRef, ContactId
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_ports import FakeRegister
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
CASE = CaseRef("C-1")


def held(world: HoldFixture, number: int) -> Sequence[ContactId]:
    calls = [world.contact(f"call-{one}", JANUARY, keys=[f"2027/01/12/call-{one}.wav"]) for one in range(number)]
    world.placing().place(complaint(*calls))
    world.work_off()
    world.moment += timedelta(hours=1)
    return calls


def unfinished(world: HoldFixture) -> bool:
    return UnfinishedReleases(FakeRegister(world), lambda case: world.agreements.get(case, ()))(CASE)


def test_an_approved_release_is_unfinished_until_its_order_arrived(world: HoldFixture) -> None:
    world.grace = timedelta(days=7)
    held(world, 1)
    assert not unfinished(world)
    world.agree("C-1")
    assert unfinished(world)

    world.releasing().release(CASE)
    assert not unfinished(world)

    world.moment += timedelta(days=8)
    world.releasing().release(CASE)
    assert not unfinished(world)


def test_only_the_contacts_that_it_names_count(world: HoldFixture) -> None:
    first, other = held(world, 2)
    world.agree("C-1", first)
    world.releasing().release(CASE)
    assert not unfinished(world)

    world.agree("C-1", other)
    assert unfinished(world)


def test_a_contact_that_was_flagged_since_is_not_ordered_again(world: HoldFixture) -> None:
    [call] = held(world, 1)
    world.agree("C-1")
    world.moment += timedelta(hours=1)
    world.placing().place(complaint(call, flagged_at=world.moment))
    assert not unfinished(world)


class Notes:
    """A register in which these approvals were carried out."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers

    def carried_out(self, contact_id: ContactId, number: int) -> bool:
        return contact_id == "k1" and number in self.numbers

    def note(self, contact_id: ContactId, number: int, at: datetime) -> None:
        raise NotImplementedError

    def entered(self, stored: StoredObject, cause: str) -> bool:
        raise NotImplementedError


def test_a_removal_is_unfinished_until_each_approval_is_noted(world: HoldFixture) -> None:
    held(world, 1)
    world.agree("C-1")
    [first] = world.agreements[CASE]
    agreed = (first, replace(first, approval=replace(first.approval, number=4)))

    def of(*done: int) -> bool:
        return UnfinishedRemovals(lambda _: agreed, Notes(*done))("k1")

    assert of()
    assert of(2)
    assert not of(2, 4)
    assert not UnfinishedRemovals(lambda _: (), Notes())("k1")
