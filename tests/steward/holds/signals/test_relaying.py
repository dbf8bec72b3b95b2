"""A flag among contact attributes on its way from the stream into the hold queue."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from steward.failures import AccessDenied, AwsError, InvalidRequest, Unavailable
from steward.holds.messages import FlaggedContact, encode
from steward.holds.signals.connect_events import attributed
from steward.holds.signals.relaying import Relaying, is_lost, lost
from tests.support.dispatch_fixture import AT, UUID

FLAGGED: dict[str, Any] = {"ContactId": UUID, "Attributes": {"complaint_reference": "C-1"}}


class Queue:
    """Takes what it is given, or fails."""

    def __init__(self, error: AwsError | None = None) -> None:
        self.flags: list[FlaggedContact] = []
        self.unread: list[dict[str, Any]] = []
        self.error = error

    def relay(self, flag: FlaggedContact) -> None:
        if self.error:
            raise self.error
        self.flags.append(flag)

    def put(self, body: str) -> None:
        self.unread.append(json.loads(body))


def record(data: bytes) -> dict[str, Any]:
    return {
        "eventID": "shardId-000000000000:4954",
        "eventSourceARN": "arn:aws:kinesis:eu-west-2:111122223333:stream/records",
        "kinesis": {
            "sequenceNumber": "4954",
            "approximateArrivalTimestamp": 1_800_000_000.5,
            "data": base64.b64encode(data).decode(),
        },
    }


def relaying(queue: Queue) -> tuple[Relaying, list[str]]:
    said: list[str] = []
    return Relaying(queue, queue, said.append), said


@pytest.mark.parametrize("data", [b"\xff", b"{", b"[]", b"7", b"null", b"[" * 100_000])
def test_a_record_of_which_nothing_can_be_made_is_set_aside_by_its_place_in_the_stream(data: bytes) -> None:
    queue = Queue()
    relay, said = relaying(queue)

    relay.relay(record(data))

    [notice] = queue.unread
    assert notice["KinesisBatchInfo"] == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": "4954",
        "endSequenceNumber": "4954",
        "batchSize": 1,
        "streamArn": "arn:aws:kinesis:eu-west-2:111122223333:stream/records",
        "approximateArrivalOfFirstRecord": "2027-01-15T08:00:00.500000+00:00",
    }
    [problem] = said
    assert problem.isidentifier(), "the kind of problem, and nothing of the record"
    assert not queue.flags


def test_a_flag_that_the_queue_will_never_take_is_set_aside() -> None:
    queue = Queue(InvalidRequest("sqs.SendMessage", "InvalidMessageContents"))

    relaying(queue)[0].relay(record(json.dumps(FLAGGED).encode()))

    assert len(queue.unread) == 1


@pytest.mark.parametrize("error", [Unavailable("sqs.SendMessage", "500"), AccessDenied("sqs.SendMessage", "403")])
def test_what_has_nothing_to_do_with_the_record_is_no_reason_to_give_it_up(error: AwsError) -> None:
    queue = Queue(error)

    with pytest.raises(type(error)):
        relaying(queue)[0].relay(record(json.dumps(FLAGGED).encode()))

    assert not queue.unread


# Amazon SQS API reference, "SendMessage": #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.
@pytest.mark.parametrize("typed", ["\ud800", "\x00", "￾", "5" * 300_000])
def test_what_no_queue_takes_of_a_value_costs_the_flag_its_value_and_not_its_hold(typed: str) -> None:
    queue = Queue()
    attributes = {"complaint_reference": "C-1", "complaint_received": typed}

    relaying(queue)[0].relay(record(json.dumps({**FLAGGED, "Attributes": attributes}).encode()))

    [flag] = queue.flags
    assert len(encode(flag)) < 2000
    assert typed not in flag.received
    request = attributed(flag, AT)
    assert request is not None
    assert request.received_on_assumed
    assert [doubt.field for doubt in request.doubts] == ["complaint_received"]


def test_a_record_without_a_reference_is_passed_over() -> None:
    queue = Queue()

    relaying(queue)[0].relay(record(json.dumps({"ContactId": UUID}).encode()))

    assert (queue.flags, queue.unread) == ([], [])


@pytest.mark.parametrize(
    ("batch", "about"),
    [
        (
            {"batchSize": 3, "approximateArrivalOfFirstRecord": "2027-01-04T09:05:00.250000+00:00"},
            "3 contacts, flagged by attributes on 04 January 2027, 09:05 UTC",
        ),
        ({"batchSize": 1, "approximateArrivalOfFirstRecord": "soon"}, "1 contact, flagged by attributes"),
        ({}, "some contacts, flagged by attributes"),
    ],
)
def test_flags_that_were_given_up_are_told_by_number_and_time(batch: dict[str, Any], about: str) -> None:
    message = {"KinesisBatchInfo": batch}

    assert is_lost(message)
    refusal = lost(message)
    assert (refusal.field, refusal.about) == ("Attributes", about)
    assert refusal.final
