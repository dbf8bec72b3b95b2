"""What a message of the hold queue is refused for, in which words, and when the complaints team is told of it."""

from __future__ import annotations

import pytest

from steward.holds.requests import BadRequest, HoldRequest
from steward.holds.signals import connect_events
from tests.support.dispatch_fixture import (
    KEY,
    KEYS,
    TIME,
    UUID,
    DispatchFixture,
    attributes,
    complaints,
    event,
    form,
)


@pytest.mark.parametrize("work", [{"steward": "dance"}, {"steward": "apply", "case": "C-1"}, {"steward": None}])
def test_work_that_does_not_exist_or_lacks_something_is_refused(
    hold_queue: DispatchFixture, work: dict[str, str]
) -> None:
    with pytest.raises(BadRequest) as caught:
        hold_queue.handle(work)

    assert str(caught.value) == "steward: names a piece of work that does not exist, or lacks what it needs"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("{", "body: is not JSON"),
        ("[]", "body: must be a JSON object"),
        ({}, "source: matched no rule"),
        (event("aws.connect", "Complaint Logged", {}), 'source: "aws.connect" matched no rule'),
        (event("steward.complaints", "Contact Attributes", {}), 'detail-type: "Contact Attributes" matched no rule'),
        (event("steward.complaints", "020 7946 0123", {}), "detail-type: matched no rule"),
        (event("aws.s3", "Object Created", {}), "source: matched no rule"),
        (event("steward.complaints", "Complaint Logged", {}), "case: is missing"),
        (event("steward.complaints", "Complaint Logged", {}, "yesterday"), "time: must be an ISO 8601 time"),
        (
            event("steward.complaints", "Complaint Logged", {}, "2027-05-04T08:00:00"),
            "time: must carry an offset from UTC",
        ),
        (event("steward.complaints", "Complaint Closed", {"case": 7.5}), "case: must be text"),
        (event("steward.complaints", "Complaint Closed", {"case": True}), "case: must be text"),
        (event("steward.complaints", "Complaint Closed", {"case": " "}), "case: is empty"),
        (
            complaints("Complaint Closed", case="C-1", closed_on="soon"),
            "closed_on: must be a date written as YYYY-MM-DD",
        ),
        (complaints("Complaint Closed", case="C-1", closed_on="2027-05-05"), "closed_on: lies in the future"),
        (complaints("Complaint Escalated", case="C-1"), "stage: is missing"),
        (complaints("Complaint Escalated", case="C-1", stage="1"), "stage: must be 2 or ombudsman"),
        (complaints("Complaint Escalated", case="C-1", stage="3"), "stage: must be 1, 2 or ombudsman"),
        (complaints("Complaint Escalated", case="C-1", stage="2", on="2027-05-05"), "on: lies in the future"),
        (event("aws.connect", "Amazon Connect Contact Event", {"tags": KEYS}), "contactId: is missing"),
        (
            event("aws.connect", "Amazon Connect Contact Event", {"contactId": "../x", "tags": KEYS}),
            "contactId: must be a contact id: letters, digits and . _ - only",
        ),
        (attributes(), "ContactId: is missing"),
        (attributes(contact_id="../x"), "ContactId: must be a contact id: letters, digits and . _ - only"),
        (attributes(contact_id="a1", updated_at="today"), "LastUpdateTimestamp: must be an ISO 8601 time"),
        (event("aws.connect", "Contact Lens Evaluation Rules Matched", {}), "contactArn: is missing"),
        (
            event("aws.connect", "Contact Lens Evaluation Rules Matched", {"contactArn": UUID}),
            "contactArn: must be the ARN of a contact",
        ),
        (
            event("aws.connect", "Contact Lens Evaluation Rules Matched", {"contactArn": "arn/contact/?"}),
            "contactArn: must be a contact id: letters, digits and . _ - only",
        ),
        (event("aws.s3", "Object Tags Added", {"object": {"key": KEY}}), "name: is missing"),
        ({"Records": "x"}, "Records: is not a list"),
        ({"Records": ["x"]}, "Records: holds something else than S3's records"),
        ({"Records": [{"eventName": "ObjectTagging:Put", "eventTime": TIME}]}, "key: is missing"),
        ({"Records": [{"eventTime": TIME, "s3": {"object": {"key": "k"}}}]}, "eventName: is missing"),
        (
            {
                "Records": [
                    {
                        "eventName": "ObjectCreated:Put",
                        "eventTime": TIME,
                        "s3": {"bucket": {"name": "b"}, "object": {"key": "k"}},
                    }
                ]
            },
            "eventName: is not one that the hold queue knows",
        ),
        (event("aws.s3", "Object Tags Added", {"bucket": {"name": "b"}, "object": "k"}), "key: is missing"),
    ],
)
def test_what_cannot_be_acted_upon_is_refused_in_one_sentence(
    hold_queue: DispatchFixture, message: object, says: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        hold_queue.handle(message)

    assert str(caught.value) == says
    assert hold_queue.placing.acts == []


@pytest.mark.parametrize(
    ("message", "about", "field_name"),
    [
        (complaints("Complaint Logged", case="C-1"), "case C-1", "contact_ids"),
        (complaints("Complaint Closed", case="C-1", closed_on="soon"), "case C-1", "closed_on"),
        (complaints("Complaint Escalated", case="C-1"), "case C-1", "stage"),
        (
            event(
                "aws.connect",
                "Amazon Connect Contact Event",
                {"contactId": "a1", "tags": {"complaint_reference": "jo@example.org"}},
            ),
            "contact a1",
            "complaint_reference",
        ),
        (
            event(
                "aws.connect", "Amazon Connect Contact Event", {"contactId": "a1", "tags": {"complaint_reference": []}}
            ),
            "contact a1",
            "complaint_reference",
        ),
    ],
)
def test_the_team_is_told_which_case_or_contact_a_refusal_is_about(
    hold_queue: DispatchFixture, message: object, about: str, field_name: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        hold_queue.handle(message)

    assert (caught.value.about, caught.value.field) == (about, field_name)


def test_a_complaint_form_without_a_reference_is_refused_about_its_contact(hold_queue: DispatchFixture) -> None:
    hold_queue.contacts.forms = (form(1, reference=""),)
    with pytest.raises(BadRequest, match="reference: is missing") as caught:
        hold_queue.handle(
            event("aws.connect", "Contact Lens Evaluation Rules Matched", {"contactArn": f"arn/contact/{UUID}"})
        )

    assert caught.value.about == f"contact {UUID}"


@pytest.mark.parametrize("refused", [19, 20, 21])
def test_no_more_than_twenty_unreadable_entries_are_named_by_their_place(
    hold_queue: DispatchFixture, refused: int
) -> None:
    hold_queue.handle(
        complaints("Complaint Logged", case="C-1", received_on="2027-05-03", contact_ids=["a1", *["?"] * refused])
    )

    [(_, request)] = hold_queue.placing.acts
    assert isinstance(request, HoldRequest)
    [doubt] = request.doubts
    places = ", ".join(str(number) for number in range(2, min(refused, 20) + 2))
    more = " and 1 more" if refused > 20 else ""
    assert doubt.problem == (f"{refused} of {refused + 1} are no contact ids and hold nothing (entries {places}{more})")


def test_only_the_first_reasons_request_carries_the_doubts(hold_queue: DispatchFixture) -> None:
    hold_queue.handle(
        complaints("Complaint Logged", case="C-1", reason=["complaint", "legal_claim"], contact_ids=["a1", 7])
    )

    doubts = [act[1].doubts for act in hold_queue.placing.acts if isinstance(act[1], HoldRequest)]
    assert [[one.field for one in some] for some in doubts] == [["contact_ids", "received_on"], []]


def test_names_and_notes_are_kept_up_to_their_length_and_dropped_where_they_are_no_text(
    hold_queue: DispatchFixture,
) -> None:
    stated = {"case": "C-1", "received_on": "2027-05-03", "contact_ids": ["a1"]}
    hold_queue.handle(complaints("Complaint Logged", **stated, requested_by="n" * 101, note="t" * 1001))
    hold_queue.handle(complaints("Complaint Logged", **stated, requested_by=7, note=["t"]))

    kept = [(act[1].requested_by, act[1].note) for act in hold_queue.placing.acts if isinstance(act[1], HoldRequest)]
    assert kept == [("n" * 100, "t" * 1000), ("", "")]


@pytest.mark.parametrize(
    ("named", "is_ours"),
    [
        ("arn:aws:connect:eu-west-2:111122223333:instance/i-1", True),
        ("arn:aws:connect:eu-west-2:111122223333:instance/i-2", False),
        ("i-1", True),
        ("i-2", False),
        (None, True),
    ],
)
def test_an_event_is_about_the_instance_that_it_names_by_arn_or_by_id(named: str | None, *, is_ours: bool) -> None:
    ours = "arn:aws:connect:eu-west-2:111122223333:instance/i-1"

    assert connect_events.concerns({"instanceArn": named}, ours) is is_ours
