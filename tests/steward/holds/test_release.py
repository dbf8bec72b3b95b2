from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus
from steward.holds.release import AT_ONCE, Rejection, ReleaseIncomplete, Unfounded
from steward.holds.requests import Closure
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage
from steward.retention.disposal import DisposalSwitch, Mode
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint
from tests.support.hold_stores import FakeEvidence, Version

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


def test_a_lock_that_somebody_extended_by_hand_is_not_shortened_and_goes_when_it_ends(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))
    [version] = [one for key, versions in world.held.items() if key.endswith(".wav") for one in versions]
    assert version.retain_until is not None
    extended = version.retain_until = version.retain_until + timedelta(days=400)
    world.agree("C-1")

    done = world.releasing().release(CASE)
    assert (done.extended, done.released, done.waiting) == (1, 0, 0)
    assert version.retain_until == extended
    assert world.hold("C-1", call).leaves_at == extended
    again = world.releasing().release(CASE)
    assert (again.extended, again.leaving) == (0, 1), "it is told once"

    world.moment = extended + timedelta(minutes=1)
    assert world.releasing().release(CASE).released == 1
    assert not any(world.held.values())


def test_a_lock_extended_by_hand_is_seen_although_a_case_that_was_released_would_have_kept_it_longer(
    world: HoldFixture,
) -> None:
    call = held_call(world)
    world.placing().place(complaint(call, case="C-1", received=date(2027, 5, 3)))
    world.placing().place(complaint(call, case="C-2", received=date(2027, 4, 3)))
    world.agree("C-1")
    world.releasing().release(CASE)
    [version] = [one for key, versions in world.held.items() if key.endswith(".wav") for one in versions]
    assert version.retain_until is not None
    extended = version.retain_until = version.retain_until + timedelta(days=7)
    assert extended < world.hold("C-1", call).hold_until

    world.agree("C-2")
    assert world.releasing().release(CaseRef("C-2")).extended == 1
    assert version.retain_until == extended


def test_a_legal_hold_that_somebody_set_by_hand_is_not_lifted_by_a_release(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))
    [version] = [one for key, versions in world.held.items() if key.endswith(".wav") for one in versions]
    version.legal_hold = True
    world.placing().reinspect(call)
    assert version.legal_hold, "nor by a look"
    world.agree("C-1")

    done = world.releasing().release(CASE)
    assert (done.foreign, done.released, done.waiting, done.failed) == (1, 0, 0, 0)
    assert version.legal_hold
    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert len(world.held) > 1, "nothing of the contact went"

    version.legal_hold = False
    assert world.releasing().release(CASE).released == 1
    assert not any(world.held.values())


def test_a_legal_hold_that_somebody_set_while_a_release_was_under_way_is_not_lifted(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call))
    [version] = [one for key, versions in world.held.items() if key.endswith(".wav") for one in versions]
    world.agree("C-1")

    class SetMeanwhile(FakeEvidence):
        def versions(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
            version.legal_hold = True
            return super().versions(contact_id)

    with pytest.raises(ReleaseIncomplete):
        replace(world.releasing(), evidence=SetMeanwhile(world)).release(CASE)
    assert version.legal_hold
    assert world.releasing().release(CASE).foreign == 1


def test_the_legal_hold_of_an_open_case_is_stewards_own_and_goes_with_its_release(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call, stage=Stage.OMBUDSMAN))
    assert all(one.legal_hold for versions in world.held.values() for one in versions)
    world.agree("C-1")
    assert world.releasing().release(CASE).released == 1
    assert not any(world.held.values())


def test_a_release_for_another_persons_contact_leaves_a_legal_hold_set_by_hand(world: HoldFixture) -> None:
    call = held_call(world)
    world.placing().place(complaint(call, reason=HoldReason.SUBJECT_ACCESS))
    [version] = [one for key, versions in world.held.items() if key.endswith(".wav") for one in versions]
    world.files[call] = replace(
        world.files[call],
        artefacts=tuple(replace(one, legal_hold=False) for one in world.files[call].artefacts),
    )
    version.legal_hold = True
    rejected = Rejection(contact_id=call, by="mary", why="another person's")

    done = replace(world.releasing(), rejected=lambda _: (rejected,)).release(CASE, call)
    assert (done.foreign, done.released, done.waiting) == (1, 0, 0)
    assert version.legal_hold


def held_open(world: HoldFixture) -> tuple[ContactId, Version]:
    """Hold a contact for a case that has no end, its first one long past (C-2), and for another (C-1)."""
    call = held_call(world)
    world.placing().place(complaint(call, case="C-2", received=date(2025, 9, 1), stage=Stage.OMBUDSMAN))
    world.placing().place(complaint(call, case="C-1", received=date(2027, 5, 3)))
    [version] = [one for key, versions in world.held.items() if key.endswith(".wav") for one in versions]
    world.agree("C-1")
    assert world.releasing().release(CASE).released == 1
    return call, version


def test_copies_that_only_an_open_case_holds_any_more_keep_no_date_of_the_released_one(world: HoldFixture) -> None:
    call, version = held_open(world)
    assert version.legal_hold
    assert version.retain_until is not None
    assert version.retain_until <= world.moment + timedelta(days=1), "S3 takes no date in the past"

    world.moment += timedelta(days=14)
    closed = Closure(case=CaseRef("C-2"), closed_on=world.moment.date(), requested_by="officer.1")
    world.placing().close(closed)
    world.work_off()
    assert (version.retain_until, version.legal_hold) == (world.hold("C-2", call).hold_until, False)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=5), timedelta(days=40)])
def test_an_open_case_is_released_after_another_one_of_the_same_contact(world: HoldFixture, later: timedelta) -> None:
    call, _ = held_open(world)
    world.moment += later
    world.agree("C-2")

    done = world.releasing().release(CaseRef("C-2"))
    assert (done.released, done.extended) == (1, 0), "nobody extended that lock by hand"
    assert world.hold("C-2", call).status is HoldStatus.RELEASED
    assert not any(world.held.values())


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
