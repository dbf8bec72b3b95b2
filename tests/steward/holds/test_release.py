from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus
from steward.holds.release import AT_ONCE, ReleaseIncomplete, Unfounded
from steward.ids import CaseRef, ContactId
from steward.policy.holds import Stage
from steward.retention.disposal import DisposalSwitch, Mode
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
CASE = CaseRef("C-1")
WEEK = timedelta(days=7)


def held_call(world: HoldFixture, number: int = 1) -> ContactId:
    return world.contact(f"call-{number}", JANUARY, keys=[f"2027/01/12/call-{number}.wav"])


def test_without_days_of_grace_a_release_disposes_of_the_copies_at_once(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))
    world.agree("C-1")

    world.releasing().release(CASE)

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.RELEASED
    assert hold.release is not None
    assert (hold.release.by, hold.release.approved_by) == ("release-officer/a.officer", "release-approver/b.manager")
    assert not any(world.held.values())
    assert world.records, "the original stays: its remaining life follows the ordinary schedule"


def test_an_order_on_which_nobody_agreed_releases_nothing(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))

    with pytest.raises(Unfounded):
        world.releasing().release(CASE)

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert world.hold("C-1", call).leaving is None


def test_an_order_for_a_contact_that_was_not_agreed_on_releases_nothing(world: HoldFixture) -> None:
    calls = [held_call(world, number) for number in (1, 2)]
    world.placing().place(complaint(*calls))
    world.agree("C-1", calls[0])

    with pytest.raises(Unfounded):
        world.releasing().release(CASE, calls[1])

    assert world.hold("C-1", calls[1]).status is HoldStatus.HELD


def test_in_the_days_of_grace_the_hold_is_held_and_its_copies_stay_locked(world: HoldFixture) -> None:
    world.grace = WEEK
    call = held_call(world)
    world.placing().place(complaint(call))
    locked = {version.retain_until for _, version in world.copies(call)}
    world.agree("C-1")

    world.releasing().release(CASE)
    world.moment += timedelta(days=6)
    world.sweep().run(lambda: True)
    world.carry_out_orders()
    world.work_off()

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert {version.retain_until for _, version in world.copies(call)} == locked


def test_a_second_agreement_in_the_days_of_grace_does_not_put_the_release_off(world: HoldFixture) -> None:
    world.grace = WEEK
    call = held_call(world)
    world.placing().place(complaint(call))
    world.agree("C-1")
    world.releasing().release(CASE)
    leaves_at = world.hold("C-1", call).leaves_at

    world.moment += timedelta(days=3)
    world.agree("C-1")
    world.releasing().release(CASE)

    assert world.hold("C-1", call).leaves_at == leaves_at


def test_after_the_days_of_grace_the_nightly_run_lets_the_copies_go(world: HoldFixture) -> None:
    world.grace = WEEK
    call = held_call(world)
    world.placing().place(complaint(call))
    world.agree("C-1")
    world.releasing().release(CASE)

    world.moment += timedelta(days=7, hours=1)
    world.sweep().run(lambda: True)
    world.carry_out_orders()

    assert world.hold("C-1", call).status is HoldStatus.RELEASED
    assert not any(world.held.values())


def test_a_flag_in_the_days_of_grace_brings_the_hold_back_for_good(world: HoldFixture) -> None:
    world.grace = WEEK
    call = held_call(world)
    world.placing().place(complaint(call))
    world.moment += timedelta(hours=1)
    world.agree("C-1")
    world.releasing().release(CASE)

    world.moment += timedelta(days=2)
    world.placing().place(complaint(call, flagged_at=world.moment))
    world.releasing().release(CASE)
    for _ in range(20):
        world.moment += timedelta(days=1)
        world.sweep().run(lambda: True)
        world.carry_out_orders()
        world.work_off()

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert world.hold("C-1", call).leaving is None
    assert any(world.held.values())


def test_the_flag_that_placed_the_hold_does_not_bring_it_back_when_it_comes_a_second_time(world: HoldFixture) -> None:
    world.grace = WEEK
    call = held_call(world)
    flag = complaint(call)
    world.placing().place(flag)
    world.moment += timedelta(hours=1)
    world.agree("C-1")
    world.releasing().release(CASE)

    world.placing().place(flag)

    assert world.hold("C-1", call).leaving is not None


def test_a_contact_that_was_flagged_after_the_request_stays_held(world: HoldFixture) -> None:
    call = held_call(world)
    asked = world.moment
    world.moment += timedelta(hours=1)
    world.placing().place(complaint(call, flagged_at=world.moment))
    world.agree("C-1", asked_at=asked)

    done = world.releasing().release(CASE)

    assert (done.kept, done.released) == (1, 0)
    assert world.hold("C-1", call).status is HoldStatus.HELD


