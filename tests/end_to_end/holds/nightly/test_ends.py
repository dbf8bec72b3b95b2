"""Holds whose end has passed, moved, or never was: the nightly run goes on for everybody, and says what it does."""

from __future__ import annotations

from simulator.scenarios.results.shapes import HoldState, State
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import call, logged, own_event, told


def hold(state: State, case: str) -> HoldState:
    [found] = [one for one in state.holds if one.case == case]
    return found


def subjects(state: State) -> list[str]:
    return [str(one.subject) for one in told(state)]


def test_a_complaint_at_the_ombudsman_received_eighteen_months_ago_is_held_and_every_night_goes_on(play: Play) -> None:
    lines = [
        *call("old", "2027-01-31T10:00:00"),
        *call("other", "2027-01-31T10:00:00"),
        logged("2027-02-01T10:00:00", "D4", ["old"], stage="ombudsman", received_on="2025-06-01"),
        # Another hold ends in these weeks: its reminder and its disposal come as if nothing were there.
        logged("2027-02-01T10:05:00", "D5", ["other"], received_on="2025-09-01"),
    ]
    state = play(sorted(lines, key=lambda line: str(line["at"])), until="2027-03-06T00:00:00")

    old = hold(state, "D4")
    assert (old.status, old.open_ended, old.hold_until, old.missing) == ("held", True, None, [])
    copies = [copy for copy in state.stores["legal_hold"].objects if copy.key.startswith("old/")]
    assert {copy.legal_hold for copy in copies} == {True}
    assert {copy.retain_until for copy in copies} == {None}
    assert hold(state, "D5").status == "disposed"
    assert subjects(state) == ["Hold ends within 30 days: case D5", "Hold ends within 7 days: case D5"]
    assert state.dead_letters == []


def test_a_case_that_goes_on_after_its_copies_went_holds_again_and_every_night_goes_on(play: Play) -> None:
    lines = [
        *call("gone", "2027-02-14T10:00:00"),
        logged("2027-02-15T10:00:00", "D3", ["gone"], received_on="2025-09-01"),
        *call("other", "2027-03-01T10:00:00"),
        own_event(
            "2027-03-10T10:00:00",
            "Complaint Escalated",
            {"case": "D3", "stage": "ombudsman", "on": "2027-03-09", "requested_by": "officer.1"},
        ),
        logged("2027-03-14T10:00:00", "NEXT", ["other"], received_on="2025-09-20"),
    ]
    state = play(lines, until="2027-03-26T00:00:00")

    assert {one.at.date().isoformat() for one in state.disposals if one.key.startswith("gone/")} == {"2027-03-01"}
    assert (hold(state, "D3").status, hold(state, "D3").open_ended) == ("held", True)
    assert hold(state, "NEXT").status == "disposed"
    # It ended on 20 March, six days after the flag; the team was told the night after it, and had its week.
    [gone] = {one.at.date().isoformat() for one in state.disposals if one.key.startswith("other/")}
    assert gone == "2027-03-22"
    assert state.dead_letters == []
