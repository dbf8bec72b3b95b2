"""Whoever has to know of a refused event is told of it once, whichever attempt it was refused at."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from steward.holds.requests import BadRequest
from steward.rights.intake import Intake
from steward.told import Told
from tests.support.rights.council import Council


class Marks:
    def __init__(self) -> None:
        self.left = set[str]()

    def has(self, mark: str) -> bool:
        return mark in self.left

    def put(self, mark: str, expires_at: datetime) -> None:
        del expires_at
        self.left.add(mark)


class Desk:
    """The queue of events and the information team."""

    def __init__(self) -> None:
        self.council = Council()
        self.marks = Marks()
        self.told = list[BadRequest]()

    def refused(self, refusal: BadRequest) -> None:
        self.told.append(refusal)

    def comes(self, kind: str, attempt: int, **detail: object) -> None:
        body = {"id": "e-9", "time": "2027-01-05T09:00:00Z", "detail-type": kind, "detail": detail}
        Intake(
            clock=self.council,
            handling=self.council.handling,
            notices=self,  # type: ignore[arg-type]  # nothing else is told here
            told=Told(clock=self.council, marks=self.marks),
        ).take(json.dumps(body), last=attempt == 5)


@pytest.fixture
def desk() -> Desk:
    return Desk()


CLOSED = {"request": "SAR-1", "on": "2027-01-05"}


def test_what_became_final_at_a_later_attempt_is_told_once(desk: Desk) -> None:
    with pytest.raises(BadRequest):
        desk.comes("Identity Asked", 1, **CLOSED)
    assert desk.told == [], "the request may still come"
    desk.council.ask()
    desk.council.tell("Request Closed", "e-closed", outcome="withdrawn")
    for attempt in (2, 3, 4, 5):
        with pytest.raises(BadRequest, match="closed"):
            desk.comes("Identity Asked", attempt, **CLOSED)
    assert len(desk.told) == 1


def test_a_final_refusal_after_a_failure_of_aws_is_told(desk: Desk) -> None:
    with pytest.raises(BadRequest):
        desk.comes("Subject Request Received", 3, request="SAR-1", right="everything")
    assert len(desk.told) == 1


def test_what_never_came_to_rest_is_told_at_the_last_attempt(desk: Desk) -> None:
    for attempt in (1, 2, 3, 4, 5):
        with pytest.raises(BadRequest):
            desk.comes("Identity Asked", attempt, **CLOSED)
    assert len(desk.told) == 1
