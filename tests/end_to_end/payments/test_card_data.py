"""Card data in a recording that two cases hold: two people agree, and it goes at once, with every copy of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import Line, call, decide, fault, logged, moment, recording_key, wait

START, ASKED = "2027-02-08T09:00:00", "2027-02-10T12:00:00"
KEY = recording_key("a1", START)
LOCATION = f"s3://{{call_recording}}/{KEY}"
OFFICER, APPROVER = "information-officer/ann", "data-protection-officer/ben"
HELD = [
    *call("a1", START),
    logged("2027-02-09T12:00:00", "Q-1", ["a1"], received_on="2027-02-09"),
    logged("2027-02-09T12:00:01", "Q-2", ["a1"], received_on="2027-02-09"),
]


def asked(at: str = ASKED, by: str = OFFICER, *objects: str) -> Line:
    return decide(at, by, "card_data", "a1", "request", why="card data", objects=list(objects or [LOCATION]))


def agreed(at: str = ASKED) -> list[Line]:
    later = (moment(at) + timedelta(minutes=1)).isoformat()
    return [asked(at), decide(later, APPROVER, "card_data", "a1", "approve")]


def left(state: State) -> list[str]:
    stored = [one.key for name in ("call_recording", "legal_hold") for one in state.stores[name].objects]
    return [key for key in stored if key.endswith(KEY)]


def told(state: State) -> list[str]:
    officer = [one.subject or "" for one in state.notifications if "DataProtection" in one.topic]
    return [one for one in officer if not one.startswith("Register 2")]


def answers(state: State) -> Iterator[object]:
    return (cast("dict[str, object]", one.response).get("reason") for one in state.responses)


def test_it_goes_at_once_with_its_copy_and_both_holds_say_so(play: Play) -> None:
    state = play([*HELD, *agreed(), wait("2027-02-10T12:10:00")])

    assert left(state) == []
    for hold in state.holds:
        assert hold.status == "partial"
        assert ["card data was recorded" in one.why for one in hold.missing if one.source_key == KEY] == [True]
    assert {one.cause for one in state.disposals if one.key.endswith(KEY)} == {"erasure"}
    assert told(state) == ["Card data asked for: a1", "Card data approved: a1", "Card data removed: contact a1"]
    assert state.dead_letters == []
    assert [(row.subject, row.by, row.decision) for row in state.decisions] == [
        ("card_data", OFFICER, "request"),
        ("card_data", APPROVER, "approve"),
    ]


def test_nothing_goes_before_somebody_else_approved(play: Play) -> None:
    others = [
        decide("2027-02-10T12:01:00", "data-protection-officer/Ann", "card_data", "a1", "approve"),
        decide("2027-02-10T12:02:00", "information-officer/ben", "card_data", "a1", "approve"),
        decide("2027-02-10T12:03:00", "release-approver/ben", "card_data", "a1", "approve"),
        decide("2027-02-10T12:04:00", "data-protection-officer/ben", "card_data", "a1", "reject"),
        decide("2027-02-10T12:05:00", "data-protection-officer/cat", "card_data", "a1", "approve"),
    ]
    state = play([*HELD, asked(), *others, wait("2027-02-14T12:00:00")])

    assert list(answers(state)) == ["", "same_person", "role", "role", "", "nothing_asked"]
    assert len(left(state)) == 2
    assert [hold.status for hold in state.holds] == ["held", "held"]


def test_a_request_that_cannot_be_meant_is_refused_with_the_field(play: Play) -> None:
    reasons = {
        "s3://{legal_hold}/a1/call_recording/x.wav": (
            "objects: name the original and not the copy, which goes with it"
        ),
        "s3://elsewhere/x.wav": "objects: names a bucket that is none of the record stores",
        "x.wav": "objects: must be s3://bucket/key",
    }
    requests = [
        asked((moment(ASKED) + timedelta(minutes=minute)).isoformat(), OFFICER, objects)
        for minute, objects in enumerate(reasons)
    ]
    state = play([*HELD, *requests, wait("2027-02-10T12:10:00")])
    assert list(answers(state)) == [*reasons.values()]
    assert told(state) == ["Card data refused: a1"] * len(reasons)


def test_a_name_that_nothing_has_is_told_and_not_called_removed(play: Play) -> None:
    wrong = f"{LOCATION}.mp3"
    approval = decide("2027-02-10T12:01:00", APPROVER, "card_data", "a1", "approve")
    state = play([*HELD, asked(ASKED, OFFICER, wrong), approval, wait("2027-02-10T12:10:00")])
    assert told(state)[-1] == "Card data not found: contact a1"
    assert len(left(state)) == 2


def test_what_s3_refuses_is_tried_again_and_told_and_not_called_gone(play: Play) -> None:
    refusal = fault("2027-02-10T11:00:00", "s3", "DeleteObjects", "AccessDenied", times=1, keys=["a1/call_recording"])
    soon = play([*HELD, refusal, *agreed(), wait("2027-02-10T12:10:00")])
    assert left(soon) == [f"a1/call_recording/{KEY}"]
    assert told(soon)[-1] == "Card data is not gone yet: contact a1"
    assert ["being removed since" in one.why for one in soon.holds[0].missing] == [True]

    later = play([*HELD, refusal, *agreed(), wait("2027-02-10T14:00:00")])
    assert left(later) == []
    assert told(later)[-1] == "Card data removed: contact a1"
    assert later.dead_letters == []


KILLS = 24
"""More than the function makes calls."""


@pytest.mark.prove
def test_a_removal_that_dies_after_any_call_is_carried_out_all_the_same(tmp_path: Path, assembly: Path) -> None:
    contacts = [f"k{calls}" for calls in range(1, KILLS + 1)]
    lines = [line for contact in contacts for line in call(contact, START)]
    lines.append(logged("2027-02-09T12:00:00", "Q-1", contacts, received_on="2027-02-09"))
    first = moment(ASKED)
    for place, contact in enumerate(contacts):
        key, at = recording_key(contact, START), first + timedelta(hours=2 * place)
        named = {"why": "card data", "objects": [f"s3://{{call_recording}}/{key}"]}
        lines.append(decide(at.isoformat(), OFFICER, "card_data", contact, "request", **named))
        at += timedelta(minutes=1)
        lines.append(decide(at.isoformat(), APPROVER, "card_data", contact, "approve"))
    story = tmp_path / "story.jsonl"
    lines.sort(key=lambda line: moment(line["at"]))
    story.write_text("".join(json.dumps(line) + "\n" for line in lines))
    deaths: list[str] = []
    with Replay.start(read_scenario(story), file=story, policy=BARNET, assembly=assembly) as replay:
        replay.world.functions.observers.append(lambda invocation, _: deaths.append(invocation.dead))
        for place in range(KILLS):
            replay.run_until(first + timedelta(hours=2 * place, seconds=30))
            replay.world.kill_after("remove_card_data", place + 1)
        replay.run_until(first + timedelta(hours=2 * KILLS))
        state = replay.state()
    died = len([death for death in deaths if death])
    assert 10 < died < KILLS, "it marks, lists, enters, lifts, deletes, tells and notes"
    subjects = told(state)
    for calls, contact in enumerate(contacts[: died + 1], start=1):
        assert f"Card data removed: contact {contact}" in subjects, f"killed after call {calls}"
        assert f"Card data not found: contact {contact}" not in subjects, f"killed after call {calls}"
    keys = {f"{contact}_" for contact in contacts}
    stored = [one.key for name in ("call_recording", "legal_hold") for one in state.stores[name].objects]
    assert [key for key in stored if key.endswith(".wav") and any(one in key for one in keys)] == []
    assert {hold.status for hold in state.holds} == {"partial"}
    assert state.dead_letters == []
