"""What an order to release comes to: its counts, its limits, and what the register says of who agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus, ReleaseNote
from steward.holds.release import AT_ONCE, Released, ReleaseIncomplete, Unfounded
from steward.ids import CaseRef, ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
CASE = CaseRef("C-1")
WEEK = timedelta(days=7)


def held(world: HoldFixture, number: int = 1) -> list[ContactId]:
    """Let the case hold that many contacts, each with a recording, a contact record and a manifest."""
    calls = [world.contact(f"call-{one}", JANUARY, keys=[f"2027/01/12/call-{one}.wav"]) for one in range(1, number + 1)]
    world.placing().place(complaint(*calls))
    world.work_off()
    return calls


def unread() -> DisposalSwitch:
    raise SwitchUnread("appconfig.GetLatestConfiguration", "Timeout")


def test_what_nobody_agreed_on_is_unfounded_in_one_sentence(world: HoldFixture) -> None:
    [call] = held(world)
    with pytest.raises(Unfounded, match=r"^nobody agreed on the release of this case$"):
        world.releasing().release(CASE)

    world.agree("C-1", call)
    with pytest.raises(Unfounded, match=r"^what was agreed on names no contact that the case holds$"):
        world.releasing().release(CASE, ContactId("call-9"))


def test_the_register_says_who_asked_who_agreed_why_and_when_it_goes(world: HoldFixture) -> None:
    [call] = held(world)
    world.grace = WEEK
    agreed_at = world.moment
    world.agree("C-1", asked_at=agreed_at)

    assert world.releasing().release(CASE) == Released(leaving=1)

    hold = world.hold("C-1", call)
    note = ReleaseNote(
        by="release-officer/a.officer",
        approved_by="release-approver/b.manager",
        why="Withdrawn by the complainant",
        at=agreed_at,
    )
    assert (hold.leaving, hold.leaves_at, hold.release) == (note, agreed_at + WEEK, None)
    assert world.files[call].next_action_at is not None

    world.moment = agreed_at + WEEK - timedelta(seconds=1)
    assert world.releasing().release(CASE) == Released(leaving=1)
    world.moment = agreed_at + WEEK
    assert world.releasing().release(CASE) == Released(released=1, versions=3)
    hold = world.hold("C-1", call)
    assert (hold.leaving, hold.leaves_at, hold.release) == (None, None, note)


def test_a_release_that_was_carried_out_is_nothing_to_do_again(world: HoldFixture) -> None:
    held(world)
    world.agree("C-1")
    world.releasing().release(CASE)

    assert world.releasing().release(CASE) == Released()


def test_a_contact_flagged_at_the_moment_of_the_request_is_released_and_one_flagged_after_it_kept(
    world: HoldFixture,
) -> None:
    [call] = held(world)
    placed = world.hold("C-1", call).placed_at
    world.agree("C-1", asked_at=placed - timedelta(seconds=1))
    assert world.releasing().release(CASE) == Released(kept=1, flagged_since=True)

    world.agree("C-1", asked_at=placed)
    assert world.releasing().release(CASE).released == 1


def test_the_latest_agreement_that_names_the_contact_counts(world: HoldFixture) -> None:
    first, second = held(world, 2)
    asked = world.moment
    world.agree("C-1", first, asked_at=asked)
    world.agree("C-1", second, asked_at=asked - timedelta(days=400))

    assert world.releasing().release(CASE) == Released(released=1, kept=1, versions=3, flagged_since=True)


@pytest.mark.parametrize(("number", "queued"), [(AT_ONCE, 0), (AT_ONCE + 1, AT_ONCE + 1)])
def test_up_to_twenty_five_contacts_are_released_in_one_go(world: HoldFixture, number: int, queued: int) -> None:
    held(world, number)
    world.agree("C-1")

    done = world.releasing().release(CASE)

    assert AT_ONCE == 25
    assert len(world.orders) == queued
    assert done.released == (0 if queued else number)


def test_who_ordered_hears_how_many_of_how_many_contacts_are_left(world: HoldFixture) -> None:
    held(world, 3)
    world.agree("C-1")
    world.fail_before["evidence.versions"] = 2

    with pytest.raises(ReleaseIncomplete, match=r"^2 of 3 contacts could not be released yet$"):
        world.releasing().release(CASE)


def test_a_version_that_cannot_be_removed_leaves_the_contact_held(world: HoldFixture) -> None:
    [call] = held(world)
    world.agree("C-1")
    world.refused_rows = {key for key in world.held if "/manifests/" not in key}

    with pytest.raises(ReleaseIncomplete, match=r"^1 of 1 contacts could not be released yet$"):
        world.releasing().release(CASE)
    assert world.hold("C-1", call).active
    assert set(world.ledger.values()) == {"hold_ended"}


@pytest.mark.parametrize(
    ("switch", "released"),
    [
        (DisposalSwitch(mode=Mode.ON, limit=3), 1),
        (DisposalSwitch(mode=Mode.ON, limit=2), 0),
        (DisposalSwitch(mode=Mode.DRY_RUN, limit=1000), 0),
    ],
)
def test_a_release_needs_the_switch_on_and_as_many_versions_as_go(
    world: HoldFixture, switch: DisposalSwitch, released: int
) -> None:
    held(world)
    world.agree("C-1")
    world.switch = switch

    done = world.releasing().release(CASE)

    assert (done.released, done.waiting, done.versions) == (released, 1 - released, 3 * released)


def test_a_switch_that_cannot_be_read_lets_nothing_go(world: HoldFixture) -> None:
    held(world)
    world.agree("C-1")

    assert replace(world.releasing(), switch=unread).release(CASE) == Released(waiting=1)
    assert any(world.held.values())


def test_orders_of_one_night_share_its_limit_and_the_rest_goes_the_next_night(world: HoldFixture) -> None:
    calls = held(world, 3)
    world.agree("C-1")
    world.switch = DisposalSwitch(mode=Mode.ON, limit=7)

    # Each has a recording, a contact record and a manifest, and each order is a run of its own.
    first = [world.releasing().release(CASE, one).released for one in calls]
    world.moment += timedelta(days=1)
    second = [world.releasing().release(CASE, one).released for one in calls]

    assert (first, second) == ([1, 1, 0], [0, 0, 1])
    assert not any(world.held.values())


def test_a_switch_that_is_turned_off_in_the_middle_stops_the_order_before_its_next_request(
    world: HoldFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    [call] = held(world)
    world.agree("C-1")
    monkeypatch.setattr("steward.holds.release.BATCH", 1)
    on, off = DisposalSwitch(mode=Mode.ON, limit=1000), DisposalSwitch(mode=Mode.OFF, limit=1000)
    readings = iter([on, on, off])

    done = replace(world.releasing(), switch=lambda: next(readings)).release(CASE)

    assert (done.released, done.waiting) == (0, 1)
    assert sum(map(len, world.held.values())) == 2, "one version had gone when somebody switched disposal off"
    assert world.hold("C-1", call).status is HoldStatus.HELD

    assert world.releasing().release(CASE).released == 1
    assert not any(world.held.values())


def test_a_switch_that_is_off_shortens_no_lock_that_another_case_leaves_shorter(world: HoldFixture) -> None:
    [call] = held(world)
    world.placing().place(complaint(call, case="C-2", received=date(2026, 1, 5)))
    locks = [version.retain_until for _, version in world.copies(call)]
    world.agree("C-1")
    readings = iter([DisposalSwitch(mode=Mode.ON, limit=1000), DisposalSwitch(mode=Mode.OFF, limit=1000)])

    done = replace(world.releasing(), switch=lambda: next(readings)).release(CASE)

    assert done.waiting == 1
    assert [version.retain_until for _, version in world.copies(call)] == locks
