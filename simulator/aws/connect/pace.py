"""Who called when: a log of requests and, if wanted, a limit on them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from datetime import datetime, timedelta

_SECOND = timedelta(seconds=1)
_FORGOTTEN = 60.0
"""Seconds after which no bucket remembers a request."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``outcome`` is ``ok`` or the error's code; ``contact_id`` is empty where none was named."""

    at: datetime
    operation: str
    contact_id: str
    outcome: str


class CallLog:
    """Every request, in the order of arrival.

    Virtual time is not the order of arrival: of two functions that run at the same time, the one that is played second
    starts at an earlier moment than the first one ended. Counts are therefore made over moments, not over the order.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.calls: list[Call] = []
        self._moments: dict[str, list[datetime]] = {}

    def note(self, call: Call) -> None:
        """Keep a request."""
        self.calls.append(call)
        insort(self._moments.setdefault(call.operation, []), call.at)

    def within_a_second(self, operation: str, at: datetime) -> int:
        """Count the requests of an operation within the second that ends then."""
        moments = self._moments.get(operation, [])
        return bisect_right(moments, at) - bisect_right(moments, at - _SECOND)

    def most_within_a_second(self, operation: str | None = None) -> int:
        """Return the most requests, of one operation or of all together, that any second saw."""
        chosen = [operation] if operation else list(self._moments)
        moments = sorted(moment for name in chosen for moment in self._moments.get(name, []))
        return max(
            (bisect_left(moments, start + _SECOND) - position for position, start in enumerate(moments)), default=0
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """A token bucket: ``burst`` requests at once, ``rate`` more a second."""

    rate: float
    burst: int


DEFAULT_QUOTA = Quota(rate=2, burst=5)
"""Each operation of an account, unless the account asked for more.

Source: Amazon Connect Administrator Guide, "API throttling quotas" ("for all other operations"); API reference, "Best
practices for using Amazon Connect APIs": for each API separately, at the level of the account.
"""


class TokenBucket:
    """Admits requests by a quota, at moments in any order.

    Functions that run at the same time are played one after the other, so that a request may come for a moment before
    one that was admitted already. Whatever is admitted, no span of time holds more than the burst and what came in.
    """

    def __init__(self, quota: Quota) -> None:
        """Start full."""
        self._quota = quota
        self._admitted: list[float] = []

    def admits(self, at: datetime) -> bool:
        """Admit a request at that moment, or turn it away without cost."""
        moment = at.timestamp()
        place = bisect_right(self._admitted, moment)
        first = bisect_left(self._admitted, moment - _FORGOTTEN)
        last = bisect_right(self._admitted, moment + _FORGOTTEN)
        around = [*self._admitted[first:place], moment, *self._admitted[place:last]]
        filled = [position - self._quota.rate * when for position, when in enumerate(around)]
        own = place - first
        if max(filled[own:]) - min(filled[: own + 1]) + 1 > self._quota.burst + 1e-6:
            return False
        self._admitted.insert(place, moment)
        return True
