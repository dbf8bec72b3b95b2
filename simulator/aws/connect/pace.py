"""Who called when: a log of requests and, if wanted, a limit on them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from datetime import datetime, timedelta

_SECOND = timedelta(seconds=1)


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
