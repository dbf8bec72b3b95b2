"""What may be asked for about card data: objects of the record stores, never a held copy by its own name."""

from __future__ import annotations

import pytest

from steward.decisions.deciding import Refused
from steward.holds.grounds import CardData

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
