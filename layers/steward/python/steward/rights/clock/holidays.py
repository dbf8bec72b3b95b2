"""Bank holidays and working days: a dated table, and no answer beyond its end. Pure.

England and Wales alone, the division of every council that steward has a notice of. The days are those of the Banking
and Financial Dealings Act 1971, Schedule 1, with Good Friday and Christmas Day, and with the substitute weekday that is
proclaimed where one falls on a weekend; https://www.gov.uk/bank-holidays lists the next two years. Compared with a
stored copy of that page's own list (GitHub dmossop/bank-holidays-data@0b1a577, to 2027) and with the package
``holidays`` 0.109 (2020 to 2032): no difference. A holiday that is newly proclaimed is added here: every open request's
deadlines follow, because they are derived.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

TABLE_OF: Final = date(2026, 11, 26)
"""When the table was last looked through."""

FIRST_YEAR, LAST_YEAR = 2020, 2032

WARN_BEFORE: Final = timedelta(days=90)
"""So long before the table ends somebody is told to bring it up to date."""

_SATURDAY = 5

_DAYS: Final = """
2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28
2021-01-01 2021-04-02 2021-04-05 2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28
2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 2022-12-26 2022-12-27
2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25 2023-12-26
2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
2029-01-01 2029-03-30 2029-04-02 2029-05-07 2029-05-28 2029-08-27 2029-12-25 2029-12-26
2030-01-01 2030-04-19 2030-04-22 2030-05-06 2030-05-27 2030-08-26 2030-12-25 2030-12-26
2031-01-01 2031-04-11 2031-04-14 2031-05-05 2031-05-26 2031-08-25 2031-12-25 2031-12-26
2032-01-01 2032-03-26 2032-03-29 2032-05-03 2032-05-31 2032-08-30 2032-12-27 2032-12-28
"""


class BeyondTheTable(Exception):
    """A day about which the table of bank holidays says nothing: no deadline is computed from a guess."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"the table of bank holidays ends before {day.isoformat()}: a newer release has to be deployed"
        )
        self.day = day


@dataclass(frozen=True)
class Holidays:
    """The bank holidays of one division from ``first`` to ``last``, both included."""

    days: frozenset[date]
    first: date
    last: date

    def is_working_day(self, day: date) -> bool:
        """Tell whether it is neither a weekend nor a holiday; raise ``BeyondTheTable`` after its last year."""
        if not self.first <= day <= self.last:
            raise BeyondTheTable(day)
        return day.weekday() < _SATURDAY and day not in self.days

    def working_day_from(self, day: date) -> date:
        """Return that day, or the next working day if it is none; raise ``BeyondTheTable`` after the last year."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_day_until(self, day: date) -> date:
        """Return that day, or the last working day before it if it is none.

        Raises ``BeyondTheTable`` after the last year.
        """
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """Return the day that lies so many working days before that one.

        Raises ``BeyondTheTable`` after the last year.
        """
        for _ in range(count):
            day = self.working_day_until(day - timedelta(days=1))
        return day

    def with_days(self, days: Iterable[date]) -> Holidays:
        """Return the same with more holidays."""
        return Holidays(self.days | frozenset(days), self.first, self.last)


ENGLAND_AND_WALES: Final = Holidays(
    frozenset(date.fromisoformat(day) for day in _DAYS.split()),
    date(FIRST_YEAR, 1, 1),
    date(LAST_YEAR, 12, 31),
)
