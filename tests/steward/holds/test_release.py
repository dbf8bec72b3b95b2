from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus
from steward.holds.release import DisposalStopped
from steward.holds.requests import BadRequest, Release
from steward.holds.signals.case_events import released
from steward.ids import CaseRef, ContactId
from steward.policy.holds import Stage
from steward.retention.disposal import DisposalSwitch, Mode
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)


def release(*contacts: str) -> Release:
    return Release(
        case=CaseRef("C-1"),
        contact_ids=tuple(ContactId(one) for one in contacts),
        why="Withdrawn by the complainant",
        requested_by="a.officer",
        approved_by="b.manager",
    )


def test_a_release_disposes_of_the_copies_at_once(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))

    world.releasing().release(release())

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.RELEASED
    assert hold.release is not None
    assert (hold.release.by, hold.release.approved_by) == ("a.officer", "b.manager")
    assert not any(world.held.values())
    assert world.records, "the original stays: its remaining life follows the ordinary schedule"


def test_a_release_leaves_the_hold_of_another_case_standing_with_its_own_date(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call, case="C-1", received=date(2027, 5, 3)))
    world.placing().place(complaint(call, case="C-2", received=date(2027, 4, 3)))

    world.releasing().release(release())

    assert world.hold("C-1", call).status is HoldStatus.RELEASED
    assert world.hold("C-2", call).status is HoldStatus.HELD
    assert {version.retain_until for _, version in world.copies(call)} == {datetime(2028, 10, 2, 23, tzinfo=UTC)}


def test_an_open_ended_case_can_be_released(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call, stage=Stage.OMBUDSMAN))

    world.releasing().release(release())

    assert not any(world.held.values())


def test_one_contact_of_a_case_can_be_released_alone(world: HoldFixture) -> None:
    calls = [world.contact(f"call-{n}", JANUARY, keys=[f"2027/01/12/call-{n}.wav"]) for n in (1, 2)]
    world.placing().place(complaint(*calls))

    world.releasing().release(release("call-1"))

    assert world.hold("C-1", calls[0]).status is HoldStatus.RELEASED
    assert world.hold("C-1", calls[1]).status is HoldStatus.HELD


def test_a_repeated_flag_does_not_undo_what_two_people_released(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))
    world.releasing().release(release())

    world.placing().place(complaint(call))
    world.work_off(until=world.moment + timedelta(days=2))

    assert world.hold("C-1", call).status is HoldStatus.RELEASED
    assert not any(world.held.values())


def test_a_release_waits_while_disposal_is_switched_off(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))
    world.switch = DisposalSwitch(mode=Mode.OFF, limit=0)

    with pytest.raises(DisposalStopped):
        world.releasing().release(release())
    assert world.hold("C-1", call).status is HoldStatus.HELD


def test_a_case_that_is_not_on_record_cannot_be_released(world: HoldFixture) -> None:
    with pytest.raises(BadRequest, match="case: is not on record"):
        world.releasing().release(release())


@pytest.mark.parametrize(
    ("change", "complaint_about"),
    [
        ({"approved_by": "A.Officer"}, "approved_by: must be somebody else than requested_by"),
        ({"approved_by": ""}, "approved_by: is missing"),
        ({"why": "  "}, "why: is missing"),
        ({"case": None}, "case: is missing"),
    ],
)
def test_a_release_needs_two_people_and_a_reason(change: dict[str, object], complaint_about: str) -> None:
    detail = {"case": "C-1", "why": "Withdrawn", "requested_by": "a.officer", "approved_by": "b.manager", **change}
    with pytest.raises(BadRequest, match=complaint_about):
        released(detail)


def test_a_release_survives_the_end_of_the_process_after_any_call(world: HoldFixture) -> None:
    for number in range(1, 16):
        other = HoldFixture(policy=world.policy)
        call = other.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
        other.placing().place(complaint(call))
        other.kill_after = number
        for _ in range(2):
            try:
                other.releasing().release(release())
            except Killed:
                continue
            break
        assert other.hold("C-1", call).status is HoldStatus.RELEASED, number
        assert not any(other.held.values()), number
