"""What a text says: a template of the policy and the values of one contact.

A value comes from a flow and may hold anything. Nobody shall put words of their own into the council's mouth: a value
is cleaned, or refused by name. Nothing is shortened: half a link leads somewhere else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from steward import gsm7
from steward.messaging import tappable
from steward.messaging.answers import Reason
from steward.messaging.values import LinkNotAllowedError, LookAlikeError, Script, clean, link
from steward.policy.messaging import LONGEST_BODY, Template

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ORDER: Final = (Reason.MISSING_VALUE, Reason.VALUE_NOT_ALLOWED, Reason.VALUE_TOO_LONG, Reason.LINK_NOT_ALLOWED)


class ValueRefusedError(Exception):
    """A template is not filled; ``names`` are the values that stand in the way, never what they hold."""

    def __init__(self, reason: Reason, names: Iterable[str]) -> None:
        self.reason = reason
        self.names = tuple(names)
        super().__init__(f"{reason.value}: {', '.join(self.names)}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the policy says of values."""

    longest_value: int
    """Characters of a value as it stands in the text."""
    link_hosts: frozenset[str]
    home: str
    """The country in which a number without ``+`` is dialled."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it will be sent."""

    body: str
    language: str
    parts: int
    """How many the network charges for."""
    cleaned: tuple[str, ...] = ()
    """The values of which a link, an address or a number was left out."""


def choose_language(wanted: Iterable[str | None], available: Iterable[str], preferred: Iterable[str]) -> str:
    """Return the first wanted language that is available, else the first preferred one, else any that is.

    Wanted languages may be tags such as ``cy-GB``, as Amazon Connect gives them; what is no tag is passed over.
    ``available`` must not be empty.
    """
    offered = tuple(available)
    for tag in (*wanted, *preferred):
        language = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
        if language in offered:
            return language
    return offered[0]


def compose(template: Template, language: str, values: Mapping[str, object], rules: Rules) -> Text:
    """Return the template's text in that language with its values filled in.

    Raises ValueRefusedError: for a value that is missing (or empty once cleaned), is no text or spelt with another
    script's letters, is too long, or should be a link and is none that the policy allows. A value that looks like a
    placeholder stays as it is: filling happens once.
    """
    fixed = template.text[language]
    script = Script.of(_PLACEHOLDER.sub("", fixed))
    filled: dict[str, str] = {}
    cleaned: list[str] = []
    refused: dict[str, Reason] = {}
    for name in dict.fromkeys(_PLACEHOLDER.findall(fixed)):
        try:
            filled[name], shorter = _value(values.get(name), rules, script, is_link=name in template.links)
        except ValueRefusedError as problem:
            refused[name] = problem.reason
            continue
        if shorter:
            cleaned.append(name)
    _refuse(refused)
    pieces = _pieces(fixed, filled)
    body = "".join(piece for piece, _ in pieces)
    if len(body) > LONGEST_BODY:
        raise ValueRefusedError(Reason.VALUE_TOO_LONG, filled)
    if filled.keys() - set(template.links):
        _refuse(dict.fromkeys(_joined(body, pieces, template.links, rules.home), Reason.VALUE_NOT_ALLOWED))
    return Text(body=body, language=language, parts=gsm7.parts(body), cleaned=tuple(cleaned))


def _value(value: object, rules: Rules, script: Script, *, is_link: bool) -> tuple[str, bool]:
    """Return the value as it stands in the text, and whether something was left out; raise without names."""
    if value is None:
        raise ValueRefusedError(Reason.MISSING_VALUE, ())
    if not isinstance(value, str):
        raise ValueRefusedError(Reason.VALUE_NOT_ALLOWED, ())
    if len(value) > LONGEST_BODY:
        raise ValueRefusedError(Reason.VALUE_TOO_LONG, ())
    shorter = False
    try:
        if is_link:
            text = value.strip()
        else:
            text, shorter = clean(value, script, rules.home)
        if not text:
            raise ValueRefusedError(Reason.MISSING_VALUE, ())
        if len(text) > rules.longest_value:
            raise ValueRefusedError(Reason.VALUE_TOO_LONG, ())
        return (link(text, rules.link_hosts, rules.home) if is_link else text), shorter
    except LookAlikeError:
        raise ValueRefusedError(Reason.VALUE_NOT_ALLOWED, ()) from None
    except LinkNotAllowedError:
        raise ValueRefusedError(Reason.LINK_NOT_ALLOWED, ()) from None


def _refuse(reasons: Mapping[str, Reason]) -> None:
    """Raise for the first reason in order that any value has, with the names of all that have it."""
    for reason in _ORDER:
        names = [name for name, each in reasons.items() if each is reason]
        if names:
            raise ValueRefusedError(reason, names)


def _pieces(fixed: str, filled: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the body's pieces in order, each with the name of its value, or an empty one for the template's words."""
    split = _PLACEHOLDER.split(fixed)
    return [(filled[piece], piece) if index % 2 else (piece, "") for index, piece in enumerate(split)]


def _joined(body: str, pieces: list[tuple[str, str]], links: Collection[str], home: str) -> Iterable[str]:
    """Return the values that only together with what stands beside them make a link, an address or a number."""
    ends = list(accumulate(len(piece) for piece, _ in pieces))
    spans = tappable.find(body, home)
    for (piece, name), end in zip(pieces, ends, strict=True):
        if name and name not in links and any(start < end and end - len(piece) < stop for start, stop in spans):
            yield name
