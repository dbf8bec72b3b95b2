"""Releases from the request to the last byte, on the deployed templates."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import Line, call, decide, logged, moment, own_event, recording_key, released, told, wait

START, FLAGGED, RECEIVED = "2027-02-28T09:00:00", "2027-02-28T12:00:00", "2027-02-28"
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


def test_two_people_release_a_hold_and_its_copies_leave_after_the_days_of_grace(tmp_path: Path) -> None:
    lines = [*HELD, *released(ASKED, "C-1")]
    with begun(lines, tmp_path / "story.jsonl", moment("2027-03-08T11:00:00")) as replay:
        agreed = replay.state()
        replay.run_until(moment("2027-03-10T12:00:00"))
        gone = replay.state()
        with asleep(replay.world):
            replay.run_until(moment("2027-09-03T12:00:00"))
        later = replay.state()
    assert answers(agreed) == [{"status": "asked", "reason": ""}, {"status": "decided", "reason": ""}]
    assert outcomes(agreed) == [(OFFICER, "request", "asked"), (APPROVER, "approve", "decided")]
    assert [hold.status for hold in agreed.holds] == ["held"]
    assert copies(agreed)

    assert [hold.status for hold in gone.holds] == ["released"]
    assert copies(gone) == []
    assert [one.key for one in gone.stores["call_recording"].objects] == [recording_key("a1", START)]
    assert {one.cause for one in gone.disposals if one.store == "legal_hold"} == {"hold_ended"}
    assert gone.dead_letters == []

    assert later.stores["call_recording"].objects == []


def held_again(state: State) -> int:
    return len([one for one in state.notifications if one.subject == "Held again: case C-1"])


def test_a_flag_in_the_days_of_grace_brings_the_hold_back_and_the_complaints_team_is_told_once(play: Play) -> None:
    state = play([*HELD, *released(ASKED, "C-1"), logged("2027-03-04T12:00:00", "C-1", ["a1"]), wait(OVER)])
    assert [hold.status for hold in state.holds] == ["held"]
    assert copies(state)
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


def after(minutes: int) -> str:
    return (moment(ASKED) + timedelta(minutes=minutes)).isoformat()


def test_the_person_who_asked_does_not_decide_in_whatever_spelling(play: Play) -> None:
    names = ["ann", "Ann", "a.n.n", "ANN", "a-n_n", "ann@council.example"]
    approvals = [
        decide(after(minute), f"release-approver/{name}", "release", "c-1", "approve")
        for minute, name in enumerate(names, start=1)
    ]
    state = play([*HELD, decide(ASKED, OFFICER, "release", "C-1", "request", why="withdrawn"), *approvals, wait(OVER)])
    assert answers(state)[1:] == [{"status": "refused", "reason": "same_person"}] * len(names)
    assert outcomes(state)[1:] == [(f"release-approver/{name}", "approve", "refused") for name in names]
    assert [hold.status for hold in state.holds] == ["held"]


def test_each_role_does_its_own_part_and_no_other(play: Play) -> None:
    tried: list[tuple[str, str, object]] = [
        ("release-officer/ann", "approve", {"status": "refused", "reason": "role"}),
        ("release-approver/ben", "request", {"status": "refused", "reason": "role"}),
        ("release-approver/ben", "approve", {"status": "refused", "reason": "nothing_asked"}),
        ("release-approver/ben", "reject", {"status": "refused", "reason": "nothing_asked"}),
        ("complaints-officer/ann", "request", {"error": 403}),
        ("data-protection-officer/ann", "approve", {"status": "refused", "reason": "role"}),
        ("platform-engineer/ann", "approve", {"error": 403}),
        ("break-glass/ann", "approve", {"error": 403}),
        ("nobody-at-all/ann", "approve", {"error": 403}),
    ]
    lines = [
        decide(after(minute), by, "release", "C-1", decision, why="withdrawn")
        for minute, (by, decision, _) in enumerate(tried)
    ]
    state = play([*HELD, *lines, wait(OVER)])
    assert answers(state) == [answer for _, _, answer in tried]
    assert [hold.status for hold in state.holds] == ["held"]
    assert [row.by for row in state.decisions] == [by for by, _, answer in tried if "error" not in str(answer)]


def test_what_cannot_be_decided_is_refused_with_the_field(play: Play) -> None:
    tried: list[tuple[str, str, dict[str, object], str]] = [
        ("release", "C-404", {"why": "x"}, "id: the case holds no contact"),
        ("release", "C-1", {}, "why: is missing"),
        ("release", "C-1", {"why": "x", "contact_ids": []}, "contact_ids: must name at least one, or be left out"),
        (
            "release",
            "C-1",
            {"why": "x", "contact_ids": ["a2"]},
            "contact_ids: names a contact that the case does not hold",
        ),
        ("release", "C-1", {"why": "x", "approved_by": "ben"}, "a field does not belong to"),
        ("holiday", "R-1", {"why": "x"}, "subject: must be one of release, card_data"),
    ]
    lines = [
        decide(after(minute), OFFICER, subject, one, "request", **fields)
        for minute, (subject, one, fields, _) in enumerate(tried)
    ]
    state = play([*HELD, *lines, wait("2027-03-02T12:00:00")])
    assert len(answers(state)) == len(tried)
    for answer, (_, _, _, reason) in zip(answers(state), tried, strict=True):
        assert isinstance(answer, dict)
        assert answer["status"] == "refused"
        assert answer["reason"].startswith(reason)
    assert [row.outcome for row in state.decisions] == ["refused"] * len(tried)
    assert len([one for one in state.notifications if "refused" in (one.subject or "")]) == len(tried)


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
    two = [*call("a1", START), *call("a2", "2027-02-28T10:00:00"), logged(FLAGGED, "C-1", ["a1", "a2"])]
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


def test_hold_released_on_the_bus_is_a_request_and_nothing_more(play: Play) -> None:
    approved_by = {"C-1": None, "C-2": "manager.2", "C-3": "officer.1"}
    contacts = {case: f"a{place}" for place, case in enumerate(approved_by)}
    story = [line for contact in contacts.values() for line in call(contact, START)]
    story.sort(key=lambda line: str(line["at"]))
    story += [logged(FLAGGED, case, [contact], received_on=RECEIVED) for case, contact in contacts.items()]
    for case, name in approved_by.items():
        detail = {"case": case, "why": "withdrawn", "requested_by": "officer.1", "approved_by": name}
        story.append(own_event(ASKED, "Hold Released", detail))
    state = play([*story, wait(OVER)])
    assert outcomes(state) == [("case-system/officer.1", "request", "asked")] * 3
    assert {hold.case: hold.status for hold in state.holds} == dict.fromkeys(approved_by, "held")
    subjects = [str(notice.subject) for notice in state.notifications]
    assert all(any(one.startswith(f"Release asked for: {case}") for one in subjects) for case in approved_by)

    same = [decide(after(5), "release-approver/Officer.1", "release", case, "approve") for case in approved_by]
    other = [decide(after(6), APPROVER, "release", case, "approve") for case in approved_by]
    decided = play([*story, *same, *other, wait(OVER)])
    refused, done = {"status": "refused", "reason": "same_person"}, {"status": "decided", "reason": ""}
    assert answers(decided) == [refused] * 3 + [done] * 3
    assert {hold.case: hold.status for hold in decided.holds} == dict.fromkeys(approved_by, "released")


def test_a_wrong_hold_released_is_set_aside_told_and_releases_nothing(play: Play) -> None:
    wrong: list[dict[str, object]] = [
        {"contact_ids": []},
        {"why": None},
        {"requested_by": None},
        {"case": "C-404"},
        {"case": None},
        {"contact_ids": ["a1", 7]},
        {"why": "\u202e"},
    ]
    stated = {"case": "C-1", "why": "withdrawn", "requested_by": "officer.1"}
    events = [own_event(after(minute), "Hold Released", {**stated, **one}) for minute, one in enumerate(wrong)]
    state = play([*HELD, *events, wait("2027-03-02T12:00:00")])
    assert [hold.status for hold in state.holds] == ["held"]
    assert [row.outcome for row in state.decisions] == ["refused"] * len(wrong)
    assert len(state.dead_letters) == len(wrong)
    assert len([one for one in state.notifications if "refused" in (one.subject or "")]) == len(wrong)
