"""What is kept of contacts: held copies, what Connect stored, and what it derives from that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.clock import Clock, london_date
from steward.holds import discovery
from steward.holds.contacts import Contact
from steward.holds.discovery import Stores
from steward.holds.inspecting.searching import found
from steward.holds.ports import Contacts, Register, Sources, StoredVersion
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.holds import HoldReason
from steward.rights.adapters.bodies import in_memory
from steward.rights.adapters.shelf import S3Shelf
from steward.rights.disclosing.register import Listed


@dataclass(frozen=True, kw_only=True)
class KeptOriginals:
    """Reads Connect, the register of holds, the record stores and the hold bucket, and changes none of them.

    Whatever asks AWS raises ``AwsError``.
    """

    clock: Clock
    stores: Stores
    contacts: Contacts
    sources: Sources
    register: Register
    hold_bucket: str

    def files(self, contact_id: ContactId, first_day: date | None, last_day: date | None) -> tuple[Listed, ...]:
        """Return the files of a contact, the held copy of each where there is one; none outside those days."""
        contact = self.contacts.describe(contact_id)
        if contact is not None and not _within(contact, first_day, last_day):
            return ()
        file = self.register.file(contact_id)
        held = {
            (one.source_bucket, one.source_key): Listed(
                contact_id=contact_id,
                record_class=one.record_class,
                source_key=one.source_key,
                bucket=self.hold_bucket,
                key=one.hold_key,
                version=one.hold_version,
                bytes=one.bytes,
                sha256=one.sha256,
            )
            for one in file.present
            if one.record_class in self.stores.buckets
        }
        kept = {(one.bucket, one.key): one for one in self._stored(contact)} if contact is not None else {}
        return tuple(sorted({**kept, **held}.values(), key=lambda one: (one.record_class, one.source_key)))

    def content(self, file: Listed) -> bytes:
        """Return its bytes. Raises ``NotFound`` if it went meanwhile, ``TooLarge`` for more than a copy takes."""
        version = {"VersionId": file.version} if file.version else {}
        with translated("s3.GetObject"):
            answer: Any = client("s3").get_object(Bucket=file.bucket, Key=file.key, **version)  # type: ignore[arg-type]
        return in_memory(answer, "s3.GetObject")

    def holds_for_complaint(self, contact_id: ContactId, case: CaseRef) -> bool:
        """Tell whether the complaint of that reference holds the contact."""
        hold = self.register.file(contact_id).hold_of(case)
        return hold is not None and hold.active and hold.reason is HoldReason.COMPLAINT

    def _stored(self, contact: Contact) -> Iterator[Listed]:
        now = self.clock.now()
        for one in discovery.locations(contact, self.stores, now):
            if not one.deleted and (stored := self.sources.newest(one.bucket, one.key)) is not None:
                yield _listed(contact, one.record_class, one.bucket, stored)
        references = self.contacts.references(contact.contact_id)
        for search in discovery.searches(contact, references, (), self.stores, now):
            # As a hold and an erasure look: a folder that nobody named hides nothing from a court.
            for version in found(self.sources, search, everywhere=bool(search.expected)):
                if (stored := self.sources.newest(search.bucket, version.key)) is not None:
                    yield _listed(contact, search.record_class, search.bucket, stored)


@dataclass(frozen=True)
class DisclosureShelf(S3Shelf):
    """The store of rights, with the forms on which records are asked for."""

    def digest(self, key: str) -> Sha256 | None:
        """Return the SHA-256 of an object, or none if there is no such object."""
        body = self.read(key)
        return Sha256(hashlib.sha256(body).hexdigest()) if body is not None else None


def _listed(contact: Contact, record_class: RecordClass, bucket: str, stored: StoredVersion) -> Listed:
    return Listed(
        contact_id=contact.contact_id,
        record_class=record_class,
        source_key=stored.key,
        bucket=bucket,
        key=stored.key,
        bytes=stored.bytes,
    )


def _within(contact: Contact, first_day: date | None, last_day: date | None) -> bool:
    if contact.initiated_at is None:
        return True
    day = london_date(contact.initiated_at)
    return (first_day is None or first_day <= day) and (last_day is None or day <= last_day)
