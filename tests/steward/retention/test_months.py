from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steward.clock import LONDON, london_date
from steward.policy.retention import Period
from steward.retention.months import add_months, end_of, lifecycle_days, longest_span_days

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2190, 12, 31))
anywhere = settings(deadline=None)  # a shared machine says nothing about this code
periods = st.integers(min_value=1, max_value=120)
moments = st.builds(datetime.combine, days, st.times(), tzinfo=st.just(UTC))


def lifecycle_acts(last_modified: datetime, after_days: int) -> datetime:
    """S3's rule, restated: add the days, then round up to the next midnight UTC."""
    due = last_modified + timedelta(days=after_days)
    midnight = datetime.combine(due.date(), time(), tzinfo=UTC)
    return midnight if midnight == due else midnight + timedelta(days=1)


@anywhere
@given(day=days, months=periods)
def test_the_day_of_the_month_stays_unless_the_month_is_too_short(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@anywhere
@given(day=days, longer=periods, shorter=periods)
def test_a_longer_period_never_ends_earlier(day: date, longer: int, shorter: int) -> None:
    if longer > shorter:
        assert add_months(day, longer) > add_months(day, shorter)


@anywhere
@given(first=days, second=days, months=periods)
def test_a_later_start_never_ends_earlier(first: date, second: date, months: int) -> None:
    earlier, later = sorted((first, second))
    assert end_of(earlier, months) <= end_of(later, months)


@anywhere
@given(day=days, months=periods)
def test_a_period_ends_as_its_last_day_starts_in_london(day: date, months: int) -> None:
    local = end_of(day, months).astimezone(LONDON)
    assert (local.date(), local.time()) == (add_months(day, months), time())


@anywhere
@given(day=days, months=periods)
def test_no_span_is_longer_than_the_longest(day: date, months: int) -> None:
    assert (add_months(day, months) - day).days <= longest_span_days(months)


@anywhere
@given(months=periods)
def test_the_longest_span_occurs(months: int) -> None:
    firsts = (date(2000 + n // 12, n % 12 + 1, 1) for n in range(4800))
    assert any((add_months(first, months) - first).days == longest_span_days(months) for first in firsts)


@anywhere
@given(created=moments, months=periods)
def test_lifecycle_never_acts_inside_the_period(created: datetime, months: int) -> None:
    acts = lifecycle_acts(created, lifecycle_days(Period(months=months)))
    assert acts >= end_of(london_date(created), months)


@anywhere
@example(created=datetime(2096, 11, 1, 0, 0, 0, 1, tzinfo=UTC), months=112)
@given(created=moments, months=periods)
def test_lifecycle_acts_within_five_days_of_the_end_and_six_around_a_century_without_its_leap_day(
    created: datetime, months: int
) -> None:
    acts = lifecycle_acts(created, lifecycle_days(Period(months=months)))
    end = end_of(london_date(created), months)
    without_leap_day = any(created.year <= year <= end.year for year in (2100, 2200))
    assert acts - end <= timedelta(days=6 if without_leap_day else 5, hours=1)


@pytest.mark.parametrize(("months", "expected"), [(6, 184), (12, 366), (13, 397), (18, 550), (24, 731)])
def test_the_periods_of_the_five_notices_in_days(months: int, expected: int) -> None:
    assert longest_span_days(months) == expected


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 2, 28), 6, date(2026, 8, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_both_ends_of_february(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_a_period_that_ends_in_summer_ends_at_eleven_at_night_in_utc() -> None:
    assert end_of(date(2026, 1, 15), 6) == datetime(2026, 7, 14, 23, tzinfo=UTC)


def test_a_period_that_ends_in_winter_ends_at_midnight_in_utc() -> None:
    assert end_of(date(2026, 7, 15), 6) == datetime(2027, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2025, 9, 29), datetime(2026, 3, 29, tzinfo=UTC)),
        (date(2026, 4, 25), datetime(2026, 10, 24, 23, tzinfo=UTC)),
    ],
)
def test_a_period_that_ends_on_the_day_the_clocks_change(start: date, end: datetime) -> None:
    assert end_of(start, 6) == end


def test_a_period_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="0 months"):
        longest_span_days(0)
