"""Releases from the request to the last byte, on the deployed templates."""

from __future__ import annotations

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import Line, call, decide, logged, own_event, recording_key, released, told, wait

START, FLAGGED, RECEIVED = "2027-02-24T09:00:00", "2027-02-25T12:00:00", "2027-02-25"
HELD = [*call("a1", START), logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED)]
ASKED = "2027-03-01T12:00:00"
OVER = "2027-03-14T12:00:00"
"""After the days of grace of whatever was agreed within three days after it was asked for."""
OFFICER, APPROVER = "release-officer/ann", "release-approver/ben"


def outcomes(state: State) -> list[tuple[str, str, str]]:
    return [(row.by, row.decision, row.outcome) for row in state.decisions]


def answers(state: State) -> list[object]:
    return [answer.response for answer in state.responses]


def copies(state: State) -> list[str]:
    return [found.key for found in state.stores["legal_hold"].objects]


def test_two_people_release_a_hold_and_its_copies_leave_after_the_days_of_grace(play: Play) -> None:
    story = [*HELD, *released(ASKED, "C-1")]
    agreed = play([*story, wait("2027-03-08T11:00:00")])
    assert answers(agreed) == [{"status": "asked", "reason": ""}, {"status": "decided", "reason": ""}]
    assert outcomes(agreed) == [(OFFICER, "request", "asked"), (APPROVER, "approve", "decided")]
    assert [hold.status for hold in agreed.holds] == ["held"]
    assert copies(agreed)

    gone = play([*story, wait("2027-03-10T12:00:00")])
    assert [hold.status for hold in gone.holds] == ["released"]
    assert copies(gone) == []
    assert [one.key for one in gone.stores["call_recording"].objects] == [recording_key("a1", START)]
    assert {one.cause for one in gone.disposals if one.store == "legal_hold"} == {"hold_ended"}
    assert gone.dead_letters == []

    assert play([*story, wait("2027-08-30T12:00:00")]).stores["call_recording"].objects == []


def test_a_flag_in_the_days_of_grace_brings_the_hold_back(play: Play) -> None:
    state = play([*HELD, *released(ASKED, "C-1"), logged("2027-03-04T12:00:00", "C-1", ["a1"]), wait(OVER)])
    assert [hold.status for hold in state.holds] == ["held"]
    assert copies(state)


def held_again(state: State) -> int:
    return len([one for one in state.notifications if one.subject == "Held again: case C-1"])


def test_the_complaints_team_is_told_once_of_a_hold_that_a_flag_brought_back(play: Play) -> None:
    state = play(
        [*HELD, *released(ASKED, "C-1"), logged("2027-03-04T12:00:00", "C-1", ["a1"]), wait("2027-03-12T12:00:00")]
    )
    assert held_again(state) == 1


def test_a_flag_after_the_release_holds_again_what_is_still_there_and_tells(play: Play) -> None:
    flag = logged("2027-03-12T12:00:00", "C-1", ["a1"])
    state = play([*HELD, *released(ASKED, "C-1"), flag, wait("2027-03-14T12:00:00")])
    assert [hold.status for hold in state.holds] == ["held"]
    assert copies(state)
    assert held_again(state) == 1


def _further(at: str) -> Line:
    further = {"case": "C-1", "stage": "ombudsman", "on": at[:10], "requested_by": "officer.1"}
    return own_event(at, "Complaint Escalated", further)


@pytest.mark.parametrize("stage", ["1", "ombudsman"])
def test_a_case_that_is_taken_further_in_the_days_of_grace_is_brought_back_at_any_stage(play: Play, stage: str) -> None:
    flag = logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED, stage=stage)
    story = [*call("a1", START), flag, *released(ASKED, "C-1"), _further("2027-03-04T12:00:00")]
    state = play([*story, wait(OVER)])
    assert [(hold.status, hold.open_ended) for hold in state.holds] == [("held", True)]
    assert copies(state)
    assert held_again(state) == 1


