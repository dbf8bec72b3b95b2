"""A night's look is made once, however often it is asked for; whoever asks by hand always gets one of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from steward.rights.erasure.nightly import Replaying
from steward.rights.requests import RequestId
from tests.support.rights.erasing import Council, name

NIGHT = datetime(2027, 1, 6, 5, 10, tzinfo=UTC)
SCHEDULED = {"scheduled_at": "2027-01-06T05:10:00Z"}


def _erased() -> Council:
    """Return a council whose erasure is done, at the moment of its next night."""
    council = Council(3)
    council.erased()
    council.at = NIGHT + timedelta(seconds=3)
    council.looked.clear()
    return council


def test_a_night_that_is_asked_for_twice_is_looked_at_once() -> None:
    council = _erased()
    council.asked_at = NIGHT
    for _ in range(2):
        council.ask("replay")
        council.work_off()
        council.at += timedelta(minutes=1)
    assert {len(one) for one in council.looked.values()} == {1}


def test_the_next_night_is_looked_at_again() -> None:
    council = _erased()
    for _ in range(2):
        council.asked_at = council.at + timedelta(days=1)
        council.tomorrow()
    assert {len(one) for one in council.looked.values()} == {2}


def test_a_look_that_died_half_way_is_made_to_its_end_by_the_same_message() -> None:
    council = _erased()
    council.asked_at = NIGHT
    council.there.add(("call_recording", f"{name(0)}.wav"))
    council.dies_after = council.calls + 2
    council.ask("replay")
    council.work_off()
    assert council.deaths == 1
    assert council.there == set()
    assert "Erased Data Reappeared 1" in council.said


def test_what_is_asked_for_after_the_look_of_the_night_is_looked_for_once_more() -> None:
    council = _erased()
    council.asked_at = NIGHT
    council.ask("replay")
    council.work_off()
    council.at += timedelta(hours=2)
    council.there.add(("call_recording", f"{name(0)}.wav"))
    council.asked_at = council.at
    council.ask("replay")
    council.work_off()
    assert council.there == set()


@dataclass
class Night:
    """One erasure stands in the ledger; ``asked`` is what was asked for of it, and when."""

    asked: list[datetime | None] = field(default_factory=list)

    def requests(self) -> Iterable[str]:
        return ["ERA-1"]

    def unfinished(self) -> Iterable[str]:
        return []

    def replay(self, request: RequestId, asked_at: datetime | None = None) -> None:
        assert request == "ERA-1"
        self.asked.append(asked_at)


@pytest.mark.parametrize(
    ("event", "asked_at"),
    [
        (SCHEDULED, NIGHT),
        ({}, NIGHT + timedelta(hours=3)),
        (None, NIGHT + timedelta(hours=3)),
        ({"scheduled_at": "tonight"}, NIGHT + timedelta(hours=3)),
        ({"scheduled_at": "2027-01-06T05:10:00"}, NIGHT + timedelta(hours=3)),
    ],
    ids=["by the schedule", "by hand", "with nothing", "with no moment", "with a moment of no zone"],
)
def test_the_schedule_asks_for_its_night_and_whoever_runs_it_by_hand_for_a_look_from_now(
    event: object, asked_at: datetime
) -> None:
    night = Night()
    replaying = Replaying(erasures=night, ledger=night, work=night)  # type: ignore[arg-type]
    replaying.run(event, NIGHT + timedelta(hours=3))
    assert night.asked == [asked_at]
