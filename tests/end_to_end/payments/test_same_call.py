"""What belongs to a paused call, and what only comes after it: consult legs, and the callback of the next day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from simulator.scenarios.results.shapes import State

FIRST = "bc9c4305-4a1b-5bea-8916-c1df4f1daa07"
SECOND = "90749831-870c-56d7-bb2f-90566d7ddc81"
THIRD = "22222222-0000-4000-8000-000000000003"

Action = dict[str, Any]


def contact(at: str, contact_id: str, method: str = "INBOUND", previous: str = "") -> list[Action]:
    linked = {"InitialContactId": FIRST, "PreviousContactId": previous} if previous else {}
    given = {"Id": contact_id, "Channel": "VOICE", "InitiationMethod": method, "InitiationTimestamp": at, **linked}
    return [{"at": at, "contact": given}]


def recording(at: str, contact_id: str, state: str) -> Action:
    return {"at": at, "recording": {"contact_id": contact_id, "types": ["AGENT"], "state": state}}


def ask(at: str, operation: str, contact_id: str) -> Action:
    data = {"ContactId": contact_id, "InitialContactId": FIRST, "Channel": "VOICE", "InstanceARN": "{instance_arn}"}
    payload = {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": {"operation": operation}}}
    return {"at": at, "invoke": {"function": "control_recording", "payload": payload, "as": f"{operation} {at}"}}


def event(at: str, kind: str, contact_id: str, method: str, previous: str = FIRST) -> Action:
    detail = {
        "eventType": kind,
        "contactId": contact_id,
        "initialContactId": FIRST,
        "previousContactId": previous,
        "channel": "VOICE",
        "instanceArn": "{instance_arn}",
        "initiationMethod": method,
    }
    return {
        "at": at,
        "event": {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail},
    }


def intervals(state: State, contact_id: str) -> list[str]:
    return [interval.state for row in state.recordings if row.contact_id == contact_id for interval in row.intervals]


def answers(state: State) -> list[tuple[str, str]]:
    given: list[Any] = [answer.response for answer in state.responses]
    return [(one["status"], one["reason"]) for one in given]


def paused_and_hung_up() -> list[Action]:
    return [
        *contact("2027-01-05T10:00:00Z", FIRST),
        recording("2027-01-05T10:00:05Z", FIRST, "on"),
        ask("2027-01-05T10:01:00Z", "pause", FIRST),
        recording("2027-01-05T10:02:00Z", FIRST, "off"),
        {"at": "2027-01-05T10:02:00Z", "contact": {"Id": FIRST, "DisconnectTimestamp": "2027-01-05T10:02:00Z"}},
        event("2027-01-05T10:02:01Z", "DISCONNECTED", FIRST, "INBOUND"),
    ]


@pytest.mark.parametrize("method", ["CALLBACK", "OUTBOUND", "API", ""])
def test_a_callback_of_the_next_day_is_recorded_from_its_start(play: Callable[..., State], method: str) -> None:
    """Also where the event does not say how the contact began."""
    state = play(
        [
            *paused_and_hung_up(),
            *contact("2027-01-06T10:00:00Z", SECOND, method or "CALLBACK", FIRST),
            recording("2027-01-06T10:00:05Z", SECOND, "on"),
            event("2027-01-06T10:00:06Z", "CONNECTED_TO_AGENT", SECOND, method),
            recording("2027-01-06T10:20:00Z", SECOND, "off"),
            {"at": "2027-01-06T11:00:00Z", "pass": True},
        ]
    )

    assert intervals(state, SECOND) == ["recording"]


def test_a_callback_within_minutes_and_what_it_is_transferred_to_are_recorded_too(play: Callable[..., State]) -> None:
    state = play(
        [
            *paused_and_hung_up(),
            *contact("2027-01-05T10:20:00Z", SECOND, "CALLBACK", FIRST),
            recording("2027-01-05T10:20:05Z", SECOND, "on"),
            event("2027-01-05T10:20:06Z", "CONNECTED_TO_AGENT", SECOND, "CALLBACK"),
            *contact("2027-01-05T10:22:00Z", THIRD, "TRANSFER", SECOND),
            event("2027-01-05T10:22:01Z", "INITIATED", THIRD, "TRANSFER", SECOND),
            recording("2027-01-05T10:22:05Z", THIRD, "on"),
            event("2027-01-05T10:22:06Z", "CONNECTED_TO_AGENT", THIRD, "TRANSFER", SECOND),
            {"at": "2027-01-05T11:00:00Z", "pass": True},
        ]
    )

    assert intervals(state, SECOND) == ["recording"]
    assert intervals(state, THIRD) == ["recording"]


def consulting(*more: Action) -> list[Action]:
    return [
        *contact("2027-01-07T10:00:00Z", FIRST),
        recording("2027-01-07T10:00:05Z", FIRST, "on"),
        ask("2027-01-07T10:01:00Z", "pause", FIRST),
        *contact("2027-01-07T10:02:00Z", SECOND, "TRANSFER", FIRST),
        event("2027-01-07T10:02:01Z", "INITIATED", SECOND, "TRANSFER"),
        recording("2027-01-07T10:02:05Z", SECOND, "on"),
        event("2027-01-07T10:02:06Z", "CONNECTED_TO_AGENT", SECOND, "TRANSFER"),
        *more,
        {"at": "2027-01-07T11:00:00Z", "pass": True},
    ]


def test_a_consult_leg_records_again_when_the_payment_is_finished(play: Callable[..., State]) -> None:
    state = play(
        consulting(
            ask("2027-01-07T10:04:00Z", "resume", FIRST),
            recording("2027-01-07T10:06:00Z", FIRST, "off"),
            {"at": "2027-01-07T10:06:00Z", "contact": {"Id": FIRST, "DisconnectTimestamp": "2027-01-07T10:06:00Z"}},
            recording("2027-01-07T10:40:00Z", SECOND, "off"),
        )
    )

    assert answers(state) == [("paused", "confirmed"), ("recording", "confirmed")]
    assert intervals(state, SECOND) == ["recording", "suspended", "recording"]
    assert [(line.contact_id, line.status) for line in state.payments] == [(FIRST, "recording"), (SECOND, "recording")]
    assert state.notifications == []


def test_a_payment_of_the_consult_leg_itself_is_not_ended_by_the_first_call(play: Callable[..., State]) -> None:
    state = play(
        consulting(
            ask("2027-01-07T10:03:00Z", "pause", SECOND),
            ask("2027-01-07T10:04:00Z", "resume", FIRST),
            ask("2027-01-07T10:05:00Z", "status", SECOND),
            ask("2027-01-07T10:06:00Z", "resume", SECOND),
        )
    )

    assert [status for status, _ in answers(state)] == ["paused", "paused", "recording", "paused", "recording"]
    assert intervals(state, SECOND) == ["recording", "suspended", "recording"]


def test_a_second_payment_suspends_the_consult_leg_again(play: Callable[..., State]) -> None:
    """Connect sends no event for a leg that is on the line already."""
    state = play(
        consulting(
            ask("2027-01-07T10:04:00Z", "resume", FIRST),
            ask("2027-01-07T10:08:00Z", "pause", FIRST),
            ask("2027-01-07T10:10:00Z", "resume", FIRST),
            recording("2027-01-07T10:40:00Z", SECOND, "off"),
        )
    )

    assert [status for status, _ in answers(state)] == ["paused", "recording", "paused", "recording"]
    assert intervals(state, SECOND) == ["recording", "suspended", "recording", "suspended", "recording"]
    assert Counter(line.contact_id for line in state.payments) == {FIRST: 2, SECOND: 2}