@pytest.mark.parametrize(
    "meanwhile", [logged("2027-03-02T12:00:00", "C-1", ["a1"], stage="1"), _further("2027-03-02T12:00:00")]
)
def test_what_is_flagged_between_the_request_and_its_approval_stays_held_and_that_is_told(
    play: Play, meanwhile: Line
) -> None:
    asked = decide(ASKED, OFFICER, "release", "C-1", "request", why="withdrawn")
    approved = decide("2027-03-03T12:00:00", APPROVER, "release", "C-1", "approve")
    state = play([*HELD, asked, meanwhile, approved, wait(OVER)])
    assert [hold.status for hold in state.holds] == ["held"]
    assert copies(state)
    assert [one.subject for one in told(state) if one.at.day >= 2][-2:] == [
        "Release approved: C-1",
        "Not released: C-1",
    ]


def test_a_release_that_is_asked_for_once_more_after_the_flag_is_carried_out(play: Play) -> None:
    asked, again = (
        decide(at, OFFICER, "release", "C-1", "request", why="a slip") for at in (ASKED, "2027-03-03T12:00")
    )
    flag = logged("2027-03-02T12:00:00", "C-1", ["a1"])
    approved = decide("2027-03-04T12:00:00", APPROVER, "release", "C-1", "approve")
    state = play([*HELD, asked, flag, again, approved, wait(OVER)])
    assert [hold.status for hold in state.holds] == ["released"]
    assert copies(state) == []


@pytest.mark.parametrize("name", ["ann", "Ann", "a.n.n", "ANN", "a-n_n", "ann@council.example"])
def test_the_person_who_asked_does_not_decide_in_whatever_spelling(play: Play, name: str) -> None:
    state = play(
        [
            *HELD,
            decide(ASKED, OFFICER, "release", "C-1", "request", why="withdrawn"),
            decide(ASKED, f"release-approver/{name}", "release", "c-1", "approve"),
            wait(OVER),
        ]
    )
    assert answers(state)[-1] == {"status": "refused", "reason": "same_person"}
    assert outcomes(state)[-1] == (f"release-approver/{name}", "approve", "refused")
    assert [hold.status for hold in state.holds] == ["held"]


