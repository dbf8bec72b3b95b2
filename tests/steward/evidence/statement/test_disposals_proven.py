"""What makes the third sentence of a statement false: that every disposal is proven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from steward.evidence.statement.register import Entry
from tests.support.evidence.desk import ALL_TRUE, BEFORE, FRESH, HELD, NOW, SCANNED, Desk, values
from tests.support.evidence.inventories import (
    MadeUpRegisters,
    listed,
)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (Entry(bucket="holds", key="k", version_id="v", planned_at=NOW - timedelta(days=3)), "unconfirmed"),
        (Entry(bucket="holds", key="k", version_id="v", confirmed_at=NOW - timedelta(days=3)), "unannounced"),
    ],
)
def test_the_ledger_proves_disposals_only_where_both_halves_are_there(entry: Entry, kind: str) -> None:
    desk = Desk(registers=MadeUpRegisters([entry]))
    said = desk.said()

    assert values(said)["disposals_proven"] is False
    assert [one["kind"] for one in desk.exceptions(said)] == [kind]


def test_what_left_before_its_day_is_found_though_no_event_was_kept() -> None:
    desk = Desk()
    desk.recordings(FRESH, before=(listed(key="gone.wav", modified=datetime(2026, 9, 5, tzinfo=UTC)),))
    desk.stores.now = {("gone.wav", "v1"): None}
    said = desk.said()

    assert values(said)["disposals_proven"] is False
    assert [(one["kind"], one["key"]) for one in desk.exceptions(said)] == [("left_early", "gone.wav")]
    assert (said["stores"][0]["left"], said["stores"][0]["left_early"]) == (1, 1)


def test_more_that_left_early_than_can_be_named_are_one_exception_that_says_how_many() -> None:
    gone = [listed(key=f"gone{n}.wav", modified=datetime(2026, 9, 5, tzinfo=UTC)) for n in range(1200)]
    desk = Desk()
    desk.recordings(FRESH, before=tuple(gone))
    desk.stores.now = {(one.key, "v1"): None for one in gone}
    said = desk.said()

    assert said["propositions"]["disposals_proven"]["because"] == [
        "1200 objects left before their day, and nothing announced it"
    ]
    assert [(one["kind"], one["number"]) for one in desk.exceptions(said)] == [("left_early", 1200)]


def test_what_left_in_its_time_or_was_announced_or_written_anew_is_no_exception() -> None:
    due = listed(key="due.wav", modified=datetime(2026, 8, 1, tzinfo=UTC))
    announced = listed(key="erased.wav", modified=FRESH.modified)
    replaced = listed(key="again.json", version_id="old", modified=FRESH.modified)
    desk = Desk(
        registers=MadeUpRegisters(
            [
                Entry(bucket="recordings", key="erased.wav", version_id="v1", planned_at=NOW - timedelta(days=9)),
                Entry(bucket="recordings", key="again.json", version_id="", planned_at=NOW - timedelta(days=9)),
            ]
        )
    )
    desk.recordings(replaced._replace(version_id="new"), before=(due, announced, replaced))
    desk.stores.now = {("due.wav", "v1"): None}
    said = desk.said()

    assert values(said) == ALL_TRUE
    assert (said["stores"][0]["left"], said["stores"][0]["left_early"]) == (3, 0)
    assert desk.stores.asked == ["recordings/due.wav"]


def test_what_was_written_over_and_lost_unannounced_left_before_its_day() -> None:
    lost = listed(key="again.wav", version_id="old", modified=FRESH.modified)
    desk = Desk()
    desk.recordings(lost._replace(version_id="new"), before=(lost,))
    desk.stores.now = {("again.wav", "old"): None}
    said = desk.said()

    assert values(said)["disposals_proven"] is False
    assert [(one["kind"], one["version_id"]) for one in desk.exceptions(said)] == [("left_early", "old")]


def test_what_an_erasure_announced_by_its_key_alone_is_no_exception() -> None:
    erased = listed(key="rewritten.gz", modified=FRESH.modified)
    announced = Entry(bucket="recordings", key="rewritten.gz", version_id="", planned_at=NOW - timedelta(days=9))
    desk = Desk(registers=MadeUpRegisters([announced]))
    desk.recordings(before=(erased,))
    desk.stores.now = {("rewritten.gz", "v1"): None}

    assert values(desk.said()) == ALL_TRUE


def test_a_copy_that_left_the_hold_bucket_has_to_be_in_the_ledger() -> None:
    desk = Desk()
    desk.holds(before=(HELD,))
    desk.stores.now = {(HELD.key, "h1"): None}

    assert values(desk.said())["disposals_proven"] is False

    desk = Desk(
        registers=MadeUpRegisters(
            [Entry(bucket="holds", key=HELD.key, version_id="h1", planned_at=NOW, confirmed_at=NOW)]
        )
    )
    desk.holds(before=(HELD,))

    assert values(desk.said()) == ALL_TRUE


def test_the_first_count_of_a_store_proves_no_disposal() -> None:
    desk = Desk()
    desk.inventories.lists["recordings"] = {SCANNED: [FRESH]}
    said = desk.said()

    assert values(said) == {**ALL_TRUE, "disposals_proven": "not_shown"}
    assert "only one inventory so far" in said["propositions"]["disposals_proven"]["because"][0]


@pytest.mark.parametrize(("late", "shown"), [(timedelta(hours=36), True), (timedelta(hours=37), False)])
@pytest.mark.parametrize(("bucket", "store"), [("recordings", "call_recording"), ("holds", "legal_hold")])
def test_a_first_count_long_after_the_month_began_does_not_show_what_left_before_it(
    bucket: str,
    store: str,
    late: timedelta,
    shown: bool,  # noqa: FBT001 - the cases
) -> None:
    desk = Desk()
    now = desk.inventories.lists[bucket][SCANNED]
    desk.inventories.lists[bucket] = {datetime(2027, 2, 1, tzinfo=UTC) + late: [], SCANNED: now}
    said = desk.said()

    assert values(said) == {**ALL_TRUE, "disposals_proven": True if shown else "not_shown"}
    line = next(one for one in said["stores"] if one["store"] == store)
    assert line["left"] == 0
    if not shown:
        because = said["propositions"]["disposals_proven"]["because"]
        assert because == [f"{store}: was first counted on 2 February 2027: what left before is not shown"]


def test_what_left_early_after_a_late_first_count_is_false_all_the_same() -> None:
    desk = Desk()
    gone = listed(key="gone.wav", modified=datetime(2026, 9, 5, tzinfo=UTC))
    desk.inventories.lists["recordings"] = {datetime(2027, 2, 20, 1, tzinfo=UTC): [gone], SCANNED: []}
    desk.stores.now = {("gone.wav", "v1"): None}

    assert values(desk.said())["disposals_proven"] is False


def test_a_later_count_is_compared_with_the_last_statements_however_late_that_was() -> None:
    desk = Desk(at=datetime(2027, 3, 9, 6, tzinfo=UTC))
    late = datetime(2027, 3, 9, 1, tzinfo=UTC)
    desk.inventories.lists = {name: {BEFORE: [], late: []} for name in ("recordings", "holds")}
    desk.said()
    desk.at = datetime(2027, 4, 1, 6, tzinfo=UTC)
    for lists in desk.inventories.lists.values():
        lists[datetime(2027, 4, 1, 1, tzinfo=UTC)] = []

    assert values(desk.said()) == ALL_TRUE
