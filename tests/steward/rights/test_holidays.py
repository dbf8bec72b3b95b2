"""The table of bank holidays against the list that gov.uk publishes, and against the rules for later years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from steward.rights.clock.holidays import ENGLAND_AND_WALES, LAST_YEAR

GOV_UK = """
2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28 2021-01-01 2021-04-02 2021-04-05
2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28 2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03
2022-08-29 2022-09-19 2022-12-26 2022-12-27 2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28
2023-12-25 2023-12-26 2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26 2025-01-01
2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-04
2026-05-25 2026-08-31 2026-12-25 2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27
2027-12-28
"""
"""gov.uk/bank-holidays.json, division england-and-wales, copied from GitHub dmossop/bank-holidays-data@0b1a577."""


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian computus, as in the Book of Common Prayer's tables)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    week = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * week) // 451
    month, day = divmod(h + week - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def by_the_rules(year: int) -> set[date]:
    """Return the holidays of a year in which nothing extraordinary was proclaimed."""
    sunday = easter(year)
    found = {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    found |= {_monday_from(date(year, 5, 1)), _monday_from(date(year, 5, 25)), _monday_from(date(year, 8, 25))}
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        following = (fixed + timedelta(days=days) for days in range(7))
        found.add(next(day for day in following if day.weekday() <= 4 and day not in found))
    return found


def test_the_table_is_what_the_government_published() -> None:
    published = {date.fromisoformat(day) for day in GOV_UK.split()}
    assert {day for day in ENGLAND_AND_WALES.days if day.year <= 2027} == published


@pytest.mark.parametrize("year", range(2024, LAST_YEAR + 1))
def test_a_year_without_extraordinary_days_follows_the_rules(year: int) -> None:
    assert {day for day in ENGLAND_AND_WALES.days if day.year == year} == by_the_rules(year)
