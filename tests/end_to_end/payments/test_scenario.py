"""A payment as a scenario tells it: what the state says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.scenarios.results.shapes import State

FIRST = "11111111-0000-4000-8000-000000000001"
SECOND = "11111111-0000-4000-8000-000000000002"


def at(time: str, **action: object) -> dict[str, Any]:
    return {"at": f"2027-01-12T{time}Z", **action}


def contact(time: str, contact_id: str, **fields: str) -> list[dict[str, Any]]:
    given = {"Id": contact_id, "Channel": "VOICE", "InitiationTimestamp": f"2027-01-12T{time}Z", **fields}
    recording = {"contact_id": contact_id, "types": ["AGENT"], "state": "on"}
    return [at(time, contact=given), at(time, recording=recording)]


def ask(time: str, operation: str, contact_id: str) -> dict[str, Any]:
    data = {"ContactId": contact_id, "InitialContactId": FIRST, "Channel": "VOICE", "InstanceARN": "{instance_arn}"}
    payload = {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": {"operation": operation}}}
    return at(time, invoke={"function": "control_recording", "payload": payload, "as": f"{operation} {time}"})


def connect_says(time: str, kind: str, contact_id: str, **detail: str) -> dict[str, Any]:
    stated = {"eventType": kind, "contactId": contact_id, "initialContactId": FIRST, "channel": "VOICE", **detail}
    return at(time, event={"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": stated})


def test_a_payment_that_is_transferred_stays_silent_until_the_second_agent_resumes(play: Callable[..., State]) -> None:
    state = play(
        [
            *contact("10:00:00", FIRST),
            ask("10:01:00", "PAUSE", FIRST),
            *contact("10:02:00", SECOND, InitialContactId=FIRST, PreviousContactId=FIRST),
            connect_says("10:02:01", "INITIATED", SECOND, previousContactId=FIRST),
            at("10:02:02", contact={"Id": FIRST, "DisconnectTimestamp": "2027-01-12T10:02:02Z"}),
            connect_says("10:02:02", "DISCONNECTED", FIRST, disconnectTimestamp="2027-01-12T10:02:02Z"),
            ask("10:05:00", "RESUME", SECOND),
            at("10:30:00", **{"pass": True}),
        ]
    )

    responses: list[Any] = [answer.response for answer in state.responses]
    assert [response["status"] for response in responses] == ["paused", "recording"]
    assert [(line.contact_id, line.status) for line in state.payments] == [(FIRST, "ended"), (SECOND, "recording")]
    silent = {
        row.contact_id: [interval.state for interval in row.intervals if interval.state == "suspended"]
        for row in state.recordings
    }
    assert silent == {FIRST: ["suspended"], SECOND: ["suspended"]}
    assert state.notifications == []


def test_a_contact_named_before_the_pause_is_suspended_when_the_call_is_transferred_to_it(
    play: Callable[..., State],
) -> None:
    state = play(
        [
            *contact("10:00:00", FIRST),
            at("10:00:00", contact={"Id": SECOND, "Channel": "VOICE", "InitialContactId": FIRST}),
            ask("10:01:00", "PAUSE", FIRST),
            at("10:02:00", recording={"contact_id": SECOND, "types": ["AGENT"], "state": "on"}),
            connect_says("10:02:01", "INITIATED", SECOND, previousContactId=FIRST),
            at("10:02:30", **{"pass": True}),
        ]
    )

    [second] = [row for row in state.recordings if row.contact_id == SECOND]
    assert [interval.state for interval in second.intervals] == ["recording", "suspended"]


def test_an_ordinary_call_with_a_transfer_costs_nothing(play: Callable[..., State]) -> None:
    state = play(
        [
            *contact("10:00:00", FIRST),
            *contact("10:02:00", SECOND, InitialContactId=FIRST, PreviousContactId=FIRST),
            connect_says("10:02:01", "INITIATED", SECOND, previousContactId=FIRST),
            connect_says("10:03:00", "DISCONNECTED", SECOND),
        ]
    )

    assert {function for function, calls in state.calls.items() if calls["invocations"]} == set()
