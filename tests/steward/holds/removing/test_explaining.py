"""A ledger row that calls a removal ordinary is worth what stands behind it: an end, or two people's decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.decisions.book import Agreement, Outcome, Row
from steward.decisions.people import Person
from steward.failures import UnreadableRow
from steward.holds.manifests import manifest_key
from steward.holds.register import ContactHolds, Hold, HoldStatus, ReleaseNote
from steward.holds.removing.explaining import Entry, Explaining
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage

NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
CALL = ContactId("call-1")
COPY = "call-1/call_recording/connect/call-1.wav"
PEOPLE = ReleaseNote(by="release-officer/ann", approved_by="release-approver/ben", why="agreed", at=NOON)
HOLD = Hold(
    case=CaseRef("C-1"),
    contact_id=CALL,
    reason=HoldReason.COMPLAINT,
    stage=Stage.ONE,
    received_on=date(2027, 1, 4),
    received_on_assumed=False,
    hold_until=NOON + timedelta(days=365),
    open_ended=False,
    requested_by="complaints",
    signal="case_event",
    placed_at=NOON - timedelta(days=100),
    policy_version="1",
    status=HoldStatus.HELD,
)


def _agreement(*items: str, at: datetime = NOON) -> Agreement:
    def row(number: int, name: str, decision: str, outcome: Outcome) -> Row:
        return Row(
            subject="release",
            id="C-1",
            number=number,
            call_id=f"call-{number}",
            at=at,
            by=Person("release-officer", name),
            decision=decision,
            outcome=outcome,
            items=items,
        )

    return Agreement(
        request=row(1, "ann", "request", Outcome.ASKED), approval=row(2, "ben", "approve", Outcome.DECIDED)
    )


@dataclass
class Office:
    """What the registers and the book know."""

    holds: tuple[Hold, ...] = (HOLD,)
    agreed: tuple[Agreement, ...] = ()
    strangers: frozenset[ContactId] = field(default_factory=frozenset)
    unreadable: bool = False

    def file(self, contact_id: ContactId) -> ContactHolds:
        if self.unreadable:
            raise UnreadableRow("a row of kind Hold cannot be read")
        return ContactHolds(contact_id=contact_id, holds=self.holds if contact_id == CALL else ())

    def released(self, case: CaseRef) -> Sequence[Agreement]:
        return self.agreed if case == HOLD.case else ()

    def card_data(self, contact_id: ContactId) -> Sequence[Agreement]:
        return self.agreed if contact_id == CALL else ()

    def rejected(self, case: CaseRef) -> Collection[ContactId]:
        return self.strangers if case == HOLD.case else ()

    def explains(self, entry: Entry, key: str = COPY) -> bool:
        asked = Explaining(files=self, released=self.released, card_data=self.card_data, rejected=self.rejected)
        return asked.explains(key, entry, NOON + timedelta(days=8))


ENDED = Entry(cause="hold_ended", planned_at=NOON + timedelta(days=8))
CARD = Entry(cause="erasure", planned_at=NOON)


def test_an_end_that_had_come_explains_a_removal_and_one_to_come_does_not() -> None:
    over = replace(HOLD, hold_until=NOON)
    assert Office((over,)).explains(ENDED)
    assert not Office((HOLD,)).explains(ENDED)
    assert not Office((over, replace(HOLD, case=CaseRef("C-2")))).explains(ENDED)
    assert not Office((replace(over, open_ended=True),)).explains(ENDED)


def test_a_copy_of_a_contact_that_nothing_ever_held_has_no_end() -> None:
    assert not Office().explains(ENDED, "call-2/call_recording/x.wav")


@pytest.mark.parametrize("status", [HoldStatus.RELEASED, HoldStatus.HELD])
def test_a_release_that_the_hold_states_counts_only_with_the_two_decisions_behind_it(status: HoldStatus) -> None:
    let_go = (
        replace(HOLD, status=status, release=PEOPLE)
        if status is HoldStatus.RELEASED
        else replace(HOLD, leaving=PEOPLE, leaves_at=NOON)
    )
    assert not Office((let_go,)).explains(ENDED)
    assert Office((let_go,), agreed=(_agreement(),)).explains(ENDED)
    assert Office((let_go,), agreed=(_agreement(CALL),)).explains(ENDED)
    assert not Office((let_go,), agreed=(_agreement("call-9"),)).explains(ENDED)
    assert not Office((let_go,), agreed=(_agreement(at=NOON + timedelta(days=9)),)).explains(ENDED)


def test_a_decision_explains_nothing_that_the_hold_does_not_state() -> None:
    assert not Office((HOLD,), agreed=(_agreement(),)).explains(ENDED)


def test_a_contact_that_was_found_to_be_somebody_elses_needs_no_second_person() -> None:
    let_go = replace(HOLD, leaving=replace(PEOPLE, approved_by=""), leaves_at=NOON)
    assert Office((let_go,), strangers=frozenset({CALL})).explains(ENDED)
    assert not Office((let_go,), strangers=frozenset({ContactId("call-2")})).explains(ENDED)


def test_a_hold_of_later_says_nothing_of_an_earlier_removal() -> None:
    assert Office((replace(HOLD, placed_at=NOON + timedelta(days=9)),)).explains(ENDED)


def test_a_manifest_goes_with_its_own_case_while_another_holds_on() -> None:
    other = replace(HOLD, case=CaseRef("C-2"))
    released = replace(HOLD, status=HoldStatus.RELEASED, release=PEOPLE)
    office = Office((released, other), agreed=(_agreement(),))
    assert office.explains(ENDED, manifest_key(released))
    assert not office.explains(ENDED, manifest_key(other))
    assert not office.explains(ENDED)


@pytest.mark.parametrize(
    ("key", "explained"),
    [
        (COPY, True),
        ("call-1/call_recording/version-v2/connect/call-1.wav", True),
        ("call-1/call_recording/connect/other.wav", False),
        ("call-1/manifests/connect/call-1.wav", False),
        ("call-2/call_recording/connect/call-1.wav", False),
    ],
)
def test_card_data_goes_by_two_decisions_that_name_the_original(key: str, explained: bool) -> None:  # noqa: FBT001
    assert Office(agreed=(_agreement("recordings/connect/call-1.wav"),)).explains(CARD, key) is explained
    assert not Office().explains(CARD, key)


def test_an_approval_of_later_explains_no_removal_of_card_data() -> None:
    late = _agreement("recordings/connect/call-1.wav", at=NOON + timedelta(days=9))
    assert not Office(agreed=(late,)).explains(CARD)


def test_break_glass_is_explained_by_who_did_it_and_no_other_cause_by_anything() -> None:
    assert Office().explains(Entry(cause="break_glass", by="break-glass/ann", planned_at=NOON))
    assert not Office().explains(Entry(cause="break_glass", planned_at=NOON))
    assert not Office().explains(Entry(cause="retention_sweep", by="somebody", planned_at=NOON))
    assert not Office().explains(Entry(planned_at=NOON))


def test_what_cannot_be_read_explains_nothing() -> None:
    assert not Office((replace(HOLD, hold_until=NOON),), unreadable=True).explains(ENDED)
