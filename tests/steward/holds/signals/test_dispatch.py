"""What a message of the hold queue makes of itself: every kind of event and every piece of steward's own work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from steward.holds.requests import BadRequest, Closure, Escalation, HoldRequest
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage
from tests.support.dispatch_fixture import (
    AT,
    INSTANCE,
    KEY,
    KEYS,
    OTHER,
    UUID,
    DispatchFixture,
    attributes,
    complaints,
    event,
    form,
)


def flag(contact: str, signal: str, by: str, at: datetime = AT, *, stage: Stage = Stage.ONE) -> HoldRequest:
    return HoldRequest(
        case=CaseRef("C-1"),
        reason=HoldReason.COMPLAINT,
        stage=stage,
        received_on=date(2027, 5, 3),
        received_on_assumed=False,
        contact_ids=(ContactId(contact),),
        requested_by=by,
        signal=signal,
        flagged_at=at,
    )


def test_a_logged_complaint_is_placed_for_each_of_its_reasons(hold_queue: DispatchFixture) -> None:
    acts = hold_queue.handle(
        complaints(
            "Complaint Logged",
            case="C-1",
            reason=["complaint", "legal_claim"],
            received_on="2027-05-03",
            contact_ids=["a1"],
            requested_by="complaints team",
            note="called twice",
        )
    )

    requests = [act[1] for act in acts]
    assert [act[0] for act in acts] == ["place", "place"]
    assert [one.reason for one in requests if isinstance(one, HoldRequest)] == ["complaint", "legal_claim"]
    for one in requests:
        assert isinstance(one, HoldRequest)
        assert (one.case, one.contact_ids, one.requested_by, one.note) == (
            "C-1",
            ("a1",),
            "complaints team",
            "called twice",
        )
        assert (one.signal, one.flagged_at, one.received_on) == ("case_event", AT, date(2027, 5, 3))


def test_an_escalation_carries_its_stage_its_day_and_who_said_it_when(hold_queue: DispatchFixture) -> None:
    acts = hold_queue.handle(
        complaints("Complaint Escalated", case="C-1", stage="ombudsman", on="2027-05-02", requested_by="j.officer")
    )

    assert acts == [
        (
            "escalate",
            Escalation(
                case=CaseRef("C-1"), stage=Stage.OMBUDSMAN, on=date(2027, 5, 2), requested_by="j.officer", at=AT
            ),
        )
    ]


def test_a_closure_carries_its_day_and_who_said_it_when(hold_queue: DispatchFixture) -> None:
    acts = hold_queue.handle(
        complaints("Complaint Closed", case="C-1", closed_on="2027-05-02", requested_by="j.officer")
    )

    assert acts == [
        ("close", Closure(case=CaseRef("C-1"), closed_on=date(2027, 5, 2), requested_by="j.officer", at=AT))
    ]


def test_an_escalation_or_a_closure_without_a_day_is_of_the_day_of_its_event(hold_queue: DispatchFixture) -> None:
    escalation, closure = (
        complaints("Complaint Escalated", case="C-1", stage=2),
        complaints("Complaint Closed", case="C-1"),
    )
    hold_queue.handle(escalation | {"time": "2027-05-03T23:30:00Z"})
    hold_queue.handle(closure | {"time": "2027-05-03T23:30:00Z"})

    (_, escalated), (_, closed) = hold_queue.placing.acts
    assert isinstance(escalated, Escalation)
    assert isinstance(closed, Closure)
    assert (escalated.on, closed.closed_on) == (date(2027, 5, 4), date(2027, 5, 4))
    assert escalated.stage is Stage.TWO


def test_an_event_without_a_time_counts_from_now(hold_queue: DispatchFixture) -> None:
    hold_queue.handle({"source": "steward.complaints", "detail-type": "Complaint Closed", "detail": {"case": "C-1"}})

    [(_, closed)] = hold_queue.placing.acts
    assert isinstance(closed, Closure)
    assert closed.at == hold_queue.world.moment


def test_tags_of_a_contact_of_this_instance_are_a_flag(hold_queue: DispatchFixture) -> None:
    detail = {"instanceArn": INSTANCE, "contactId": UUID, "tags": KEYS}
    kind = "Amazon Connect Contact Event"

    assert hold_queue.handle(event("aws.connect", kind, detail)) == [
        ("place", flag(UUID, "contact_tags", "contact flow", stage=Stage.TWO))
    ]
    hold_queue.placing.acts.clear()
    assert hold_queue.handle(event("aws.connect", kind, detail | {"instanceArn": OTHER})) == []
    assert hold_queue.handle(event("aws.connect", kind, {"contactId": UUID, "tags": {}})) == []


def test_attributes_of_a_contact_record_are_a_flag_of_the_day_of_its_last_update(hold_queue: DispatchFixture) -> None:
    updated = datetime(2027, 5, 4, 6, 0, tzinfo=UTC)

    assert hold_queue.handle(attributes(contact_id=UUID, updated_at="2027-05-04T06:00:00Z")) == [
        ("place", flag(UUID, "contact_attributes", "contact attributes", updated, stage=Stage.TWO))
    ]


def test_attributes_of_a_record_without_an_update_count_from_now(hold_queue: DispatchFixture) -> None:
    [(_, request)] = hold_queue.handle(attributes(contact_id=UUID))

    assert isinstance(request, HoldRequest)
    assert request.flagged_at == hold_queue.world.now()


def test_attributes_with_a_blank_reference_flag_nothing(hold_queue: DispatchFixture) -> None:
    assert hold_queue.handle(attributes(contact_id=UUID, reference=" ")) == []


def test_every_submitted_complaint_form_of_the_contact_is_a_flag(hold_queue: DispatchFixture) -> None:
    hold_queue.contacts.forms = (form(1), form(2, "Quality"), form(3, submitted=False), form(4, reference="C-2"))
    detail = {"instanceArn": INSTANCE, "contactArn": f"{INSTANCE}/contact/{UUID}"}
    kind = "Contact Lens Evaluation Rules Matched"

    acts = hold_queue.handle(event("aws.connect", kind, detail))

    assert acts[0] == ("place", flag(UUID, "evaluation_form", "user-1", stage=Stage.TWO))
    assert [act[1].case for act in acts if isinstance(act[1], HoldRequest)] == ["C-1", "C-2"]
    hold_queue.placing.acts.clear()
    assert hold_queue.handle(event("aws.connect", kind, detail | {"instanceArn": OTHER})) == []


def tagging(key: str = KEY, version: str = "v1") -> dict[str, Any]:
    return event(
        "aws.s3", "Object Tags Added", {"bucket": {"name": "store"}, "object": {"key": key, "version-id": version}}
    )


def notice(key: str, name: str = "ObjectTagging:Put") -> dict[str, Any]:
    thing = {"bucket": {"name": "store"}, "object": {"key": key, "versionId": "v1"}}
    return {"Records": [{"eventName": name, "eventTime": "2027-05-04T07:00:00.000Z", "s3": thing}]}


@pytest.mark.parametrize("key", [KEY.replace(":", "%3A"), KEY])
def test_s3s_own_notice_of_tags_is_a_flag_too(hold_queue: DispatchFixture, key: str) -> None:
    hold_queue.sources.tagged = {("store", KEY, "v1"): KEYS}

    assert hold_queue.handle(notice(key)) == [("place", flag(UUID, "object_tags", "object tags", stage=Stage.TWO))]


def test_a_key_with_a_plus_or_a_percent_in_it_is_the_one_that_s3_wrote(hold_queue: DispatchFixture) -> None:
    hold_queue.sources.tagged = {("store", f"a+b 100%/{KEY}", "v1"): KEYS, ("store", f"a b 100%/{KEY}", "v1"): {}}

    acts = hold_queue.handle(notice(f"a%2Bb+100%25/{KEY}"))

    assert acts == [("place", flag(UUID, "object_tags", "object tags", stage=Stage.TWO))]


def test_an_object_that_is_called_as_a_notice_writes_it_is_found_where_the_decoded_name_has_none(
    hold_queue: DispatchFixture,
) -> None:
    hold_queue.sources.tagged = {("store", f"a%2Bb/{KEY}", "v1"): KEYS}

    acts = hold_queue.handle(notice(f"a%2Bb/{KEY}"))

    assert acts == [("place", flag(UUID, "object_tags", "object tags", stage=Stage.TWO))]


def test_the_message_with_which_s3_tries_the_queue_asks_for_nothing(hold_queue: DispatchFixture) -> None:
    assert hold_queue.handle({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "store"}) == []


def test_an_objects_tags_are_a_flag_of_the_contact_in_its_name(hold_queue: DispatchFixture) -> None:
    hold_queue.sources.tagged = {("store", KEY, "v1"): KEYS}

    assert hold_queue.handle(tagging()) == [("place", flag(UUID, "object_tags", "object tags", stage=Stage.TWO))]


def test_an_object_whose_key_came_url_encoded_is_found_too(hold_queue: DispatchFixture) -> None:
    hold_queue.sources.tagged = {("store", KEY, "v1"): KEYS}

    assert hold_queue.handle(tagging(KEY.replace(":", "%3A"))) == [
        ("place", flag(UUID, "object_tags", "object tags", stage=Stage.TWO))
    ]


def test_the_key_is_taken_as_it_came_where_there_is_such_an_object(hold_queue: DispatchFixture) -> None:
    hold_queue.sources.tagged = {("store", KEY.replace(":", "%3A"), "v1"): {}, ("store", KEY, "v1"): KEYS}

    assert hold_queue.handle(tagging(KEY.replace(":", "%3A"))) == []


def test_an_object_that_is_not_there_is_refused_because_its_flag_cannot_be_read(hold_queue: DispatchFixture) -> None:
    with pytest.raises(BadRequest) as caught:
        hold_queue.handle(tagging())

    assert str(caught.value) == "object key: names no object that is in the store; flag the contact itself"


@pytest.mark.parametrize(
    ("work", "act"),
    [
        (
            {
                "steward": "hold",
                "case": "C-1",
                "contact_id": "a1",
                "signal": "chain",
                "flagged_at": "2027-05-04T07:00:00Z",
            },
            ("hold", "C-1", "a1", "chain", AT),
        ),
        ({"steward": "hold", "case": "C-1", "contact_id": "a1"}, ("hold", "C-1", "a1", "", None)),
        ({"steward": "apply", "case": "C-1", "contact_id": "a1"}, ("apply", "C-1", "a1")),
        ({"steward": "reinspect", "contact_id": "a1"}, ("reinspect", "a1")),
        ({"steward": "reinspect", "contact_id": "a1", "routine": True}, ("routine", "a1")),
        ({"steward": "recheck", "contact_id": "a1", "attempt": "2"}, ("recheck", "a1", 2)),
    ],
)
def test_a_piece_of_stewards_own_work_is_done(
    hold_queue: DispatchFixture, work: dict[str, object], act: tuple[object, ...]
) -> None:
    assert hold_queue.handle(work) == [act]