@pytest.mark.parametrize(
    ("by", "decision", "answer"),
    [
        ("release-officer/ann", "approve", {"status": "refused", "reason": "role"}),
        ("release-approver/ben", "request", {"status": "refused", "reason": "role"}),
        ("release-approver/ben", "approve", {"status": "refused", "reason": "nothing_asked"}),
        ("release-approver/ben", "reject", {"status": "refused", "reason": "nothing_asked"}),
        ("complaints-officer/ann", "request", {"error": 403}),
        ("data-protection-officer/ann", "approve", {"status": "refused", "reason": "role"}),
        ("platform-engineer/ann", "approve", {"error": 403}),
        ("break-glass/ann", "approve", {"error": 403}),
        ("nobody-at-all/ann", "approve", {"error": 403}),
    ],
)
def test_each_role_does_its_own_part_and_no_other(play: Play, by: str, decision: str, answer: object) -> None:
    state = play([*HELD, decide(ASKED, by, "release", "C-1", decision, why="withdrawn"), wait(OVER)])
    assert answers(state) == [answer]
    assert [hold.status for hold in state.holds] == ["held"]
    assert len(state.decisions) == (0 if "error" in dict(answer) else 1)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("subject", "one", "fields", "reason"),
    [
        ("release", "C-404", {"why": "x"}, "id: the case holds no contact"),
        ("release", "C-1", {}, "why: is missing"),
        ("release", "C-1", {"why": "x", "contact_ids": []}, "contact_ids: must name at least one, or be left out"),
        (
            "release",
            "C-1",
            {"why": "x", "contact_ids": ["a2"]},
            "contact_ids: names a contact that the case does not hold",
        ),
        ("release", "C-1", {"why": "x", "by": "somebody/else", "approved_by": "ben"}, "a field does not belong to"),
        ("holiday", "R-1", {"why": "x"}, "subject: must be one of release, card_data"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_the_field(
    play: Play, subject: str, one: str, fields: dict[str, object], reason: str
) -> None:
    fields.pop("by", None)
    state = play([*HELD, decide(ASKED, OFFICER, subject, one, "request", **fields), wait("2027-03-02T12:00:00")])
    [answer] = answers(state)
    assert isinstance(answer, dict)
    assert answer["status"] == "refused"
    assert answer["reason"].startswith(reason)
    assert [row.outcome for row in state.decisions] == ["refused"]
    assert any("refused" in (notice.subject or "") for notice in state.notifications)


def test_a_rejected_request_releases_nothing_and_can_be_asked_again(play: Play) -> None:
    state = play(
        [
            *HELD,
            decide(ASKED, OFFICER, "release", "C-1", "request", why="withdrawn"),
            decide("2027-03-02T12:00:00", APPROVER, "release", "C-1", "reject"),
            decide("2027-03-03T12:00:00", "release-officer/cat", "release", "C-1", "request", why="withdrawn"),
            decide("2027-03-04T12:00:00", "release-approver/ann", "release", "C-1", "approve"),
            wait(OVER),
        ]
    )
    assert [row[2] for row in outcomes(state)] == ["asked", "decided", "asked", "refused"], "ann asked first"
    assert [hold.status for hold in state.holds] == ["held"]


def test_a_second_request_does_not_take_the_place_of_one_that_waits(play: Play) -> None:
    two = [*call("a1", START), *call("a2", "2027-02-24T10:00:00"), logged(FLAGGED, "C-1", ["a1", "a2"])]
    state = play(
        [
            *two,
            decide(ASKED, OFFICER, "release", "C-1", "request", why="one call", contact_ids=["a1"]),
            decide(ASKED, "release-officer/cat", "release", "C-1", "request", why="all of them"),
            decide(ASKED, APPROVER, "release", "C-1", "approve"),
            wait(OVER),
        ]
    )
    assert answers(state)[1] == {"status": "refused", "reason": "already_asked"}
    assert {hold.contact_id: hold.status for hold in state.holds} == {"a1": "released", "a2": "held"}


@pytest.mark.parametrize("approved_by", [None, "manager.2", "officer.1"])
def test_hold_released_on_the_bus_is_a_request_and_nothing_more(play: Play, approved_by: str | None) -> None:
    detail = {"case": "C-1", "why": "withdrawn", "requested_by": "officer.1", "approved_by": approved_by}
    story: list[Line] = [*HELD, own_event(ASKED, "Hold Released", detail)]
    state = play([*story, wait(OVER)])
    assert outcomes(state) == [("case-system/officer.1", "request", "asked")]
    assert [hold.status for hold in state.holds] == ["held"]
    assert any((notice.subject or "").startswith("Release asked for: C-1") for notice in state.notifications)

    same = play([*story, decide(ASKED, "release-approver/Officer.1", "release", "C-1", "approve")])
    assert answers(same) == [{"status": "refused", "reason": "same_person"}]
    other = play([*story, decide(ASKED, APPROVER, "release", "C-1", "approve"), wait(OVER)])
    assert [hold.status for hold in other.holds] == ["released"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact_ids": []},
        {"why": None},
        {"requested_by": None},
        {"case": "C-404"},
        {"case": None},
        {"contact_ids": ["a1", 7]},
        {"why": "\u202e"},
    ],
)
def test_a_wrong_hold_released_is_set_aside_told_and_releases_nothing(play: Play, wrong: dict[str, object]) -> None:
    detail = {"case": "C-1", "why": "withdrawn", "requested_by": "officer.1", **wrong}
    state = play([*HELD, own_event(ASKED, "Hold Released", detail), wait("2027-03-02T12:00:00")])
    assert [hold.status for hold in state.holds] == ["held"]
    assert [row.outcome for row in state.decisions] == ["refused"]
    assert len(state.dead_letters) == 1
    assert len([one for one in state.notifications if "refused" in (one.subject or "")]) == 1
