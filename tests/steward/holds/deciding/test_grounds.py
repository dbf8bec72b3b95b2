"""What may be asked for: contacts of a case that are held, and objects of the record stores, never a held copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from steward.decisions.deciding import Refused
from steward.holds.deciding.grounds import CardData, HeldCase
from steward.ids import CaseRef, ContactId

if TYPE_CHECKING:
    from steward.holds.ports import Register

GROUND = CardData(frozenset({"calls", "chats"}), "holds")


def test_objects_are_kept_in_one_spelling_each_once() -> None:
    assert GROUND.items("c-1", ("s3://calls/a/b.wav", "calls/a/b.wav", "chats/c.json")) == (
        "calls/a/b.wav",
        "chats/c.json",
    )


def test_a_contacts_id_is_written_as_connect_writes_it() -> None:
    assert GROUND.identifier(" 0A000000-0000-4000-8000-00000000000B ") == "0a000000-0000-4000-8000-00000000000b"


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        (None, "objects: is missing"),
        (("s3://calls",), "objects: must be s3://bucket/key"),
        (("calls/a.wav", "holds/c-1/call_recording/a.wav"), "objects: name the original and not the copy"),
        (("elsewhere/a.wav",), "objects: names a bucket that is none of the record stores"),
    ],
)
def test_anything_else_is_refused_with_the_field(stated: tuple[str, ...] | None, says: str) -> None:
    with pytest.raises(Refused, match=says):
        GROUND.items("c-1", stated)


def test_an_id_that_is_none_is_refused_with_the_field() -> None:
    with pytest.raises(Refused, match="id: must be a contact id"):
        GROUND.identifier("not an id!")


@dataclass
class Held:
    """The register, as far as a release is judged by it."""

    def contacts_of(self, case: CaseRef) -> tuple[ContactId, ...]:
        return (ContactId("a-1"), ContactId("a-2")) if case == "C-1" else ()


RELEASE = HeldCase(cast("Register", Held()))


def test_a_release_is_of_all_contacts_of_a_case_or_of_those_that_are_named() -> None:
    assert RELEASE.identifier(" C-1 ") == "C-1"
    assert RELEASE.items("C-1", None) == ()
    assert RELEASE.items("C-1", ("a-2",)) == ("a-2",)


@pytest.mark.parametrize(
    ("case", "contacts", "says"),
    [
        ("C-2", None, "^id: the case holds no contact$"),
        ("C-1", ("a-3",), "^contact_ids: names a contact that the case does not hold$"),
        ("C-1", ("a-1", "not an id!"), "^contact_ids: "),
    ],
)
def test_a_release_of_what_is_not_held_is_refused_with_the_field(
    case: str, contacts: tuple[str, ...] | None, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        RELEASE.items(case, contacts)


def test_a_reference_that_is_none_is_refused_with_the_field() -> None:
    with pytest.raises(Refused, match="id: reads as a telephone number"):
        RELEASE.identifier("07700 900123")
