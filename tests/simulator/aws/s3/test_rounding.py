from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.s3.rules import (
    InvalidRuleError,
    LifecycleRule,
    expiry_due,
    marker_due,
    midnight_after,
    midnight_from,
    noncurrent_due,
    read_rules,
)

DAY = timedelta(days=1)
MOMENTS = st.integers(0, 9 * 366 * 86_400 * 1_000).map(
    lambda milliseconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)
DAYS = st.integers(min_value=1, max_value=800)


def none() -> dict[str, str]:
    return {}


def test_aws_own_example_of_rounding() -> None:
    created = datetime(2014, 1, 15, 10, 30, tzinfo=UTC)
    assert expiry_due([LifecycleRule(expire_days=3)], "key", 1, none, created) == datetime(2014, 1, 19, tzinfo=UTC)


def test_a_moment_at_midnight_belongs_to_the_day_that_starts_then() -> None:
    created = datetime(2014, 1, 15, tzinfo=UTC)
    assert expiry_due([LifecycleRule(expire_days=3)], "key", 1, none, created) == datetime(2014, 1, 19, tzinfo=UTC)


def test_the_midnight_is_that_of_utc_wherever_the_moment_was_written() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert midnight_after(datetime(2026, 7, 2, 8, 30, tzinfo=tokyo)) == datetime(2026, 7, 2, tzinfo=UTC)


@given(created=MOMENTS, days=DAYS)
def test_an_object_is_kept_for_its_days_and_at_most_one_more(created: datetime, days: int) -> None:
    due = expiry_due([LifecycleRule(expire_days=days)], "key", 1, none, created)
    assert due is not None
    assert due == due.replace(hour=0, minute=0, second=0, microsecond=0)
    assert days * DAY < due - created <= (days + 1) * DAY


@given(moment=MOMENTS)
def test_the_next_midnight_is_the_first_one_that_qualifies(moment: datetime) -> None:
    assert timedelta(0) < midnight_after(moment) - moment <= DAY
    assert timedelta(0) <= midnight_from(moment) - moment < DAY


@given(earlier=MOMENTS, later=MOMENTS, days=DAYS)
def test_what_is_older_never_expires_after_what_is_younger(earlier: datetime, later: datetime, days: int) -> None:
    rules = [LifecycleRule(expire_days=days)]
    first, second = sorted((earlier, later))
    one, other = (expiry_due(rules, "key", 1, none, created) for created in (first, second))
    assert one is not None
    assert other is not None
    assert one <= other


@given(created=MOMENTS, days=st.lists(DAYS, min_size=1, max_size=4))
def test_of_several_rules_the_shortest_decides(created: datetime, days: list[int]) -> None:
    rules = [LifecycleRule(expire_days=each) for each in days]
    assert expiry_due(rules, "key", 1, none, created) == expiry_due(
        [LifecycleRule(expire_days=min(days))], "key", 1, none, created
    )


@given(since=MOMENTS, days=DAYS)
def test_a_noncurrent_version_counts_from_when_it_was_replaced(since: datetime, days: int) -> None:
    due = noncurrent_due([LifecycleRule(noncurrent_days=days)], "key", 1, none, since=since, newer=0)
    assert due is not None
    assert days * DAY < due - since <= (days + 1) * DAY


def test_an_expiry_on_a_date_is_that_date_and_each_later_day_for_later_objects() -> None:
    date = datetime(2026, 3, 1, tzinfo=UTC)
    rules = [LifecycleRule(expire_on=date)]
    assert expiry_due(rules, "key", 1, none, date - DAY) == date
    assert expiry_due(rules, "key", 1, none, date + timedelta(hours=30)) == date + 2 * DAY


def test_a_marker_goes_at_the_next_midnight_with_the_flag_and_after_the_period_without_it() -> None:
    created = datetime(2026, 1, 15, 10, tzinfo=UTC)
    flagged, aged = LifecycleRule(expire_markers=True), LifecycleRule(expire_days=3)
    assert marker_due([flagged], "key", created) == datetime(2026, 1, 16, tzinfo=UTC)
    assert marker_due([aged], "key", created) == datetime(2026, 1, 19, tzinfo=UTC)
    assert marker_due([LifecycleRule(expire_days=3, larger_than=0)], "key", created) is None


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"Expiration": {"Days": "0"}}, "'Days' must be a positive integer"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": "-1"}}, "'NoncurrentDays' must be a positive integer"),
        ({"Expiration": {"Date": "2026-03-01T12:00:00Z"}}, "'Date' must be at midnight GMT"),
        (
            {"Filter": {"Tag": {"Key": "k"}}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": "1"}},
            "tag filter",
        ),
    ],
)
def test_a_rule_that_s3_refuses_is_refused_with_its_reason(rule: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidRuleError, match=sentence):
        read_rules([{"Status": "Enabled", **rule}])
