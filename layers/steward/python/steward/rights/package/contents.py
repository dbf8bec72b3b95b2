"""What is in a package: of each confirmed contact an allow-list of its record, and the files with a verdict. Pure.

A file is in a package because a reviewer said so, and for no other reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.clock import LONDON
from steward.ids import ContactId, RecordClass
from steward.rights.package.audio import CannotEdit, silenced
from steward.rights.package.transcripts import as_text, turns, without
from steward.rights.requests import Item, ItemVerdict

ALLOWED: Final = (
    "ContactId",
    "Channel",
    "InitiationMethod",
    "InitiationTimestamp",
    "DisconnectTimestamp",
    "CustomerEndpoint",
    "Attributes",
)
"""The fields of a contact's record that go out; adviser's, systems' and routing's stay."""

REVIEWED: Final = (
    RecordClass.CALL_RECORDING,
    RecordClass.SCREEN_RECORDING,
    RecordClass.CHAT_TRANSCRIPT,
    RecordClass.EMAIL_MESSAGE,
    RecordClass.ATTACHMENT,
    RecordClass.EVALUATION,
)
"""The classes of which every file takes a verdict."""

GROUNDS: Final = {
    "another_person": "It is about another person, who did not agree.",
    "crime_or_taxation": "Giving it would be likely to prejudice the prevention or detection of crime, or a tax.",
    "legal_privilege": "It is confidential between a lawyer and the council.",
    "health_or_social_work": "The law keeps this part of health, education or social-work data back.",
    "serious_harm": "Giving it would be likely to cause serious harm to somebody.",
    "cannot_be_edited": "It also has another person's information, which cannot be taken out of this kind of file.",
    "not_about_the_person": "It is not about you.",
}
"""What is said of each ground, in plain words."""


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """A held copy of something of a contact."""

    contact_id: ContactId
    record_class: RecordClass
    source_key: str
    hold_key: str
    hold_version: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file of a package."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """Something that is not in the package, wholly or in part, and why."""

    what: str
    ground: str
    in_part: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a package has of one contact."""

    number: int
    contact_id: ContactId
    record: Mapping[str, Any]
    entries: tuple[Entry, ...]
    withheld: tuple[Withheld, ...]

    @property
    def began(self) -> str:
        """When the contact began, in London's time; nothing where its record does not say."""
        return _london(self.record.get("InitiationTimestamp"))

    @property
    def channel(self) -> str:
        """How the person was in touch."""
        return {"VOICE": "Telephone call", "CHAT": "Chat", "EMAIL": "E-mail"}.get(
            str(self.record.get("Channel", "")), "Contact"
        )


def folder_of(number: int, record: Mapping[str, Any]) -> str:
    """Return the folder of a contact in the package: its number and date, and nothing of the person."""
    began = _london(record.get("InitiationTimestamp"))[:10]
    return f"contacts/{number:02}{f'_{began}' if began else ''}"


def record_of(body: bytes) -> Mapping[str, Any]:
    """Return what of a contact's record goes out."""
    stated = json.loads(body)
    found = {name: stated[name] for name in ALLOWED if stated.get(name)}
    if isinstance(stated.get("Queue"), Mapping) and stated["Queue"].get("Name"):
        found["Queue"] = stated["Queue"]["Name"]
    return found


def released(folder: str, file: HeldFile, item: Item, content: bytes) -> tuple[tuple[Entry, ...], tuple[Withheld, ...]]:
    """Return what of one file goes out under its verdict, and what is withheld."""
    name = f"{folder}/{file.record_class}/{file.source_key.rpartition('/')[2]}"
    what = f"{file.record_class.replace('_', ' ')} {file.source_key.rpartition('/')[2]}"
    match item.verdict:
        case ItemVerdict.WHOLE:
            return (Entry(name=name, content=content), *_readable(name, file, content)), ()
        case ItemVerdict.EDITED:
            try:
                edited = tuple(_edited(name, file, item, content))
            except CannotEdit:
                return (), (Withheld(what=what, ground="cannot_be_edited"),)
            return edited, (Withheld(what=what, ground=item.ground, in_part=True),)
        case _:
            return (), (Withheld(what=what, ground=item.ground),)


def _readable(name: str, file: HeldFile, content: bytes) -> Iterator[Entry]:
    """Return a transcript as text beside the file itself."""
    if file.source_key.endswith(".json"):
        try:
            yield Entry(name=f"{name.removesuffix('.json')}.txt", content=as_text(turns(content)).encode())
        except CannotEdit:
            return


def _edited(name: str, file: HeldFile, item: Item, content: bytes) -> Iterator[Entry]:
    if file.source_key.endswith(".wav"):
        yield Entry(name=f"{name.removesuffix('.wav')}_edited.wav", content=silenced(content, item.cuts))
    elif file.source_key.endswith(".json"):
        said = without(turns(content), item.cuts)
        yield Entry(name=f"{name.removesuffix('.json')}_edited.txt", content=as_text(said).encode())
    else:
        raise CannotEdit("this kind of file cannot be edited")


def _london(value: object) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}" if moment.tzinfo else ""
