"""Exact expiry of a row in a table: DynamoDB's time to live, and readers that do not wait for it.

DynamoDB removes an expired item within days, not at its moment, and returns it until then (Amazon DynamoDB Developer
Guide, "Using time to live"). A reader therefore treats it as absent from the moment on.
"""

from __future__ import annotations

from datetime import datetime

from steward.clock import london_date
from steward.retention.months import end_of


def expires_at(began: datetime, months: int) -> int:
    """Return the epoch second at which a row that began at an aware moment has been kept for ``months``."""
    return int(end_of(london_date(began), months).timestamp())


def is_expired(expiry: int, now: datetime) -> bool:
    """Tell whether a row with that ``expires_at``, an epoch second, is past its period at an aware moment.

    Raises ValueError if the moment is naive.
    """
    if now.tzinfo is None:
        raise ValueError("a naive datetime cannot be compared with an expiry")
    return now.timestamp() >= expiry
