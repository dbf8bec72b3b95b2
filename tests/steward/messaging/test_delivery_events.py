"""How a delivery event is read, and what is remembered of it.

Shape: AWS End User Messaging SMS user guide, "Monitoring with EventBridge" and "Event types for SMS, MMS, and voice".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.ids import NumberHash
from steward.messaging.delivery import (
    BadDeliveryEventError,
    Deliveries,
    Delivery,
    NotYetKnownError,
    Settled,
    parse,
)
from steward.messaging.ports import OptOutCause

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
MILLISECONDS = 1000
NUMBER = NumberHash("hash-1")


def event(**detail: Any) -> dict[str, Any]:  # noqa: ANN401
    whole = {
        "eventType": "TEXT_DELIVERED",
        "eventTimestamp": round(NOON.timestamp() * MILLISECONDS) + 2500,
        "isFinal": True,
        "messageId": "m1",
        "messageRequestTimestamp": round(NOON.timestamp() * MILLISECONDS),
        "context": {"reservation": "contact-1/hello"},
    } | detail
    return {"source": "aws.sms-voice", "detail": {name: one for name, one in whole.items() if one is not None}}


def test_an_event_is_read_with_its_moments_in_milliseconds() -> None:
    assert parse(event()) == Delivery(
        message_id="m1",
        status="TEXT_DELIVERED",
        at=NOON + timedelta(seconds=2.5),
        final=True,
        accepted_at=NOON,
        claim_id="contact-1/hello",
    )


def test_an_event_without_the_moment_of_the_request_counts_from_its_own() -> None:
    assert parse(event(messageRequestTimestamp=None)).accepted_at == NOON + timedelta(seconds=2.5)


@pytest.mark.parametrize("context", [None, "contact-1/hello", {}, {"reservation": ""}, {"reservation": 7}])
def test_a_context_that_names_no_reservation_is_none(context: object) -> None:
    assert parse(event(context=context)).claim_id is None


@pytest.mark.parametrize("final", [False, None, "true", 1])
def test_only_what_says_so_is_final(final: object) -> None:
    delivery = parse(event(isFinal=final))

    assert not delivery.final
    assert not delivery.arrived
    assert parse(event(isFinal=final, eventType="TEXT_INVALID")).remembered is None


@pytest.mark.parametrize(
    ("status", "remembered", "arrived"),
    [
        ("TEXT_DELIVERED", None, True),
        ("TEXT_SUCCESSFUL", None, False),
        ("TEXT_INVALID", OptOutCause.UNDELIVERABLE, False),
        ("TEXT_BLOCKED", OptOutCause.BLOCKED, False),
        ("TEXT_UNREACHABLE", None, False),
    ],
)
def test_only_failures_that_will_not_go_away_are_remembered(
    status: str, remembered: OptOutCause | None, *, arrived: bool
) -> None:
    delivery = parse(event(eventType=status))

    assert (delivery.remembered, delivery.arrived) == (remembered, arrived)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"detail": None}, "detail: missing"),
        ({"detail": []}, "detail: missing"),
        (event(messageId=None), "detail.messageId: missing or no text"),
        (event(messageId=""), "detail.messageId: missing or no text"),
        (event(eventType=7), "detail.eventType: missing or no text"),
        (event(eventTimestamp=None), "detail.eventTimestamp: no number of milliseconds"),
        (event(eventTimestamp=True), "detail.eventTimestamp: no number of milliseconds"),
        (event(messageRequestTimestamp="noon"), "detail.messageRequestTimestamp: no number of milliseconds"),
        (event(messageRequestTimestamp=1e300), "detail.messageRequestTimestamp: no moment in time"),
    ],
)
def test_what_is_no_delivery_event_is_named_by_its_field(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(BadDeliveryEventError) as caught:
        parse(wrong)

    assert str(caught.value) == says


@dataclass
class NotedLog:
    """Answers what a test says, and notes what it is told."""

    settled: Settled | None
    known: dict[str, str] = field(default_factory=dict)
    settles: list[tuple[str, Delivery]] = field(default_factory=list)
    remembered: list[tuple[object, ...]] = field(default_factory=list)
    forgotten: list[tuple[object, ...]] = field(default_factory=list)

    def find(self, message_id: str) -> str | None:
        return self.known.get(message_id)

    def settle(self, claim_id: str, delivery: Delivery) -> Settled | None:
        self.settles.append((claim_id, delivery))
        return self.settled

    def remember(
        self, number_hash: NumberHash, cause: OptOutCause, at: datetime, expires_at: int, purposes: Iterable[str]
    ) -> None:
        self.remembered.append((number_hash, cause, at, expires_at, tuple(purposes)))

    def forget(self, number_hash: NumberHash, at: datetime) -> None:
        self.forgotten.append((number_hash, at))


@dataclass
class Stopped:
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def record(log: NotedLog, one: dict[str, Any], *, now: datetime = NOON) -> list[str]:
    told: list[str] = []
    Deliveries(
        log=log,
        purposes=("signposting", "reminders"),
        opt_out_expiry=lambda at: round((at + timedelta(days=30)).timestamp()),
        clock=Stopped(now),
        tell=told.append,
    ).record(one)
    return told


STANDS = Settled(NUMBER, changed=True, failed_before=False)
AT = NOON + timedelta(seconds=2.5)


def test_a_failure_is_remembered_with_its_moment_its_end_and_the_purposes_of_the_policy() -> None:
    log = NotedLog(STANDS)

    assert record(log, event(eventType="TEXT_INVALID")) == []
    expires_at = round((AT + timedelta(days=30)).timestamp())
    assert log.remembered == [(NUMBER, OptOutCause.UNDELIVERABLE, AT, expires_at, ("signposting", "reminders"))]
    assert log.forgotten == []


def test_a_text_that_arrived_after_a_failure_lets_it_be_forgotten() -> None:
    log = NotedLog(Settled(NUMBER, changed=True, failed_before=True))

    record(log, event())

    assert log.forgotten == [(NUMBER, AT)]
    assert log.remembered == []


@pytest.mark.parametrize(
    ("settled", "status"),
    [
        (STANDS, "TEXT_DELIVERED"),
        (Settled(NUMBER, changed=True, failed_before=True), "TEXT_UNREACHABLE"),
        (Settled(NUMBER, changed=False, failed_before=True), "TEXT_DELIVERED"),
        (Settled(NUMBER, changed=False, failed_before=False), "TEXT_INVALID"),
    ],
)
def test_what_changes_nothing_is_neither_remembered_nor_forgotten(settled: Settled, status: str) -> None:
    log = NotedLog(settled)

    assert record(log, event(eventType=status)) == []
    assert (log.remembered, log.forgotten) == ([], [])


def test_the_reservation_is_the_events_own_or_found_by_the_message() -> None:
    log = NotedLog(STANDS, known={"m1": "contact-9/bye"})

    record(log, event())
    record(log, event(context=None))

    assert [claim for claim, _ in log.settles] == ["contact-1/hello", "contact-9/bye"]


@pytest.mark.parametrize("context", [{"reservation": "contact-1/hello"}, None])
def test_an_unknown_message_comes_again_for_two_minutes_and_is_then_told(context: dict[str, str] | None) -> None:
    with pytest.raises(NotYetKnownError):
        record(NotedLog(None), event(context=context), now=NOON + timedelta(minutes=2))

    assert record(NotedLog(None), event(context=context), now=NOON + timedelta(minutes=2, seconds=1)) == [
        "unknown_message"
    ]
