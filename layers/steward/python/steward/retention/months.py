"""Month arithmetic: when a period of whole calendar months ends, and how many days S3 must be told.

Pure, and the only place where months become days.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from dateutil.relativedelta import relativedelta

from steward.clock import london_midnight
from steward.policy.retention import Period

_CYCLE_YEARS = 400
"""The Gregorian calendar repeats after 400 years."""


def add_months(day: date, months: int) -> date:
    """Return ``day`` plus whole calendar months, clamped to the end of the month it lands in.

    31 August 2026 + 18 is 29 February 2028. Clamping does not add up: always add once, from the original date.
    """
    end: date = day + relativedelta(months=months)
    return end


def end_of(day: date, months: int) -> datetime:
    """Return, in UTC, the London midnight with which ``day`` + ``months`` starts: the first moment after the period."""
    return london_midnight(add_months(day, months))


@cache
def longest_span_days(months: int) -> int:
    """Return the greatest number of days that ``months`` calendar months can last, anywhere in the calendar.

    A span from a day that is clamped is shorter than the span from the first of its month, and all the others are equal
    to it; so the first days of one whole cycle are enough. Raises ValueError when ``months`` is not positive.
    """
    if months < 1:
        raise ValueError(f"a period of {months} months has no span")
    firsts = [date(2000 + n // 12, n % 12 + 1, 1) for n in range(_CYCLE_YEARS * 12 + months)]
    return max((end - start).days for start, end in zip(firsts, firsts[months:], strict=False))


def lifecycle_days(period: Period) -> int:
    """Return the ``Expiration`` days of the lifecycle rule for a class that is kept for that period.

    S3 counts days from Last-Modified and rounds up to the next midnight in UTC, so the longest span keeps every object
    through its whole period wherever it starts. Source: Amazon S3 User Guide, "Lifecycle configuration elements".
    """
    return longest_span_days(period.months)
