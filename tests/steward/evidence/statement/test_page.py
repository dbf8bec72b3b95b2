"""The statement as a page: what the first lines say, and that it can be read without seeing it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.evidence.statement.page import statement_page
from tests.support.evidence.desk import FRESH, Desk, held_contact
from tests.support.evidence.inventories import MadeUpRegisters, listed
from tests.support.reading_html import problems


def _quiet(desk: Desk) -> None:
    del desk


def _wrong(desk: Desk) -> None:
    desk.recordings(FRESH, *[listed(key=f"o{n}", modified=datetime(2026, 7, 1, tzinfo=UTC)) for n in range(1200)])


def _unseen(desk: Desk) -> None:
    desk.inventories.lists["recordings"] = {}


def _broken(desk: Desk) -> None:
    desk.registers = MadeUpRegisters([held_contact()])
    desk.stores.now = {("c1/call_recording/x.wav", "h1"): None}


def page(make: Any) -> str:  # noqa: ANN401 - one of the above
    desk = Desk()
    make(desk)
    return statement_page(desk.said()).decode()


def verdict(shown: str) -> str:
    found = re.search(r'<div class="verdict">(.*?)</div>', shown)
    assert found
    return re.sub(r"<[^>]+>", "|", found[1])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_quiet, ["✓ Nothing is wrong.", "All three sentences are true."]),
        (_wrong, ["✗ Something is wrong.", "Not true: nothing older", "call recording: 1,200 overdue"]),
        (_unseen, ["? Not everything could be shown.", "call recording: not counted"]),
        (_broken, ["✗ Something is wrong.", "Not true: every hold is whole", "legal hold: 1 gone or changed"]),
    ],
)
def test_the_first_lines_say_whether_anything_is_wrong_and_where(make: Any, words: list[str]) -> None:  # noqa: ANN401
    shown = page(make)

    assert all(one in verdict(shown) for one in words)
    assert shown.index('class="verdict"') < shown.index("<h2>")


@pytest.mark.parametrize("make", [_quiet, _wrong, _unseen, _broken])
def test_the_page_can_be_read_without_seeing_it(make: Any) -> None:  # noqa: ANN401 - as above
    assert problems(page(make).encode()) == []


def test_nothing_is_told_by_a_colour_alone() -> None:
    """Each class of a bar has a pattern of its own, and what is wrong stands beside the bar in figures."""
    shown = page(_wrong)
    patterns = re.findall(r'<pattern id="of-(\w+)".*?<path d="([^"]*)"', shown)

    assert len({lines for _, lines in patterns}) == len(patterns) == 5
    assert ">1,201, ✗ 1,200</text>" in shown


def test_what_has_no_period_has_no_classes_and_that_is_no_gap() -> None:
    shown = page(_quiet)
    [row] = re.findall(r'<tr role="row"><th role="rowheader" scope="row">legal hold</th>.*?</tr>', shown)[:1]

    assert row.count("does not apply") == 4
    assert "not shown" not in row


def test_stores_are_named_as_people_write_them() -> None:
    assert "call_recording" not in page(_unseen)
