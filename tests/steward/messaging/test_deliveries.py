"""Delivery events: late, repeated, out of order, of messages that nobody here sent."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from steward.messaging.delivery import BadDeliveryEventError, NotYetKnownError
from tests.steward.messaging.fixture import NOON, MessagingFixture


@pytest.fixture
def sent(world: MessagingFixture) -> MessagingFixture:
    """A text has been sent and the log knows its id."""
    world.consent()
    world.send()
    return world


def event(world: MessagingFixture, status: str, *, after: float, final: bool = True, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    accepted = round(NOON.timestamp() * 1000)
    detail = {
        "eventType": status,
        "eventTimestamp": accepted + round(after * 1000),
        "isFinal": final,
        "messageId": world.sms.messages()[0]["message_id"],
        "messageRequestTimestamp": accepted,
        "context": {"reservation": "contact-1/hello"},
    }
    return {"source": "aws.sms-voice", "detail": detail | more}


def status(world: MessagingFixture) -> str:
    reservation = world.reserve()
    assert reservation is not None
    return str(reservation["delivery_status"])


def test_the_final_state_wins_in_whatever_order_events_come(sent: MessagingFixture) -> None:
    events = [
        event(sent, "TEXT_PENDING", after=2, final=False),
        event(sent, "TEXT_SUCCESSFUL", after=3),
        event(sent, "TEXT_DELIVERED", after=4),
    ]
    for order in itertools.permutations(events):
        world = sent
        world.clients.dynamodb.update_item(
            TableName="messages",
            Key={"pk": {"S": "contact-1"}, "sk": {"S": "hello"}},
            UpdateExpression="REMOVE delivery_status, delivery_at, delivery_final",
        )
        for one in order:
            world.deliveries.record(one)
        assert status(world) == "TEXT_DELIVERED"


def test_an_event_that_is_not_final_never_follows_a_final_one(sent: MessagingFixture) -> None:
    sent.deliveries.record(event(sent, "TEXT_DELIVERED", after=3))
    sent.deliveries.record(event(sent, "TEXT_PENDING", after=60, final=False))
    assert status(sent) == "TEXT_DELIVERED"


def test_an_event_may_come_three_days_late_and_twice(sent: MessagingFixture) -> None:
    sent.wait(hours=72)
    for _ in range(2):
        sent.deliveries.record(event(sent, "TEXT_UNKNOWN", after=72 * 3600))
    assert status(sent) == "TEXT_UNKNOWN"


def test_an_event_without_context_finds_its_message_by_id(sent: MessagingFixture) -> None:
    one = event(sent, "TEXT_DELIVERED", after=3)
    del one["detail"]["context"]
    sent.deliveries.record(one)
    assert status(sent) == "TEXT_DELIVERED"


def test_a_young_event_of_an_unknown_message_comes_again(sent: MessagingFixture) -> None:
    with pytest.raises(NotYetKnownError):
        sent.deliveries.record(event(sent, "TEXT_PENDING", after=1, messageId="other", context={}))


def test_an_old_event_of_an_unknown_message_is_counted_and_let_go(sent: MessagingFixture) -> None:
    sent.wait(minutes=10)
    sent.deliveries.record(event(sent, "TEXT_DELIVERED", after=5, messageId="other", context={"reservation": "x/y"}))
    assert sent.told == [("unknown_message", {})]
    assert len(sent.reservations()) == 1


def test_an_event_of_another_message_does_not_touch_the_claim(sent: MessagingFixture) -> None:
    sent.wait(minutes=10)
    sent.deliveries.record(event(sent, "TEXT_INVALID", after=5, messageId="other"))
    reservation = sent.reserve()
    assert reservation is not None
    assert "delivery_status" not in reservation


def test_a_state_that_is_new_to_us_is_kept_as_it_is(sent: MessagingFixture) -> None:
    sent.deliveries.record(event(sent, "TEXT_TELEPATHIC", after=3))
    assert status(sent) == "TEXT_TELEPATHIC"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("messageId", None, "detail.messageId: missing or no text"),
        ("messageId", 7, "detail.messageId: missing or no text"),
        ("eventType", "", "detail.eventType: missing or no text"),
        ("eventTimestamp", "soon", "detail.eventTimestamp: no number of milliseconds"),
        ("eventTimestamp", True, "detail.eventTimestamp: no number of milliseconds"),
        ("eventTimestamp", 1e300, "detail.eventTimestamp: no moment in time"),
    ],
)
def test_what_is_no_delivery_event_is_named(sent: MessagingFixture, field: str, value: object, says: str) -> None:
    wrong: dict[str, Any] = {field: value}
    with pytest.raises(BadDeliveryEventError, match=says):
        sent.deliveries.record(event(sent, "TEXT_DELIVERED", after=3, **wrong))


def test_an_event_without_detail_is_named(sent: MessagingFixture) -> None:
    with pytest.raises(BadDeliveryEventError, match="detail: missing"):
        sent.deliveries.record({"source": "aws.sms-voice"})


def test_a_remembered_failure_survives_a_death_before_it_was_remembered(sent: MessagingFixture) -> None:
    failure = event(sent, "TEXT_INVALID", after=3)
    sent.wire.faults.add(service="dynamodb", operation="TransactWriteItems", error="InternalServerError")
    with pytest.raises(Exception, match="TransactWriteItems"):
        sent.deliveries.record(failure)
    sent.deliveries.record(failure)
    assert [row["cause"] for row in sent.consent_rows() if row["sk"] == "opted_out"] == ["undeliverable"]
