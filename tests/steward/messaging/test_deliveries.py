"""Delivery events: late, repeated, out of order, of messages that nobody here sent."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.messaging.answers import Reason, Status
from steward.messaging.delivery import BadDeliveryEventError, NotYetKnownError
from tests.steward.messaging.fixture import NOON, Clients, MessagingFixture


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


def test_an_older_failure_changes_neither_the_log_nor_what_the_number_may_get(sent: MessagingFixture) -> None:
    sent.deliveries.record(event(sent, "TEXT_DELIVERED", after=5))
    sent.deliveries.record(event(sent, "TEXT_INVALID", after=2))
    assert status(sent) == "TEXT_DELIVERED"
    assert sent.send(contact="contact-2").status is Status.SENT


def test_a_later_delivery_lets_a_number_that_failed_be_texted_again(sent: MessagingFixture) -> None:
    sent.deliveries.record(event(sent, "TEXT_INVALID", after=2))
    assert sent.send(contact="contact-2").reason is Reason.NUMBER_INVALID
    sent.deliveries.record(event(sent, "TEXT_DELIVERED", after=5))
    assert sent.send(contact="contact-2").status is Status.SENT


def test_a_delivery_that_died_before_it_was_forgotten_is_mended_by_its_repeat(sent: MessagingFixture) -> None:
    sent.deliveries.record(event(sent, "TEXT_INVALID", after=2))
    delivered = event(sent, "TEXT_DELIVERED", after=5)
    sent.wire.faults.add(service="dynamodb", operation="DeleteItem", error="InternalServerError")
    with pytest.raises(Exception, match="DeleteItem"):
        sent.deliveries.record(delivered)
    sent.deliveries.record(delivered)
    assert sent.send(contact="contact-2").status is Status.SENT


@pytest.mark.parametrize(("purpose", "version"), [("signposting", "v1"), ("reminders", "r1")])
def test_a_failure_that_is_older_than_a_consent_is_not_remembered(
    sent: MessagingFixture, purpose: str, version: str
) -> None:
    sent.wait(minutes=5)
    sent.consent(contact="contact-2", purpose=purpose, wording_version=version)
    sent.wait(minutes=5)
    sent.deliveries.record(event(sent, "TEXT_INVALID", after=60))
    assert status(sent) == "TEXT_INVALID"
    assert sent.send(contact="contact-3").status is Status.SENT


def test_a_failure_that_is_newer_than_the_consent_is_remembered_until_the_next(sent: MessagingFixture) -> None:
    sent.wait(minutes=5)
    sent.deliveries.record(event(sent, "TEXT_BLOCKED", after=60))
    assert sent.send(contact="contact-2").reason is Reason.OPTED_OUT
    sent.consent(contact="contact-2")
    assert sent.send(contact="contact-2").status is Status.SENT


def test_a_failure_does_not_hide_a_withdrawal(sent: MessagingFixture) -> None:
    sent.wait(minutes=1)
    sent.consent("withdrawn")
    sent.deliveries.record(event(sent, "TEXT_INVALID", after=5))
    sent.deliveries.record(event(sent, "TEXT_DELIVERED", after=9))
    assert [row["cause"] for row in sent.consent_rows() if row["sk"] == "opted_out"] == ["withdrawal"]


STATES = ["TEXT_PENDING", "TEXT_SUCCESSFUL", "TEXT_DELIVERED", "TEXT_INVALID", "TEXT_BLOCKED", "TEXT_UNKNOWN"]


@given(
    seen=st.lists(
        st.tuples(st.sampled_from(STATES), st.integers(0, 4), st.booleans()), min_size=1, max_size=5, unique=True
    ),
    data=st.data(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_order_and_however_often_events_come_the_log_ends_the_same(
    aws: Clients, seen: list[tuple[str, int, bool]], data: st.DataObject
) -> None:
    """The newest final event stands, else the newest; which of one moment is decided by the name alone."""
    world = MessagingFixture(aws)
    world.consent()
    world.send()
    order = data.draw(st.permutations(seen)) + data.draw(st.lists(st.sampled_from(seen), max_size=3))
    for name, after, final in order:
        world.deliveries.record(event(world, name, after=after, final=final))

    finals = [one for one in seen if one[2]]
    expected = max(finals or seen, key=lambda one: (one[1], one[0]))
    assert status(world) == expected[0]
