"""What is in a package: of each confirmed contact an allow-list of its record, and the files with a verdict. Pure.

A file is in a package because a reviewer said so, and for no other reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.archive import Entry
from steward.clock import LONDON
from steward.ids import ContactId, RecordClass
from steward.rights.correcting import Statement
from steward.rights.finding.registers import NOTHING, Entries
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

MOMENT: Final = "%Y-%m-%d %H:%M"
"""How a moment is written: London's date and time."""

REVIEWED: Final = (
    RecordClass.CALL_RECORDING,
    RecordClass.SCREEN_RECORDING,
    RecordClass.CHAT_TRANSCRIPT,
    RecordClass.EMAIL_MESSAGE,
    RecordClass.ATTACHMENT,
    RecordClass.EVALUATION,
)
"""The classes of which every file takes a verdict."""


LARGEST_FILE: Final = 256 * 1024**2
"""Bytes of the largest file that is put into a copy: it is in memory several times while it is edited and packed.

Two hours of a call in two channels have some 230 MB; larger are recordings of screens.
"""


LARGEST_PACKAGE: Final = 600 * 10**6
"""Bytes of all files of one package together, as its words say: they are in memory until the last of them is read.

``assemble_package`` has 1,769 MB: these 600, a file of 256 MiB three times while it is edited, and the function itself.
Of its disk nothing is used; a link that opens for minutes bounds when a download begins, not how long it takes (Amazon
S3 User Guide, "Sharing objects with presigned URLs").
"""


class TooLarge(Exception):
    """A file of more bytes than a copy takes: whoever is to have it gets it in another way."""


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """A held copy of something of a contact."""

    contact_id: ContactId
    record_class: RecordClass
    source_key: str
    hold_key: str
    hold_version: str


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """Something that is not in the package, wholly or in part, and why."""

    what: str
    ground: str
    record_class: RecordClass | None = None
    in_part: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a package has of one contact."""

    number: int
    contact_id: ContactId
    record: Mapping[str, Any]
    entries: tuple[Entry, ...]
    withheld: tuple[Withheld, ...]
    registered: Entries = NOTHING
    """What the registers have of it: texts, decisions about them, payments."""
    statements: tuple[Statement, ...] = ()
    """What the person said of it, which is kept with it (UK GDPR Article 16)."""

    @property
    def began(self) -> str:
        """When the contact began, in London's time; nothing where its record does not say."""
        return london(self.record.get("InitiationTimestamp"))


def folder_of(number: int, record: Mapping[str, Any]) -> str:
    """Return the folder of a contact in the package: its number and date, and nothing of the person."""
    began = london(record.get("InitiationTimestamp"))[:10]
    return f"contacts/{number:02}{f'_{began}' if began else ''}"


def record_of(body: bytes) -> Mapping[str, Any]:
    """Return what of a contact's record goes out."""
    stated = json.loads(body)
    found = {name: stated[name] for name in ALLOWED if stated.get(name)}
    if isinstance(stated.get("Queue"), Mapping) and stated["Queue"].get("Name"):
        found["Queue"] = stated["Queue"]["Name"]
    return found


def released(
    folder: str, file: HeldFile, item: Item, read: Callable[[HeldFile], bytes], room: int = LARGEST_PACKAGE
) -> tuple[tuple[Entry, ...], tuple[Withheld, ...]]:
    """Return what of one file goes out under its verdict, and what is withheld; only what goes out is read.

    ``room`` is how many bytes the package has left: what is more is not in it, and a smaller file after it may be.
    """
    some, left_out = _released(folder, file, item, read)
    if sum(len(one.content) for one in some) > room:
        what = file.source_key.rpartition("/")[2]
        return (), (Withheld(what=what, record_class=file.record_class, ground="too_large_together"),)
    return some, left_out


def _released(
    folder: str, file: HeldFile, item: Item, read: Callable[[HeldFile], bytes]
) -> tuple[tuple[Entry, ...], tuple[Withheld, ...]]:
    name = f"{folder}/{file.record_class}/{file.source_key.rpartition('/')[2]}"
    what, kind = file.source_key.rpartition("/")[2], file.record_class
    if item.verdict not in (ItemVerdict.WHOLE, ItemVerdict.EDITED):
        return (), (Withheld(what=what, record_class=kind, ground=item.ground),)
    try:
        content = read(file)
    except TooLarge:
        return (), (Withheld(what=what, record_class=kind, ground="too_large"),)
    if item.verdict is ItemVerdict.WHOLE:
        return (Entry(name=name, content=content), *_readable(name, file, content)), ()
    try:
        edited = tuple(_edited(name, file, item, content))
    except CannotEdit:
        return (), (Withheld(what=what, record_class=kind, ground="cannot_be_edited"),)
    return edited, (Withheld(what=what, record_class=kind, ground=item.ground, in_part=True),)


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


def london(value: object) -> str:
    """Return a moment as London's date and time; nothing for what is no aware moment."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return moment.astimezone(LONDON).strftime(MOMENT) if moment.tzinfo else ""
