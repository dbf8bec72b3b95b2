"""Stories that share their beginning: each comes out as if it had been played alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.results.output import Outcome
from tests.end_to_end.beginnings import Beginnings, Place, Story, begun, ended
from tests.end_to_end.stories import Line, call, fault, logged, moment, wait

POLICY = Path("policies/barnet.toml")
BEGINNING = call("a1", "2027-03-01T09:00:00")
FLAG = logged("2027-03-02T12:00:00", "C-1", ["a1"], received_on="2027-03-02")
OTHER_FLAG = logged("2027-03-02T12:00:00", "C-2", ["a1"], received_on="2027-03-01")
END = wait("2027-03-03T12:00:00")


@pytest.fixture
def beginnings() -> Iterator[Beginnings]:
    made = Beginnings()
    yield made
    made.close()


@pytest.fixture
def tell(beginnings: Beginnings, tmp_path: Path) -> Callable[[list[Line]], Outcome]:
    def tell(lines: list[Line]) -> Outcome:
        return beginnings.play(*_written(lines, tmp_path))

    return tell


def _written(lines: list[Line], folder: Path) -> tuple[Story, Path]:
    file = folder / "story.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Story.of(lines, POLICY, None), file


def _alone(lines: list[Line], folder: Path) -> Outcome:
    story, file = _written(lines, folder)
    with begun(file, POLICY) as (running, outgoing):
        return ended(running, outgoing, story.until)


@pytest.mark.prove
def test_what_shares_its_beginning_comes_out_as_if_it_had_been_played_alone(
    tell: Callable[[list[Line]], Outcome], beginnings: Beginnings, tmp_path: Path
) -> None:
    stories = [
        [*BEGINNING, FLAG, END],
        [*BEGINNING, OTHER_FLAG, END],
        [*BEGINNING, FLAG, wait("2027-03-02T18:00:00")],
        [*BEGINNING, FLAG, logged("2027-03-02T20:00:00", "C-3", ["a1"]), END],
        [*BEGINNING, OTHER_FLAG, logged("2027-03-02T20:00:00", "C-3", ["a1"]), END],
    ]
    shared = [tell(lines) for lines in stories]
    assert beginnings.shared == len(stories) - 1
    assert shared == [_alone(lines, tmp_path) for lines in stories]


def test_a_story_that_is_told_again_is_played_again(
    tell: Callable[[list[Line]], Outcome], beginnings: Beginnings
) -> None:
    lines = [*BEGINNING, FLAG, END]
    assert tell(lines) == tell(lines)
    assert beginnings.shared == 0


def test_a_wrong_line_after_a_shared_beginning_is_refused_as_ever(tell: Callable[[list[Line]], Outcome]) -> None:
    tell([*BEGINNING, END])
    wrong = {"at": "2027-03-03T08:00:00+00:00", "object": {"store": "no_such_store", "key": "k", "bytes": 1}}
    with pytest.raises(ScenarioError, match="no_such_store"):
        tell([*BEGINNING, wrong])


def test_a_fault_that_is_planned_in_one_story_is_met_by_no_other(tell: Callable[[list[Line]], Outcome]) -> None:
    refusing = fault("2027-03-02T11:00:00", "s3", "CopyObject", "AccessDenied", times=99)
    tell([*BEGINNING, FLAG, END])
    assert [hold.status for hold in tell([*BEGINNING, refusing, FLAG, END]).state.holds] != ["held"]
    assert [hold.status for hold in tell([*BEGINNING, OTHER_FLAG, END]).state.holds] == ["held"]


def _story(*lines: Line, until: str | None = None) -> Story:
    return Story.of(list(lines), POLICY, until)


def test_two_stories_part_at_the_first_moment_at_which_something_differs() -> None:
    one, other = _story(*BEGINNING, FLAG, END), _story(*BEGINNING, END)
    assert one.parting(other) == other.parting(one) == Place(POLICY, one.lines[:2], moment(FLAG["at"]))


def test_two_stories_that_differ_in_their_end_part_when_the_first_ends() -> None:
    one, other = _story(*BEGINNING, FLAG, until="2027-03-04"), _story(*BEGINNING, FLAG, until="2027-03-09")
    assert one.parting(other) == Place(POLICY, one.lines, moment("2027-03-04"))


def test_a_story_does_not_pass_a_place_after_its_end_or_after_its_next_line() -> None:
    story = _story(*BEGINNING, FLAG, END)
    flagged = moment(FLAG["at"])
    there = Place(POLICY, story.lines[:2], flagged)
    assert story.passes(there)
    assert not story.passes(replace(there, at=flagged + timedelta(seconds=1)))
    assert not replace(story, until=flagged - timedelta(seconds=1)).passes(there)
    assert not replace(story, policy=Path("policies/powys.toml")).passes(there)


def test_stories_that_begin_at_different_moments_share_nothing() -> None:
    assert _story(*call("a1", "2027-03-01T09:00:00"), END).parting(_story(*BEGINNING[1:], END)) is None
