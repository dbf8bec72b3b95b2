"""The alphabet of a text message: what it costs in parts.

3GPP TS 23.038 §6.2.1: a message within the GSM 7-bit alphabet has 160 characters, or 153 in each part of several; any
other character makes the whole message UCS-2 with 70, or 67.
"""

from __future__ import annotations

import math

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
    """Return how many parts a network charges for the text."""
    if foreign_characters(text):
        length, single, several = len(text.encode("utf-16-le")) // 2, 70, 67
    else:
        length, single, several = len(text) + sum(character in _EXTENDED for character in text), 160, 153
    return 1 if length <= single else math.ceil(length / several)
