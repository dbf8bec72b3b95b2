"""The records of a day, counted against what Connect says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.arrivals.counting import Counted, Ended, NotCompared, count
from steward.retention.contact_records import Month
from steward.rights.finding.scanning import UnreadableRecords

DAY = date(2026, 11, 25)
SINCE = datetime(2026, 11, 25, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
NOON = SINCE + timedelta(hours=12)
LAST_MOMENT = UNTIL - timedelta(milliseconds=1)


def record(contact: str, ended: datetime | None, **more: object) -> bytes:
    moment = {} if ended is None else {"DisconnectTimestamp": ended.isoformat().replace("+00:00", "Z")}
    return json.dumps({"ContactId": contact, **moment, **more}).encode()


@dataclass
class Around:
    """An instance, its stream, and a bucket to which records have come for long unless it is said otherwise."""

    contacts: dict[str, datetime]
    stored: dict[str, list[bytes] | None] = field(default_factory=dict)
    """Records by key; none where the object cannot be unpacked."""
    before: bool | None = True
    stream: datetime = SINCE - timedelta(days=30)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    looked: list[tuple[Month, Month, datetime]] = field(default_factory=list)

    def ended(self, since: datetime, until: datetime) -> Iterator[Ended]:
        self.asked.append((since, until))
        yield from (Ended(contact, at) for contact, at in self.contacts.items())

    def arrived_before(self, first: Month, last: Month, moment: datetime) -> bool | None:
        self.looked.append((first, last, moment))
        return self.before

    def objects(self, first: Month, last: Month, since: datetime) -> Iterator[str]:
        self.looked.append((first, last, since))
        yield from self.stored

    def lines(self, key: str) -> Iterator[bytes]:
        lines = self.stored[key]
        if lines is None:
            raise UnreadableRecords("the object cannot be unpacked")
        yield from lines

    def made(self) -> datetime:
        return self.stream

    def counted(self) -> Counted | NotCompared:
        return count(DAY, self, self, self)


def whole(contacts: int, *missing: str, unreadable: int = 0) -> Counted:
    return Counted(contacts=contacts, missing=missing, unreadable=unreadable)


def test_a_record_that_is_sent_again_counts_once() -> None:
    around = Around({"1": SINCE, "2": NOON}, {"a": [record("1", SINCE), record("2", NOON)], "b": [record("1", SINCE)]})
    assert around.counted() == whole(2)
    assert whole(2).records == 2


def test_a_contact_without_a_record_is_missing_and_is_named() -> None:
    around = Around({"1": SINCE, "3": NOON, "2": NOON}, {"a": [record("1", SINCE)]})
    assert around.counted() == whole(3, "2", "3")
    assert whole(3, "2", "3").records == 1


def test_a_record_of_a_contact_that_the_search_does_not_tell_makes_up_for_no_missing_one() -> None:
    assert Around({"1": NOON}, {"a": [record("2", NOON)]}).counted() == whole(1, "1")


def test_nothing_at_all_in_the_bucket_is_a_whole_day_missing_once_the_stream_has_been_there_for_a_day() -> None:
    around = Around({"1": NOON, "2": NOON}, before=None, stream=SINCE - timedelta(days=1))
    assert around.counted() == whole(2, "1", "2")


@pytest.mark.parametrize("made", [SINCE - timedelta(hours=23), NOON, UNTIL + timedelta(hours=3)])
def test_a_day_is_not_compared_when_the_stream_was_not_there_a_day_before(made: datetime) -> None:
    """The contacts of an instance that is long in use: the morning after the first deployment."""
    around = Around({"1": NOON, "2": NOON}, before=None, stream=made)
    assert around.counted() is NotCompared.NEW_STREAM
    assert around.asked == []


def test_a_day_on_which_the_first_records_came_is_not_compared_however_old_the_stream_is() -> None:
    """A stream that was made while the instance still wrote to another one."""
    around = Around({"1": SINCE, "2": NOON}, {"a": [record("2", NOON)]}, before=False)
    assert around.counted() is NotCompared.FIRST_RECORDS


def test_records_had_come_before_the_day_so_a_stream_that_was_made_anew_hides_nothing() -> None:
    assert Around({"1": NOON}, stream=NOON).counted() == whole(1, "1")


def test_what_goes_on_is_no_contact_that_ended_and_its_record_is_none_of_its_end() -> None:
    assert Around({"1": NOON}, {"a": [record("1", None)]}).counted() == whole(1, "1")


def test_what_ended_at_the_very_end_belongs_to_the_next_day_whether_or_not_connect_tells_it() -> None:
    assert Around({"next": UNTIL, "before": SINCE - timedelta(milliseconds=1)}).counted() == whole(0)


def test_a_contact_of_the_last_second_counts_although_its_record_gives_whole_seconds() -> None:
    assert Around({"1": LAST_MOMENT}).counted() == whole(1, "1")
    for told in (UNTIL - timedelta(seconds=1), UNTIL):
        assert Around({"1": LAST_MOMENT}, {"a": [record("1", told)]}).counted() == whole(1)


def test_what_cannot_be_read_is_counted_and_stops_nothing() -> None:
    broken = [b"no JSON", b"[1]", b"\xff", b"  ", b'{"ContactId": 7}', record("1", SINCE)]
    around = Around({"1": SINCE, "2": SINCE}, {"a": None, "b": broken})
    assert around.counted() == whole(2, "2", unreadable=5)


def test_a_day_is_one_in_utc_and_a_record_may_lie_in_the_month_in_which_its_contact_began() -> None:
    around = Around({})
    around.counted()
    assert around.asked == [(SINCE, UNTIL)]
    assert around.looked == [(Month(2026, 8), Month(2026, 11), SINCE)] * 2


_CONTACTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(-90_000, 180_000), max_size=6)


@given(_CONTACTS, st.lists(st.tuples(st.sampled_from("abcdefg"), st.booleans()), max_size=30))
def test_it_comes_to_what_a_recount_comes_to(contacts: dict[str, int], sent: list[tuple[str, bool]]) -> None:
    ends = {name: SINCE + timedelta(seconds=after) for name, after in contacts.items()}
    lines = [record(name, NOON if ended else None) for name, ended in sent]
    that_day = [name for name, after in contacts.items() if 0 <= after < 86_400]
    missing = sorted(name for name in that_day if (name, True) not in sent)
    assert Around(ends, {"a": lines}).counted() == whole(len(that_day), *missing)
