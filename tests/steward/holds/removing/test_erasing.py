"""Card data that was recorded: gone everywhere, and on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from steward.failures import AwsError
from steward.holds.register import HoldStatus
from steward.holds.removing import erasing
from steward.holds.removing.erasing import CardDataEraser, NotGone, Removal, SwitchedOff
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId
from steward.policy.load import load_policy
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_ports import FakeRegister, FakeWork
from tests.support.hold_requests import complaint
from tests.support.hold_stores import FakeEvidence, Version

KEY = "2027/01/12/call.wav"
OTHER = "2027/01/12/second.wav"
BEGAN = datetime(2027, 4, 12, 10, 0, tzinfo=UTC)


@dataclass
class FakeVersions:
    world: HoldFixture

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        held = self.world.held.get(stored.key, []) if stored.bucket == "holds" else []
        found = [*held, *self.world.records.get((stored.bucket, stored.key), [])]
        return self.world.call("versions.of", lambda: tuple(version.version_id for version in found))

    def held(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        return FakeEvidence(self.world).versions(contact_id)

    def remove(self, versions: Sequence[erasing.Version]) -> tuple[erasing.Version, ...]:
        def effect() -> tuple[erasing.Version, ...]:
            for one in versions:
                stored = one.stored
                assert (stored.key, one.version_id) in self.world.ledger, "the ledger is written first"
                for found in (self.world.held.get(stored.key), self.world.records.get((stored.bucket, stored.key))):
                    if found:
                        found[:] = [each for each in found if each.version_id != one.version_id]
            return ()

        return self.world.call("versions.remove", effect)


def held_call(*cases: str) -> tuple[HoldFixture, ContactId]:
    """A call with two recordings, held for these cases."""
    world = HoldFixture(load_policy(Path("policies/barnet.toml")))
    contact = world.contact("c-1", BEGAN, keys=(KEY, OTHER))
    for case in cases:
        world.placing().place(complaint(contact, case=case))
    world.work_off()
    return world, contact


def on() -> DisposalSwitch:
    return DisposalSwitch(Mode.ON, 1000)


def eraser(world: HoldFixture, switch: Callable[[], DisposalSwitch] = on) -> CardDataEraser:
    return CardDataEraser(
        register=FakeRegister(world),
        versions=FakeVersions(world),
        work=FakeWork(world),
        clock=world,
        switch=switch,
        hold_bucket="holds",
    )


def removal(contact: ContactId, *, key: str = KEY) -> Removal:
    return Removal(contact_id=contact, objects=(StoredObject("call_recording", key),), decision=2)


def bodies(world: HoldFixture, key: str) -> int:
    """How many versions of a recording are left, copies included."""
    left = [versions for (_, name), versions in world.records.items() if name == key]
    left += [versions for name, versions in world.held.items() if name.endswith(key)]
    return sum(len(versions) for versions in left)


def test_the_original_and_its_copy_go_and_the_other_recording_stays() -> None:
    world, contact = held_call("C-1")
    assert bodies(world, KEY) == 2

    eraser(world).carry_out(removal(contact))

    assert bodies(world, KEY) == 0
    assert bodies(world, OTHER) == 2


def test_every_hold_that_had_the_copy_says_what_is_missing_and_why() -> None:
    world, contact = held_call("C-1", "C-2")

    eraser(world).carry_out(removal(contact))

    for case in ("C-1", "C-2"):
        hold = world.hold(case, contact)
        assert hold.status is HoldStatus.PARTIAL
        assert [(one.source_key, one.why) for one in hold.missing] == [
            (
                KEY,
                "removed on 2027-05-04: card data was recorded (decision 2 in the book)",
            )
        ]


def test_the_reason_survives_every_later_inspection_and_nothing_is_copied_again() -> None:
    world, contact = held_call("C-1")
    eraser(world).carry_out(removal(contact))

    world.placing().reinspect(contact)

    hold = world.hold("C-1", contact)
    assert [one.why.split(":")[0] for one in hold.missing] == ["removed on 2027-05-04"]
    assert bodies(world, KEY) == 0


def test_a_recording_that_is_written_again_is_not_copied_into_the_hold() -> None:
    world, contact = held_call("C-1")
    eraser(world).carry_out(removal(contact))
    world.contact("c-1", BEGAN, keys=(KEY, OTHER))

    world.placing().reinspect(contact)

    assert [key for key in world.held if key.endswith(KEY) and world.held[key]] == []


def test_every_version_is_in_the_ledger_before_the_first_goes() -> None:
    world, contact = held_call("C-1")

    gone = eraser(world).carry_out(removal(contact))

    assert {world.ledger[one.stored.key, one.version_id] for one in gone} == {"erasure"}
    assert len(gone) == 2


def test_a_recording_that_nobody_holds_is_removed_too() -> None:
    world, contact = held_call()

    gone = eraser(world).carry_out(removal(contact))

    assert [one.stored.bucket for one in gone] == ["call_recording"]
    assert bodies(world, KEY) == 0


@pytest.mark.parametrize("calls", range(1, 15))
def test_a_removal_that_dies_after_any_call_is_finished_by_the_next(calls: int) -> None:
    world, contact = held_call("C-1")
    world.kill_after = calls
    try:
        eraser(world).carry_out(removal(contact))
    except Killed:
        world.kill_after = -1
        eraser(world).carry_out(removal(contact))

    assert bodies(world, KEY) == 0
    assert len(world.hold("C-1", contact).missing) == 1


def test_a_copy_that_an_inspection_makes_meanwhile_goes_too() -> None:
    world, contact = held_call("C-1")
    versions = FakeVersions(world)
    real, made = versions.remove, False

    def remove(found: Sequence[erasing.Version]) -> tuple[erasing.Version, ...]:
        nonlocal made
        refused = real(found)
        if not made:
            world.held[f"c-1/call_recording/version-v9/{KEY}"] = [Version("v-late", b"x", world.moment)]
        made = True
        return refused

    object.__setattr__(versions, "remove", remove)
    gone = replace(eraser(world), versions=versions).carry_out(removal(contact))

    assert bodies(world, KEY) == 0
    assert [one.stored.key for one in gone][-1] == f"c-1/call_recording/version-v9/{KEY}"


def test_nothing_is_called_removed_as_long_as_something_is_left() -> None:
    world, contact = held_call("C-1")
    stubborn = FakeVersions(world)
    object.__setattr__(stubborn, "remove", tuple)

    with pytest.raises(NotGone, match="2 versions are there still, 2 of which S3 refused"):
        replace(eraser(world), versions=stubborn).carry_out(removal(contact))

    hold = world.hold("C-1", contact)
    assert [one.why.split(":")[0] for one in hold.missing] == ["being removed since 2027-05-04"]
    assert bodies(world, KEY) == 2
    world.placing().reinspect(contact)
    assert bodies(world, KEY) == 2, "and nothing is copied again"

    eraser(world).carry_out(removal(contact))
    world.work_off()

    assert [one.why.split(" 2")[0] for one in world.hold("C-1", contact).missing] == ["removed on"]


def test_an_object_that_is_not_held_yet_is_never_copied_once_its_removal_began() -> None:
    world, contact = held_call("C-1")
    late = "2027/01/12/late.wav"
    eraser(world).carry_out(removal(contact, key=late))
    world.contact("c-1", BEGAN, keys=(KEY, OTHER, late))

    world.placing().reinspect(contact)

    assert [key for key in world.held if key.endswith(late) and world.held[key]] == []
    assert [one.source_key for one in world.hold("C-1", contact).missing] == [late]
    [never_made] = [one for one in world.files[contact].artefacts if one.source_key == late]
    assert (never_made.hold_version, never_made.bytes, never_made.legal_hold) == ("", 0, False)


def test_the_inspection_that_follows_tells_the_complaints_team() -> None:
    world, contact = held_call("C-1")
    world.told.clear()

    eraser(world).carry_out(removal(contact))
    world.work_off()

    assert len(world.told) == 1


def test_what_s3_refuses_of_some_stops_none_of_the_others() -> None:
    world, contact = held_call("C-1")
    partly = FakeVersions(world)
    real = partly.remove

    def remove(found: Sequence[erasing.Version]) -> tuple[erasing.Version, ...]:
        refused = tuple(one for one in found if one.stored.bucket == "holds")
        real([one for one in found if one not in refused])
        return refused

    object.__setattr__(partly, "remove", remove)
    with pytest.raises(NotGone, match="1 versions are there still, 1 of which S3 refused"):
        replace(eraser(world), versions=partly).carry_out(removal(contact))

    assert not world.records["call_recording", KEY]
    assert bodies(world, KEY) == 1


def unread() -> DisposalSwitch:
    raise SwitchUnread("ssm.GetParameter", "AccessDenied")


@pytest.mark.parametrize(
    "switch",
    [
        lambda: DisposalSwitch(Mode.OFF, 1000),
        lambda: DisposalSwitch(Mode.DRY_RUN, 1000),
        lambda: DisposalSwitch(Mode.ON, 1),
        unread,
    ],
)
def test_a_switch_that_is_off_or_unread_or_too_small_lets_nothing_go(switch: Callable[[], DisposalSwitch]) -> None:
    world, contact = held_call("C-1")

    unreadable = "^the switch of disposals cannot be read$"
    with pytest.raises(SwitchedOff, match=unreadable if switch is unread else "or its limit, does not let it go$"):
        eraser(world, switch).carry_out(removal(contact))

    assert bodies(world, KEY) == 2
    assert world.ledger == {}
    hold = world.hold("C-1", contact)
    assert [one.why.split(":")[0] for one in hold.missing] == ["being removed since 2027-05-04"]


def test_an_outage_is_told_as_one_and_the_next_order_goes_on() -> None:
    world, contact = held_call("C-1")
    world.fail_before["versions.remove"] = 1

    with pytest.raises(AwsError):
        eraser(world).carry_out(removal(contact))
    eraser(world).carry_out(removal(contact))

    assert bodies(world, KEY) == 0


def test_a_copy_is_gone_only_when_its_removal_is_carried_through() -> None:
    world, contact = held_call("C-1")
    stubborn = FakeVersions(world)
    object.__setattr__(stubborn, "remove", tuple)

    def disposed_at() -> list[datetime | None]:
        return [copy.disposed_at for copy in world.files[contact].artefacts if copy.source_key == KEY]

    with pytest.raises(NotGone):
        replace(eraser(world), versions=stubborn).carry_out(removal(contact))
    assert disposed_at() == [None]

    eraser(world).carry_out(removal(contact))
    assert disposed_at() == [world.moment]


def test_a_hold_of_which_everything_is_removed_holds_nothing() -> None:
    world, contact = held_call("C-1")
    held = [StoredObject(copy.source_bucket, copy.source_key) for copy in world.files[contact].present]
    eraser(world).carry_out(replace(removal(contact), objects=tuple(held[:-1])))
    assert world.hold("C-1", contact).status is HoldStatus.PARTIAL

    eraser(world).carry_out(replace(removal(contact), objects=tuple(held)))
    assert world.hold("C-1", contact).status is HoldStatus.NOTHING_HELD
