"""What is kept of one contact, store by store: found, and removed, without lifting a lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import plain, values
from steward.clock import Clock, london_date
from steward.failures import UnreadableRow
from steward.holds import discovery
from steward.holds.discovery import Stores
from steward.holds.inspecting.searching import found
from steward.holds.ports import Contacts, Register, Sources
from steward.holds.references import folded
from steward.ids import CaseRef, ContactId, RecordClass
from steward.names import NUMBER_HASH, PARTITION_KEY, SORT_KEY
from steward.rights.adapters.records import S3RightsStore, entries_key, record_key, statements_of
from steward.rights.disclosing.register import Disclosure
from steward.rights.erasure.adapters.connect import ConnectRedaction
from steward.rights.erasure.adapters.versions import S3Objects
from steward.rights.erasure.artefacts import (
    ACCESS_REQUEST,
    ANOTHER_BUCKET,
    ANSWERED_REQUEST,
    CONNECT,
    CONSENTS,
    COPIES,
    DISCLOSURE,
    EVIDENCE_OF_CONSENT,
    HELD,
    HOLD,
    NO_OPERATION,
    NOT_THEIRS,
    NOTHING_PERSONAL,
    PAYMENTS,
    RESTRICTION,
    SMS_LOG,
    Artefact,
    ArtefactStatus,
    Erased,
)
from steward.rights.erasure.ports import Hindrance, Version
from steward.rights.ports import OnRecord, Requests
from steward.rights.requests import HELD_WHILE_OPEN, Match, RequestId, Right, SubjectRequest, Verdict

_READ_AGAIN_AFTER: Final = timedelta(minutes=1)
_PERSONAL: Final = ("body", NUMBER_HASH)
"""The attributes of a reservation of a text that lead to the person."""


@dataclass
class OpenRequests:
    """The other requests that are not done with, read once a minute."""

    requests: Requests
    clock: Clock
    _known: tuple[SubjectRequest, ...] = ()
    _read_at: datetime | None = None

    def __iter__(self) -> Iterator[SubjectRequest]:
        """Return them."""
        now = self.clock.now()
        if self._read_at is None or now - self._read_at > _READ_AGAIN_AFTER:
            known = (self._find(one) for one in self.requests.unfinished())
            self._known = tuple(one.request for one in known if one is not None)
            self._read_at = now
        return iter(self._known)

    def _find(self, request: RequestId) -> OnRecord | None:
        """Return a request; none where its rows cannot be read: that is told every night, and its holds stand."""
        try:
            return self.requests.find(request)
        except UnreadableRow:
            return None


class Matches(Protocol):
    """The contacts that were found for requests."""

    def match(self, request: RequestId, contact_id: ContactId) -> Match | None:
        """Return what is known of one contact of a request, if the search found it (consistent read)."""


class Disclosures(Protocol):
    """The register of disclosures."""

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        """Return the disclosures that name a contact."""


@dataclass(frozen=True, kw_only=True)
class WhatIsKept:
    """Reads Connect, the stores and the registers; removes what it is told to. An empty name is of no table."""

    clock: Clock
    stores: Stores
    contacts: Contacts
    sources: Sources
    register: Register
    redaction: ConnectRedaction
    matches: Matches
    others: OpenRequests
    disclosures: Disclosures
    rights: S3RightsStore
    messages: str = ""

    def hindrance(self, contact_id: ContactId, request: RequestId) -> Hindrance | None:
        """Return why nothing of the contact may go now; a hold of that request itself is no reason.

        That somebody said since that it is another person's is one, whatever was agreed on before.
        """
        own = self.matches.match(request, contact_id)
        if own is not None and own.verdict is not Verdict.CONFIRMED:
            return Hindrance(ground=NOT_THEIRS)
        file = self.register.file(contact_id)
        holds = [one for one in file.active if folded(one.case) != folded(CaseRef(request))]
        if holds or file.present:
            ends = [None if one.open_ended else london_date(one.hold_until) for one in holds]
            known = [one for one in ends if one is not None]
            return Hindrance(ground=HOLD, until=max(known) if known and len(known) == len(ends) else None)
        for one in self.others:
            if one.right in HELD_WHILE_OPEN and one.open and folded(CaseRef(one.id)) != folded(CaseRef(request)):
                match = one.match(contact_id)
                if match is not None and match.verdict is not Verdict.REJECTED:
                    return Hindrance(ground=ACCESS_REQUEST if one.right is Right.ACCESS else RESTRICTION)
        return None

    def artefacts(self, contact: Erased, request: RequestId) -> tuple[Artefact, ...]:
        """Return what is kept of a contact, but for exported records."""
        contact_id = contact.contact_id
        file = self.register.file(contact_id)
        found_ = [*self._stored(contact_id), *self._registered(contact_id, request), *self._copies(contact_id, request)]
        found_ += self._in_connect(contact_id)
        found_ += [
            _kept(Artefact(store=HELD, key=one.hold_key, contact_id=contact_id), HOLD, _day(one.retain_until))
            for one in file.present
        ]
        return tuple(found_)

    def record(self, contact_id: ContactId, request: RequestId) -> bytes | None:
        """Return the copy of a contact's record that the search kept for that request."""
        return self.rights.record(request, contact_id)

    def began_at(self, contact_id: ContactId) -> datetime | None:
        """Return when a contact began, by Connect; none where Connect does not know it, or does not say."""
        contact = self.contacts.describe(contact_id)
        return contact.initiated_at if contact is not None else None

    def recipients(self, contact_id: ContactId) -> tuple[str, ...]:
        """Return the references of disclosures that gave something of the contact to others."""
        return tuple(one.id for one in self.disclosures.about(contact_id) if one.hand_overs)

    def versions(self, artefact: Artefact) -> tuple[Version, ...]:
        """Return every version and delete marker of an object."""
        bucket = self._bucket(artefact.store)
        return S3Objects(bucket).versions(artefact.key) if bucket else ()

    def remove(self, artefact: Artefact, versions: Sequence[Version]) -> None:
        """Delete those for good. Raises ``LockedObject`` where a lock stands: none is ever lifted."""
        S3Objects(self._bucket(artefact.store)).remove(versions)

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        """Return the other contacts of the same chain; no tuple where Connect does not list that of a known contact."""
        return self.contacts.chain(contact_id)

    def redact(self, artefact: Artefact, *, chain_is_free: bool) -> str:
        """Have Connect delete what it has of the person; return the ground of what is left, if anything is.

        Attributes belong to the whole chain: unless it is free they stay.
        """
        part = artefact.key.removeprefix(artefact.contact_id).removeprefix("/")
        if part:
            return self.redaction.redact(artefact.contact_id, part)
        return self.redaction.empty(artefact.contact_id, attributes_too=chain_is_free)

    def blank(self, artefact: Artefact) -> None:
        """Take what is personal out of a contact's rows in the message log; that a text was sent stays."""
        for row in self._texts(artefact.contact_id):
            with translated("dynamodb.UpdateItem"):
                client("dynamodb").update_item(
                    TableName=self.messages,
                    Key=values({PARTITION_KEY: row[PARTITION_KEY], SORT_KEY: row[SORT_KEY]}),
                    UpdateExpression=f"REMOVE {', '.join(_PERSONAL)}",
                    # A row that reached its end meanwhile is not made again.
                    ConditionExpression=f"attribute_exists({PARTITION_KEY})",
                )

    def _in_connect(self, contact_id: ContactId) -> Iterator[Artefact]:
        """Return what Connect itself has: what was typed as one, and each part that it knows as personal."""
        there = self.redaction.has(contact_id)
        whole = Artefact(store=CONNECT, key=contact_id, contact_id=contact_id)
        if there.typed:
            yield whole
        for part in there.personal:
            yield replace(whole, key=f"{contact_id}/{part}")
        for part in there.lasting:
            yield replace(whole, key=f"{contact_id}/{part}", status=ArtefactStatus.NOT_VERIFIED, ground=NO_OPERATION)

    def _bucket(self, store: str) -> str:
        if store == COPIES:
            return self.rights.bucket
        return self.stores.buckets.get(RecordClass(store), "") if store in [*RecordClass] else ""

    def _stored(self, contact_id: ContactId) -> Iterator[Artefact]:
        contact = self.contacts.describe(contact_id)
        if contact is None:
            return
        now = self.clock.now()
        keys: dict[tuple[str, str], RecordClass] = {}
        for location in discovery.locations(contact, self.stores, now):
            keys[location.bucket, location.key] = location.record_class
        references, evaluations = self.contacts.references(contact_id), self.contacts.evaluations(contact_id)
        for search in discovery.searches(contact, references, evaluations, self.stores, now):
            for version in found(self.sources, search, everywhere=bool(search.expected)):
                keys[search.bucket, version.key] = search.record_class
        for (bucket, key), record_class in sorted(keys.items()):
            artefact = Artefact(store=record_class, key=key, contact_id=contact_id)
            if bucket != self.stores.buckets.get(record_class):
                yield replace(artefact, status=ArtefactStatus.FAILED, ground=ANOTHER_BUCKET)
            elif S3Objects(bucket).versions(key):
                yield artefact

    def _registered(self, contact_id: ContactId, request: RequestId) -> Iterator[Artefact]:
        if any(True for _ in self._texts(contact_id)):
            yield Artefact(store=SMS_LOG, key=contact_id, contact_id=contact_id)
        entries = self.rights.entries(request, contact_id)
        for store, there, ground in (
            (CONSENTS, entries.consents, EVIDENCE_OF_CONSENT),
            (PAYMENTS, entries.payments, NOTHING_PERSONAL),
        ):
            if there:
                artefact = Artefact(store=store, key=contact_id, contact_id=contact_id)
                yield replace(artefact, status=ArtefactStatus.REFUSED, ground=ground)

    def _copies(self, contact_id: ContactId, request: RequestId) -> Iterator[Artefact]:
        """Return what the store of rights has of a contact: copies made for this request go, others have their end."""
        own = (record_key(request, contact_id), entries_key(request, contact_id))
        for key in own:
            if S3Objects(self.rights.bucket).versions(key):
                yield Artefact(store=COPIES, key=key, contact_id=contact_id)
        for key in {one.key for one in S3Objects(self.rights.bucket).below(statements_of(contact_id))}:
            yield Artefact(store=COPIES, key=key, contact_id=contact_id)
        for other in self.others:
            match = other.match(contact_id)
            if folded(CaseRef(other.id)) == folded(CaseRef(request)) or match is None:
                continue
            theirs = [key(other.id, contact_id) for key in (record_key, entries_key)]
            theirs += [other.package.key] if other.package and not other.package.gone else []
            for one in theirs:
                if S3Objects(self.rights.bucket).versions(one):
                    yield _kept(Artefact(store=COPIES, key=one, contact_id=contact_id), ANSWERED_REQUEST, None)
        for disclosure in self.disclosures.about(contact_id):
            prepared, grant = disclosure.prepared, disclosure.grant
            if prepared is not None and not prepared.gone:
                until = grant.expires_on if grant else None
                yield _kept(Artefact(store=COPIES, key=prepared.key, contact_id=contact_id), DISCLOSURE, until)

    def _texts(self, contact_id: ContactId) -> Iterator[Mapping[str, str]]:
        """Return the rows of the message log that have anything personal of a contact (consistent read)."""
        if not self.messages:
            return
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.messages,
                KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                ExpressionAttributeValues=values({":pk": contact_id}),
                ConsistentRead=True,
            )
        )
        with translated("dynamodb.Query"):
            for page in pages:
                for item in page["Items"]:
                    if any(name in item for name in _PERSONAL):
                        yield plain(item)


def _kept(artefact: Artefact, ground: str, until: date | None) -> Artefact:
    return replace(artefact, status=ArtefactStatus.DEFERRED, ground=ground, until=until)


def _day(moment: datetime | None) -> date | None:
    return london_date(moment) if moment else None
