"""A flag that comes while a release is under way is never released against, whatever call it comes after."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TypeVar

import pytest

from steward.holds.register import HoldStatus
from steward.holds.release import ReleaseIncomplete
from steward.ids import CaseRef, ContactId
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

T = TypeVar("T")

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
CASE = CaseRef("C-1")
CALL = ContactId("call-1")


class Interrupted(HoldFixture):
    """A world in which a flag comes right after one call of the release; the call's number counts from 1."""

    countdown = 0
    flag: Callable[[], None] | None = None

    def call(self, name: str, effect: Callable[[], T]) -> T:
        result = super().call(name, effect)
        if self.flag is not None:
            self.countdown -= 1
            if self.countdown == 0:
                flag, self.flag = self.flag, None
                flag()
        return result


@pytest.mark.parametrize("others", [(), ("C-2",)], ids=["alone", "beside another case"])
def test_a_flag_between_any_two_calls_of_a_release_leaves_the_contact_held_whole(
    world: HoldFixture, others: tuple[str, ...]
) -> None:
    for after in count(1):
        interrupted = Interrupted(world.policy)
        if not released_and_flagged(interrupted, after, others):
            break
        hold, file = interrupted.hold("C-1", CALL), interrupted.files[CALL]
        assert (hold.status, hold.active, hold.leaving) == (HoldStatus.HELD, True, None), f"flagged after call {after}"
        copies = dict(interrupted.copies(CALL))
        assert {one.hold_key for one in file.present} <= copies.keys(), f"flagged after call {after}"
        lock = file.protection(interrupted.moment)
        assert lock is not None
        assert lock.retain_until is not None
        for one in file.present:
            until = copies[one.hold_key].retain_until
            assert until is not None
            assert until >= lock.retain_until, f"flagged after call {after}"
    assert after > 6, "it asks, marks, lists, enters, lifts and deletes"


def released_and_flagged(world: Interrupted, after: int, others: tuple[str, ...]) -> bool:
    """Release a contact that is flagged again right after that call; tell whether there was such a call."""
    world.contact(CALL, JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(CALL, received=date(2027, 5, 4)))
    for case in others:
        world.placing().place(complaint(CALL, case=case))
    world.work_off(world.moment + timedelta(days=3))
    world.agree("C-1")
    world.moment += timedelta(hours=1)

    def flag() -> None:
        world.moment += timedelta(minutes=1)
        world.placing().place(complaint(CALL, received=date(2027, 5, 4), flagged_at=world.moment))

    world.flag, world.countdown = flag, after
    for _ in range(3):
        with suppress(ReleaseIncomplete):
            world.releasing().release(CASE)
            break
    came, world.flag = world.flag is None, None
    world.work_off(world.moment + timedelta(minutes=1))
    return came


def test_a_flag_in_the_days_of_grace_brings_back_what_belongs_to_the_flagged_contact_too(world: HoldFixture) -> None:
    first = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    second = world.contact("call-2", JANUARY, keys=["2027/01/12/call-2.wav"])
    world.chains[first], world.grace = (second,), timedelta(days=7)
    world.placing().place(complaint(first))
    world.agree("C-1")
    world.releasing().release(CASE)
    assert all(world.hold("C-1", one).leaving for one in (first, second))

    world.sleep(timedelta(hours=1).total_seconds())
    world.placing().place(complaint(first, flagged_at=world.moment))

    assert [world.hold("C-1", one).leaving for one in (first, second)] == [None, None]
