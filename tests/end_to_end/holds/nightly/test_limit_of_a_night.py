"""What a night may dispose of is one limit, however often Lambda repeats its run."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import call, logged, moment, wait

CONTACTS = [f"a{number}" for number in range(3)]
STORY = [
    *(line for number, one in enumerate(CONTACTS) for line in call(one, f"2027-02-01T0{number}:00:00")),
    logged("2027-02-10T12:00:00", "C-1", CONTACTS, received_on="2025-08-28"),
    wait("2027-03-02T12:00:00"),
]
BEFORE, AFTER, DAY_AFTER = "2027-02-27T12:00:00", "2027-02-28T12:00:00", "2027-03-01T12:00:00"
"""Received eighteen months before: the holds end in the night between the first two."""


def test_a_run_that_is_repeated_the_same_night_disposes_of_no_more(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in STORY))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment(BEFORE))
        world = running.world
        versions = len(running.state().stores["legal_hold"].objects)
        one = versions // len(CONTACTS)
        parameters = world.client("ssm").describe_parameters()["Parameters"]
        [switch] = [one for one in parameters if "isposal" in one["Name"]]
        world.client("ssm").put_parameter(
            Name=switch["Name"], Value=json.dumps({"mode": "on", "limit": one}), Overwrite=True, Type="String"
        )
        running.run_until(moment(AFTER))
        first = len(running.state().stores["legal_hold"].objects)
        world.run("maintain_holds", {})
        repeated = len(running.state().stores["legal_hold"].objects)
        running.run_until(moment(DAY_AFTER))
        second = len(running.state().stores["legal_hold"].objects)

    assert (first, repeated, second) == (versions - one, versions - one, versions - 2 * one)
