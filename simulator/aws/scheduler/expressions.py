"""When a schedule is due, in the forms that the templates use: a time of day, a rate, or one moment.

Source: EventBridge Scheduler user guide, "Schedule types": a local time that the clock change skips does not occur, and
one that it repeats occurs once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

_DAILY: Final = re.compile(r"cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)")
_RATE: Final = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_ONCE: Final = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


class InvalidSchedule(Exception):
    """An expression that EventBridge would refuse, or one that the embedded AWS does not know."""


def next_time(expression: str, zone: str, after: datetime, created: datetime) -> datetime | None:
    """Return the first moment (UTC) after ``after`` at which the expression is due, or ``None`` if it never is again.

    ``zone`` is the name of the time zone in which times of day are meant, ``created`` where a rate starts to count.
    Raises ``InvalidSchedule``.
    """
    try:
        if once := _ONCE.fullmatch(expression):
            moment = datetime.fromisoformat(once[1]).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            return moment if moment > after else None
        if daily := _DAILY.fullmatch(expression):
            return _next_daily(time(int(daily[2]), int(daily[1])), ZoneInfo(zone), after)
    except ValueError as error:
        raise InvalidSchedule(f"{expression} is not a time: {error}") from error
    if rate := _RATE.fullmatch(expression):
        step = timedelta(**{f"{rate[2]}s": int(rate[1])})
        return created + step * ((max(after, created) - created) // step + 1)
    raise InvalidSchedule(f"{expression!r} is not cron(MINUTE HOUR * * ? *), rate(N UNIT) or at(TIME)")


def _next_daily(at: time, zone: ZoneInfo, after: datetime) -> datetime:
    first = after.astimezone(zone).date()
    moments = (datetime.combine(first + timedelta(days=days), at, zone).astimezone(UTC) for days in count())
    # A time that the clock change skips comes back from UTC as another one.
    return next(moment for moment in moments if moment > after and moment.astimezone(zone).time() == at)
