"""Parts of a text, by the standard's own figures.

3GPP TS 23.038 §6.2.1 (the GSM 7 bit default alphabet), §6.2.1.1 (its extension table: an escape and a second septet),
§6.2.3 (UCS-2); TS 23.040 §9.2.3.24.1: 160 septets or 70 UCS-2 characters alone, 153 or 67 in each of several parts.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.gsm7 import foreign_characters, parts

DEFAULT_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The table of §6.2.1, row by row, without the escape at 0x1B."""
EXTENSION = "\f^{}\\[~]|€"
"""The table of §6.2.1.1."""


def test_the_alphabets_are_the_standards() -> None:
    assert len(DEFAULT_ALPHABET) == 127
    assert len(EXTENSION) == 10
    assert foreign_characters(DEFAULT_ALPHABET + EXTENSION) == ""
    assert foreign_characters("çŵŷâêîôûÈ`’–…") == "çŵŷâêîôûÈ`’–…"  # noqa: RUF001 - typography is what is foreign


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        (DEFAULT_ALPHABET[:127] + "a" * 33, 1),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        # 153 septets are odd: 76 escapes with their second septet fit into a part, and the 77th goes to the next whole
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("ŵ" * 134, 2),
        ("ŵ" * 135, 3),
        ("a" * 70 + "ŵ", 2),
        ("ŵ" + "€" * 69, 1),
        ("\N{PARTY POPPER}" * 35, 1),
        ("\N{PARTY POPPER}" * 36, 2),
        # 67 is odd too: a surrogate pair is not parted
        ("\N{PARTY POPPER}" * 66, 2),
        ("\N{PARTY POPPER}" * 67, 3),
    ],
)
def test_parts_are_counted_to_the_character(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text(alphabet=st.sampled_from("aZé€^[ŵ\N{PARTY POPPER}"), max_size=700))
def test_a_part_holds_whole_characters_and_no_more_than_its_room(text: str) -> None:
    """Packed one character at a time by hand."""
    plain = not set(text) - set(DEFAULT_ALPHABET + EXTENSION)
    single, several = (160, 153) if plain else (70, 67)
    units = [(2 if one in EXTENSION else 1) if plain else len(one.encode("utf-16-be")) // 2 for one in text]
    packed: list[list[int]] = [[]]
    for unit in units:
        if sum(packed[-1]) + unit > several:
            packed.append([])
        packed[-1].append(unit)
    assert parts(text) == (1 if sum(units) <= single else len(packed))
