"""Each way to flag a contact, through the deployed rules, stream and queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import Line, call, moment, wait

ID = "11111111-2222-4333-8444-555555555555"
CALL = call(ID, "2027-02-10T09:00:00")
KEYS = {"complaint_reference": "C-7", "complaint_received": "2027-02-09", "complaint_stage": "1"}
SPELLINGS = (str.lower, str.title, str.capitalize, str.upper)
FLAGGED = "2027-02-10T12:00:00"
LATER = "2027-02-10T12:10:00"


def _assert_held(state: State) -> None:
    [hold] = state.holds
    assert (hold.case, hold.contact_id, hold.status) == ("C-7", ID, "held")
    assert hold.received_on == date(2027, 2, 9)
    assert hold.hold_until == moment("2028-08-09T00:00:00+01:00")
    assert {artefact.record_class for artefact in hold.artefacts} == {"call_recording", "contact_record"}
    assert state.dead_letters == []


def _at(when: str, **action: object) -> Line:
    return {"at": moment(when).isoformat(), **action}


@pytest.mark.parametrize("besides", [{}, {"instanceArn": "{instance_arn}"}])
def test_by_the_evaluation_form(play: Play, besides: dict[str, str]) -> None:
    answers = {"reference": "C-7", "received_on": "2027-02-09", "stage": "1"}
    form = {"EvaluationId": "e-1", "Form": "Complaint", "Status": "SUBMITTED", "Answers": answers}
    event = {
        "source": "aws.connect",
        "detail-type": "Contact Lens Evaluation Rules Matched",
        "detail": {"contactArn": f"{{instance_arn}}/contact/{ID}", **besides},
    }
    story = [*CALL, _at(FLAGGED, contact={"Id": ID, "Evaluations": [form]}), _at(FLAGGED, event=event)]
    state = play([*story, wait(LATER)])

    [hold] = state.holds
    assert (hold.case, hold.contact_id, hold.received_on) == ("C-7", ID, date(2027, 2, 9))
    assert hold.status == "held"
    assert any(artefact.record_class == "call_recording" for artefact in hold.artefacts)


def test_a_draft_of_the_form_flags_nothing(play: Play) -> None:
    form = {"EvaluationId": "e-1", "Form": "Complaint", "Status": "DRAFT", "Answers": {"reference": "C-7"}}
    event = {
        "source": "aws.connect",
        "detail-type": "Contact Lens Evaluation Rules Matched",
        "detail": {"contactArn": f"{{instance_arn}}/contact/{ID}"},
    }
    story = [*CALL, _at(FLAGGED, contact={"Id": ID, "Evaluations": [form]}), _at(FLAGGED, event=event)]

    assert play([*story, wait(LATER)]).holds == []


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_by_contact_attributes_on_the_stream(play: Play, spelled: Callable[[str], str]) -> None:
    record = {
        "ContactId": ID,
        "Channel": "VOICE",
        "InitiationTimestamp": "2027-02-10T09:00:00Z",
        "LastUpdateTimestamp": "2027-02-10T12:00:00Z",
        "Attributes": {spelled(key): value for key, value in KEYS.items()},
    }
    _assert_held(play([*CALL, _at(FLAGGED, record=record), wait(LATER)]))


def test_an_ordinary_contact_record_invokes_nothing(play: Play) -> None:
    record = {"ContactId": ID, "Channel": "VOICE", "InitiationTimestamp": "2027-02-10T09:00:00Z", "Attributes": {}}
    state = play([*CALL, _at(FLAGGED, record=record), wait(LATER)])

    assert {name: counts["invocations"] for name, counts in state.calls.items() if counts["invocations"]}.keys() <= {
        "compare_configuration",
        "count_contact_records",
        "maintain_holds",
        "retire_contact_records",
        "guard_payments",
        "repeat_orders",
        "replay_erasures",
        "watch_requests",
        "watch_disclosures",
        "write_statement",
    }, "only the schedules ran"


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_by_contact_tags(play: Play, spelled: Callable[[str], str]) -> None:
    tags = {spelled(key): value for key, value in KEYS.items()}
    event = {
        "source": "aws.connect",
        "detail-type": "Amazon Connect Contact Event",
        "detail": {"eventType": "CONTACT_DATA_UPDATED", "contactId": ID, "channel": "VOICE", "tags": tags},
    }
    _assert_held(play([*CALL, _at(FLAGGED, event=event), wait(LATER)]))


def test_by_object_tags_in_the_s3_console(play: Play) -> None:
    key = CALL[1]["object"]["key"]
    tags = {"store": "call_recording", "key": key, "tags": KEYS}
    _assert_held(play([*CALL, _at(FLAGGED, tag_object=tags), wait(LATER)]))


def test_by_object_tags_where_the_contacts_id_is_no_uuid(play: Play) -> None:
    [contact, stored] = call("contact-7", "2027-02-10T09:00:00")
    tags = {"store": "call_recording", "key": stored["object"]["key"], "tags": KEYS}
    [hold] = play([contact, stored, _at(FLAGGED, tag_object=tags), wait(LATER)]).holds
    assert (hold.contact_id, hold.status) == ("contact-7", "held")


def test_by_an_event_of_the_case_management_system(play: Play) -> None:
    detail = {"case": "C-7", "received_on": "2027-02-09", "contact_ids": [ID], "requested_by": "officer.1"}
    event = {"source": "steward.complaints", "detail-type": "Complaint Logged", "bus": "steward", "detail": detail}
    _assert_held(play([*CALL, _at(FLAGGED, event=event), wait(LATER)]))


def test_the_same_flag_by_every_way_is_one_hold_and_one_copy(play: Play) -> None:
    key = CALL[1]["object"]["key"]
    detail = {"case": "C-7", "received_on": "2027-02-09", "contact_ids": [ID], "requested_by": "officer.1"}
    logged = {"source": "steward.complaints", "detail-type": "Complaint Logged", "bus": "steward", "detail": detail}
    tagged = {
        "source": "aws.connect",
        "detail-type": "Amazon Connect Contact Event",
        "detail": {"contactId": ID, "tags": KEYS},
    }
    state = play(
        [
            *CALL,
            _at(FLAGGED, event=logged),
            _at(FLAGGED, event=tagged),
            _at(FLAGGED, event=logged),
            _at(FLAGGED, tag_object={"store": "call_recording", "key": key, "tags": KEYS}),
            wait(LATER),
        ]
    )

    _assert_held(state)
    held = [one.key for one in state.stores["legal_hold"].objects if "/call_recording/" in one.key]
    assert len(held) == 1
