"""The pace at which contacts are asked for: Connect's quotas are a few requests a second for the whole instance.

https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from steward.holds.adapters.connect import Pace


@dataclass
class Watch:
    """A clock that notes how long somebody slept."""

    moment: datetime = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.moment += timedelta(seconds=seconds)


def test_two_workers_together_stay_below_two_requests_a_second() -> None:
    watch = Watch()
    pace, began = Pace(watch), watch.moment

    for _ in range(11):
        pace.wait()

    requests_a_second = 2 * 10 / (watch.moment - began).total_seconds()
    assert requests_a_second < 2


@pytest.mark.parametrize(
    ("passed", "slept"),
    [(0.0, [1.5]), (0.5, [1.0]), (1.5, []), (60.0, []), (-3600.0, [])],
)
def test_a_call_waits_only_for_what_is_left_since_the_one_before(passed: float, slept: list[float]) -> None:
    """A clock that was set back makes nobody wait for an hour."""
    watch = Watch()
    pace = Pace(watch, seconds=1.5)
    pace.wait()

    watch.moment += timedelta(seconds=passed)
    pace.wait()

    assert watch.slept == slept
