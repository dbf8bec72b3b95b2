"""Virtual time: one clock that moves only when told, and the agenda of what will happen when."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from unittest.mock import patch

import time_machine
from botocore.retries import bucket

if TYPE_CHECKING:
    from types import TracebackType


class VirtualClock:
    """The present moment of the embedded AWS, seen by everything in the process (moto, botocore, the handlers)."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the embedded AWS starts at an aware moment; this one has no time zone")
        self._now = start.astimezone(UTC)
        self._traveller = time_machine.travel(self._now, tick=False)
        self._coordinates: time_machine.Traveller | None = None

    def __enter__(self) -> Self:
        """Freeze the time of the process at the start."""
        self._coordinates = self._traveller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the process its own time back."""
        self._traveller.stop()
        self._coordinates = None

    def now(self) -> datetime:
        """Return the present virtual moment (aware, UTC)."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Jump to that aware moment, forwards or (when an invocation is over) back."""
        if moment == self._now:
            return
        self._now = moment.astimezone(UTC)
        if self._coordinates is not None:
            self._coordinates.move_to(self._now)

    def advance(self, seconds: float) -> None:
        """Move forward by that many seconds."""
        self.set(self._now + timedelta(seconds=seconds))


class EventQueue:
    """The agenda: what will happen, by moment; what is due at the same moment happens in order of arrival."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._arrivals = 0

    def now(self) -> datetime:
        """Return the present virtual moment (aware, UTC)."""
        return self._clock.now()

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Let ``action`` happen at that moment, or as soon as possible if it has passed.

        Raises ValueError for a moment without an offset from UTC.
        """
        if moment.tzinfo is None:
            raise ValueError("the agenda takes aware moments; this one has no time zone")
        self._arrivals += 1
        heapq.heappush(self._entries, (moment.astimezone(UTC), self._arrivals, action))

    def run_until(self, moment: datetime) -> None:
        """Jump from due action to due action up to and including that moment, and stay there.

        Raises ValueError for a moment that has passed, and whatever an action raises.
        """
        if moment < self._clock.now():
            raise ValueError(f"time does not run backwards: it is {self._clock.now()} already, not {moment}")
        while self._entries and self._entries[0][0] <= moment:
            due, _, action = heapq.heappop(self._entries)
            if due > self._clock.now():
                self._clock.set(due)
            action()
        self._clock.set(moment)


@contextmanager
def virtual_sleep(sleep: Callable[[float], None]) -> Iterator[None]:
    """Make every wait of the process virtual: ``time.sleep`` and the pacing of botocore's adaptive retries."""
    bucket_type: Any = bucket.TokenBucket
    original_acquire = bucket_type._acquire  # noqa: SLF001 - the wait has no other seam

    def acquire(bucket: Any, amount: float, block: bool) -> bool:  # noqa: ANN401, FBT001 - botocore's signature
        now = bucket._clock.current_time()  # noqa: SLF001
        if bucket._last_timestamp is not None and now < bucket._last_timestamp:  # noqa: SLF001
            # The next invocation starts before the end of the last: it would have had a bucket of its own.
            bucket._last_timestamp = now  # noqa: SLF001
        bucket._refill()  # noqa: SLF001
        while block and amount > bucket._current_capacity:  # noqa: SLF001
            sleep(max(bucket._sleep_amount(amount), 0.001))  # noqa: SLF001
            bucket._refill()  # noqa: SLF001
        return bool(original_acquire(bucket, amount, block))

    with patch.object(time, "sleep", sleep), patch.object(bucket_type, "_acquire", acquire):
        yield
