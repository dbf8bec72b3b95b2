"""Cases as they live: closed and taken further on one day, a claim beside a complaint, flags not readable whole."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import Line, call, logged, own_event, told, wait

START = "2027-02-01T08:00:00"
FLAGGED = "2027-02-01T10:00:00"
RECEIVED = "2027-02-01"


def test_a_case_closed_and_escalated_on_one_day_is_what_was_said_last(play: Play) -> None:
    closed = {"case": "C-1", "closed_on": "2027-02-03", "requested_by": "officer.1"}
    further = {"case": "C-1", "stage": "2", "on": "2027-02-03", "requested_by": "officer.1"}
    state = play(
        [
            *call("a1", START),
            logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED),
            own_event("2027-02-03T10:00:00", "Complaint Closed", closed),
            own_event("2027-02-03T15:00:00", "Complaint Escalated", further),
            wait("2027-02-03T16:00:00"),
        ]
    )
    [hold] = state.holds
    assert (hold.status, hold.stage, hold.open_ended) == ("held", "2", True)
    assert told(state) == []


def _closed(at: str, on: str) -> Line:
    return own_event(at, "Complaint Closed", {"case": "C-1", "closed_on": on, "requested_by": "officer.1"})


def _further(at: str, on: str) -> Line:
    return own_event(at, "Complaint Escalated", {"case": "C-1", "stage": "2", "on": on, "requested_by": "officer.1"})


def test_what_is_said_after_a_closing_opens_the_case_again_whatever_date_it_states(play: Play) -> None:
    state = play(
        [
            *call("a1", START),
            logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED),
            _closed("2027-02-04T10:00:00", "2027-02-04"),
            _further("2027-02-04T15:00:00", "2027-02-02"),
            wait("2027-02-04T16:00:00"),
        ]
    )
    [hold] = state.holds
    assert (hold.status, hold.stage, hold.open_ended) == ("held", "2", True)
    assert told(state) == []


def test_a_closing_of_a_day_before_the_case_was_taken_further_is_refused_and_told(play: Play) -> None:
    state = play(
        [
            *call("a1", START),
            logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED),
            _further("2027-02-05T10:00:00", "2027-02-05"),
            _closed("2027-02-08T10:00:00", "2027-02-03"),
            wait("2027-02-08T16:00:00"),
        ]
    )
    [hold] = state.holds
    assert (hold.status, hold.open_ended) == ("held", True)
    assert [one.subject for one in told(state)] == ["Request refused: case C-1"]


def test_a_claim_that_is_flagged_once_more_after_a_closing_is_open_again(play: Play) -> None:
    claim = {"reason": "legal_claim", "received_on": RECEIVED}
    state = play(
        [
            *call("a1", START),
            logged(FLAGGED, "C-1", ["a1"], **claim),
            _closed("2027-02-03T10:00:00", "2027-02-03"),
            logged("2027-02-20T10:00:00", "C-1", ["a1"], **claim),
            wait("2027-02-20T12:00:00"),
        ]
    )
    [hold] = state.holds
    assert (hold.reason, hold.status, hold.open_ended) == ("legal_claim", "held", True)


def test_the_good_contacts_of_a_flag_are_held_and_the_rest_is_told_in_one_message(play: Play) -> None:
    flag = logged(FLAGGED, "C-1", ["a1", "not a contact"], received_on="01/02/2027", stage="Stage 2")
    claim = logged("2027-02-01T11:00:00", "c-1", ["a1"], received_on=RECEIVED, reason="legal_claim")
    state = play([*call("a1", START), flag, claim, wait("2027-02-01T12:00:00")])
    [hold] = state.holds
    assert (hold.case, hold.reason, hold.status, hold.open_ended) == ("C-1", "legal_claim", "held", True)
    assert [one.subject for one in told(state)] == ["Please check a flag: case C-1"]


def test_an_attribute_that_arrives_after_its_date_of_receipt_states_no_future_date(play: Play) -> None:
    record = {
        "ContactId": "a1",
        "InstanceARN": "{instance_arn}",
        "LastUpdateTimestamp": "2027-02-01T08:16:40Z",
        "Attributes": {"complaint_reference": "C-1", "complaint_received": "2027-01-31"},
    }
    state = play([*call("a1", START), {"at": f"{FLAGGED}Z", "record": record}, wait("2027-02-01T12:00:00")])
    [hold] = state.holds
    assert (str(hold.received_on), hold.received_on_assumed) == ("2027-01-31", False)
    assert told(state) == []


@pytest.mark.parametrize(
    "flag",
    [
        {"stage": "ombudsman", "received_on": RECEIVED},
        {"reason": "legal_claim", "received_on": RECEIVED},
        {"reason": "subject_access", "received_on": "2027-02-03"},
    ],
)
def test_what_a_flag_says_of_a_case_reaches_every_contact_of_it(play: Play, flag: dict[str, str]) -> None:
    state = play(
        [
            *call("a1", START),
            *call("b2", "2027-02-01T08:20:00"),
            logged(FLAGGED, "C-1", ["a1"], received_on=RECEIVED),
            _closed("2027-02-02T10:00:00", "2027-02-02"),
            logged("2027-02-03T10:00:00", "C-1", ["b2"], **flag),
            wait("2027-02-03T12:00:00"),
        ]
    )
    assert [(hold.contact_id, hold.status, hold.open_ended) for hold in state.holds] == [
        ("a1", "held", True),
        ("b2", "held", True),
    ]
    reasons = {(hold.reason, hold.stage, hold.hold_until) for hold in state.holds}
    assert len(reasons) == 1
