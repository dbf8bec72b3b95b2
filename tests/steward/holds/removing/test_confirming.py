"""A removal that nothing announced is told once, after any death too; one that did not happen is told as that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from steward.holds.register import ContactHolds
from steward.holds.removing.confirming import Confirming, Removed
from steward.holds.removing.explaining import Entry
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId
from tests.support.copier_fixture import hold

NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
ONE, OTHER = (
    Removed(stored=StoredObject("holds", f"c-1/call_recording/{name}.wav"), version_id=f"v-{name}", at=NOON)
    for name in ("one", "other")
)


class Died(Exception):
    """The process ended."""


@dataclass
class Office:
    """Ledger, bucket and officer of one test; it may die before any call."""

    announced: set[str] = field(default_factory=set)
    unfounded: set[str] = field(default_factory=set)
    there: set[StoredObject] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)
    told: list[tuple[tuple[Removed, ...], tuple[Removed, ...]]] = field(default_factory=list)
    questioned: list[tuple[Removed, ...]] = field(default_factory=list)
    is_held: bool = True
    looked_at: list[ContactId] = field(default_factory=list)
    dies_at: int = 0

    def _call(self) -> None:
        self.dies_at -= 1
        if self.dies_at == 0:
            raise Died

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> Entry | None:
        self._call()
        assert (bucket, at) == ("holds", NOON)
        assert key
        self.confirmed.add(version_id)
        if version_id in self.noted:
            return None
        return Entry(cause=version_id, planned_at=NOON) if version_id in self.announced else Entry()

    def note_told(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        self._call()
        assert (bucket, at) == ("holds", NOON)
        assert key
        self.noted.add(version_id)

    def held(self, bucket: str, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        self._call()
        assert (bucket, contact_id) == ("holds", "c-1")
        return tuple((stored.key, version) for stored in self.there for version in ("v-one", "v-other"))

    def unannounced(self, gone: Sequence[Removed], there: Sequence[Removed]) -> None:
        self._call()
        self.told.append((tuple(gone), tuple(there)))

    def unexplained(self, gone: Sequence[Removed]) -> None:
        self._call()
        self.questioned.append(tuple(gone))

    def file(self, contact_id: ContactId) -> ContactHolds:
        self._call()
        return ContactHolds(contact_id=contact_id, holds=(hold(placed_at=NOON),) if self.is_held else ())

    def reinspect(self, contact_ids: Iterable[ContactId]) -> None:
        self._call()
        self.looked_at += contact_ids

    def explains(self, key: str, entry: Entry, gone_at: datetime) -> bool:
        assert (key.endswith(".wav"), gone_at) == (True, NOON)
        return entry.cause not in self.unfounded

    def confirm(self, *removals: Removed) -> int:
        return Confirming(self, self, self, self, self, self.explains).confirm(removals)


def test_what_the_ledger_announced_is_confirmed_in_silence() -> None:
    office = Office(announced={"v-one", "v-other"})
    assert office.confirm(ONE, OTHER) == 0
    assert office.confirmed == {"v-one", "v-other"}
    assert office.told == []


def test_several_that_nothing_announced_are_told_in_one_message_and_once() -> None:
    office = Office()
    assert office.confirm(ONE, OTHER) == 2
    assert office.confirm(ONE, OTHER) == 0
    assert office.told == [((ONE, OTHER), ())]


def test_whose_copy_somebody_removed_is_looked_at_wholly_while_a_hold_is_in_force() -> None:
    office = Office(announced={"v-other"})
    office.confirm(ONE, OTHER)
    assert office.looked_at == ["c-1"]

    for silent in (Office(announced={"v-one"}), Office(is_held=False), Office(there={ONE.stored})):
        silent.confirm(ONE)
        assert silent.looked_at == []


def test_a_version_that_is_there_still_is_told_as_not_removed() -> None:
    office = Office(there={ONE.stored})
    office.confirm(ONE, OTHER)
    assert office.told == [((OTHER,), (ONE,))]


def test_a_cause_that_nothing_explains_is_told_once_and_apart_from_what_nothing_announced() -> None:
    office = Office(announced={"v-one"}, unfounded={"v-one"})
    assert office.confirm(ONE, OTHER) == 2
    assert office.confirm(ONE, OTHER) == 0
    assert office.questioned == [(ONE,)]
    assert office.told == [((OTHER,), ())]


@pytest.mark.parametrize("calls", range(1, 10))
def test_after_a_death_before_any_call_a_cause_without_a_decision_is_told_all_the_same(calls: int) -> None:
    office = Office(announced={"v-one", "v-other"}, unfounded={"v-one", "v-other"}, dies_at=calls)
    with pytest.raises(Died):
        office.confirm(ONE, OTHER)
    office.confirm(ONE, OTHER)
    assert {one for gone in office.questioned for one in gone} == {ONE, OTHER}
    assert office.looked_at
    assert office.told == []


@pytest.mark.parametrize("calls", range(1, 10))
def test_after_a_death_before_any_call_it_is_told_all_the_same(calls: int) -> None:
    office = Office(dies_at=calls)
    with pytest.raises(Died):
        office.confirm(ONE, OTHER)
    office.confirm(ONE, OTHER)
    assert {one for gone, _ in office.told for one in gone} == {ONE, OTHER}
    assert office.looked_at
    assert office.noted == {"v-one", "v-other"}
