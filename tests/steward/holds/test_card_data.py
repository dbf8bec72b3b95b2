"""Card data that was recorded: gone everywhere, and on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steward.holds.card_data import CardDataEraser, NotGone, Refused, Removal, StoredObject
from steward.holds.register import HoldStatus
from steward.ids import CaseRef, ContactId
from steward.policy.load import load_policy
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_ports import FakeEvidence, FakeRegister, FakeWork, Version
from tests.support.hold_requests import complaint

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

    def remove(self, stored: StoredObject, version_id: str) -> None:
        def effect() -> None:
            assert (stored.key, version_id) in self.world.ledger, "the ledger is written before the first removal"
            for versions in (self.world.held.get(stored.key), self.world.records.get((stored.bucket, stored.key))):
                if versions:
                    versions[:] = [version for version in versions if version.version_id != version_id]

        self.world.call("versions.remove", effect)


def held_call(*cases: str) -> tuple[HoldFixture, ContactId]:
    """A call with two recordings, held for these cases."""
    world = HoldFixture(load_policy(Path("policies/barnet.toml")))
    contact = world.contact("c-1", BEGAN, keys=(KEY, OTHER))
    for case in cases:
        world.placing().place(complaint(contact, case=case))
    world.work_off()
    return world, contact


def eraser(world: HoldFixture) -> CardDataEraser:
    return CardDataEraser(
        register=FakeRegister(world),
        versions=FakeVersions(world),
        work=FakeWork(world),
        clock=world,
        hold_bucket="holds",
    )


def removal(contact: ContactId, *, key: str = KEY, bucket: str = "call_recording", by: str = "officer.2") -> Removal:
    return Removal(
        contact_id=contact,
        objects=(StoredObject(bucket, key),),
        requested_by="officer.1",
        approved_by=by,
        why="card data was recorded",
    )


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
                "removed on 2027-05-04: card data was recorded (asked for by officer.1, approved by officer.2)",
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

    assert [one.copy_for for one in gone] == [()]
    assert bodies(world, KEY) == 0


def test_a_plan_names_the_cases_and_removes_nothing() -> None:
    world, contact = held_call("C-1", "C-2")

    planned = eraser(world).plan(removal(contact))

    assert {one.copy_for for one in planned} == {(), (CaseRef("C-1"), CaseRef("C-2"))}
    assert bodies(world, KEY) == 2
    assert world.ledger == {}


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

    def remove(stored: StoredObject, version_id: str) -> None:
        nonlocal made
        real(stored, version_id)
        if not made:
            world.held[f"c-1/call_recording/version-v9/{KEY}"] = [Version("v-late", b"x", world.moment)]
        made = True

    object.__setattr__(versions, "remove", remove)
    gone = replace(eraser(world), versions=versions).carry_out(removal(contact))

    assert bodies(world, KEY) == 0
    assert [one.stored.key for one in gone][-1] == f"c-1/call_recording/version-v9/{KEY}"


def test_nothing_is_called_removed_as_long_as_something_is_left() -> None:
    world, contact = held_call("C-1")
    stubborn = FakeVersions(world)
    object.__setattr__(stubborn, "remove", lambda stored, version_id: None)  # noqa: ARG005

    with pytest.raises(NotGone, match="there still"):
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


def test_the_inspection_that_follows_tells_the_complaints_team() -> None:
    world, contact = held_call("C-1")
    world.told.clear()

    eraser(world).carry_out(removal(contact))
    world.work_off()

    assert len(world.told) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"approved_by": "Officer.1 "}, "somebody else"),
        ({"approved_by": ""}, "approves"),
        ({"requested_by": " "}, "asks for it"),
        ({"why": ""}, "reason"),
        ({"objects": (StoredObject("holds", KEY),)}, "not the copy"),
    ],
)
def test_a_removal_is_refused_with_a_sentence(changes: dict[str, Any], says: str) -> None:
    world, contact = held_call("C-1")

    with pytest.raises(Refused, match=says):
        eraser(world).carry_out(replace(removal(contact), **changes))
    assert bodies(world, KEY) == 2
