"""The order of rows in the state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from simulator.scenarios.results.collect import notifications_of


def test_notifications_are_listed_by_moment_whatever_worker_was_faster() -> None:
    noon = datetime(2027, 2, 10, 12, tzinfo=UTC)
    told = [SimpleNamespace(at=noon + timedelta(seconds=late), topic="t", subject=f"{late}") for late in (0, 10, 3)]
    world: Any = SimpleNamespace(notifications=told)

    assert [row.subject for row in notifications_of(world)] == ["0", "3", "10"]
