"""What is late, missing, denied, half written or less than it should be is not shown, and never a pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.evidence.statement.counting import Rule
from steward.evidence.statement.inventory import Version
from steward.evidence.statement.looking import ASKED
from tests.support.evidence.desk import ALL_TRUE, BEFORE, FRESH, SCANNED, Desk, values
from tests.support.evidence.inventories import (
    MadeUpRegisters,
    listed,
)


def _late(desk: Desk) -> None:
    desk.inventories.lists["recordings"] = {SCANNED - timedelta(days=1, hours=8): []}


def _missing(desk: Desk) -> None:
    desk.inventories.lists["recordings"] = {}


def _denied(desk: Desk) -> None:
    desk.inventories.denied = {"recordings"}


def _half_written(desk: Desk) -> None:
    desk.inventories.broken = {("recordings", SCANNED): "the inventory is not complete"}
    desk.inventories.lists["recordings"] = {SCANNED: []}


@pytest.mark.parametrize("fault", [_late, _missing, _denied, _half_written], ids=lambda one: one.__name__)
def test_a_store_without_a_usable_inventory_is_not_shown_and_never_zero(fault: Callable[[Desk], None]) -> None:
    desk = Desk()
    fault(desk)
    said = desk.said()

    assert values(said) == {**ALL_TRUE, "nothing_older": "not_shown", "disposals_proven": "not_shown"}
    assert said["stores"][0]["versions"] is None
    assert said["stores"][0]["not_shown"]
    assert said["propositions"]["nothing_older"]["because"][0].startswith("call_recording: ")


def test_a_newer_half_written_inventory_leaves_the_older_one_of_the_same_day() -> None:
    desk = Desk()
    newer = SCANNED + timedelta(hours=2)
    desk.inventories.lists["recordings"][newer] = []
    desk.inventories.broken = {("recordings", newer): "the inventory is not complete"}

    assert values(desk.said()) == ALL_TRUE


def test_a_register_that_cannot_be_read_makes_nothing_true() -> None:
    desk = Desk(registers=MadeUpRegisters(denied=True))

    assert set(values(desk.said()).values()) == {"not_shown"}


@pytest.mark.parametrize("modified", [FRESH.modified, datetime(2026, 8, 1, tzinfo=UTC)], ids=["early", "due"])
@pytest.mark.parametrize("bucket", ["recordings", "holds"])
def test_an_inventory_that_lacks_what_is_there_shows_nothing(bucket: str, modified: datetime) -> None:
    desk = Desk()
    desk.inventories.lists[bucket] = {BEFORE: [listed(key="omitted.wav", modified=modified)], SCANNED: []}
    sentence = "nothing_older" if bucket == "recordings" else "holds_whole"
    said = desk.said()

    assert values(said) == {**ALL_TRUE, sentence: "not_shown", "disposals_proven": "not_shown"}
    assert "does not list all that is there" in said["propositions"][sentence]["because"][0]


def test_of_many_that_left_in_their_time_a_sample_is_asked_for() -> None:
    desk = Desk()
    due = [listed(key=f"due{n}.wav", modified=datetime(2026, 8, 1, tzinfo=UTC)) for n in range(ASKED * 3)]
    desk.recordings(before=tuple(due))
    desk.stores.now = {(one.key, "v1"): None for one in due}

    assert values(desk.said()) == ALL_TRUE
    assert len(set(desk.stores.asked)) == ASKED


@pytest.mark.parametrize(("yesterday", "shown"), [([FRESH], False), ([], True)])
def test_a_list_of_no_files_shows_nothing_where_the_day_before_there_was_something(
    yesterday: list[Version],
    shown: bool,  # noqa: FBT001 - the cases
) -> None:
    desk = Desk()
    desk.inventories.lists["recordings"] = {BEFORE: [], SCANNED - timedelta(days=1): yesterday, SCANNED: []}
    desk.inventories.without_files = {("recordings", SCANNED)}
    said = desk.said()

    assert (values(said) == ALL_TRUE) is shown
    if not shown:
        assert "the inventory lists nothing" in said["propositions"]["nothing_older"]["because"][0]


def test_a_store_that_is_being_adopted_is_not_shown() -> None:
    desk = Desk()
    taken = Rule(store="chat_transcript", bucket="chats-of-old", months=6, days=184)
    made = replace(desk.statements, adopted=[taken]).make()
    said = desk.read(made.key)

    assert values(said) == {**ALL_TRUE, "nothing_older": "not_shown", "disposals_proven": "not_shown"}
    assert said["propositions"]["nothing_older"]["because"] == ["chat_transcript: is being adopted and is not counted"]
