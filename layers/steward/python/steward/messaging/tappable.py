"""What a telephone, or the person who reads it, could follow: links, addresses and numbers within a text.

``linkify-it-py`` finds what message programs find (links of every top-level domain, addresses); ``phonenumbers`` finds
numbers as they are dialled. The patterns here add what people spell so that programs do not see it: ``hxxp``,
``evil . com``, ``evil dot uk``, ``e v i l . c o m``, dots in brackets, numbers with anything between their digits or in
words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from phonenumbers import Leniency, PhoneNumberMatcher

if TYPE_CHECKING:
    from linkify_it import LinkifyIt

Span = tuple[int, int]
"""Start and end within a text."""

_SPELLED: Final = re.compile(
    r"""
      (?<![\w-])[\w-]+\W{0,9}[\[({<]\W{0,9}(?:dot|d0t|full\ stop|\.)\W{0,9}[\])}>]\W{0,9}[\w-]+\S*  # a dot in brackets
    | [a-z][\w+.-]{0,30}:[/\\]\S*                             # any scheme
    | \bh(?:tt|xx|\*\*|__)ps?\b[\W_]{0,5}\S*                  # http and how people disarm it
    | \bwww\d*\b[\W_]{0,3}\S*
    | \b(?:mailto|tel|sms|smsto|callto|sip|javascript|data|whatsapp):\S+
    | (?<!\S)\S*\bxn--\S*                                    # punycode
    | (?<![\w.-])(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?\#:]\S*)?     # a host name; 9.30 and p.m. are none
    | (?<!\S)\S*@\S+
    | (?<!\d)\d{1,3}(?:\s{0,2}\.\s{0,2}\d{1,3}){3}(?!\d)\S*   # an IPv4 address
    | \[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){0,6}::\S*            # an IPv6 address
    | (?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\S*
    | \*[\d*\#]+\#                                            # a code that a telephone carries out
    """,
    re.VERBOSE | re.IGNORECASE,
)

_DOT: Final = r"(?:[\s_-]{1,9}(?:dot|d0t|full[\s_-]{1,9}stop|pwynt)[\s_-]{1,9}|\s+\.\s*)"
_APART: Final = re.compile(rf"(?<![\w-])[\w-]+(?P<labels>(?:{_DOT}[\w-]+)+)\S*", re.IGNORECASE)
"""``evil dot co dot uk``, ``evil . uk``, ``192 dot 0 dot 2 dot 7``."""
_LABEL: Final = re.compile(rf"{_DOT}([\w-]+)", re.IGNORECASE)

_OCTETS: Final = 3
"""Labels of digits after the first that make an IPv4 address of spelt dots."""

_SENTENCE: Final = re.compile(r"(?<![\w-])[\w-]+\.\s+(?P<domain>[^\W\d_]{2,})\b\S*")
"""``evil. uk``, which may also be the end of a sentence."""

_NO_WORDS: Final = frozenset(
    {"biz", "co", "com", "cymru", "gov", "icu", "io", "ly", "net", "org", "uk", "wales", "xyz"}
)
"""Top-level domains that begin no sentence, as ``Info`` or ``To`` may."""

_LETTERS_APART: Final = re.compile(r"(?:(?<!\S)\S+ )?(?P<letters>(?<!\S)\S(?: \S(?!\S)){2,})(?: \S+)?")
"""``e v i l . u k``, with what stands at either end."""
_BETWEEN_LETTERS: Final = re.compile(r"(?<=(?<!\S)\S) (?=\S(?!\S))")
_DOTS: Final = re.compile(r"dot|d0t|fullstop|pwynt", re.IGNORECASE)

_WORDS: Final = {
    **dict.fromkeys(("zero", "oh", "o", "nought", "naught", "nil", "sero", "dim"), "0"),
    **dict.fromkeys(("one", "un"), "1"),
    **dict.fromkeys(("two", "dau", "dwy"), "2"),
    **dict.fromkeys(("three", "tri", "tair"), "3"),
    **dict.fromkeys(("four", "pedwar", "pedair"), "4"),
    **dict.fromkeys(("five", "pump"), "5"),
    **dict.fromkeys(("six", "chwech"), "6"),
    **dict.fromkeys(("seven", "saith"), "7"),
    **dict.fromkeys(("eight", "wyth"), "8"),
    **dict.fromkeys(("nine", "naw"), "9"),
    "hundred": "00",
    "thousand": "000",
}
"""How digits are read out in English and in Welsh."""
_TIMES: Final = {"double": 2, "dwbl": 2, "treble": 3, "triple": 3}
_WORD: Final = rf"(?<![^\W_])(?i:{'|'.join(_WORDS)})(?![^\W_])"
_MANY: Final = rf"(?:(?<![^\W_])(?i:{'|'.join(_TIMES)})[\W_]{{1,3}}(?=\d|{_WORD}))"
_READ_OUT: Final = re.compile(rf"(?:(?P<times>{'|'.join(_TIMES)})[\W_]+)?(?P<digit>\d|{_WORD})", re.IGNORECASE)

_DIGIT: Final = rf"{_MANY}?(?:\d|{_WORD}|[OoIl](?=[OoIl]*\d)|(?<=\d)[OoIl]{{1,4}}(?![^\W\d_]))"
_DIGITS: Final = re.compile(rf"\+?[\W_]{{0,2}}{_DIGIT}(?:[\W_]{{0,3}}{_DIGIT})*")
"""A run of digits with whatever people put between them. Only what reads as a digit counts as one."""

_AS_DIGITS: Final = str.maketrans("OoIl", "0011")

_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DATE: Final = re.compile(
    rf"[^\w+]*(?:{_DAY}([./-]){_MONTH}\1(?:(?:19|20)\d\d|\d\d)|20\d\d-{_MONTH}-{_DAY})"
    r"(?:[ ,]{1,2}[0-2]?\d[:.][0-5]\d)?[^\w+]*"
)
"""A day, with or without an hour: it has as many digits as a number."""

_LONG: Final = 10
"""Digits of the shortest number that is dialled with its area code in the United Kingdom."""
_SHORT: Final = 7
_SHORT_FREE_NUMBERS: Final = ("0800", "0845", "0500")
_ABROAD: Final = 11
_DIRECTORY: Final = re.compile(r"118\d{3}")
"""Directory enquiries: premium rate, in six digits."""


def find(text: str, home: str) -> list[Span]:
    """Return every link, address and number in the text; ``home`` is the country in which numbers are dialled.

    The text is as a telephone shows it: ``steward.messaging.values.shown``. Accents are read past, as people do.
    """
    flat = "".join(unicodedata.normalize("NFD", character)[0] for character in text)
    return [*links(flat), *numbers(flat, home), *_apart(flat, home)]


def links(text: str) -> Iterator[Span]:
    """Yield every link and address."""
    yield from linked(text)
    yield from (match.span() for match in _SPELLED.finditer(text))
    for match in _APART.finditer(text):
        labels = [label.lower() for label in _LABEL.findall(match["labels"])]
        if not _domains().isdisjoint(labels) or sum(label.isdigit() for label in labels) >= _OCTETS:
            yield match.span()
    for match in _SENTENCE.finditer(text):
        if match["domain"].lower() in _NO_WORDS:
            yield match.span()


def _apart(text: str, home: str) -> Iterator[Span]:
    """Yield what is one once its letters are set together."""
    for match in _LETTERS_APART.finditer(text):
        for span in (match.span("letters"), match.span()):
            together = _DOTS.sub(".", text[slice(*span)].replace(" ", ""))
            if any(links(together)) or any(numbers(together, home)):
                yield span
                break
    left_out = {match.start() for match in _BETWEEN_LETTERS.finditer(text)}
    places = [place for place in range(len(text)) if place not in left_out]
    if left_out:
        for start, end in links("".join(text[place] for place in places)):
            yield places[start], places[end - 1] + 1


def linked(text: str) -> Iterator[Span]:
    """Yield what message programs make a link of."""
    for match in _linkify().match(text) or ():
        yield match.index, match.last_index


def numbers(text: str, home: str) -> Iterator[Span]:
    """Yield every telephone number."""
    for match in _DIGITS.finditer(text):
        if _is_number(match[0]):
            yield match.span()
    for found in PhoneNumberMatcher(text, home, leniency=Leniency.VALID):
        yield found.start, found.end


def _is_number(run: str) -> bool:
    digits = re.sub(r"\D", "", _READ_OUT.sub(_in_figures, run).translate(_AS_DIGITS))
    if len(digits) < _SHORT:
        return _DIRECTORY.fullmatch(digits) is not None
    if "+" in run:
        return True
    if len(digits) < _LONG:
        return digits.startswith(_SHORT_FREE_NUMBERS)
    if _DATE.fullmatch(run):
        return False
    apart = not run.strip().isalnum()
    return apart or digits.startswith("0") or (digits.startswith("44") and len(digits) >= _ABROAD)


def _in_figures(said: re.Match[str]) -> str:
    digit = _WORDS.get(said["digit"].lower(), said["digit"])
    return digit * _TIMES.get((said["times"] or "").lower(), 1)


@cache
def _linkify() -> LinkifyIt:
    """Return the finder; made with the first text that has a value, not at cold start."""
    from linkify_it import LinkifyIt  # noqa: PLC0415 - only where it is needed

    finder = LinkifyIt({}, {"fuzzy_ip": True})
    finder.tlds(sorted(_domains()))
    return finder


@cache
def _domains() -> frozenset[str]:
    from linkify_it.tlds import TLDS  # noqa: PLC0415

    return frozenset(domain.lower() for domain in TLDS)
