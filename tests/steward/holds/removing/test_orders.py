"""An order names a contact and is never believed: what goes is what two people agreed on, once, and it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from steward.decisions.book import Agreement, Outcome, Row
from steward.decisions.people import Person
from steward.holds.removing.erasing import CAUSE, NotGone, Removal, SwitchedOff, Version
from steward.holds.removing.locations import StoredObject
from steward.holds.removing.orders import CardDataOrders, Unfounded
from steward.ids import ContactId

CONTACT = ContactId("c-1")
NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
ONE, OTHER = StoredObject("calls", "one.wav"), StoredObject("calls", "other.wav")
HELD_COPY = StoredObject("holds", "c-1/call_recording/one.wav")


def agreement(number: int, *objects: StoredObject) -> Agreement:
    def row(place: int, by: Person, decision: str, outcome: Outcome) -> Row:
        return Row(
            subject="card_data",
            id=CONTACT,
            number=place,
            call_id=f"call-{place}",
            at=NOON,
            by=by,
            decision=decision,
            outcome=outcome,
            items=tuple(str(one) for one in objects),
        )

    return Agreement(
        request=row(number - 1, Person("information-officer", "ann"), "request", Outcome.ASKED),
        approval=row(number, Person("data-protection-officer", "ben"), "approve", Outcome.DECIDED),
    )


@dataclass
class Office:
    """The eraser, the register's notes and the officer of one test."""

    agreements: list[Agreement] = field(default_factory=list)
    stops: dict[int, Exception] = field(default_factory=dict)
    was_there: set[StoredObject] = field(default_factory=set)
    removals: list[Removal] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)
    hold_bucket: str = "holds"

    def now(self) -> datetime:
        return NOON

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def carry_out(self, removal: Removal) -> tuple[Version, ...]:
        self.removals.append(removal)
        if removal.decision in self.stops:
            raise self.stops[removal.decision]
        return ()

    def carried_out(self, contact_id: ContactId, number: int) -> bool:
        return contact_id == CONTACT and number in self.noted

    def note(self, contact_id: ContactId, number: int, at: datetime) -> None:
        assert (contact_id, at) == (CONTACT, NOON)
        self.noted.append(number)

    def entered(self, stored: StoredObject, cause: str) -> bool:
        return cause == CAUSE and stored in self.was_there

    def removed(self, contact_id: ContactId, gone: Sequence[StoredObject], unknown: Sequence[StoredObject]) -> None:
        self.told.append(("removed", contact_id, tuple(gone), tuple(unknown)))

    def not_gone(self, contact_id: ContactId, left: int, refused: int) -> None:
        self.told.append(("not gone", contact_id, left, refused))

    def waiting(self, contact_id: ContactId) -> None:
        self.told.append(("waiting", contact_id))

    def order(self, *, first: bool = True) -> int:
        orders = CardDataOrders(
            agreed=lambda _: self.agreements,
            eraser=self,  # type: ignore[arg-type]
            notes=self,
            notices=self,
            clock=self,
        )
        return orders.carry_out(CONTACT, first=first)


def test_an_order_on_which_nobody_agreed_removes_nothing() -> None:
    office = Office()

    with pytest.raises(Unfounded):
        office.order()

    assert (office.removals, office.told) == ([], [])


def test_what_was_agreed_on_is_removed_told_and_then_noted() -> None:
    office = Office([agreement(2, ONE, OTHER)], was_there={HELD_COPY})

    assert office.order() == 1

    assert office.removals == [Removal(contact_id=CONTACT, objects=(ONE, OTHER), decision=2)]
    assert office.told == [("removed", CONTACT, (ONE,), (OTHER,))]
    assert office.noted == [2]


def test_a_second_order_does_nothing_and_tells_nobody() -> None:
    office = Office([agreement(2, ONE)])
    office.order()

    assert office.order() == 0

    assert (len(office.removals), len(office.told)) == (1, 1)


@pytest.mark.parametrize(
    ("stop", "told"), [(NotGone(3, 1), ("not gone", CONTACT, 3, 1)), (SwitchedOff("off"), ("waiting", CONTACT))]
)
def test_what_stops_one_agreement_stops_no_other_and_is_told_at_the_first_attempt(
    stop: Exception, told: tuple[object, ...]
) -> None:
    office = Office([agreement(2, ONE), agreement(4, OTHER)], stops={2: stop}, was_there={OTHER})

    with pytest.raises(type(stop)):
        office.order()
    assert office.told == [told, ("removed", CONTACT, (OTHER,), ())]
    assert office.noted == [4]

    with pytest.raises(type(stop)):
        office.order(first=False)
    assert len(office.told) == 2

    office.stops.clear()
    assert office.order(first=False) == 1
    assert office.noted == [4, 2]
