"""Looking through exported contact records for a person, line by line. Pure.

First a look for the bytes of any identifier, which leaves next to nothing to be read as JSON; then the named fields are
compared as a whole. The same bytes elsewhere, such as in an attribute that an adviser typed, are a weaker find.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from steward.ids import ContactId
from steward.rights.finding.identifiers import Identifier, Kind

_LINKS: Final = ("ContactId", "InitialContactId", "PreviousContactId", "NextContactId", "RelatedContactId")
_NATIONAL: Final = "+44"


class UnreadableRecords(Exception):
    """An object of exported records that cannot be read to its end; the text quotes nothing of it."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A record of a contact that may be the person's. ``line`` is the record as Connect sent it."""

    contact_id: ContactId
    updated_at: str
    began_at: str
    weak: bool
    line: bytes = field(repr=False)


class Needles:
    """The identifiers of one person, ready to be looked for."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        known = tuple(identifiers)
        self._phones = frozenset(one.value for one in known if one.kind is Kind.PHONE)
        self._emails = frozenset(one.value for one in known if one.kind is Kind.EMAIL)
        self._contacts = frozenset(one.value.casefold() for one in known if one.kind is Kind.CONTACT)
        national = {f"0{one[len(_NATIONAL) :]}" for one in self._phones if one.startswith(_NATIONAL)}
        self._exact = tuple(one.encode() for one in sorted({*self._phones, *national}))
        self._folded = tuple(json.dumps(one)[1:-1].encode() for one in sorted({*self._emails, *self._contacts}))

    def look(self, lines: Iterable[bytes]) -> Iterator[Found]:
        """Return every record that may be the person's. Raises UnreadableRecords for a line that is no record."""
        for line in lines:
            record = line.strip()
            if not record:
                continue
            if not (record.startswith(b"{") and record.endswith(b"}")):
                raise UnreadableRecords("a line is no JSON object")
            if self._has(record):
                found = self._found(record)
                if found is not None:
                    yield found

    def _has(self, line: bytes) -> bool:
        if any(needle in line for needle in self._exact):
            return True
        if not self._folded:
            return False
        folded = line.lower()
        return any(needle in folded for needle in self._folded)

    def _found(self, line: bytes) -> Found | None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise UnreadableRecords("a line that may name the person is no JSON") from None
        contact_id = record.get("ContactId")
        if not isinstance(contact_id, str) or not contact_id:
            raise UnreadableRecords("a line that may name the person names no contact")
        return Found(
            contact_id=ContactId(contact_id),
            updated_at=str(record.get("LastUpdateTimestamp") or ""),
            began_at=str(record.get("InitiationTimestamp") or ""),
            weak=not self._strong(record),
            line=line,
        )

    def _strong(self, record: Mapping[str, Any]) -> bool:
        endpoint = record.get("CustomerEndpoint")
        address = str(endpoint.get("Address") or "") if isinstance(endpoint, Mapping) else ""
        if address in self._phones or address.casefold() in self._emails:
            return True
        if any(str(record.get(name) or "").casefold() in self._contacts for name in _LINKS):
            return True
        return bool(self._emails) and any(one in self._emails for one in _addresses(record))


def _addresses(record: Mapping[str, Any]) -> Iterator[str]:
    """Return the other recipients of an e-mail, as the record lists them."""
    recipients = record.get("AdditionalEmailRecipients")
    for listed in recipients.values() if isinstance(recipients, Mapping) else ():
        for one in listed if isinstance(listed, Sequence) else ():
            if isinstance(one, Mapping):
                yield str(one.get("Address") or "").casefold()


def set_aside(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Return the records that Firehose set aside: as they came, or from the envelope that it puts around them.

    Amazon Data Firehose developer guide, "Handling data delivery failures": ``rawData`` is the record in Base64.
    """
    for line in lines:
        try:
            envelope = json.loads(line) if b'"rawData"' in line else None
            yield base64.b64decode(envelope["rawData"], validate=True) if isinstance(envelope, dict) else line
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            yield line
