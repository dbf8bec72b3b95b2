"""A request that a caller makes is received once, by whatever the agent typed, and nothing of that comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from steward.failures import Unavailable
from steward.flow_event import read
from steward.holds.requests import case_ref
from steward.rights.calling.starting import Answer, Starting, Status, reference
from steward.rights.finding.identifiers import Identifier, Kind
from steward.rights.requests import RequestId, Right

CALL = "0ca11000-0000-4000-8000-000000000001"
GUIDE = "0ca11000-0000-4000-8000-000000000002"
NUMBER, EMAIL = "01632 960123", "Eleanor@Invented.example"


@dataclass
class Doors:
    """What went in, in the order in which it did."""

    went_in: list[tuple[Any, ...]] = field(default_factory=list)
    closed: str = ""
    there: dict[str, tuple[Identifier, ...]] = field(default_factory=dict)

    def now(self) -> datetime:
        # The next day in London, as it is summer.
        return datetime(2027, 7, 5, 23, 30, tzinfo=UTC)

    def hand_in(self, key: str, identifiers: tuple[Identifier, ...]) -> bool:
        if self.closed == "hand_in":
            raise Unavailable("s3.PutObject", "SlowDown")
        if self.there.setdefault(key, identifiers) != identifiers:
            return False
        self.went_in.append((key, identifiers))
        return True

    def receive(self, request: RequestId, right: Right, received_on: date, intake_key: str) -> None:
        if self.closed == "receive":
            raise Unavailable("events.PutEvents", "InternalFailure")
        self.went_in.append((request, right, received_on, intake_key))


def start(doors: Doors, right: str = "access", **parameters: str) -> Answer:
    contact = {"ContactId": GUIDE, "InitialContactId": GUIDE, "RelatedContactId": CALL, "Channel": "CHAT"}
    event = {"Details": {"ContactData": contact, "Parameters": {"right": right, **parameters}}}
    return Starting(clock=doors, doors=doors).start(read(event))  # type: ignore[arg-type]


def test_the_call_and_whatever_was_typed_are_handed_in_before_the_request_is_stated_to_be_received() -> None:
    doors = Doors()
    answer = start(doors, number=NUMBER, other_number="", email=EMAIL)
    name = reference(CALL, Right.ACCESS)
    assert answer == Answer(status=Status.RECEIVED, reference=name)
    (key, identifiers), stated = doors.went_in
    assert key == f"intake/{name}.json"
    assert identifiers == (
        Identifier(kind=Kind.CONTACT, value=CALL),
        Identifier(kind=Kind.PHONE, value="+441632960123"),
        Identifier(kind=Kind.EMAIL, value="eleanor@invented.example"),
    )
    assert stated == (name, Right.ACCESS, date(2027, 7, 6), key)


@pytest.mark.parametrize("right", list(Right))
def test_each_right_of_one_call_is_a_request_of_its_own_and_the_same_again_is_the_same(right: Right) -> None:
    doors = Doors()
    assert start(doors, right).reference == start(doors, right.upper()).reference
    assert doors.went_in[:2] == doors.went_in[2:]
    assert {one.reference for one in (start(Doors(), each) for each in Right if each != right)}.isdisjoint(
        {start(doors, right).reference}
    )


def test_a_reference_is_one_that_the_register_takes_and_has_no_digit_of_anything() -> None:
    for number in range(200):
        name = reference(f"call-{number}", Right.ERASURE)
        assert str(case_ref(name)) == name
        assert not any(one.isdigit() for one in name)
        assert len(name) == 15


@pytest.mark.parametrize(
    ("given", "field_"),
    [
        ({"right": "portability"}, "right"),
        ({"right": ""}, "right"),
        ({"number": "anonymous"}, "number"),
        ({"other_number": "12"}, "other_number"),
        ({"email": "eleanor at invented"}, "email"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field_and_nothing_goes_in(given: dict[str, str], field_: str) -> None:
    doors = Doors()
    assert start(doors, **given) == Answer(status=Status.REFUSED, reason=field_)
    assert doors.went_in == []


def test_a_request_of_no_call_is_refused() -> None:
    doors = Doors()
    # Its own contact is none either: it names nobody's call.
    contact = {"Channel": "CHAT", "ContactId": GUIDE, "InitialContactId": GUIDE}
    event = {"Details": {"ContactData": contact, "Parameters": {"right": "access", "number": NUMBER}}}
    answer = Starting(clock=doors, doors=doors).start(read(event))  # type: ignore[arg-type]
    assert answer == Answer(status=Status.REFUSED, reason="initialContactId")


def test_the_first_contact_of_a_transferred_call_stands_for_it_where_the_flows_pass_it_on() -> None:
    doors = Doors()
    start(doors, initialContactId="0ca11000-0000-4000-8000-00000000000f")
    assert doors.went_in[0][1] == (Identifier(kind=Kind.CONTACT, value="0ca11000-0000-4000-8000-00000000000f"),)


@pytest.mark.parametrize("door", ["hand_in", "receive"])
def test_what_a_door_kept_from_being_done_the_same_again_completes(door: str) -> None:
    doors = Doors(closed=door)
    with pytest.raises(Unavailable):
        start(doors, number=NUMBER)
    doors.closed = ""
    assert start(doors, number=NUMBER).status is Status.RECEIVED
    assert len([one for one in doors.went_in if len(one) == 4]) == 1


def test_other_numbers_of_the_same_call_are_another_request_and_what_was_typed_first_stays() -> None:
    """A restriction stops texts to every number that its intake names: none of them may be written over."""
    doors = Doors()
    first = start(doors, "restriction", number=NUMBER, other_number="01632 960124")
    second = start(doors, "restriction", number=NUMBER)
    assert (first.status, second.status) == (Status.RECEIVED, Status.RECEIVED)
    assert first.reference != second.reference
    assert [one.value for one in doors.there[f"intake/{first.reference}.json"]] == [
        CALL,
        "+441632960123",
        "+441632960124",
    ]
    assert start(doors, "restriction", number=NUMBER).reference == second.reference


def test_a_sixth_request_of_one_right_in_one_call_is_refused() -> None:
    doors = Doors()
    answers = [start(doors, number=f"01632 96010{number}") for number in range(6)]
    assert [one.status for one in answers] == [Status.RECEIVED] * 5 + [Status.REFUSED]
    assert answers[-1].reason == "too_many"
