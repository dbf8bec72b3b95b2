"""What the guard's queue may hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steward.ids import ContactId
from steward.payments.messages import ContactEvent, Unreadable, read

EVENTS = Path(__file__).resolve().parents[3] / "events" / "aws.connect"
CALL = ContactId("562d0208-b98c-47d2-9b9f-a329e7bf0c80")
SEGMENT = ContactId("005d99c3-06d2-4d91-9b69-e6266d5ca164")


def sample(name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")))


def event(**detail: object) -> str:
    whole = sample("contact-initiated-by-transfer")
    whole["detail"] = {name: value for name, value in (whole["detail"] | detail).items() if value is not None}
    return json.dumps(whole)


def test_a_transfer_names_the_contact_and_the_one_before() -> None:
    assert read(event()) == ContactEvent(
        "INITIATED",
        SEGMENT,
        CALL,
        CALL,
        is_voice=True,
        at=datetime(2027, 1, 12, 14, 27, 10, tzinfo=UTC),
        method="TRANSFER",
        began=datetime(2027, 1, 12, 14, 27, 10, 204000, tzinfo=UTC),
    )


def test_the_end_of_a_contact_is_when_it_was_disconnected() -> None:
    end = read(json.dumps(sample("contact-completed")))

    assert isinstance(end, ContactEvent)
    assert end.ends_contact
    assert end.at == datetime(2027, 1, 12, 14, 40, 10, 511000, tzinfo=UTC)


def test_field_names_of_any_case_are_read() -> None:
    whole = sample("contact-initiated-by-transfer")
    whole["detail"] = {name[0].upper() + name[1:]: value for name, value in whole["detail"].items()}

    assert read(json.dumps(whole)) == read(event())


def test_a_first_contact_has_no_previous_one() -> None:
    first = read(event(initialContactId=None, previousContactId=None))

    assert isinstance(first, ContactEvent)
    assert (first.initial_contact_id, first.previous) == (SEGMENT, None)


def test_a_contact_that_names_itself_as_previous_has_none() -> None:
    first = read(event(initialContactId=SEGMENT, previousContactId=SEGMENT))

    assert isinstance(first, ContactEvent)
    assert first.previous is None


def test_an_event_without_the_previous_contact_follows_the_initial_one() -> None:
    later = read(event(previousContactId=None))

    assert isinstance(later, ContactEvent)
    assert later.previous == CALL


def test_a_placeholder_of_1970_is_no_moment() -> None:
    end = read(event(eventType="DISCONNECTED", disconnectTimestamp="1970-01-01T00:00:00.000Z"))

    assert isinstance(end, ContactEvent)
    assert end.at == datetime(2027, 1, 12, 14, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(("channel", "voice"), [("VOICE", True), ("Voice", True), ("CHAT", False), ("TASK", False)])
def test_only_calls_are_voice(channel: str, voice: bool) -> None:  # noqa: FBT001
    message = read(event(channel=channel))

    assert isinstance(message, ContactEvent)
    assert message.is_voice is voice


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "detail"),
        (event(contactId=None), "detail.contactId"),
        (event(eventType=None), "detail.eventType"),
        ('{"kind": "look_again"}', "contact_id"),
        ('{"kind": "something"}', "kind"),
    ],
)
def test_what_cannot_be_read_names_the_field(body: str, field: str) -> None:
    with pytest.raises(Unreadable, match=field):
        read(body)


@pytest.mark.parametrize(
    ("said", "hour"), [("2027-01-12T14:40:10", 14), ("2027-01-12T14:40:10Z", 14), ("2027-01-12T16:40:10+02:00", 14)]
)
def test_a_moment_without_an_offset_is_utc_and_any_other_is_brought_to_it(said: str, hour: int) -> None:
    end = read(event(eventType="DISCONNECTED", disconnectTimestamp=said))
    assert isinstance(end, ContactEvent)
    assert (end.at.hour, end.at.tzinfo) == (hour, UTC)


@pytest.mark.parametrize(("year", "is_one"), [(1970, False), (1971, True)])
def test_only_the_year_1970_is_a_placeholder(year: int, is_one: bool) -> None:  # noqa: FBT001
    begun = read(event(initiationTimestamp=f"{year}-06-01T00:00:00Z"))
    assert isinstance(begun, ContactEvent)
    assert (begun.began is not None) == is_one
