"""Whose holds are handed over for a whole look because a list of S3's makes one doubt them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.evidence.statement.counting import Rule
from steward.evidence.statement.handing_over import A_NIGHT, HandingOver
from steward.evidence.statement.making import NotSealed
from steward.failures import Unavailable
from steward.holds.register import ContactHolds, ReleaseNote
from steward.ids import ContactId
from tests.support.evidence.desk import BEFORE, HELD, NOW, SCANNED, Desk, RefusesToSign, held_contact
from tests.support.evidence.inventories import MadeUpRegisters, listed

MANIFEST = listed(key="c1/manifests/C-1.json", version_id="m1", modified=HELD.modified)


@pytest.fixture
def desk() -> Desk:
    desk = Desk(registers=MadeUpRegisters([held_contact(manifest_sha256="0" * 64, manifest_version="m1")]))
    desk.holds(HELD, MANIFEST)
    return desk


def test_holds_that_are_listed_as_they_should_be_are_not_looked_at(desk: Desk) -> None:
    desk.said()
    assert desk.handed_over == []


@pytest.mark.parametrize(
    "changes",
    [
        {"retain_until": None, "lock_mode": ""},
        {"retain_until": datetime(2028, 8, 9, tzinfo=UTC)},
        {"size": 9},
        {"is_latest": False},
        {"version_id": "another"},
    ],
)
def test_a_copy_that_lost_its_lock_is_gone_changed_or_hidden_is_handed_over(
    desk: Desk, changes: dict[str, Any]
) -> None:
    desk.holds(HELD._replace(**changes), MANIFEST)
    desk.said()
    assert desk.handed_over == ["c1"]


@pytest.mark.parametrize("manifest", [(), (MANIFEST._replace(is_latest=False),)])
def test_a_manifest_that_is_gone_or_hidden_is_handed_over(desk: Desk, manifest: tuple[Any, ...]) -> None:
    desk.holds(HELD, *manifest)
    desk.said()
    assert desk.handed_over == ["c1"]


def test_what_no_hold_in_force_keeps_is_not_handed_over(desk: Desk) -> None:
    (held,) = desk.registers.found
    assert isinstance(held, ContactHolds)
    over = ReleaseNote(by="", approved_by="", why="the hold reached its end", at=SCANNED)
    desk.registers.found = [replace(held, holds=tuple(replace(one, release=over) for one in held.holds))]
    desk.holds()
    desk.said()
    assert desk.handed_over == []


def test_an_original_that_was_written_anew_is_handed_over_with_its_contact(desk: Desk) -> None:
    anew = {"modified": datetime(2027, 2, 20, tzinfo=UTC)}
    desk.recordings(
        listed(key="CallRecordings/2027/02/01/c1_20270201T09:00_UTC.wav", **anew),
        listed(key="CallRecordings/2027/02/01/strange_20270201T09:00_UTC.wav", **anew),
    )
    desk.said()
    assert desk.handed_over == ["c1"]


@pytest.mark.parametrize("bucket", ["holds", "recordings"])
def test_without_a_list_every_hold_in_force_is_handed_over(desk: Desk, bucket: str) -> None:
    desk.inventories.lists[bucket] = {BEFORE: []}
    desk.said()
    assert desk.handed_over == ["c1"]


def test_while_a_bucket_has_no_list_because_it_is_being_adopted_every_hold_is_handed_over(desk: Desk) -> None:
    desk.adopted = (Rule(store="chat_transcript", bucket="chats", months=6, days=184),)
    desk.said()
    assert desk.handed_over == ["c1"]


def test_what_the_queue_does_not_take_is_handed_over_by_the_next_run(desk: Desk) -> None:
    desk.holds(HELD._replace(retain_until=None, lock_mode=""), MANIFEST)
    desk.queue_fails = True
    with pytest.raises(Unavailable):
        desk.statements.make()

    desk.queue_fails = False
    assert desk.statements.make().new
    assert desk.handed_over == ["c1"]


def test_what_was_handed_over_is_not_again_while_the_statement_cannot_be_sealed(desk: Desk) -> None:
    desk.holds(HELD._replace(retain_until=None, lock_mode=""), MANIFEST)
    desk.signer = RefusesToSign()
    for _ in range(3):
        with pytest.raises(NotSealed):
            desk.statements.make()
    assert desk.handed_over == ["c1"]


def test_a_statement_that_somebody_asks_for_hands_nothing_over(desk: Desk) -> None:
    desk.holds(HELD._replace(retain_until=None, lock_mode=""), MANIFEST)
    assert desk.statements.make(on_demand=True).new
    assert desk.handed_over == []


def test_without_a_register_the_next_run_hands_over_though_the_statement_is_made(desk: Desk) -> None:
    desk.holds(HELD._replace(retain_until=None, lock_mode=""), MANIFEST)
    desk.registers.denied = True
    assert desk.statements.make().new
    assert desk.handed_over == []

    desk.registers.denied = False
    for _ in range(2):
        assert not desk.statements.make().new
    assert desk.handed_over == ["c1"]


def test_a_manifest_that_was_written_since_the_list_was_made_is_no_doubt(desk: Desk) -> None:
    (held,) = desk.registers.found
    assert isinstance(held, ContactHolds)
    desk.registers.found = [replace(held, artefacts=tuple(replace(one, held_at=SCANNED) for one in held.artefacts))]
    desk.holds()
    desk.said()
    assert desk.handed_over == []


def test_many_are_handed_over_in_portions_each_once_and_the_marker_names_none_of_them(desk: Desk) -> None:
    desk.inventories.lists["holds"] = {BEFORE: []}
    names = [f"contact-{number}" for number in range(2 * A_NIGHT + 1)]
    held = desk.registers.found[0]
    assert isinstance(held, ContactHolds)
    desk.registers.found = [
        replace(held, contact_id=one, holds=tuple(replace(hold, contact_id=one) for hold in held.holds))
        for one in map(ContactId, names)
    ]

    portions = []
    for night in range(5):
        desk.at = NOW + timedelta(days=night)
        before = len(desk.handed_over)
        desk.statements.make()
        portions.append(len(desk.handed_over) - before)

    assert portions == [A_NIGHT, A_NIGHT, 1, 0, 0]
    assert sorted(desk.handed_over) == sorted(names)
    assert b"contact" not in desk.shelf.kept["statements/2027-02/looks.json"]


def test_a_run_that_dies_before_it_noted_what_it_handed_over_hands_that_over_again_and_leaves_nobody_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    handing_over = HandingOver(clock=desk, shelf=desk.shelf, looks=desk)
    folder, names = "statements/2027-02", [ContactId(f"c{number}") for number in range(A_NIGHT + 1)]

    def dies(*_: object) -> None:
        raise Unavailable("s3.PutObject", "ServiceUnavailable")

    with monkeypatch.context() as patched:
        patched.setattr(desk.shelf, "put", dies)
        with pytest.raises(Unavailable):
            handing_over.hand_over(folder, names, "")

    while (after := handing_over.begins_after(folder)) is not None:
        handing_over.hand_over(folder, names, after)
    assert set(desk.handed_over) == set(names)
    assert len(desk.handed_over) == 2 * A_NIGHT + 1


def test_each_month_has_an_order_of_its_own_so_that_no_contact_is_always_the_last(desk: Desk) -> None:
    handing_over = HandingOver(clock=desk, shelf=desk.shelf, looks=desk)
    names = [ContactId(f"c{number}") for number in range(A_NIGHT + 100)]
    first: list[set[str]] = []
    for month in ("2027-02", "2027-03"):
        desk.handed_over.clear()
        handing_over.hand_over(f"statements/{month}", names, "")
        first.append(set(desk.handed_over))

    assert [len(some) for some in first] == [A_NIGHT, A_NIGHT]
    assert first[0] != first[1]
