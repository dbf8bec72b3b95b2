"""A flag of many contacts costs the complaints team one message, through the deployed queue and functions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import call, logged, moment, released, told, wait

NOON = "2027-02-10T12:00:00"
NEXT_DAY = "2027-02-11T12:00:00"
UNKNOWN = [f"0000abc0-4000-4000-8000-{number:012d}" for number in range(61)]


def test_sixty_one_unknown_contacts_of_an_undated_flag_are_one_message(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in [logged(NOON, "C-1", UNKNOWN), wait(NEXT_DAY)]))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment(NEXT_DAY))
        state = running.state()

    [notice] = told(state)
    assert [one.subject for one in told(state)] == ["Nothing could be held, please check a flag: case C-1"]
    assert notice.at < moment("2027-02-10T13:00:00")
    assert {hold.status for hold in state.holds} == {"nothing_held"}
    assert len(state.holds) == 61
    assert state.dead_letters == []


@pytest.mark.prove
def test_hundreds_of_unknown_contacts_that_take_the_queue_an_hour_are_one_message(play: Play) -> None:
    # Five thousand are measured by ``make bench`` ("a large case"), because they take minutes.
    unknown = [f"0000abc0-4000-4000-8000-{number:012d}" for number in range(300)]
    state = play([logged(NOON, "C-1", unknown, received_on="2027-02-09"), wait("2027-02-10T18:00:00")])

    assert [one.subject for one in told(state)] == ["Nothing could be held: case C-1"]
    assert len(state.holds) == 300
    assert state.dead_letters == []


def test_a_few_unknown_contacts_of_an_undated_flag_are_one_message(play: Play) -> None:
    state = play([logged(NOON, "C-1", UNKNOWN[:2]), wait("2027-02-10T14:00:00")])

    assert [one.subject for one in told(state)] == ["Nothing could be held, please check a flag: case C-1"]
    assert told(state)[0].at < moment("2027-02-10T13:00:00")


def test_an_attribute_that_comes_with_every_update_of_its_record_is_doubted_once(play: Play) -> None:
    updates = [f"2027-02-{day}T12:00:00" for day in (10, 11, 12)]
    records = [
        {
            "at": moment(at).isoformat(),
            "record": {
                "ContactId": "a1",
                "Channel": "VOICE",
                "InitiationTimestamp": "2027-02-10T09:00:00Z",
                "LastUpdateTimestamp": moment(at).isoformat(),
                "Attributes": {"complaint_reference": "C-1", "complaint_received": "31/02/2027"},
            },
        }
        for at in updates
    ]
    state = play([*call("a1", "2027-02-10T09:00:00"), *records, wait("2027-02-14T12:00:00")])

    assert [one.subject for one in told(state)] == ["Please check a flag: case C-1"]
    assert [hold.status for hold in state.holds] == ["held"]


def test_a_good_contact_beside_unknown_ones_is_held_and_not_spoken_of(play: Play) -> None:
    story = [*call("a1", "2027-02-10T09:00:00"), logged(NOON, "C-1", ["a1", *UNKNOWN[:5]], received_on="2027-02-09")]
    state = play([*story, wait(NEXT_DAY)])

    assert [one.subject for one in told(state)] == ["Nothing could be held: case C-1"]
    assert sorted(hold.status for hold in state.holds) == ["held", *["nothing_held"] * 5]


def test_many_flagged_again_after_their_release_are_one_message(play: Play) -> None:
    contacts = [f"a{number}" for number in range(5)]
    calls = [line for number, one in enumerate(contacts) for line in call(one, f"2027-02-28T09:{number:02d}:00")]
    story = [
        *sorted(calls, key=lambda line: moment(line["at"])),
        logged("2027-02-28T12:00:00", "C-1", contacts, received_on="2027-02-09"),
        *released("2027-03-01T09:00:00", "C-1"),
        logged("2027-03-12T12:00:00", "C-1", contacts, received_on="2027-02-09"),
    ]
    state = play([*story, wait("2027-03-13T12:00:00")])

    about = [one.subject or "" for one in state.notifications if one.at > moment("2027-03-12T12:00:00")]
    assert [one for one in about if "eld again" in one] == ["Held again: case C-1"]
    assert {hold.status for hold in state.holds} == {"held"}
