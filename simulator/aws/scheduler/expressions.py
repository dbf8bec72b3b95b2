"""When a schedule is due: ``cron``, ``rate`` and ``at`` expressions.

Source: EventBridge Scheduler user guide, "Schedule types": six cron fields; a local time that the clock change skips
does not occur, and one that it repeats occurs once.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo


class _Names:
    """The names of months or week days; compared by identity, so that it can be a key of a cache."""

    def __init__(self, *names: str) -> None:
        self.numbers = {name: number for number, name in enumerate(names, start=1)}


_MONTHS: Final = _Names("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = _Names("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_HORIZON: Final = timedelta(days=366 * 5)


class InvalidSchedule(Exception):
    """An expression that EventBridge would refuse, or one that the embedded AWS does not know."""


@dataclass(frozen=True)
class Cron:
    """The six fields of a cron expression, each as the set of numbers it allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    month_days: str
    months: frozenset[int]
    week_days: str
    years: frozenset[int]

    def falls_on(self, day: date) -> bool:
        """Tell whether the expression names this day."""
        if day.month not in self.months or day.year not in self.years:
            return False
        return self._month_day(day) if self.week_days == "?" else self._week_day(day)

    def _month_day(self, day: date) -> bool:
        last = calendar.monthrange(day.year, day.month)[1]
        if self.month_days == "L":
            return day.day == last
        return day.day in _numbers(self.month_days, 1, 31)

    def _week_day(self, day: date) -> bool:
        number = day.isoweekday() % 7 + 1
        if match := re.fullmatch(r"([A-Z0-9]+)#([1-5])", self.week_days):
            return number in _numbers(match.group(1), 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == int(match.group(2))
        if match := re.fullmatch(r"([A-Z0-9]+)L", self.week_days):
            last = calendar.monthrange(day.year, day.month)[1]
            return number in _numbers(match.group(1), 1, 7, _DAYS) and day.day + 7 > last
        return number in _numbers(self.week_days, 1, 7, _DAYS)


def next_time(expression: str, zone: str, after: datetime, created: datetime) -> datetime | None:
    """Return the first moment (UTC) after ``after`` at which the expression is due, or ``None`` if it never is again.

    ``created`` is where a rate starts to count. Raises ``InvalidSchedule``.
    """
    match = re.fullmatch(r"(cron|rate|at)\((.+)\)", expression.strip())
    if not match:
        raise InvalidSchedule(f"{expression!r} is not a cron, rate or at expression")
    kind, text = match.groups()
    timezone = ZoneInfo(zone)
    if kind == "at":
        moment = datetime.fromisoformat(text).replace(tzinfo=timezone).astimezone(UTC)
        return moment if moment > after else None
    if kind == "rate":
        step = _rate(text)
        return created + step * ((max(after, created) - created) // step + 1)
    return _next_cron(_cron(text), timezone, after)


def _rate(text: str) -> timedelta:
    match = re.fullmatch(r"(\d+) (minute|hour|day)s?", text)
    if not match or not int(match.group(1)):
        raise InvalidSchedule(f"rate({text}) is not a rate")
    return timedelta(**{f"{match.group(2)}s": int(match.group(1))})


@cache
def _cron(text: str) -> Cron:
    fields = text.upper().split()
    if len(fields) != 6:  # noqa: PLR2004 - AWS's number of fields
        raise InvalidSchedule(f"cron({text}) has {len(fields)} fields; there must be six")
    minutes, hours, month_days, months, week_days, years = fields
    if (month_days == "?") == (week_days == "?"):
        raise InvalidSchedule(f"cron({text}) must have a ? in exactly one of day-of-month and day-of-week")
    if "W" in month_days.replace("WED", ""):
        raise InvalidSchedule(f"cron({text}) uses W, which the embedded AWS does not know")
    return Cron(
        minutes=_numbers(minutes, 0, 59),
        hours=_numbers(hours, 0, 23),
        month_days=month_days,
        months=_numbers(months, 1, 12, _MONTHS),
        week_days=week_days,
        years=_numbers(years, 1970, 2199),
    )


def _next_cron(cron: Cron, timezone: ZoneInfo, after: datetime) -> datetime | None:
    day = after.astimezone(timezone).date()
    last_day = day + _HORIZON
    while day <= last_day:
        if cron.falls_on(day):
            for hour in sorted(cron.hours):
                for minute in sorted(cron.minutes):
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone)
                    moment = local.astimezone(UTC)
                    skipped = moment.astimezone(timezone).replace(tzinfo=None) != local.replace(tzinfo=None)
                    if moment > after and not skipped:
                        return moment
        day += timedelta(days=1)
    return None


@cache
def _numbers(field: str, low: int, high: int, names: _Names | None = None) -> frozenset[int]:
    known = names.numbers if names else {}

    def number(text: str) -> int:
        try:
            value = known[text] if text in known else int(text)
        except ValueError:
            raise InvalidSchedule(f"{text!r} is not a value of a cron field") from None
        if not low <= value <= high:
            raise InvalidSchedule(f"{text!r} is outside {low} to {high} in a cron field")
        return value

    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span in {"*", "?"}:
            first, last = low, high
        elif "-" in span:
            first, last = map(number, span.split("-", 1))
        else:
            first = number(span)
            last = high if step else first
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)
