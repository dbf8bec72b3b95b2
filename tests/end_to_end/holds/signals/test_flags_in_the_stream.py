"""Flags among contact attributes while their queue refuses them, and such as cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import Line, call, fault, moment, wait

FIRST = "5f1d6a52-0001-4c7e-9a3d-0123456789ab"
SECOND = "5f1d6a52-0002-4c7e-9a3d-0123456789ab"
FLAGGED_AT = "2027-01-04T12:00:00+00:00"


def _record(contact_id: str, at: str = FLAGGED_AT, **attributes: str) -> Line:
    record: dict[str, Any] = {
        "ContactId": contact_id,
        "Channel": "VOICE",
        "InstanceARN": "{instance_arn}",
        "Attributes": {"complaint_reference": "C-1", "complaint_received": "2027-01-04", **attributes},
        "InitiationTimestamp": "2027-01-04T10:00:00+00:00",
        "LastUpdateTimestamp": at,
    }
    return {"at": at, "record": record}


def _calls() -> list[Line]:
    lines = [*call(FIRST, "2027-01-04T10:00:00+00:00"), *call(SECOND, "2027-01-04T10:00:00+00:00")]
    return sorted(lines, key=lambda line: moment(line["at"]))


def _refusal(lasts: timedelta) -> Line:
    until = (moment(FLAGGED_AT) + lasts).isoformat()
    stated = {"service": "sqs", "operation": "SendMessage", "error": "ServiceUnavailable", "until": until}
    return {"at": "2027-01-04T11:59:00+00:00", "fault": stated}


def _held(state: State) -> set[tuple[str, str]]:
    return {(hold.contact_id, hold.status) for hold in state.holds}


def test_a_refusal_of_eight_hours_loses_no_flag_and_frightens_nobody(play: Play) -> None:
    state = play([*_calls(), _refusal(timedelta(hours=8)), _record(FIRST), _record(SECOND), wait("2027-01-04T21:00")])

    assert _held(state) == {(FIRST, "held"), (SECOND, "held")}
    assert not state.dead_letters
    assert not [told for told in state.notifications if "refused" in (told.subject or "")]


def test_a_flag_that_is_given_up_after_a_day_is_told_to_the_complaints_team_once(play: Play) -> None:
    state = play([*_calls(), _refusal(timedelta(hours=26)), _record(FIRST), wait("2027-01-06T12:00")])

    assert not state.holds
    told = [one for one in state.notifications if "ComplaintsTopic" in one.topic]
    assert [one.subject for one in told] == [
        "Request refused: 1 contact, flagged by attributes on 04 January 2027, 12:00 UTC"
    ]
    assert [letter.queue.rpartition("UnreadFlags")[1] for letter in state.dead_letters] == ["UnreadFlags"]


def test_a_flag_that_no_queue_takes_is_told_and_keeps_no_other_waiting(play: Play) -> None:
    refused = fault("2027-01-04T11:59:00+00:00", "sqs", "SendMessage", "InvalidMessageContents")
    state = play([*_calls(), refused, _record(FIRST), _record(SECOND), wait("2027-01-04T12:10")])

    assert _held(state) == {(SECOND, "held")}
    told = [one.subject for one in state.notifications if "ComplaintsTopic" in one.topic]
    assert told == ["Request refused: 1 contact, flagged by attributes on 04 January 2027, 12:00 UTC"]
