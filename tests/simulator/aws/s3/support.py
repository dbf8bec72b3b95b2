"""An agenda and a bus for tests of the emulated S3."""

from __future__ import annotations

import heapq
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import time_machine

START = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)


class Agenda:
    """What is to happen, on a clock that moto shares."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self.actions = 0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (max(moment, self.now()), next(self._order), action))

    def until(self, moment: datetime) -> None:
        while self._heap and self._heap[0][0] <= moment:
            due, _, action = heapq.heappop(self._heap)
            self._traveller.move_to(due)
            self.actions += 1
            action()
        self._traveller.move_to(moment)


class Published(list["Mapping[str, Any]"]):
    """The events that reached the default bus."""

    def publish(self, bus_name: str, event: Mapping[str, Any]) -> None:
        assert bus_name == "default"
        self.append(event)
