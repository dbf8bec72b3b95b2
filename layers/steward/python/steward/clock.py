"""Time, injected: aware UTC inside, Europe/London only where the policy speaks."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
"""The civil time in which every date of a policy or a case is meant."""


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        time.sleep(seconds)


def london_date(moment: datetime) -> date:
    """Return the calendar date in London at an aware moment. Raises ValueError if the moment is naive."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no London date")
    return moment.astimezone(LONDON).date()


def london_midnight(day: date) -> datetime:
    """Return, in UTC, the moment at which that day starts in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
