"""The service in an embedded AWS: its events have AWS's shape and come at their moments."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.aws.sms import SmsAccount
from simulator.aws.sms.deliveries import Step

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MOBILE = "+447400123456"


class Bus:
    """An agenda and a bus in one."""

    def __init__(self) -> None:
        self.moment = NOON
        self.entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self.published: list[tuple[datetime, Mapping[str, Any]]] = []

    def now(self) -> datetime:
        return self.moment

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self.entries, (moment, len(self.entries), action))

    def publish(self, bus_name: str, event: Mapping[str, Any]) -> None:
        assert bus_name == "default"
        self.published.append((self.moment, event))

    def run(self) -> None:
        while self.entries:
            self.moment, _, action = heapq.heappop(self.entries)
            action()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def world(sms: Any, bus: Bus) -> SmsAccount:  # noqa: ANN401
    del sms
    return SmsAccount(bus, bus)


def text(sms: Any, **more: object) -> str:  # noqa: ANN401
    request = {"DestinationPhoneNumber": MOBILE, "OriginationIdentity": "COUNCIL", "MessageBody": "Hello."}
    return str(sms.send_text_message(**(request | more))["MessageId"])


def test_a_message_is_pending_and_then_delivered(sms: Any, world: SmsAccount, bus: Bus) -> None:  # noqa: ANN401
    message_id = text(sms, Context={"claim": "contact-1/hello", "purpose": "signposting"})
    bus.run()

    assert [(moment, event["detail"]["eventType"]) for moment, event in bus.published] == [
        (NOON + timedelta(seconds=1), "TEXT_PENDING"),
        (NOON + timedelta(seconds=5), "TEXT_DELIVERED"),
    ]
    _, event = bus.published[1]
    assert event["source"] == "aws.sms-voice"
    assert event["detail-type"] == "Text Message Delivery Status Updated"
    assert event["time"] == "2026-11-02T12:00:05Z"
    assert event["detail"]["messageId"] == message_id
    assert event["detail"]["isFinal"] is True
    assert event["detail"]["eventTimestamp"] == 1793620805000
    assert event["detail"]["messageRequestTimestamp"] == 1793620800000
    assert event["detail"]["context"] == {"claim": "contact-1/hello", "purpose": "signposting"}
    assert MOBILE not in str(event)
    assert world.messages()[0]["status"] == "delivered"


def test_a_number_may_have_another_fate(sms: Any, world: SmsAccount, bus: Bus) -> None:  # noqa: ANN401
    world.plan(MOBILE, Step("TEXT_UNKNOWN", timedelta(hours=72)))
    text(sms)
    bus.run()
    assert [(moment - NOON, event["detail"]["eventType"]) for moment, event in bus.published] == [
        (timedelta(hours=72), "TEXT_UNKNOWN")
    ]


def test_a_message_without_context_has_none_in_its_events(sms: Any, world: SmsAccount, bus: Bus) -> None:  # noqa: ANN401
    text(sms)
    bus.run()
    assert all("context" not in event["detail"] for _, event in bus.published)
    assert (world.messages()[0]["purpose"], world.messages()[0]["contact_id"]) == ("", "")


def test_a_closed_world_publishes_nothing_more(sms: Any, world: SmsAccount, bus: Bus) -> None:  # noqa: ANN401
    world.close()
    text(sms)
    assert bus.entries == []
