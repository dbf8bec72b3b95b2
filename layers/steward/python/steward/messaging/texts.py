"""What a text says: a template of the policy and the values of one contact.

A value comes from a flow and may hold anything: it is shortened, brought into the alphabet of the template and
stripped of what a telephone turns into a link, so that nobody can put words of their own into the council's mouth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from steward import gsm7
from steward.policy.messaging import Template

LONGEST_BODY: Final = 1600
"""Characters that SendTextMessage accepts."""

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TYPOGRAPHY: Final = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
        "\N{PRIME}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
        "\N{DOUBLE PRIME}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{BULLET}": "-",
        "\N{MULTIPLICATION SIGN}": "x",
    }
)
_LINK: Final = re.compile(
    r"""
      \w[\w+.-]*://\S+                          # with a scheme
    | \S+@\S+\.\S+                              # an e-mail address
    | (?<![\w.-])(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?  # a host name; 9.30 and p.m. are none
    | (?<!\w)\(?(?:\+|0)\d(?:[ ()]{0,2}\d){8,13}(?!\w)  # a telephone number of ten digits or more
    """,
    re.VERBOSE | re.IGNORECASE,
)


class MissingValueError(Exception):
    """A template cannot be filled; ``names`` are the values that are missing or empty once cleaned."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"missing or empty: {', '.join(self.names)}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it will be sent."""

    body: str
    language: str
    parts: int
    """How many the network charges for."""


def choose_language(wanted: Iterable[str | None], available: Iterable[str], preferred: Iterable[str]) -> str:
    """Return the first wanted language that is available, else the first preferred one, else any that is.

    Wanted languages may be tags such as ``cy-GB``, as Amazon Connect gives them. ``available`` must not be empty.
    """
    offered = tuple(available)
    for tag in (*wanted, *preferred):
        language = (tag or "").replace("_", "-").partition("-")[0].lower()
        if language in offered:
            return language
    return offered[0]


def compose(template: Template, language: str, values: Mapping[str, str], longest_value: int) -> Text:
    """Return the template's text in that language with its values filled in.

    Raises MissingValueError. A value that looks like a placeholder stays as it is: filling happens once.
    """
    fixed = template.text[language]
    plain = not gsm7.foreign_characters(_PLACEHOLDER.sub("", fixed))
    cleaned = {
        name: clean(values.get(name, ""), plain=plain, links_allowed=template.links_allowed, longest=longest_value)
        for name in dict.fromkeys(_PLACEHOLDER.findall(fixed))
    }
    missing = [name for name, value in cleaned.items() if not value]
    if missing:
        raise MissingValueError(missing)
    body = _PLACEHOLDER.sub(lambda match: cleaned[match[1]], fixed)[:LONGEST_BODY]
    return Text(body=body, language=language, parts=gsm7.parts(body))


def clean(value: str, *, plain: bool, links_allowed: bool, longest: int) -> str:
    """Return the value as it may stand in a text of at most ``longest`` characters.

    ``plain`` keeps to the GSM-7 alphabet, in which a text costs least; otherwise letters of any language stay, which
    Welsh needs. Symbols outside the alphabet, emoji among them, always go.
    """
    text = unicodedata.normalize("NFC", value).translate(_TYPOGRAPHY)
    if not links_allowed:
        text = _LINK.sub(" ", text)
    spelt = "".join(_spell(character, plain=plain) for character in text)
    return " ".join(spelt.split())[:longest].rstrip()


def _spell(character: str, *, plain: bool) -> str:
    if character.isspace():
        return " "
    if not gsm7.foreign_characters(character):
        return character if character.isprintable() else ""
    if not plain and character.isalpha():
        return character
    base = unicodedata.normalize("NFKD", character)
    return "".join(letter for letter in base if letter.isprintable() and not gsm7.foreign_characters(letter))
