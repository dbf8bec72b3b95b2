from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.scheduler.expressions import InvalidSchedule, next_time

CREATED = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def _next(expression: str, after: str, zone: str = "UTC") -> str | None:
    due = next_time(expression, zone, datetime.fromisoformat(after), CREATED)
    return due.strftime("%Y-%m-%dT%H:%MZ") if due else None


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("cron(0 3 * * ? *)", "2026-01-05T03:00:00Z", "2026-01-06T03:00Z"),
        ("cron(0 3 * * ? *)", "2026-01-05T02:59:59Z", "2026-01-05T03:00Z"),
        ("rate(5 minutes)", "2026-01-01T12:00:00Z", "2026-01-01T12:05Z"),
        ("rate(1 day)", "2026-01-03T13:00:00Z", "2026-01-04T12:00Z"),
        ("at(2026-05-01T10:00:00)", "2026-01-01T00:00:00Z", "2026-05-01T10:00Z"),
        ("at(2026-05-01T10:00:00)", "2026-05-01T10:00:00Z", None),
    ],
)
def test_an_expression_is_due_next_at(expression: str, after: str, due: str | None) -> None:
    assert _next(expression, after) == due


def test_a_time_in_london_follows_the_clock_changes() -> None:
    nightly = "cron(0 3 * * ? *)"
    assert _next(nightly, "2026-03-28T12:00:00Z", "Europe/London") == "2026-03-29T02:00Z"
    assert _next(nightly, "2026-10-24T12:00:00Z", "Europe/London") == "2026-10-25T03:00Z"


def test_a_local_time_that_the_clock_change_skips_does_not_occur() -> None:
    assert _next("cron(30 1 * * ? *)", "2026-03-28T12:00:00Z", "Europe/London") == "2026-03-30T00:30Z"


def test_a_local_time_that_the_clock_change_repeats_occurs_once() -> None:
    assert _next("cron(30 1 * * ? *)", "2026-10-24T12:00:00Z", "Europe/London") == "2026-10-25T00:30Z"
    assert _next("cron(30 1 * * ? *)", "2026-10-25T00:30:00Z", "Europe/London") == "2026-10-26T01:30Z"


@pytest.mark.parametrize(
    "expression",
    [
        "every day",
        "cron(0 3 * * ?)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(60 3 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0/15 8-9 ? * MON-FRI *)",
        "cron(30 6 L * ? *)",
        "at(2026-02-30T10:00:00)",
        "cron(0 x * * ? *)",
        "cron(0 3 1W * ? *)",
        "rate(0 days)",
        "rate(five minutes)",
    ],
)
def test_an_expression_that_is_none_is_refused(expression: str) -> None:
    with pytest.raises(InvalidSchedule):
        _next(expression, "2026-01-01T00:00:00Z")


@given(
    st.integers(0, 59),
    st.integers(0, 23),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
)
def test_a_daily_time_is_never_due_before_now_nor_later_than_two_days(minute: int, hour: int, after: datetime) -> None:
    due = next_time(f"cron({minute} {hour} * * ? *)", "Europe/London", after, CREATED)
    assert due is not None
    assert after < due <= after + timedelta(days=2)
