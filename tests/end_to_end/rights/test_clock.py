"""What is said about a request becomes facts in the register, and the dates follow from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Play
from tests.end_to_end.rights.lines import asked, rights_event
from tests.end_to_end.stories import wait

KENSINGTON = Path("policies/kensington-and-chelsea.toml")


def test_a_request_is_on_record_with_the_dates_of_the_law_and_of_the_promise(play: Play) -> None:
    state = play([*asked("2027-03-03T09:00:00", "SAR-1"), wait("2027-03-03T12:00:00")], policy=KENSINGTON)
    [request] = state.requests
    assert (request.request, request.right, request.received_on) == ("SAR-1", "access", date(2027, 3, 3))
    assert (request.law_on, request.promised_on) == (date(2027, 4, 5), date(2027, 4, 2))
    assert (request.due_on, request.act_by) == (date(2027, 4, 2), date(2027, 4, 2))
    assert state.dead_letters == []


@pytest.mark.prove
def test_a_request_received_after_midnight_in_summer_is_of_the_next_day(play: Play) -> None:
    lines = asked("2027-07-01T23:30:00", "SAR-1")
    del lines[1]["event"]["detail"]["received_on"]
    state = play([*lines, wait("2027-07-02T12:00:00")])
    [request] = state.requests
    assert request.received_on == date(2027, 7, 2)
    assert any("SAR-1" in (notice.subject or "") for notice in state.notifications)


def test_proof_starts_the_month_anew_and_a_question_pauses_it(play: Play) -> None:
    def said(day: str, kind: str, **detail: object) -> dict[str, object]:
        return rights_event(f"{day}T10:00:00", kind, {"request": "SAR-1", "on": day, **detail})

    state = play(
        [
            *asked("2027-03-01T09:00:00", "SAR-1", identity="needed"),
            said("2027-03-04", "Identity Asked"),
            said("2027-03-06", "Clarification Asked"),
            said("2027-03-10", "Clarification Answered"),
            said("2027-03-21", "Identity Confirmed", method="call_back"),
            said("2027-03-23", "Clarification Asked"),
            said("2027-04-02", "Clarification Answered"),
            wait("2027-04-02T12:00:00"),
        ]
    )
    [request] = state.requests
    assert request.promised_on == date(2027, 4, 30)
    assert request.law_on == date(2027, 5, 4)
    assert state.dead_letters == []


@pytest.mark.prove
def test_while_proof_is_outstanding_there_is_no_deadline(play: Play) -> None:
    asking = rights_event("2027-03-04T10:00:00", "Identity Asked", {"request": "SAR-1", "on": "2027-03-04"})
    story = [*asked("2027-03-01T09:00:00", "SAR-1", identity="needed"), asking, wait("2027-03-05T12:00:00")]
    [request] = play(story).requests
    assert (request.status, request.due_on, request.act_by) == ("identifying", None, None)


@pytest.mark.prove
def test_an_extension_counts_three_months_and_one_that_is_told_too_late_is_refused(play: Play) -> None:
    told = {"request": "SAR-1", "told_on": "2027-03-26", "reason": "complexity"}
    late = {"request": "SAR-2", "told_on": "2027-04-05", "reason": "complexity"}
    state = play(
        [
            *asked("2027-03-01T09:00:00", "SAR-1"),
            *asked("2027-03-01T09:00:00", "SAR-2"),
            rights_event("2027-03-26T10:00:00", "Request Extended", told),
            rights_event("2027-04-05T10:00:00", "Request Extended", late),
            wait("2027-04-07T12:00:00"),
        ]
    )
    extended, refused = state.requests
    assert (extended.law_on, extended.promised_on) == (date(2027, 6, 1), date(2027, 3, 31))
    assert refused.law_on == date(2027, 4, 1)
    [letter] = state.dead_letters
    assert "SAR-2" in letter.body
    assert any("SAR-2" in (notice.subject or "") for notice in state.notifications)


@pytest.mark.prove
def test_the_same_event_twice_changes_nothing_and_another_request_of_that_name_is_refused(play: Play) -> None:
    lines = asked("2027-03-01T09:00:00", "SAR-1")
    lines[1]["event"]["id"] = "e-1"
    pause = rights_event("2027-03-05T10:00:00", "Clarification Asked", {"request": "SAR-1"}, id="e-2")
    other = asked("2027-03-08T09:00:00", "sar-1", right="erasure")[1]
    state = play([*lines, lines[1], pause, pause, other, wait("2027-03-10T12:00:00")])
    [request] = state.requests
    assert request.promised_on == date(2027, 4, 5)
    assert len(state.dead_letters) == 1


def test_what_cannot_be_is_set_aside_and_told(play: Play) -> None:
    wrong = [
        asked("2027-03-01T09:00:00", "SAR-1", right="copy")[1],
        asked("2027-03-01T09:00:00", "SAR-2", intake_key="elsewhere/SAR-2.json")[1],
        rights_event("2027-03-01T09:00:00", "Package Handed Over", {"request": "SAR-3", "route": "portal"}),
        rights_event("2027-03-01T09:00:00", "Clarification Answered", {"request": "SAR-4", "on": "2027-03-01"}),
        rights_event("2027-03-01T09:00:00", "Application Recorded", {"request": "SAR-5"}),
        rights_event("2027-03-01T09:00:00", "Disclosure Requested", {"disclosure": "D-1"}),
    ]
    state = play([*asked("2027-03-01T09:00:00", "SAR-4"), *wrong, wait("2027-03-03T12:00:00")])
    assert len(state.dead_letters) == len(wrong)
    assert [one.request for one in state.requests] == ["SAR-4"]
    told = [notice.subject for notice in state.notifications if "InformationTopic" in notice.topic]
    assert len(told) == len(wrong)


@pytest.mark.prove
def test_a_closed_request_keeps_the_dates_it_was_closed_with(play: Play) -> None:
    closed = {"request": "SAR-1", "outcome": "withdrawn", "on": "2027-03-10"}
    state = play(
        [
            *asked("2027-03-01T09:00:00", "SAR-1"),
            rights_event("2027-03-10T10:00:00", "Request Closed", closed),
            wait("2027-03-12T12:00:00"),
        ]
    )
    [request] = state.requests
    assert (request.status, request.due_on) == ("withdrawn", date(2027, 3, 31))
    assert state.dead_letters == []
