"""An old hold without an end has no date and needs none: in the register's rows as in S3's lock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steward.aws.rows import Row
from steward.holds.adapters import rows
from steward.holds.register import ContactHolds
from tests.steward.holds.test_register import COPY, END, HOLD

UNDATED = replace(COPY, retain_until=None, legal_hold=True)
OPEN = replace(HOLD, open_ended=True, announced=None, release=None)


@pytest.mark.parametrize("besides", [{}, {"retain_until": {"NULL": True}}, {"disposed_at": {"NULL": True}}])
def test_a_copy_without_a_date_is_read_as_it_was_stored_also_by_earlier_versions(besides: Row) -> None:
    stored = rows.artefact_row(UNDATED)
    assert "retain_until" not in stored

    [read] = rows.read_file(COPY.contact_id, [{**stored, **besides}]).artefacts
    assert read == UNDATED


@pytest.mark.parametrize("name", ["announced", "release", "leaving", "leaves_at", "kept_at"])
def test_a_hold_whose_field_is_null_or_absent_is_read(name: str) -> None:
    stored = rows.hold_row(OPEN)
    stored.pop(name, None)
    for row in (stored, {**stored, name: {"NULL": True}}):
        assert rows.read_file(HOLD.contact_id, [row]).holds == (OPEN,)


def test_after_its_earliest_end_it_asks_for_the_undated_lock_alone_and_is_not_over() -> None:
    file = ContactHolds(contact_id=HOLD.contact_id, holds=(OPEN,), artefacts=(UNDATED,))
    lock = file.protection(END)

    assert lock == UNDATED.lock
    assert not OPEN.has_ended(END)
    assert OPEN.disposable_from is None
