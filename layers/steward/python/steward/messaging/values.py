"""A value of a template: what a flow passes may hold anything, and stands in a text that the council signs.

So it is first brought into the form in which a telephone would show it, and only then looked through: what is
invisible, full width or spelt with the letters of another script hides nothing. Nothing is ever shortened.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from steward import gsm7
from steward.messaging import tappable

_TYPOGRAPHY: Final = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
        "\N{PRIME}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{MODIFIER LETTER TURNED COMMA}": "'",
        "\N{ACUTE ACCENT}": "'",
        "\N{GRAVE ACCENT}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
        "\N{DOUBLE PRIME}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{FIGURE DASH}": "-",
        "\N{HORIZONTAL BAR}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{BULLET}": "-",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{FRACTION SLASH}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{IDEOGRAPHIC FULL STOP}": ".",
        "\N{ARABIC FULL STOP}": ".",
        "\N{MIDDLE DOT}": ".",
    }
)
_STROKES: Final = {
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ħ": "h",
    "Ħ": "H",
    "œ": "oe",
    "Œ": "OE",
    "þ": "th",
    "ð": "d",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
}
"""Letters of European names that Unicode does not take apart, and how they are spelt without their stroke."""

_FILLERS: Final = "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
"""Characters that show nothing although Unicode counts them as letters or symbols."""

_LINK: Final = re.compile(r"https://[A-Za-z0-9._~/?#=&%+-]+")


class LookAlikeError(ValueError):
    """The value is spelt with letters that pass for others."""


class LinkNotAllowedError(ValueError):
    """The value is no https link to a host that the policy lists."""


@dataclass(frozen=True, slots=True)
class Script:
    """The letters in which a template is written."""

    plain: bool
    """Only characters of the GSM 7-bit alphabet, in which a text costs least."""
    letters: frozenset[str]
    """The template's own letters beyond Latin, such as those of a Ukrainian text."""

    @classmethod
    def of(cls, fixed: str) -> Script:
        """Return the script of a template's fixed words."""
        foreign = frozenset(letter for letter in fixed if letter.isalpha() and not _is_latin(letter))
        return cls(plain=not gsm7.foreign_characters(fixed), letters=foreign)


def shown(value: str, script: Script) -> str:
    """Return the value as a telephone would show it in a text of that script.

    Compatibility forms (full width, mathematical, circled) become the characters that they look like, decimal digits
    of every script become ours, what is invisible goes, so do symbols outside the alphabet, emoji among them, and every
    space is one space. Raises LookAlikeError for letters of another script.
    """
    apart = "".join(f" {each}" if unicodedata.decomposition(each).startswith("<fraction>") else each for each in value)
    text = unicodedata.normalize("NFKC", apart.translate(_TYPOGRAPHY)).translate(_TYPOGRAPHY)
    visible = "".join(_visible(character) for character in text)
    # what was invisible may have stood between a letter and its accent
    text = unicodedata.normalize("NFC", visible)
    _refuse_look_alikes(text, script)
    return " ".join("".join(_spell(character, plain=script.plain) for character in text).split())


def clean(value: str, script: Script, home: str) -> tuple[str, bool]:
    """Return the value without links, addresses and numbers, and whether there were any.

    ``home`` is the country in which numbers are dialled. Raises LookAlikeError where letters stand for others.
    """
    text = shown(value, script)
    cleaned = text
    while spans := tappable.find(cleaned, home):
        cleaned = " ".join(_without(cleaned, spans).split())
    return cleaned, cleaned != text


def link(value: str, hosts: Collection[str], home: str) -> str:
    """Return the link, unchanged; raise LinkNotAllowedError unless it is https and its host is one of ``hosts``.

    Its path and query may hold no second address and no number either.
    """
    text = value.strip()
    if not _LINK.fullmatch(text):
        raise LinkNotAllowedError
    parts = urlsplit(text)
    if parts.netloc.lower() not in hosts:
        raise LinkNotAllowedError
    rest = text.partition(parts.netloc)[2]
    if "//" in rest or any(tappable.numbers(rest, home)) or any(tappable.linked(rest.replace("/", " "))):
        raise LinkNotAllowedError
    return text


def _without(text: str, spans: Iterable[tappable.Span]) -> str:
    kept = list(text)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return "".join(kept)


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    return "" if category[0] == "C" or character in _FILLERS else character


def _refuse_look_alikes(text: str, script: Script) -> None:
    foreign = {letter for letter in text if letter.isalpha() and not _is_latin(letter)}
    if not foreign:
        return
    if not script.letters:
        raise LookAlikeError
    # only here: its tables take 33 ms to read
    from confusable_homoglyphs import categories, confusables  # noqa: PLC0415

    own = {categories.alias(letter) for letter in script.letters}
    if {categories.alias(letter) for letter in foreign} - own:
        raise LookAlikeError
    if any(confusables.is_dangerous(word) for word in text.split()):
        raise LookAlikeError


def _is_latin(letter: str) -> bool:
    """Tell whether the letter is one of ours, with or without marks: small capitals and phonetic letters are not."""
    if letter.isascii() or letter in _STROKES or letter in "æÆøØß":
        return True
    return unicodedata.normalize("NFD", letter)[0].isascii()


def _spell(character: str, *, plain: bool) -> str:
    if not gsm7.foreign_characters(character):
        return character
    if not plain and character.isalpha():
        return character
    if character in _STROKES:
        return _STROKES[character]
    base = unicodedata.normalize("NFKD", character)
    return "".join(letter for letter in base if letter.isprintable() and not gsm7.foreign_characters(letter))
