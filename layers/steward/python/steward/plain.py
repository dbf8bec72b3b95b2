"""What somebody typed, made safe for what a person reads: mails, pages, lists, timelines, terminals.

A stranger may have typed a reference, a key, a name or a form's answer. Control characters move a terminal's cursor,
marks of direction turn a line round, a formula runs in a spreadsheet, and mail programs make links of what looks like
one. Nothing is left out silently: what is not seen is written as JSON writes it, which stays JSON where it was.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's general categories of controls, formats (direction, joiners, tags), surrogates, private and unassigned."""

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, wide forms too.

https://owasp.org/www-community/attacks/CSV_Injection
"""

_SCHEME: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,15}):(?=//)|\b(mailto|tel|javascript|data|sms):")
_FILES: Final = "csv|gz|html?|json|jsonl|log|md|mp4|ogg|pdf|pem|png|py|sig|toml|txt|wav|webm|xml|yaml|yml|zip"
_ENDINGS: Final = (
    "[a-z]{2}|app|biz|click|cloud|club|com|cymru|dev|edu|gov|info|int|link|live|london|mil|mov|net|online|org|page|scot"
    "|shop|site|store|tech|top|wales|xyz"
)
_DOMAIN: Final = re.compile(
    rf"(?i)(?<=\bwww)\.|(?<=[a-z0-9])\.(?=(?!(?:{_FILES})\b)(?:{_ENDINGS})(?:[/:?#.]|$|[\s,;)\]>\"']))"
)


def visible(text: object) -> str:
    """Return a value as one line of which everything is seen: no control, no hidden sign, no mark of direction.

    For what makes no links by itself, such as a page, whose markup is its own matter.
    """
    return "".join(map(_seen, str(text)))


def plain(text: object) -> str:
    """Return a value as one line that does nothing in a mail or on a terminal: as ``visible``, and no link."""
    return unlinked(visible(text))


def lines(text: str) -> str:
    """Return a whole text of ours with what it quotes, whose lines stay lines."""
    return "\n".join(map(plain, text.split("\n")))


def cell(text: object) -> str:
    """Return a value for a table that a spreadsheet may open: as ``visible``, and no formula."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def unlinked(text: str) -> str:
    """Return a text in which no program finds an address to open, and every reader still does."""
    return _DOMAIN.sub("[.]", _SCHEME.sub(lambda found: f"{found[0][:-1]}[:]", text))


def _seen(letter: str) -> str:
    if letter.isascii() and letter.isprintable():
        return letter
    if unicodedata.category(letter) in _UNSEEN:
        return json.dumps(letter)[1:-1] if letter != "\x7f" else "\\u007f"
    return " " if letter.isspace() else letter
