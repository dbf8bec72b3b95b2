"""How long it is remembered that a contact has to stay gone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from steward.policy.retention import Period
from steward.retention.months import lifecycle_days
from steward.rights.erasure.artefacts import Erased, Order

COMES_BACK_FOR: Final = timedelta(days=65)
"""So long after its period something of a contact could come back.

35 days of point-in-time recovery (Amazon DynamoDB developer guide) and the 30 of the own bus's archive.
"""

AT_LEAST: Final = timedelta(days=100)


def comes_back_for(periods: Iterable[Period]) -> timedelta:
    """Return how long after its beginning anything of a contact could be there, or come back."""
    return timedelta(days=max((lifecycle_days(one) for one in periods), default=0)) + COMES_BACK_FOR


def tombstone_ends(order: Order, contact: Erased, kept_for: timedelta) -> datetime:
    """Return until when a contact has to stay gone: longer than anything that could bring it back."""
    try:
        began = datetime.strptime(contact.month, "%Y-%m").replace(tzinfo=order.approved_at.tzinfo)
    except ValueError:
        began = order.approved_at
    return max(began + kept_for + timedelta(days=31), order.approved_at + AT_LEAST)