def test_a_release_leaves_the_hold_of_another_case_standing_with_its_own_date(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call, case="C-1", received=date(2027, 5, 3)))
    world.placing().place(complaint(call, case="C-2", received=date(2027, 4, 3)))
    world.agree("C-1")

    world.releasing().release(CASE)

    assert world.hold("C-1", call).status is HoldStatus.RELEASED
    assert world.hold("C-2", call).status is HoldStatus.HELD
    assert {version.retain_until for _, version in world.copies(call)} == {datetime(2028, 10, 2, 23, tzinfo=UTC)}


def test_an_open_ended_case_can_be_released(world: HoldFixture) -> None:
    world.placing().place(complaint(held_call(world), stage=Stage.OMBUDSMAN))
    world.agree("C-1")

    world.releasing().release(CASE)

    assert not any(world.held.values())


def test_one_contact_of_a_case_can_be_released_alone(world: HoldFixture) -> None:
    calls = [held_call(world, number) for number in (1, 2)]
    world.placing().place(complaint(*calls))
    world.agree("C-1", calls[0])

    world.releasing().release(CASE)

    assert world.hold("C-1", calls[0]).status is HoldStatus.RELEASED
    assert world.hold("C-1", calls[1]).status is HoldStatus.HELD


@pytest.mark.parametrize("switch", [DisposalSwitch(mode=Mode.OFF, limit=0), DisposalSwitch(mode=Mode.ON, limit=1)])
def test_a_release_waits_while_the_switch_or_its_limit_forbids_it(world: HoldFixture, switch: DisposalSwitch) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))
    world.agree("C-1")
    world.switch = switch

    assert world.releasing().release(CASE).waiting == 1
    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert any(world.held.values())

    world.switch = DisposalSwitch(mode=Mode.ON, limit=1000)
    world.moment += timedelta(days=1)
    world.sweep().run(lambda: True)
    world.carry_out_orders()
    assert world.hold("C-1", call).status is HoldStatus.RELEASED


def test_nothing_says_released_before_the_bytes_are_gone(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))
    world.agree("C-1")
    world.fail_before["evidence.dispose"] = 1

    with pytest.raises(ReleaseIncomplete):
        world.releasing().release(CASE)
    assert world.hold("C-1", call).status is HoldStatus.HELD

    world.releasing().release(CASE)
    assert world.hold("C-1", call).status is HoldStatus.RELEASED
    assert not any(world.held.values())


def test_one_contact_that_fails_does_not_keep_the_others(world: HoldFixture) -> None:
    calls = [held_call(world, number) for number in (1, 2)]
    world.placing().place(complaint(*calls))
    world.agree("C-1")
    world.fail_before["evidence.versions"] = 1

    with pytest.raises(ReleaseIncomplete):
        world.releasing().release(CASE)

    assert {world.hold("C-1", one).status for one in calls} == {HoldStatus.HELD, HoldStatus.RELEASED}


def test_many_contacts_are_released_one_by_one(world: HoldFixture) -> None:
    calls = [held_call(world, number) for number in range(AT_ONCE + 1)]
    world.placing().place(complaint(*calls))
    world.work_off()
    world.agree("C-1")

    world.releasing().release(CASE)
    assert len(world.orders) == AT_ONCE + 1
    world.carry_out_orders()

    assert not any(world.held.values())


@pytest.mark.parametrize("grace", [timedelta(0), WEEK])
def test_a_release_survives_the_end_of_the_process_after_any_call(world: HoldFixture, grace: timedelta) -> None:
    for number in range(1, 20):
        other = HoldFixture(policy=world.policy, grace=grace)
        call = held_call(other)
        other.placing().place(complaint(call))
        other.agree("C-1")
        other.kill_after = number
        for _ in range(4):
            try:
                other.releasing().release(CASE)
            except Killed:
                continue
            other.moment += grace
        assert other.hold("C-1", call).status is HoldStatus.RELEASED, number
        assert not any(other.held.values()), number


@pytest.mark.parametrize("another", [False, True])
def test_a_release_asks_for_the_inspection_that_frees_an_original_under_legal_hold(
    world: HoldFixture,
    another: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    call = held_call(world)
    key = "2027/01/12/call-1.wav"
    world.denied = {key}
    world.placing().place(complaint(call))
    if another:
        world.placing().place(complaint(call, case="C-2"))
    world.queue.clear()
    [version] = world.records["call_recording", key]
    assert version.legal_hold
    world.agree("C-1")

    world.releasing().release(CASE)
    assert [(kind, task) for kind, task, _ in world.queue] == [("reinspect", (call,))]
    world.denied.clear()
    world.work_off()

    assert not version.legal_hold, "freed, or copied under the other case's lock and freed then"
    assert bool(world.copies(call, of="call_recording")) is another


def test_the_limit_of_the_switch_holds_for_all_contacts_of_an_order_together(world: HoldFixture) -> None:
    calls = [held_call(world, number) for number in (1, 2, 3)]
    world.placing().place(complaint(*calls))
    world.agree("C-1")
    world.switch = DisposalSwitch(mode=Mode.ON, limit=7)

    done = world.releasing().release(CASE)

    # Each has a recording, a contact record and a manifest.
    assert (done.released, done.waiting, done.versions) == (2, 1, 6)
