"""The alphabet of a text message: what it costs in parts.

3GPP TS 23.038 §6.2.1 and §6.2.3, TS 23.040 §9.2.3.24.1: a message within the GSM 7-bit alphabet has 160 characters, or
153 in each part of several; any other character makes the whole message UCS-2 with 70, or 67.
"""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes the room of two."""


def foreign_characters(text: str) -> str:
    """Return the distinct characters that the GSM 7-bit alphabet lacks, in order of appearance."""
    return "".join(dict.fromkeys(character for character in text if character not in _BASIC | _EXTENDED))


def parts(text: str) -> int:
    """Return how many parts a network charges for the text.

    A part holds whole characters: neither the escape and its second half (3GPP TS 23.038 §6.2.1.1) nor the two halves
    of a UTF-16 surrogate pair are parted, so that a part may stay one short.
    """
    plain = not foreign_characters(text)
    single, several = (160, 153) if plain else (70, 67)
    widths = [_septets(character) if plain else _units(character) for character in text]
    if sum(widths) <= single:
        return 1
    count, room = 1, several
    for width in widths:
        if width > room:
            count, room = count + 1, several
        room -= width
    return count


def _septets(character: str) -> int:
    return 2 if character in _EXTENDED else 1


def _units(character: str) -> int:
    return len(character.encode("utf-16-le")) // 2
