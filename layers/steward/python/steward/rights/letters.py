"""Letters to somebody who exercised a right: the policy's own words, with this request's values. Pure.

Nothing about the person is kept with a request, so a letter has no name and no address: whoever sends it adds them.
"""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Final

from steward.policy.duties import SubjectRights
from steward.policy.letters import LetterKind
from steward.policy.model import Council
from steward.rights.clock.deadlines import Deadlines
from steward.rights.erasure.artefacts import ArtefactStatus, Erasure
from steward.rights.requests import SubjectRequest

_WELSH_MONTHS: Final = [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
]


class CannotWrite(Exception):
    """A letter that cannot be written; the text says what is missing."""


def long_date(day: date, language: str) -> str:
    """Return a date in words, such as ``2 April 2027`` or ``2 Ebrill 2027``."""
    month = _WELSH_MONTHS[day.month - 1] if language == "cy" else f"{day:%B}"
    return f"{day.day} {month} {day.year}"


def to_say(erasure: Erasure) -> str:
    """Return what the reason of a letter about an erasure has to say, as whoever writes it is told; nothing if nothing.

    The letter's own words say that what the law asks for is gone: what is not, or cannot be shown to be, is said there.
    """
    counts = (
        (erasure.count(ArtefactStatus.NOT_VERIFIED), "cannot be shown to be gone"),
        (erasure.count(ArtefactStatus.REFUSED), "stay"),
        (erasure.count(ArtefactStatus.DEFERRED), "wait"),
        (erasure.count(ArtefactStatus.FAILED) + erasure.count(ArtefactStatus.PENDING), "are not erased yet"),
    )
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"the reason has to say what is not gone: {said}; steward request show has each" if said else ""


def letter(
    kind: LetterKind,
    language: str,
    *,
    rights: SubjectRights,
    council: Council,
    request: SubjectRequest,
    dates: Deadlines | None,
    today: date,
    reason: str = "",
) -> str:
    """Return the letter's text.

    Raises ``CannotWrite`` where the policy has no such letter, or the request lacks what it says.

    ``reason`` is for this one letter, in the letter's language; it is kept nowhere.
    """
    text = rights.letters.texts(kind).get(language) if rights.letters else None
    if text is None or rights.routes is None:
        raise CannotWrite(f"the policy has no letter {kind} in the language {language}")
    values = {
        "council": council.name,
        "reference": request.id,
        "received_on": long_date(request.received_on, language),
        "today": long_date(today, language),
        "due_on": long_date(dates.due_on, language) if dates else "",
        "law_on": long_date(dates.law_on, language) if dates else "",
        "reason": reason.strip(),
        "routes": "\n".join(
            f"{number}. {one}" for number, one in enumerate(rights.routes.in_language(language), start=1)
        ),
        "complaints_contact": council.complaints_contact or council.name,
    }
    for name in sorted({name for _, name, _, _ in Formatter().parse(text) if name}):
        if not values[name]:
            problem = "say it with --reason" if name == "reason" else "the request's clock does not run"
            raise CannotWrite(f"the letter needs {name}: {problem}")
    return text.format_map(values).strip() + "\n"
