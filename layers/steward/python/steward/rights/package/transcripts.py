"""Transcripts as Amazon Connect stores them, read for a person, with the words of cut parts taken out. Pure.

Contact Lens states when each turn begins and ends in milliseconds (Amazon Connect administrator guide, "Example Contact
Lens output files"); a chat's entries carry their time, counted here from the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.rights.package.audio import CannotEdit
from steward.rights.requests import Cut

REMOVED: Final = "[another person's information removed]"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Something that one side said, from and to in milliseconds from the beginning."""

    who: str
    text: str
    from_ms: int
    to_ms: int


def turns(content: bytes) -> tuple[Turn, ...]:
    """Return what was said, in order. Raises CannotEdit for a file that is no transcript."""
    try:
        stated = json.loads(content)
    except ValueError:
        raise CannotEdit("the transcript cannot be read") from None
    entries = stated.get("Transcript") if isinstance(stated, Mapping) else None
    if not isinstance(entries, list):
        raise CannotEdit("the transcript has no turns")
    return tuple(_turns([one for one in entries if isinstance(one, Mapping)]))


def without(said: Sequence[Turn], cuts: Sequence[Cut]) -> tuple[Turn, ...]:
    """Return the turns with the words of every turn that overlaps a cut taken out, whoever spoke."""
    return tuple(
        Turn(who=one.who, text=REMOVED, from_ms=one.from_ms, to_ms=one.to_ms)
        if any(cut.from_ms < max(one.to_ms, one.from_ms + 1) and one.from_ms < cut.to_ms for cut in cuts)
        else one
        for one in said
    )


def as_text(said: Sequence[Turn]) -> str:
    """Return the turns as lines of text."""
    return "".join(f"{_clock(one.from_ms)} {one.who}: {one.text}\n" for one in said)


def _turns(entries: Sequence[Mapping[str, Any]]) -> Iterator[Turn]:
    start: datetime | None = None
    for entry in entries:
        text = str(entry.get("Content") or "")
        who = str(entry.get("ParticipantRole") or entry.get("ParticipantId") or "somebody").capitalize()
        begin, end = entry.get("BeginOffsetMillis"), entry.get("EndOffsetMillis")
        if not isinstance(begin, int):
            at = _moment(entry.get("AbsoluteTime"))
            start = start or at
            begin = int((at - start).total_seconds() * 1000) if at and start else 0
            end = begin
        if text:
            yield Turn(who=who, text=text, from_ms=begin, to_ms=end if isinstance(end, int) else begin)


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes:02}:{seconds:02}"
