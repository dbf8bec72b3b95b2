"""A flag comes through whatever call fails, and wherever the process ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from steward.failures import Unavailable
from steward.holds.inspecting.inspection import Unfinished
from steward.ids import ContactId
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
KEY = "connect/barnet/CallRecordings/2027/01/12/call-1_20270112T10:00_UTC.wav"


@pytest.mark.parametrize("effect", ["fail_before", "fail_after"])
def test_a_flag_survives_any_one_call_that_fails(world: HoldFixture, effect: str) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    reference = world
    for name in list(reference.calls):
        other = HoldFixture(policy=world.policy)
        other.contact("call-1", JANUARY, keys=[KEY])
        getattr(other, effect)[name] = 1
        _until_done(other, call)
        _assert_same_outcome(other, reference, call, name)


def test_a_flag_survives_the_end_of_the_process_after_any_call(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    for number in range(1, sum(world.calls.values()) + 1):
        other = HoldFixture(policy=world.policy, kill_after=number)
        other.contact("call-1", JANUARY, keys=[KEY])
        _until_done(other, call)
        _assert_same_outcome(other, world, call, f"call {number}")


def _until_done(world: HoldFixture, call: ContactId) -> None:
    for _ in range(5):
        try:
            world.placing().place(complaint(call))
        except (Killed, Unfinished, Exception):  # noqa: S112, BLE001 -- the queue tries again whatever it was
            continue
        return
    pytest.fail("the flag never came through")


def _assert_same_outcome(world: HoldFixture, reference: HoldFixture, call: ContactId, what: str) -> None:
    def outcome(one: HoldFixture) -> object:
        file = one.files[call]
        locks = sorted((key, version.retain_until, version.legal_hold) for key, version in one.copies(call))
        rows = sorted((artefact.hold_key, artefact.sha256, artefact.source_freed) for artefact in file.present)
        sources = [[version.legal_hold for version in versions] for versions in one.records.values()]
        return one.hold("C-1", call).status, locks, rows, sources

    assert outcome(world) == outcome(reference), what
    assert any(task[0] == "recheck" for task in world.queue), what


def test_a_lock_that_could_not_be_extended_is_extended_when_the_flag_comes_again(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, received=date(2027, 2, 1)))
    world.fail_before["evidence.lock"] = 1
    with pytest.raises(Unavailable):
        world.placing().place(complaint(call))

    world.placing().place(complaint(call))

    assert {version.retain_until for _, version in world.copies(call)} == {datetime(2028, 11, 3, tzinfo=UTC)}
