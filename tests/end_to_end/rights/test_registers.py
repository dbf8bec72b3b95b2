"""What only a register knows of a person is found by the keyed hash of their number; a stranger's hold ends."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import Play
from tests.end_to_end.rights.lines import PHONE, asked, found, record
from tests.end_to_end.stories import Line, call, decide, moment, wait

MOBILE = "+447400123456"
"""A number that a plan has, so that it can be texted; nobody is: the SMS service is emulated."""


def from_call(at: str, function: str, contact: str, number: str = MOBILE, **parameters: str) -> Line:
    """Return how a flow calls a function of messaging."""
    data: dict[str, Any] = {
        "ContactId": contact,
        "Channel": "VOICE",
        "LanguageCode": "en-GB",
        "Attributes": {},
        "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
    }
    details = {"ContactData": data, "Parameters": {"purpose": "signposting", **parameters}}
    payload = {"Name": "ContactFlowEvent", "Details": details}
    return {"at": moment(at).isoformat(), "invoke": {"function": function, "payload": payload}}


WORDING = "signposting-2026-11"
GIVEN = {"wording_version": WORDING, "decision": "given"}


def entries(state: State) -> list[str]:
    prefix = "requests/SAR-1/registers/"
    return [one.key.removeprefix(prefix) for one in state.stores["rights"].objects if one.key.startswith(prefix)]


def test_contacts_of_which_only_a_register_knows_are_found_by_the_hash_of_the_number(play: Play) -> None:
    mine = [{"type": "phone", "value": MOBILE}]
    story = [
        from_call("2026-12-05T10:00:00", "record_consent", "asked-in", **GIVEN),
        from_call("2026-12-06T10:00:00", "send_sms", "sent-in", template="online_services"),
        # Somebody else's call, in which another number was consented for.
        from_call("2026-12-07T10:00:00", "record_consent", "stranger", "+447400654321", **GIVEN),
        *asked("2027-01-05T09:00:00", "SAR-1", identifiers=mine),
        wait("2027-01-05T12:00:00"),
    ]
    state = play(story)
    assert found(state) == {"asked-in": "undecided", "sent-in": "undecided"}
    assert entries(state) == ["asked-in.json", "sent-in.json"]
    assert state.dead_letters == []


def test_a_strangers_hold_ends_the_same_day_and_a_mistake_is_put_right(play: Play) -> None:
    def match(at: str, contact_id: str, verdict: str) -> Line:
        fields = {"contact_id": contact_id, "verdict": verdict, "why": "another voice"}
        return decide(at, "information-officer/mary", "match", "SAR-1", "approve", **fields)

    story = [
        *call("hers", "2026-12-05T10:00:00"),
        record("hers", "2026-12-05T10:00:00Z", "2026-12-05T10:10:00"),
        *call("his", "2026-12-06T10:00:00"),
        record("his", "2026-12-06T10:00:00Z", "2026-12-06T10:10:00"),
        *asked("2027-01-05T09:00:00", "SAR-1"),
        match("2027-01-05T14:00:00", "his", "rejected"),
        match("2027-01-05T14:05:00", "hers", "confirmed"),
        wait("2027-01-05T18:00:00"),
    ]
    state = play(story)
    assert {hold.contact_id: hold.status for hold in state.holds} == {"hers": "held", "his": "released"}
    # The original stays for as long as any call's.
    assert len(state.stores["call_recording"].objects) == 2
    assert state.dead_letters == []

    # Neither the night nor the second look holds it again; a verdict that was wrong does.
    later = play([*story, wait("2027-01-09T12:00:00")])
    assert {hold.contact_id: hold.status for hold in later.holds} == {"hers": "held", "his": "released"}
    again = play([*story, match("2027-01-09T12:00:00", "his", "confirmed"), wait("2027-01-09T18:00:00")])
    assert {hold.contact_id: hold.status for hold in again.holds} == {"hers": "held", "his": "held"}
    assert again.dead_letters == []


@pytest.mark.prove
def test_a_hold_for_another_reason_outlives_a_rejection(play: Play) -> None:
    complaint = {
        "case": "C-7",
        "reason": "complaint",
        "stage": "1",
        "received_on": "2027-01-04",
        "contact_ids": ["his"],
        "requested_by": "officer",
    }
    event = {"source": "steward.complaints", "detail-type": "Complaint Logged", "bus": "steward", "detail": complaint}
    rejected = {"contact_id": "his", "verdict": "rejected", "why": "another voice"}
    state = play(
        [
            *call("his", "2026-12-06T10:00:00"),
            record("his", "2026-12-06T10:00:00Z", "2026-12-06T10:10:00"),
            {"at": "2027-01-04T10:00:00+00:00", "event": event},
            *asked("2027-01-05T09:00:00", "SAR-1"),
            decide("2027-01-05T14:00:00", "information-officer/mary", "match", "SAR-1", "approve", **rejected),
            wait("2027-01-05T18:00:00"),
        ]
    )
    assert {hold.case: hold.status for hold in state.holds} == {"C-7": "held", "SAR-1": "released"}
    assert [one.key for one in state.stores["legal_hold"].objects if "call_recording" in one.key]


@pytest.mark.prove
def test_a_contact_that_connect_forgot_is_found_where_it_is_still_held(play: Play) -> None:
    claim = {
        "case": "C-8",
        "reason": "legal_claim",
        "received_on": "2025-01-04",
        "contact_ids": ["old"],
        "requested_by": "officer",
    }
    event = {"source": "steward.complaints", "detail-type": "Complaint Logged", "bus": "steward", "detail": claim}
    endpoint = {"Address": PHONE, "Type": "TELEPHONE_NUMBER"}
    [known, recorded] = call("old", "2025-01-02T10:00:00", CustomerEndpoint=endpoint)
    state = play(
        [
            {**known, "at": "2026-12-20T10:00:00+00:00"},
            {**recorded, "at": "2026-12-20T10:01:00+00:00"},
            {"at": "2026-12-21T10:00:00+00:00", "event": event},
            *asked("2027-01-10T09:00:00", "SAR-1", identifiers=[{"type": "case", "value": "C-8"}]),
            wait("2027-01-10T14:00:00"),
        ]
    )
    assert found(state) == {"old": "undecided"}
    assert {hold.case: hold.status for hold in state.holds} == {"C-8": "held", "SAR-1": "held"}
