"""Break-glass writes who and why, tells the officer, and only then removes; a refused call does none of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.decisions.people import Person, StaffRole
from steward.holds.ports import Ledgered
from steward.holds.removing.breaking import BreakingGlass, Refused
from steward.holds.removing.erasing import NotGone, Version
from steward.holds.removing.locations import StoredObject

NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
KEY = "c-1/call_recording/one.wav"
STATED = {"key": KEY, "version_id": "v-1", "why": "The recording holds somebody else's call"}
ASKER = Person(role=StaffRole.BREAK_GLASS, name="ada")


@dataclass
class Office:
    """Ledger, hold bucket and officer of one test; ``acts`` has everything that was done, in order."""

    there: dict[str, tuple[str, ...]] = field(default_factory=lambda: {KEY: ("v-1", "v-2")})
    locked: bool = False
    acts: list[object] = field(default_factory=list)

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime) -> None:
        self.acts.append((*entries, at))

    def breaking(self, by: Person, version: Version, why: str) -> None:
        self.acts.append(("told", by, version, why))

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        assert stored.bucket == "holds"
        return self.there.get(stored.key, ())

    def remove(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        self.acts.append(tuple(versions))
        return tuple(versions) if self.locked else ()

    def now(self) -> datetime:
        return NOON


def ask(office: Office, by: Person = ASKER, **changed: Any) -> None:  # noqa: ANN401 - whatever a caller sends
    stated = {name: value for name, value in (STATED | changed).items() if value is not None}
    rest: Any = office
    glass = BreakingGlass(register=rest, versions=office, notices=office, clock=rest, hold_bucket="holds")
    glass.remove(stated, by)


def test_the_ledger_has_who_and_why_and_the_officer_is_told_before_the_version_goes() -> None:
    office = Office()
    ask(office)
    version = Version(StoredObject("holds", KEY), "v-1")
    entry = Ledgered(
        bucket="holds",
        key=KEY,
        version_id="v-1",
        cause="break_glass",
        by="break-glass/ada",
        why="The recording holds somebody else's call",
    )
    assert office.acts == [
        (entry, NOON),
        ("told", ASKER, version, "The recording holds somebody else's call"),
        (version,),
    ]


def test_a_reason_is_kept_without_the_space_around_it_and_a_key_as_it_is() -> None:
    office = Office(there={" a key ": ("v-1",)})
    ask(office, key=" a key ", why="  because  ")
    version = Version(StoredObject("holds", " a key "), "v-1")
    entry = Ledgered(
        bucket="holds", key=" a key ", version_id="v-1", cause="break_glass", by="break-glass/ada", why="because"
    )
    assert office.acts == [(entry, NOON), ("told", ASKER, version, "because"), (version,)]


def test_what_s3_does_not_let_go_is_said_after_it_was_written_down() -> None:
    office = Office(locked=True)
    with pytest.raises(NotGone) as error:
        ask(office)
    assert len(office.acts) == 3
    assert error.value.args == NotGone(1, 1).args


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"key": None}, "key: is missing"),
        ({"key": ""}, "key: is missing"),
        ({"key": 5}, "key: is missing"),
        ({"version_id": "  "}, "version_id: is missing"),
        ({"why": None}, "why: is missing"),
        ({"why": ["because"]}, "why: is missing"),
        ({"key": "k" * 1025}, "key: is too long, or has a character that is not seen"),
        ({"version_id": "v" * 1025}, "version_id: is too long, or has a character that is not seen"),
        ({"why": "w" * 501}, "why: is too long, or has a character that is not seen"),
        ({"why": "because\nof"}, "why: is too long, or has a character that is not seen"),
        ({"version_id": "v-3"}, "version_id: is not there"),
        ({"key": "c-2/call_recording/one.wav"}, "version_id: is not there"),
        ({"bucket": "holds"}, "1 fields do not belong here"),
        ({"bucket": "holds", "person": "somebody"}, "2 fields do not belong here"),
    ],
)
def test_what_is_wrong_in_a_call_is_named_and_nothing_is_written_told_or_removed(
    changed: dict[str, Any], refusal: str
) -> None:
    office = Office()
    with pytest.raises(Refused) as error:
        ask(office, **changed)
    assert str(error.value) == refusal
    assert office.acts == []


@pytest.mark.parametrize("longest", [{"why": "w" * 500}, {"why": "für die Bürger: é"}])
def test_a_reason_of_the_greatest_length_and_of_any_letters_is_taken(longest: dict[str, Any]) -> None:
    office = Office()
    ask(office, **longest)
    assert len(office.acts) == 3


def test_a_key_and_a_version_of_s3s_greatest_length_are_taken() -> None:
    office = Office(there={"k" * 1024: ("v" * 1024,)})
    ask(office, key="k" * 1024, version_id="v" * 1024)
    assert len(office.acts) == 3


@pytest.mark.parametrize("role", [role for role in StaffRole if role != StaffRole.BREAK_GLASS])
def test_nobody_else_breaks_the_glass(role: StaffRole) -> None:
    office = Office()
    with pytest.raises(Refused) as error:
        ask(office, Person(role=role, name="ada"))
    assert str(error.value) == "role"
    assert office.acts == []
