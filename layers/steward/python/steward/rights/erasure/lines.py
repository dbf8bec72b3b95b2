"""Taking one contact's lines out of an object of exported records: every other line stays byte for byte. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from steward.ids import ContactId
from steward.rights.finding.scanning import UnreadableRecords


@dataclass(frozen=True, kw_only=True)
class Parted:
    """What is left of an object, and of which contacts lines were taken out."""

    left: bytes
    taken: dict[ContactId, int]


def parted(body: bytes, contacts: Collection[ContactId]) -> Parted:
    """Return the object without those contacts' lines.

    Raises UnreadableRecords for a line that may be one of theirs and cannot be read: it is not guessed at.
    """
    needles = tuple(one.encode() for one in contacts)
    kept: list[bytes] = []
    taken: dict[ContactId, int] = {}
    for line in _lines(body):
        contact_id = _contact_of(line, needles)
        if contact_id in contacts:
            taken[contact_id] = taken.get(contact_id, 0) + 1
        else:
            kept.append(line)
    return Parted(left=b"".join(kept), taken=taken)


def _lines(body: bytes) -> Iterator[bytes]:
    *whole, last = body.split(b"\n")
    for line in whole:
        yield line + b"\n"
    if last:
        yield last


def _contact_of(line: bytes, needles: tuple[bytes, ...]) -> ContactId:
    """Return whose line it is; nobody's where none of the ids stands in it, be it in Base64.

    Amazon Data Firehose developer guide, "Handling data delivery failures": what it set aside is an envelope whose
    ``rawData`` is the record in Base64.
    """
    enveloped = b'"rawData"' in line
    if not enveloped and not any(one in line for one in needles):
        return ContactId("")
    try:
        stated = json.loads(line)
        if enveloped and isinstance(stated, dict) and "rawData" in stated:
            record = base64.b64decode(stated["rawData"], validate=True)
            stated = json.loads(record) if any(one in record for one in needles) else {}
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise UnreadableRecords("a line that may be the person's is no JSON") from None
    return ContactId(str(stated.get("ContactId") or "")) if isinstance(stated, dict) else ContactId("")
