"""Every row that is written can be read again, whatever it does not say, and so can what was written wrongly before.

DynamoDB's notation: Amazon DynamoDB API reference, "AttributeValue".
"""

from __future__ import annotations

import json
import typing
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from types import NoneType
from typing import Any

import msgspec
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from steward.aws import rows
from steward.failures import UnreadableRow
from steward.holds.adapters import rows as register
from steward.holds.adapters.rows import DisposalEntry
from steward.holds.cases import Case
from steward.holds.register import ContactHolds, HeldArtefact, Hold, MissingArtefact, ReleaseNote
from steward.ids import CaseRef, ContactId
from steward.payments.adapters import items
from steward.payments.model import Interval
from steward.retention.disposal import Tally

MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=1))]),
)
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
ROWS: tuple[type[Any], ...] = (Case, Hold, HeldArtefact, MissingArtefact, ReleaseNote, DisposalEntry, Interval, Tally)
"""Whatever stands in a table as fields of its own."""


def nullable(kind: type[Any]) -> tuple[str, ...]:
    """The fields that may be None."""
    hints = typing.get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if NoneType in typing.get_args(hints[field.name]))


@pytest.mark.parametrize("kind", ROWS)
def test_a_field_that_may_be_empty_has_a_default(kind: type[Any]) -> None:
    assert is_dataclass(kind)
    bare = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    assert not set(bare) & set(nullable(kind))


@pytest.mark.parametrize("kind", ROWS)
@given(data=st.data())
def test_what_is_written_is_read_again_whatever_it_does_not_say(kind: type[Any], data: st.DataObject) -> None:
    whole = data.draw(st.from_type(kind))
    empty = replace(whole, **dict.fromkeys(nullable(kind)))
    some = replace(whole, **{name: None for name in nullable(kind) if data.draw(st.booleans())})
    for thing in (whole, empty, some):
        row = rows.write(thing)
        assert rows.read(row, kind) == thing
        assert '"NULL":' not in json.dumps(row)
        nulls = {name: {"NULL": True} for name in nullable(kind) if getattr(thing, name) is None}
        assert rows.read(row | nulls | {"pk": {"S": "a key"}}, kind) == thing


@given(data=st.data())
def test_a_contact_is_read_as_it_was_written(data: st.DataObject) -> None:
    file = data.draw(
        st.builds(
            ContactHolds,
            contact_id=st.just(ContactId("c-1")),
            holds=st.lists(st.from_type(Hold), max_size=2, unique_by=lambda hold: hold.case).map(tuple),
            artefacts=st.lists(st.from_type(HeldArtefact), max_size=2, unique_by=lambda one: one.hold_key).map(tuple),
        )
    )
    stored = [register.file_row(file), *map(register.hold_row, file.holds), *map(register.artefact_row, file.artefacts)]
    assert register.read_file(ContactId("c-1"), stored) == file


@given(st.builds(Interval, expires_at=st.integers(min_value=1, max_value=4_102_444_800)))
def test_a_closed_pause_is_read_as_it_was_written_to_the_millisecond(interval: Interval) -> None:
    item = rows.values({"pk": "c-1", "sk": items.SORT_VALUE, "expires_at": 1, "closed": (items.closed_row(interval),)})
    entry = items.read_entry(item, datetime(1970, 1, 1, tzinfo=UTC))
    assert entry is not None
    [read] = entry.closed
    moments = ("asked_at", "paused_at", "resumed_at", "ended_at")
    assert replace(read, **{name: getattr(interval, name) for name in moments}) == interval
    for name in moments:
        before, after = getattr(interval, name), getattr(read, name)
        assert (before is None) == (after is None)
        assert before is None or timedelta() <= before - after < timedelta(milliseconds=1)


def test_a_copy_whose_row_has_no_lock_date_is_read() -> None:
    """As an open-ended hold whose date had passed was written until November 2026."""
    stored: dict[str, Any] = {
        "pk": {"S": "CONTACT#c-1"},
        "sk": {"S": "ARTEFACT#0"},
        "contact_id": {"S": "c-1"},
        "record_class": {"S": "call_recording"},
        "source_bucket": {"S": "calls"},
        "source_key": {"S": "a.wav"},
        "source_version": {"S": "v1"},
        "hold_key": {"S": "c-1/call_recording/a.wav"},
        "hold_version": {"S": "v2"},
        "sha256": {"S": "0" * 64},
        "bytes": {"N": "5"},
        "held_at": {"S": "2026-11-02T09:00:00Z"},
        "legal_hold": {"BOOL": True},
        "source_freed": {"BOOL": False},
        "removed_why": {"S": ""},
    }
    for row in (stored, stored | {"retain_until": {"NULL": True}}):
        [artefact] = register.read_file(ContactId("c-1"), [row]).artefacts
        assert artefact.retain_until is None
        assert artefact.lock.legal_hold


def test_a_moment_sorts_as_text_as_it_passes() -> None:
    early = datetime(2026, 10, 25, 1, 59, 59, 999999, tzinfo=timezone(timedelta(hours=1)))
    late = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert early < late
    assert rows.value(early) == {"S": "2026-10-25T00:59:59.999999+00:00"}
    assert rows.value(early)["S"] < rows.value(late)["S"]


def test_each_kind_of_value_stands_under_its_type() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert rows.values({"a": 1, "b": True, "c": Colour.RED, "d": date(2026, 2, 28), "e": (1, "x"), "f": None}) == {
        "a": {"N": "1"},
        "b": {"BOOL": True},
        "c": {"S": "red"},
        "d": {"S": "2026-02-28"},
        "e": {"L": [{"N": "1"}, {"S": "x"}]},
    }
    assert sorted(rows.value(frozenset({"y", "x"}))["SS"]) == ["x", "y"]
    assert rows.plain({"n": {"N": "3"}, "m": {"M": {"a": {"NULL": True}, "b": {"N": "2"}}}}) == {"n": 3, "m": {"b": 2}}
    with pytest.raises(TypeError):
        rows.value(0.5)


def test_a_row_that_cannot_be_read_is_named_without_quoting_it() -> None:
    row = rows.write(Case(case=CaseRef("C-1"))) | {"stage": {"S": "07700 900123 at - home"}}
    with pytest.raises(
        UnreadableRow, match=r"a row of kind Case cannot be read: Invalid enum value - at `\$\.stage`"
    ) as told:
        rows.read(row, Case)
    assert "07700" not in str(told.value)
    with pytest.raises(UnreadableRow, match="missing required field `case`"):
        rows.read({}, Case)


def test_a_row_type_that_is_a_struct_is_written_like_a_dataclass() -> None:
    class Row(msgspec.Struct):
        at: datetime
        until: date | None = None

    row = Row(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert rows.read(rows.write(row), Row) == row


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.sets(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN)
def test_values_are_written_and_read_as_by_awss_own_library(thing: object) -> None:
    """boto3.dynamodb.types is the judge; the functions do without it because of what it imports."""
    stored = rows._serialize(thing)  # noqa: SLF001 -- the notation itself is what is compared

    assert _in_order(stored) == _in_order(TypeSerializer().serialize(thing))
    theirs: Any = TypeDeserializer()
    assert rows._deserialize(stored) == theirs.deserialize(stored) == thing  # noqa: SLF001


def _in_order(stored: Any) -> Any:  # noqa: ANN401
    if isinstance(stored, dict):
        return {name: sorted(one) if name == "SS" else _in_order(one) for name, one in stored.items()}
    return [_in_order(one) for one in stored] if isinstance(stored, list) else stored
