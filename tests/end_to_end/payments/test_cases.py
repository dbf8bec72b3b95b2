"""Payments that came out wrong in November 2026, as they were reported, and what is right.

What is always tested of their kinds is in ``test_legs.py`` and ``test_same_call.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.stories import Line, moment

pytestmark = pytest.mark.prove

Play = Callable[..., State]

CASES = Path(__file__).parent / "cases"
CALLED_BACK = "90749831-870c-56d7-bb2f-90566d7ddc81"
CONSULTED = "81e7dd84-bf19-5e92-a24b-2894ebec042b"


def lines(name: str) -> list[Line]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def recorded(state: State, contact_id: str) -> list[tuple[str, Any, Any]]:
    [found] = [one for one in state.recordings if one.contact_id == contact_id]
    return [(one.state, one.from_, one.to) for one in found.intervals]


def test_callback_next_day(play: Play) -> None:
    """A pause binds segments of the same call while it is open, and a call back is another call."""
    state = play(lines("callback-next-day"))
    assert recorded(state, CALLED_BACK) == [("recording", moment("2027-01-06T10:00:05"), moment("2027-01-06T10:20:00"))]


def test_consult_leg_after_resume(play: Play) -> None:
    """The leg that was suspended records again when the payment is finished, or the answer says that it does not."""
    state = play(lines("consult-leg-after-resume"))
    [answer] = [one.response for one in state.responses if one.as_ == "resume A"]
    assert isinstance(answer, dict)
    [(begun, since, _), *_, (last, again, until)] = recorded(state, CONSULTED)
    assert (begun, since) == ("recording", moment("2027-01-07T10:02:05"))
    if answer["reason"] == "other_leg_suspended":
        assert last == "suspended"
    else:
        assert (last, until) == ("recording", moment("2027-01-07T10:40:00"))
        assert moment("2027-01-07T10:04:00") <= again < moment("2027-01-07T10:04:08")
    assert "suspended" in {kind for kind, _, _ in recorded(state, CONSULTED)}
