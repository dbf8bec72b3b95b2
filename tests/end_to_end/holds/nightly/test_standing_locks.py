"""Locks that are right are left alone, and a lock that somebody extended stays extended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.aws.iam.permissions import Permissions
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import Line, call, logged, moment, recording_key, released, told

START = "2027-01-05T10:00:00"
COPY = f"gone/call_recording/{recording_key('gone', START)}"
FAR = "2029-06-01T00:00:00+00:00"
BEING_WRITTEN = {"EvaluationId": "e-1", "Form": "Quality", "Status": "DRAFT", "Answers": {}}
"""While a contact has it every look is whole, and compares the copies with S3."""
HELD = [
    *call("gone", START, Evaluations=[BEING_WRITTEN]),
    logged("2027-01-06T10:00:00", "D1", ["gone"], received_on="2027-01-05"),
]


def with_an_extended_lock(tmp_path: Path, lines: list[Line], at: str, to: str, until: str) -> State:
    """Replay the lines, in which somebody extends the lock of the held recording in the S3 console."""
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment(at))
        running.world.client("s3").put_object_retention(
            Bucket=running.world.names.buckets["legal_hold"],
            Key=COPY,
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": moment(to)},
        )
        running.run_until(moment(until))
        return running.outcome().state


def rewritten(state: State) -> int:
    return sum(calls.get("s3.PutObjectRetention", 0) for calls in state.calls.values())


def locked_until(state: State) -> list[str]:
    return [str(one.retain_until) for one in state.stores["legal_hold"].objects if one.key == COPY]


def subjects(state: State) -> list[str]:
    return [str(one.subject) for one in told(state)]


def test_the_nightly_run_rewrites_no_lock_that_is_right(play: Play) -> None:
    state = play(HELD, until="2027-02-20T00:00:00")
    assert state.calls["maintain_holds"]["invocations"] > 40
    assert state.calls["place_hold"]["s3.HeadObject"] > 20
    assert rewritten(state) == 0
    assert state.dead_letters == []


@pytest.mark.prove
def test_who_may_not_read_locks_would_rewrite_them_every_night(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """That this can fail: S3 leaves locks out of its answer for whoever may not read them (HeadObject)."""
    monkeypatch.setattr(Permissions, "allows", lambda *_: False)
    assert rewritten(play(HELD, until="2027-02-20T00:00:00")) > 0


def test_a_lock_that_somebody_extended_stays_so_through_every_night(tmp_path: Path) -> None:
    state = with_an_extended_lock(tmp_path, HELD, "2027-01-10T10:00:00", FAR, "2027-02-20T00:00:00")
    assert [one[:10] for one in locked_until(state)] == [FAR[:10]]
    assert rewritten(state) == 0
    assert state.dead_letters == []


def test_after_the_hold_a_lock_that_somebody_extended_is_noted_and_nothing_is_set_aside(tmp_path: Path) -> None:
    lines = [
        *call("gone", START),
        logged("2027-02-01T10:00:00", "D1", ["gone"], received_on="2025-09-01"),
    ]
    state = with_an_extended_lock(
        tmp_path, lines, "2027-02-02T10:00:00", "2027-03-20T00:00:00+00:00", "2027-04-01T00:00:00"
    )
    assert state.dead_letters == []
    [hold] = state.holds
    assert hold.status == "disposed"
    [gone] = {one.at.date().isoformat() for one in state.disposals if one.key == COPY}
    assert gone >= "2027-03-20"


def test_a_release_leaves_a_lock_that_somebody_extended_and_says_so(tmp_path: Path) -> None:
    lines = [*HELD, *released("2027-01-20T10:00:00", "D1")]
    state = with_an_extended_lock(tmp_path, lines, "2027-01-10T10:00:00", FAR, "2027-02-20T00:00:00")
    assert subjects(state).count("Not released yet: D1") == 1
    assert {one.status for one in state.holds} == {"held"}
    assert [one[:10] for one in locked_until(state)] == [FAR[:10]]
    assert state.dead_letters == []


@pytest.mark.parametrize("lifted", [pytest.param(False, marks=pytest.mark.prove), True])
def test_a_release_leaves_a_legal_hold_that_somebody_set_and_goes_on_when_it_is_lifted(
    tmp_path: Path,
    lifted: bool,  # noqa: FBT001 - parametrised
) -> None:
    path = tmp_path / "story.jsonl"
    lines = [*HELD, *released("2027-01-20T10:00:00", "D1")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        s3, bucket = running.world.client("s3"), running.world.names.buckets["legal_hold"]
        running.run_until(moment("2027-01-10T10:00:00"))
        s3.put_object_legal_hold(Bucket=bucket, Key=COPY, LegalHold={"Status": "ON"})
        running.run_until(moment("2027-02-05T10:00:00"))
        if lifted:
            s3.put_object_legal_hold(Bucket=bucket, Key=COPY, LegalHold={"Status": "OFF"})
        running.run_until(moment("2027-02-20T00:00:00"))
        state = running.outcome().state
    assert subjects(state).count("Not released yet: D1") == 1
    assert {one.status for one in state.holds} == ({"released"} if lifted else {"held"})
    assert bool(locked_until(state)) is not lifted
    assert state.dead_letters == []


def test_an_open_case_is_released_after_another_one_and_nobody_is_said_to_have_extended_its_lock(play: Play) -> None:
    lines = [
        *HELD,
        logged("2027-01-06T11:00:00", "O1", ["gone"], received_on="2025-06-01", stage="ombudsman"),
        *released("2027-01-08T10:00:00", "D1"),
        *released("2027-01-17T10:00:00", "O1"),
    ]
    state = play(lines, until="2027-01-26T00:00:00")
    assert {(one.case, one.status) for one in state.holds} == {("D1", "released"), ("O1", "released")}
    assert not [subject for subject in subjects(state) if subject.startswith("Not released")]
    assert locked_until(state) == []
