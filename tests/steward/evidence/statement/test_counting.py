"""Every version is in one class, by S3's arithmetic and the policy's months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.evidence.statement.counting import MOST_NAMED, Count, Kind, Rule
from steward.evidence.statement.inventory import Version
from tests.support.evidence.inventories import listed

RULE = Rule(store="call_recording", bucket="recordings", months=6, days=184)
MONTHS = Rule(store="contact_record", bucket="records", months=24, days=731, by_month=True)
AT = datetime(2027, 8, 1, 1, 0, tzinfo=UTC)
CLASSES = ("within", "in_grace", "overdue", "noncurrent", "held", "held_unexplained")


def counted(*versions: Version, rule: Rule = RULE, explained: Callable[[Version], bool] = lambda _: False) -> Count:
    return Count(rule=rule, at=AT, explained=explained).take(versions)


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        # 184 days and then the next midnight UTC: 28 January 2027 10:30 is due on 1 August 00:00, an hour before.
        (datetime(2027, 1, 28, 10, 30, tzinfo=UTC), "in_grace"),
        (datetime(2027, 1, 29, 0, 0, tzinfo=UTC), "within"),
        # Seven days of grace end at 1 August 00:00 for what was due on 25 July.
        (datetime(2027, 1, 21, 12, tzinfo=UTC), "overdue"),
        (datetime(2027, 1, 22, 12, tzinfo=UTC), "in_grace"),
    ],
)
def test_a_version_is_counted_by_the_midnight_after_its_days(modified: datetime, expected: str) -> None:
    count = counted(listed(key="x", modified=modified))

    assert {name: getattr(count, name) for name in ("within", "in_grace", "overdue") if getattr(count, name)} == {
        expected: 1
    }


def test_what_is_hidden_has_a_day_more() -> None:
    due = datetime(2027, 1, 21, 12, tzinfo=UTC)

    assert counted(listed(key="x", modified=due, is_latest=False)).noncurrent == 1
    assert counted(listed(key="x", modified=due - timedelta(days=1), is_latest=False)).overdue == 1


def test_a_delete_marker_is_no_version() -> None:
    count = counted(listed(is_marker=True, size=0))

    assert (count.versions, count.markers) == (0, 1)


def test_what_was_written_anew_is_named_with_both_dates_though_s3_takes_it_for_young() -> None:
    count = counted(listed(key="CallRecordings/2027/01/04/x.wav"))

    assert (count.within, count.restarted) == (1, 1)
    (suspect,) = count.suspects
    finding = count.finding(suspect.kind, suspect.version)
    assert finding.kind is Kind.RESTARTED
    assert "2027-01-04" in finding.why
    assert "2027-07-20" in finding.why


@pytest.mark.parametrize("day", ["18", "19", "20", "21"])
def test_up_to_two_days_between_name_and_date_are_ordinary(day: str) -> None:
    assert counted(listed(key=f"CallRecordings/2027/07/{day}/x.wav")).restarted == 0


@pytest.mark.parametrize("store", ["chat_transcript", "attachment"])
def test_a_chat_of_seven_days_is_named_by_its_first_and_written_after_its_last(store: str) -> None:
    """A chat runs for up to 10,080 minutes (Amazon Connect administrator guide, "Set up chat timeouts")."""
    rule = replace(RULE, store=store)

    assert counted(listed(key="ChatTranscripts/2027/07/12/x.json"), rule=rule).restarted == 0
    assert counted(listed(key="ChatTranscripts/2027/07/10/x.json"), rule=rule).restarted == 1


@pytest.mark.parametrize("key", ["a/2027/13/40/x.wav", "0000/00/00/x", "2027/02/30/x"])
def test_a_key_with_no_date_in_it_is_no_rewrite(key: str) -> None:
    assert counted(listed(key=key)).restarted == 0


def test_what_is_locked_needs_a_hold_on_the_register() -> None:
    held = listed(legal_hold=True, modified=datetime(2026, 1, 1, tzinfo=UTC))

    assert counted(held, explained=lambda _: True).held == 1
    count = counted(held)
    assert (count.held_unexplained, count.overdue) == (1, 0)
    assert [one.kind for one in count.suspects] == [Kind.HELD_UNEXPLAINED]


def test_a_lock_whose_date_has_passed_holds_nothing() -> None:
    past = listed(retain_until=AT - timedelta(seconds=1), lock_mode="GOVERNANCE")

    assert counted(past).within == 1
    assert counted(past._replace(retain_until=AT + timedelta(seconds=1))).held_unexplained == 1


@pytest.mark.parametrize(
    ("month", "expected"),
    [("year=2025/month=06", "overdue"), ("year=2025/month=07", "in_grace"), ("year=2025/month=08", "within")],
)
def test_contact_records_go_by_the_month_of_their_folder(month: str, expected: str) -> None:
    """July 2025 and 24 months: due when July 2027 is over, an hour and a summer-time hour ago."""
    late = listed(key=f"contact-records/{month}/x.gz", modified=datetime(2027, 7, 1, tzinfo=UTC))

    assert getattr(counted(late, rule=MONTHS), expected) == 1


def test_more_suspects_than_can_be_asked_about_are_only_counted() -> None:
    old = listed(key="x", modified=datetime(2026, 1, 1, tzinfo=UTC))
    count = counted(*[old] * (MOST_NAMED + 5))

    assert (count.overdue, len(count.suspects)) == (MOST_NAMED + 5, MOST_NAMED)


OLD = datetime(2026, 1, 1, tzinfo=UTC)
LOCKED = {"legal_hold": True}


@pytest.mark.parametrize(
    ("listed_as", "shown", "explained", "kind", "into"),
    [
        ({"modified": OLD}, {}, True, Kind.OVERDUE, "overdue"),
        ({"modified": OLD}, LOCKED, True, None, "held"),
        ({"modified": OLD}, LOCKED, False, Kind.HELD_UNEXPLAINED, "held_unexplained"),
        ({"modified": OLD}, None, True, None, None),
        ({**LOCKED, "modified": OLD}, LOCKED, False, Kind.HELD_UNEXPLAINED, "held_unexplained"),
        ({**LOCKED, "modified": OLD}, {}, False, Kind.OVERDUE, "overdue"),
        ({**LOCKED, "modified": datetime(2027, 1, 25, tzinfo=UTC)}, {}, False, None, "in_grace"),
        ({**LOCKED, "is_latest": False}, {}, False, None, "noncurrent"),
        ({**LOCKED, "key": "x"}, {}, False, None, "within"),
        ({**LOCKED, "key": "a/2027/01/04/x"}, {}, False, Kind.RESTARTED, "within"),
        ({"key": "a/2027/01/04/x"}, {}, True, Kind.RESTARTED, "within"),
        ({"key": "a/2027/01/04/x"}, LOCKED, True, None, "held"),
        ({"key": "a/2027/01/04/x"}, None, True, None, None),
    ],
)
def test_a_suspect_is_counted_anew_by_the_same_rule_when_s3_shows_it_otherwise(
    listed_as: dict[str, Any],
    shown: dict[str, Any] | None,
    explained: bool,  # noqa: FBT001 - the cases
    kind: Kind | None,
    into: str | None,
) -> None:
    other = listed(key="y", size=7, modified=datetime(2027, 7, 1, tzinfo=UTC))
    count = counted(other, listed(**{"key": "x", **listed_as}), explained=lambda _: explained and shown == LOCKED)
    (suspect,) = count.suspects
    now = None if shown is None else suspect.version._replace(legal_hold=bool(shown), retain_until=None)

    assert count.settled(suspect, now) is kind
    expected = Counter(["within", *([into] if into else [])])
    assert Counter({name: getattr(count, name) for name in CLASSES if getattr(count, name)}) == expected
    assert (count.versions, count.bytes) == ((1, 7) if into is None else (2, 17))
    assert count.restarted == (kind is Kind.RESTARTED)


def test_what_is_gone_or_held_when_s3_is_asked_is_not_the_oldest() -> None:
    count = counted(listed(key="gone", modified=OLD), listed(key="there", modified=OLD + timedelta(days=1)))
    gone, there = count.suspects

    assert count.oldest == OLD
    count.settled(gone, None)
    count.settled(there, there.version)
    assert count.oldest == OLD + timedelta(days=1)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 8, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001
versions = st.builds(
    listed,
    key=st.sampled_from(["x", "CallRecordings/2027/07/20/x.wav", "a/2026/01/01/y"]),
    is_latest=st.booleans(),
    is_marker=st.booleans(),
    size=st.integers(0, 5),
    modified=moments,
    retain_until=st.none() | moments.map(lambda one: one + timedelta(days=300)),
    legal_hold=st.booleans(),
)


@given(st.lists(versions, max_size=30), st.booleans())
def test_every_version_is_in_exactly_one_class(found: list[Version], explained: bool) -> None:  # noqa: FBT001
    count = counted(*found, explained=lambda _: explained)
    real = [one for one in found if not one.is_marker]

    assert sum(getattr(count, name) for name in CLASSES) == count.versions == len(real)
    assert count.bytes == sum(one.size for one in real)
    assert count.markers == len(found) - len(real)
