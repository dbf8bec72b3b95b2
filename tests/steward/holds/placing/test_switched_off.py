"""Which ways of flagging count is the policy's (``holds.signals``)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from steward.holds.placing import SWITCHED_OFF
from steward.ids import ContactId
from steward.policy.holds import Signals
from tests.steward.holds.placing.test_requests_taken import JANUARY
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

WAYS = ("evaluation_form", "contact_attributes", "contact_tags", "object_tags")


def _without(world: HoldFixture, way: str) -> ContactId:
    signals = replace(Signals(), **{way: False})
    world.policy = replace(world.policy, holds=replace(world.policy.holds, signals=signals))
    return world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])


@pytest.mark.parametrize("way", WAYS)
def test_a_flag_in_a_way_that_is_switched_off_holds_nothing_and_is_counted(world: HoldFixture, way: str) -> None:
    call = _without(world, way)
    world.placing().place(complaint(call, signal=way))

    assert world.held == {}
    assert world.counted[SWITCHED_OFF] == 1


@pytest.mark.parametrize("way", WAYS)
def test_every_other_way_holds_as_before(world: HoldFixture, way: str) -> None:
    call = _without(world, way)
    for other in (*WAYS, "case_event"):
        if other != way:
            world.placing().place(complaint(call, signal=other))

    assert world.held != {}
    assert world.counted[SWITCHED_OFF] == 0


def test_all_ways_count_unless_the_policy_says_otherwise() -> None:
    assert all(Signals().counts(way) for way in (*WAYS, "case_event"))
    assert not Signals(contact_tags=False).counts("contact_tags")
    assert Signals(contact_tags=False).counts("case_event")
