"""Every way to flag a contact, parsed from event files in AWS's shapes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from steward.holds.contacts import Evaluation
from steward.holds.messages import FlaggedContact, decode, encode
from steward.holds.requests import BadRequest, HoldRequest
from steward.holds.signals import case_events, connect_events, object_tags, s3_notices
from steward.ids import ContactId
from steward.policy.holds import HoldReason, Stage

EVENTS = Path("events")
SHARED = Path("../shared/events")
NOW = datetime(2027, 5, 14, 9, 30, tzinfo=UTC)


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return found


def test_a_logged_complaint_names_its_case_its_contacts_and_its_date() -> None:
    detail = event("steward.complaints/complaint-logged.json")["detail"]

    [request] = case_events.logged(detail, NOW)

    assert request.case == detail["case"]
    assert list(request.contact_ids) == detail["contact_ids"]
    assert request.received_on == date.fromisoformat(detail["received_on"])
    assert not request.received_on_assumed
    assert request.reason is HoldReason.COMPLAINT


def test_every_reason_of_a_hold_can_be_logged() -> None:
    detail = event("steward.complaints/subject-access-logged.json")["detail"]

    [request] = case_events.logged(detail, datetime(2027, 6, 1, tzinfo=UTC))
    assert request.reason is HoldReason.SUBJECT_ACCESS


@pytest.mark.parametrize("name", ["contact-tagged.json", "contact-tagged-other-casing.json"])
def test_contact_tags_are_read_in_any_casing(name: str) -> None:
    request = connect_events.tagged(event(f"aws.connect/{name}")["detail"], NOW)

    assert request is not None
    assert request.signal == "contact_tags"
    assert len(request.contact_ids) == 1


def test_a_contact_event_without_the_tag_asks_for_nothing() -> None:
    assert connect_events.tagged(event("aws.connect/contact-completed.json")["detail"], NOW) is None


def attributed(record: dict[str, Any]) -> HoldRequest | None:
    """What the attributes of a contact record come to, on their way through ``relay_flags`` and the queue."""
    flag = connect_events.flag_of(record)
    assert flag is not None
    message = decode(json.loads(encode(flag)))
    assert message == flag
    return connect_events.attributed(flag, NOW)


def test_a_contact_records_attributes_make_a_flag() -> None:
    record = event("kinesis/contact-record-flagged.json")

    request = attributed(record)

    assert request is not None
    assert request.contact_ids == (record["ContactId"],)
    assert request.case == record["Attributes"]["complaint_reference"]


def test_an_undated_attribute_counts_from_the_records_last_update_in_london() -> None:
    record = {
        "ContactId": "a1",
        "LastUpdateTimestamp": "2027-06-30T23:30:00Z",
        "Attributes": {"complaint_reference": "C-1"},
    }

    request = attributed(record)

    assert request is not None
    assert (request.received_on, request.received_on_assumed) == (date(2027, 7, 1), True)


def test_an_ordinary_contact_record_asks_for_nothing() -> None:
    assert connect_events.flag_of(event("kinesis/contact-record.json")) is None


def test_of_a_flagged_contact_record_the_flag_and_its_ids_alone_are_passed_on_in_whatever_casing() -> None:
    record = {
        "contactId": "a1",
        "Lastupdatetimestamp": "2027-06-30T23:30:00Z",
        "CustomerEndpoint": {"Address": "+447700900123"},
        "Attributes": {"Complaint_Reference": "C-1", "complaint_stage": 2, "complaint_received": None, "name": "A. B."},
    }

    assert connect_events.flag_of(record) == FlaggedContact(
        contact_id="a1", updated_at="2027-06-30T23:30:00Z", reference="C-1", received="", stage="2"
    )


def test_an_evaluation_event_names_its_contact_by_arn() -> None:
    detail = event("aws.connect/evaluation-rules-matched.json")["detail"]

    assert connect_events.evaluated_contact(detail) == "005d99c3-06d2-4d91-9b69-e6266d5ca164"


def submitted(form: str = "Complaint", *, done: bool = True, **answers: str) -> HoldRequest | None:
    evaluation = Evaluation(
        evaluation_id="e1",
        form=form,
        submitted=done,
        modified_at=NOW,
        evaluator="user-1",
        answers=tuple(answers.items()),
    )
    return connect_events.evaluated(evaluation, ContactId("a1"))


def test_the_complaint_form_makes_a_flag() -> None:
    request = submitted(reference="C-1", received_on="2027-05-03", stage="ombudsman")

    assert request is not None
    assert (request.case, request.stage, request.received_on) == ("C-1", Stage.OMBUDSMAN, date(2027, 5, 3))
    assert request.requested_by == "user-1"


def test_a_date_question_that_answers_with_a_time_means_the_london_date() -> None:
    request = submitted(reference="C-1", received_on="2027-05-02T23:00:00Z")

    assert request is not None
    assert request.received_on == date(2027, 5, 3)


def test_another_form_or_a_draft_asks_for_nothing() -> None:
    assert submitted(form="Quality", reference="C-1") is None
    assert submitted(done=False, reference="C-1") is None


def test_a_complaint_form_without_a_reference_is_a_mistake_to_be_seen() -> None:
    with pytest.raises(BadRequest, match="reference: is missing"):
        submitted(received_on="2027-05-03")


def tagged_sample() -> object_tags.TaggedObject:
    [notice] = s3_notices.notices(event("s3/object-tagged.json"))
    return object_tags.TaggedObject(bucket=notice.bucket, key=notice.key, version_id=notice.version_id)


def test_a_notice_of_s3_names_the_object_as_it_is_called_and_when() -> None:
    """Amazon S3 User Guide, "Event message structure": the key is form-urlencoded."""
    [notice] = s3_notices.notices(event("s3/object-tagged.json"))

    assert notice.event == s3_notices.TAGGED
    assert notice.key.endswith("_20270112T10:15_UTC.wav")
    assert notice.key_as_sent.endswith("_20270112T10%3A15_UTC.wav")
    assert (notice.at, notice.version_id) == (NOW, "Tq8rMhGYPp.0aXkz2eLwJdVbN4sC7uRf")


@pytest.mark.parametrize("name", ["object-deleted-for-good", "object-expired"])
def test_a_version_that_was_deleted_or_expired_is_gone_for_good(name: str) -> None:
    [notice] = s3_notices.notices(event(f"s3/{name}.json"))
    assert notice.event in s3_notices.GONE_FOR_GOOD


def test_the_message_with_which_s3_tries_a_queue_tells_nothing() -> None:
    message = event("s3/test-event.json")
    assert s3_notices.is_notice(message)
    assert s3_notices.notices(message) == []


def test_a_tagged_object_names_the_contact_in_its_key() -> None:
    tagged = tagged_sample()

    request = object_tags.flagged(tagged, {"complaint_reference": "C-1", "complaint_stage": "2"}, NOW)

    assert request is not None
    assert request.contact_ids[0] in tagged.key
    assert (request.stage, request.received_on, request.received_on_assumed) == (Stage.TWO, date(2027, 5, 14), True)


@pytest.mark.parametrize("contact", ["call_7", "2027.01-12_a", "c1"])
def test_a_contact_id_need_not_be_a_uuid(contact: str) -> None:
    detail = {"case": "C-1", "received_on": "2027-05-03", "contact_ids": [contact], "requested_by": "x"}
    tagged = object_tags.TaggedObject(bucket="b", key=f"2027/01/12/{contact}_20270112T10:00_UTC.wav", version_id="")
    request = object_tags.flagged(tagged, {"complaint_reference": "C-1"}, NOW)

    [logged] = case_events.logged(detail, NOW)
    assert logged.contact_ids == (contact,)
    assert request is not None
    assert request.contact_ids == (contact,)


def test_tags_that_are_no_flag_ask_for_nothing() -> None:
    tagged = tagged_sample()

    assert object_tags.flagged(tagged, {"project": "archive"}, NOW) is None


def test_an_object_whose_name_holds_no_contact_id_cannot_be_flagged_by_tags() -> None:
    tagged = object_tags.TaggedObject(bucket="b", key="2027/01/12/report.csv", version_id="")
    with pytest.raises(BadRequest, match="holds no contact id"):
        object_tags.flagged(tagged, {"complaint_reference": "C-1"}, NOW)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"case": ""}, "case: is missing"),
        ({"case": "<script>"}, "case: must be 1 to 64"),
        ({"case": "_x"}, "case: must be 1 to 64"),
        ({"case": ["C-1"]}, "case: must be text"),
        ({"case": "FS\u2013Case\u20131234 & 5678"}, "case: must be 1 to 64"),
        ({"case": "07700 900123"}, "case: reads as a telephone number"),
        ({"case": "CMP 44-7700/900123"}, "case: reads as a telephone number"),
        ({"case": "jo@example.org"}, "case: must be 1 to 64"),
        ({"case": "www.example"}, "case: reads as a link"),
        ({"case": "pay.example.co.uk/x"}, "case: reads as a link"),
        ({"case": "x" * 65}, "case: must be 1 to 64"),
        ({"reason": "curiosity"}, "reason: must be one of complaint, legal_claim, threat_to_staff, subject_access"),
        ({"contact_ids": []}, "contact_ids: must name at least one contact"),
        ({"contact_ids": "a1"}, "contact_ids: must be a list of contact ids"),
        ({"contact_ids": ["../other"]}, "contact_ids: must be a contact id"),
    ],
)
def test_a_mistake_is_named_by_field_and_problem(change: dict[str, object], problem: str) -> None:
    detail = {"case": "C-1", "received_on": "2027-05-03", "contact_ids": ["a1"], "requested_by": "x", **change}
    with pytest.raises(BadRequest, match=problem):
        case_events.logged(detail, NOW)


@pytest.mark.parametrize("case", ["1002742", "CMP-2027-0412", "FS.Case.1234", "20270201-0001", "CW\u0174YN/7 b"])
def test_an_ordinary_reference_is_taken_as_it_is(case: str) -> None:
    [request] = case_events.logged({"case": case, "received_on": "2027-05-03", "contact_ids": ["a1"]}, NOW)
    assert request.case == case


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"received_on": "12/05/2027"}, "must be a date written as YYYY-MM-DD"),
        ({"received_on": ["2027-05-12"]}, "must be text"),
        ({"received_on": "2071-05-12"}, "lies in the future"),
        ({"received_on": "1927-05-12"}, "lies more than 10 years back"),
        ({"received_on": "2027-02-30"}, "must be a date"),
        ({"received_on": None}, "was not given"),
    ],
)
def test_a_date_that_cannot_be_read_counts_from_the_flag_and_is_told(change: dict[str, object], problem: str) -> None:
    [request] = case_events.logged({"case": "C-1", "contact_ids": ["a1"], **change}, NOW)
    assert (request.received_on, request.received_on_assumed) == (date(2027, 5, 14), True)
    [doubt] = request.doubts
    assert doubt.field == "received_on"
    assert doubt.problem.startswith(problem)
    assert doubt.problem.endswith("the hold is counted from the day of the flag")


@pytest.mark.parametrize("stage", ["3", "Stage 2", ["2"]])
def test_a_stage_that_cannot_be_read_counts_as_the_first_and_is_told(stage: object) -> None:
    detail = {"case": "C-1", "received_on": "2027-05-03", "contact_ids": ["a1"], "stage": stage}
    [request] = case_events.logged(detail, NOW)
    assert request.stage is Stage.ONE
    [doubt] = request.doubts
    assert (doubt.field, doubt.problem.endswith("counted as stage 1")) == ("stage", True)


def test_the_good_contacts_of_a_mixed_list_are_held_and_the_others_named_by_their_place() -> None:
    upper = "0000ABC0-4000-4000-8000-00000000006E"
    page = f"https://barnet.my.connect.aws/contact-trace-records/details/{upper}"
    given = ["../other", upper, page, f"arn:aws:connect:eu-west-2:1:instance/2/contact/{upper}", 7, "call-7"]
    [request] = case_events.logged({"case": "C-1", "received_on": "2027-05-03", "contact_ids": given}, NOW)
    assert request.contact_ids == (upper.lower(), "call-7")
    [doubt] = request.doubts
    assert doubt.field == "contact_ids"
    assert doubt.problem == "2 of 6 are no contact ids and hold nothing (entries 1, 5)"


def test_one_case_may_have_several_reasons() -> None:
    detail = {"case": "C-1", "reason": ["complaint", "legal_claim"], "contact_ids": ["a1"], "received_on": "2027-05-03"}
    assert [one.reason for one in case_events.logged(detail, NOW)] == [HoldReason.COMPLAINT, HoldReason.LEGAL_CLAIM]


@pytest.mark.parametrize(
    "given",
    [
        "2027-05-03",
        "2027-05-03T00:00:00",
        "2027-05-03T12:00:00.000Z",
        "2027-05-02T23:30:00Z",
        "1809345600",
        "1809345600000",
        "1809345600.0",
        1809345600.0,
    ],
)
def test_a_date_is_read_in_every_form_in_which_connect_may_answer(given: object) -> None:
    [request] = case_events.logged({"case": "C-1", "contact_ids": ["a1"], "received_on": given}, NOW)
    assert (request.received_on, request.received_on_assumed) == (date(2027, 5, 3), False)


def test_a_mistake_does_not_repeat_the_value_because_it_may_be_personal() -> None:
    with pytest.raises(BadRequest) as caught:
        case_events.logged({"case": "C-1", "received_on": "Mrs Example, 020 7946 0000"}, NOW)
    assert "Example" not in str(caught.value)


def test_an_event_of_another_instance_does_not_concern_us() -> None:
    ours = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
    assert connect_events.concerns({"instanceArn": ours}, ours)
    assert connect_events.concerns({}, ours)
    assert not connect_events.concerns({"InstanceArn": ours[:-1] + "5"}, ours)


@pytest.mark.skipif(not SHARED.exists(), reason="the genuine samples are not part of this repository")
def test_the_genuine_samples_of_s3_events_are_read() -> None:
    sample = json.loads((SHARED / "s3EventBridgeNotificationObjectCreatedEvent.json").read_text())
    tagged = object_tags.tagged_object(sample["detail"])

    assert (tagged.bucket, tagged.key, tagged.version_id) == ("example-bucket", "IMG_m7fzo3.jpg", "")


@pytest.mark.parametrize(
    "key",
    [
        "connect/x/Attachments/chat/2027/01/05/f0000000-0000-4000-8000-000000000021_20270105T09:14_UTC.pdf",
        "2027/f0000000-0000-4000-8000-000000000021_0000abc0-4000-4000-8000-000000000015_20270105T09:14_UTC.pdf",
        "Evaluations/2027/01/05/f0000000-0000-4000-8000-000000000021.json",
    ],
)
def test_an_object_that_is_named_by_an_id_of_its_own_flags_no_contact_of_that_id(key: str) -> None:
    tagged = object_tags.TaggedObject(bucket="b", key=key, version_id="")

    with pytest.raises(BadRequest, match="flag the contact itself"):
        object_tags.flagged(tagged, {"complaint_reference": "C-1"}, NOW)


@pytest.mark.parametrize("body", ["{", "[]", "7", '{"Records": 7}', '{"Records": [{"a": 1}]}', '{"id": "x"}'])
def test_a_message_that_tells_of_no_several_objects_stays_as_it_is(body: str) -> None:
    assert s3_notices.apart(body) == (body,)


def test_a_notice_of_several_objects_is_one_for_each() -> None:
    [first, second] = s3_notices.apart(json.dumps({"Records": [{"a": 1}, 7], "x": 2}))

    assert (json.loads(first), json.loads(second)) == ({"Records": [{"a": 1}], "x": 2}, {"Records": [7], "x": 2})
