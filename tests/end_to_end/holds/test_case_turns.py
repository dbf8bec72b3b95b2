"""Cases as they live: closed and taken further on one day, a claim beside a complaint, flags not readable whole."""

from __future__ import annotations

from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import call, logged, own_event, wait

START = "2027-01-05T09:00:00"
FLAGGED = "2027-02-01T10:00:00"
RECEIVED = "2027-02-01"


def test_a_case_closed_and_escalated_on_one_day_is_what_was_said_last(play: Play) -> None:
    closed = {"case": "C-1", "closed_on": "2027-03-01", "requested_by": "officer.1"}
    further = {"case": "C-1", "stage": "2", "on": "2027-03-01", "requested_by": "officer.1"}
    state = play(
        [
            *call("a1", START),
            logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED),
            own_event("2027-03-01T10:00:00", "Complaint Closed", closed),
            own_event("2027-03-01T15:00:00", "Complaint Escalated", further),
            wait("2027-03-01T16:00:00"),
        ]
    )
    [hold] = state.holds
    assert (hold.status, hold.stage, hold.open_ended) == ("held", "2", True)
    assert state.notifications == []


def test_the_good_contacts_of_a_flag_are_held_and_the_rest_is_told_in_one_message(play: Play) -> None:
    flag = logged(FLAGGED, "C-1", ["a1", "not a contact"], received_on="01/02/2027", stage="Stage 2")
    claim = logged("2027-02-01T11:00:00", "c-1", ["a1"], received_on=RECEIVED, reason="legal_claim")
    state = play([*call("a1", START), flag, claim, wait("2027-02-01T12:00:00")])
    [hold] = state.holds
    assert (hold.case, hold.reason, hold.status, hold.open_ended) == ("C-1", "legal_claim", "held", True)
    assert [one.subject for one in state.notifications] == ["Please check a flag: case C-1"]
