"""What makes the second sentence of a statement false: that every hold is whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.evidence.statement.ports import Seen
from steward.holds.register import ContactHolds, HeldArtefact, HoldStatus, MissingArtefact
from steward.ids import ContactId, RecordClass
from tests.support.evidence.desk import ALL_TRUE, HELD, SCANNED, Desk, held_contact, values
from tests.support.evidence.inventories import (
    MadeUpRegisters,
    listed,
)


def test_a_hold_is_whole_when_every_copy_is_there_with_its_lock() -> None:
    desk = Desk(registers=MadeUpRegisters([held_contact()]))
    desk.holds(HELD, listed(key="c1/manifests/C-1.json", version_id="m1", modified=HELD.modified))
    said = desk.said()

    assert values(said) == ALL_TRUE
    assert said["holds"] == {**said["holds"], "cases": 1, "contacts": 1, "artefacts": 1, "whole": 1, "broken": 0}


@pytest.mark.parametrize(
    ("changes", "seen", "why"),
    [
        (
            {"size": 9},
            Seen(bytes=9, retain_until=HELD.retain_until, lock_mode="GOVERNANCE", legal_hold=False),
            "9 bytes",
        ),
        (
            {"retain_until": None, "lock_mode": ""},
            Seen(bytes=10, retain_until=None, lock_mode="", legal_hold=False),
            "not locked",
        ),
        (
            {"retain_until": datetime(2028, 8, 9, tzinfo=UTC)},
            Seen(bytes=10, retain_until=datetime(2028, 8, 9, tzinfo=UTC), lock_mode="GOVERNANCE", legal_hold=False),
            "until the end of its hold",
        ),
        ({"key": "elsewhere"}, None, "not in the hold bucket"),
    ],
)
def test_a_copy_that_is_gone_changed_or_unlocked_breaks_its_hold(
    changes: dict[str, Any], seen: Seen | None, why: str
) -> None:
    desk = Desk(registers=MadeUpRegisters([held_contact()]))
    desk.holds(HELD._replace(**changes))
    desk.stores.now = {(HELD.key, "h1"): seen}
    said = desk.said()

    assert values(said)["holds_whole"] is False
    broken = [one for one in desk.exceptions(said) if one["kind"] == "hold_broken"]
    assert why in broken[0]["why"]
    assert broken[0]["case"] == "C-1"


def test_a_lock_that_was_extended_after_the_scan_is_seen_when_s3_is_asked() -> None:
    desk = Desk(registers=MadeUpRegisters([held_contact()]))
    desk.holds(HELD._replace(retain_until=datetime(2027, 12, 1, tzinfo=UTC)))
    desk.stores.now = {
        (HELD.key, "h1"): Seen(bytes=10, retain_until=HELD.retain_until, lock_mode="GOVERNANCE", legal_hold=False)
    }

    assert values(desk.said()) == ALL_TRUE


def test_a_copy_that_is_younger_than_the_inventory_is_waited_for() -> None:
    desk = Desk(registers=MadeUpRegisters([held_contact()]))
    (copy,) = held_contact().artefacts
    desk.registers.found = [
        ContactHolds(
            contact_id=ContactId("c1"),
            holds=held_contact().holds,
            artefacts=(HeldArtefact(**{**copy.__dict__, "held_at": SCANNED - timedelta(minutes=5)}),),
        )
    ]
    desk.holds()

    assert values(desk.said()) == ALL_TRUE


def test_an_open_case_needs_its_undated_hold() -> None:
    desk = Desk(registers=MadeUpRegisters([held_contact(open_ended=True)]))
    desk.holds(HELD)
    desk.stores.now = {
        (HELD.key, "h1"): Seen(bytes=10, retain_until=HELD.retain_until, lock_mode="GOVERNANCE", legal_hold=False)
    }

    assert values(desk.said())["holds_whole"] is False


def test_what_nobody_knows_in_the_hold_bucket_is_an_orphan() -> None:
    desk = Desk()
    desk.holds(HELD)
    said = desk.said()

    assert said["holds"]["orphans"] == 1
    assert values(said)["holds_whole"] is False


def test_a_partial_hold_is_not_whole() -> None:
    missing = MissingArtefact(record_class=RecordClass.CALL_RECORDING, source_key="x", why="not found")
    desk = Desk(registers=MadeUpRegisters([held_contact(status=HoldStatus.PARTIAL, missing=(missing,))]))
    desk.holds(HELD)

    assert desk.said()["propositions"]["holds_whole"]["because"] == ["1 hold lacks something that it should keep"]


def test_bytes_that_changed_are_found_in_the_month_that_reads_them_again() -> None:
    found = []
    for month in range(1, 13):
        desk = Desk(registers=MadeUpRegisters([held_contact()]), at=datetime(2027, month, 1, 6, 0, tzinfo=UTC))
        scan = desk.at - timedelta(hours=5)
        desk.inventories.lists = {"recordings": {scan - timedelta(days=31): [], scan: []}, "holds": {scan: [HELD]}}
        desk.stores.digests = {HELD.key: "f" * 64}
        said = desk.said()
        found.append((said["holds"]["sample_rehashed"], values(said)["holds_whole"]))
    # Seventeen turns, of which a year shows twelve; this key has its turn in one of them or in the next five months.
    assert set(found) <= {(0, True), (1, False)}
    assert sum(read for read, _ in found) <= 1


def test_what_is_too_much_to_read_in_its_month_is_not_shown() -> None:
    (copy,) = held_contact().artefacts
    large = HeldArtefact(**{**copy.__dict__, "bytes": 21 * 1024**3})
    file = ContactHolds(contact_id=ContactId("c1"), holds=held_contact().holds, artefacts=(large,))
    reasons = set[str]()
    for month in range(17):
        at = datetime(2027 + month // 12, month % 12 + 1, 1, 6, tzinfo=UTC)
        desk = Desk(registers=MadeUpRegisters([file]), at=at)
        scan = at - timedelta(hours=5)
        desk.inventories.lists = {
            "recordings": {scan - timedelta(days=31): [], scan: []},
            "holds": {scan: [HELD._replace(size=large.bytes)]},
        }
        reasons.update(desk.said()["holds"]["not_shown"])

    assert reasons == {"1 copies of the sample are beyond what one statement reads"}


def test_more_in_the_hold_bucket_than_can_be_named_are_one_exception_and_do_not_hide_another() -> None:
    desk = Desk(registers=MadeUpRegisters([held_contact()]))
    desk.holds(*[listed(key=f"nobody/{n}", modified=HELD.modified) for n in range(1200)])
    desk.stores.now = {(HELD.key, "h1"): None}
    said = desk.said()

    found = {(one["kind"], one["number"]) for one in desk.exceptions(said)}
    assert found == {("orphan", 1200), ("hold_broken", 1)}
    assert (said["holds"]["orphans"], said["holds"]["broken"]) == (1200, 1)
