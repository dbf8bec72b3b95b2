"""ArtefactCopier a contact's artefacts: find each one, protect it, copy it with its lock, and verify the copy.

It may be repeated at any time and may die after any call: the hold keys are fixed by the source, and a copy that exists
is verified instead of made again. The originals are freed later, when the register has what was secured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.aws.errors import AwsError, NotFound
from steward.clock import Clock, london_date
from steward.holds import discovery
from steward.holds.contacts import Contact
from steward.holds.discovery import Location, Search, Stores
from steward.holds.inspecting.searching import found
from steward.holds.manifests import digest
from steward.holds.ports import Contacts, Copy, HeldCopies, Sources, SourceVersion
from steward.holds.register import ContactHolds, HeldArtefact, MissingArtefact, Protection
from steward.ids import RecordClass, Sha256
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days

CLOSE_TO_ITS_END = timedelta(days=14)
"""An original with less than this to live when the flag comes is worth a word to the complaints team."""


LATE = timedelta(days=1)
"""Connect may take hours to store what it names; what is not there a day after it was made has vanished."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What one inspection secured, what it could not, and whether it has to be repeated."""

    artefacts: tuple[HeldArtefact, ...]
    missing: tuple[MissingArtefact, ...]
    disappears_at: datetime | None
    retry: bool
    vanished: int = 0


@dataclass(kw_only=True)
class ArtefactCopier:
    """One inspection in progress: what it secures and what it misses."""

    policy: Policy
    stores: Stores
    clock: Clock
    contacts: Contacts
    sources: Sources
    evidence: HeldCopies
    contact: Contact
    lock: Protection
    file: ContactHolds
    lost: tuple[HeldArtefact, ...]
    """Copies that the register has and S3 has not."""

    def __post_init__(self) -> None:
        """Start from what the register has already."""
        self.artefacts: list[HeldArtefact] = []
        self.missing: list[MissingArtefact] = []
        self.disappears_at: datetime | None = None
        self.retry = False
        self.vanished = 0
        self._seen = {(artefact.source_bucket, artefact.source_key) for artefact in self.file.present}
        self._removed = {
            (artefact.source_bucket, artefact.source_key): artefact
            for artefact in self.file.artefacts
            if artefact.removed_why
        }

    def run(self) -> Findings:
        """Secure everything that belongs to the contact."""
        for location in discovery.locations(self.contact, self.stores):
            self.secure(location)
        self.search()
        self.recall()
        if self.artefacts or self.file.present or not self.missing:
            self.snapshot()
        return Findings(
            artefacts=tuple(self.artefacts),
            missing=tuple(self.missing),
            disappears_at=self.disappears_at,
            retry=self.retry,
            vanished=self.vanished,
        )

    def search(self) -> None:
        """Find and secure what Connect does not name."""
        contact = self.contact
        wants_references = contact.channel != "VOICE" and (
            {RecordClass.ATTACHMENT, RecordClass.EMAIL_MESSAGE} & set(self.stores.buckets)
        )
        references = self.contacts.references(contact.contact_id) if wants_references else ()
        wants_evaluations = contact.evaluated and RecordClass.EVALUATION in self.stores.buckets
        evaluations = self.contacts.evaluations(contact.contact_id) if wants_evaluations else ()
        for search in discovery.searches(contact, references, evaluations, self.stores):
            held = search.expected and self._holds(search)
            keys = found(self.sources, search, everywhere=bool(search.expected) and not held)
            for key in keys:
                self.secure(Location(record_class=search.record_class, bucket=search.bucket, key=key))
            if not keys and search.expected and not held:
                self._report_absent(
                    Location(
                        record_class=search.record_class,
                        bucket=search.bucket,
                        key="",
                        made_at=contact.ended_at or contact.initiated_at,
                    ),
                    search.expected,
                )

    def secure(self, location: Location) -> None:
        """Hold one object, or note why it is not held."""
        if (location.bucket, location.key) in self._seen:
            return
        self._seen.add((location.bucket, location.key))
        if removed := self._removed.get((location.bucket, location.key)):
            self._miss(location, removed.removed_why, None)
            return
        protected = self._protected_version(location)
        try:
            source = self.sources.protect(location.record_class, location.bucket, location.key)
            if source is None:
                self._report_absent(location, location.deleted or "not found in the store")
                return
            protected = source.version_id if source.protected else None
            self.artefacts.append(self._copy(source))
        except NotFound:
            self._report_absent(location, location.deleted or "not found in the store")
        except AwsError as error:
            self.retry = self.retry or error.retryable
            self._miss(location, f"could not be copied yet: {error.operation} answered {error.code}", protected)
        except _Mismatch:
            self._miss(location, "the copy differs from the original; the original stays under legal hold", protected)

    def recall(self) -> None:
        """Look again for what was known earlier and did not turn up this time.

        That is what was removed for a reason, a copy that is gone from the hold bucket, and what an earlier inspection
        could not secure. What is not there is reported, so that it is not forgotten.
        """
        known = [(one.record_class, one.source_bucket, one.source_key) for one in (*self._removed.values(), *self.lost)]
        known += [
            (missing.record_class, missing.source_bucket, missing.source_key)
            for hold in self.file.active
            for missing in hold.missing
        ]
        for record_class, bucket, key in known:
            if bucket and key:
                self.secure(Location(record_class=record_class, bucket=bucket, key=key))

    def snapshot(self) -> None:
        """Store the contact record as Connect gives it now, unless one taken after the contact's end is held."""
        taken = [one for one in self.file.present if one.record_class is RecordClass.CONTACT_RECORD]
        ended = self.contact.ended_at
        if any(ended is None or one.held_at >= ended for one in taken):
            return
        key = f"{self.contact.contact_id}/{RecordClass.CONTACT_RECORD}/contact{len(taken) + 1}.json"
        body = self.contact.snapshot
        try:
            copy = self.evidence.store(key, body, self.lock, replace=False)
        except AwsError as error:
            self.retry = self.retry or error.retryable
            absent = Location(record_class=RecordClass.CONTACT_RECORD, bucket="", key="")
            self._miss(absent, f"could not be stored yet: {error.operation} answered {error.code}", None)
            return
        self.artefacts.append(
            HeldArtefact(
                contact_id=self.contact.contact_id,
                record_class=RecordClass.CONTACT_RECORD,
                source_bucket="",
                source_key=f"DescribeContact/{self.contact.contact_id}",
                source_version="",
                hold_key=key,
                hold_version=copy.version_id,
                sha256=copy.sha256 or digest(body),
                bytes=copy.bytes,
                held_at=self.clock.now(),
                retain_until=self.lock.retain_until,
                legal_hold=self.lock.legal_hold,
                source_freed=True,
            )
        )

    def _copy(self, source: SourceVersion) -> HeldArtefact:
        content = self.sources.read(source)
        source = replace(source, version_id=content.version_id)
        self._note_age(source.record_class, content.last_modified)
        key = f"{self.contact.contact_id}/{source.record_class}/{source.key}"
        copy = self.evidence.copy(source, key, self.lock)
        if not _same(copy, content.sha256, content.bytes):
            copy = self.evidence.copy(source, key, self.lock, replace=True)
            if not _same(copy, content.sha256, content.bytes):
                raise _Mismatch
        made = Protection(retain_until=copy.retain_until, legal_hold=copy.legal_hold)
        wanted = made.strengthened_to(self.lock)
        if made != wanted:
            self.evidence.lock(key, copy.version_id, made, wanted)
        return HeldArtefact(
            contact_id=self.contact.contact_id,
            record_class=source.record_class,
            source_bucket=source.bucket,
            source_key=source.key,
            source_version=source.version_id,
            hold_key=key,
            hold_version=copy.version_id,
            sha256=content.sha256,
            bytes=content.bytes,
            held_at=self.clock.now(),
            retain_until=wanted.retain_until,
            legal_hold=wanted.legal_hold,
            source_freed=not source.protected,
        )

    def _note_age(self, record_class: RecordClass, last_modified: datetime) -> None:
        period = self.policy.retention.get(record_class)
        if period is None:
            return
        ends = last_modified + timedelta(days=lifecycle_days(period))
        if ends - self.clock.now() < CLOSE_TO_ITS_END:
            self.disappears_at = min(filter(None, (self.disappears_at, ends)))

    def _report_absent(self, location: Location, otherwise: str) -> None:
        """Note that an object is gone: on the date on which policy removed it, where its time is over."""
        period = self.policy.retention.get(location.record_class)
        why = otherwise
        if period is None:
            why = f"this council does not store {location.record_class} records"
        elif location.made_at is not None:
            gone = location.made_at + timedelta(days=lifecycle_days(period))
            if gone <= self.clock.now():
                why = (
                    f"removed on {london_date(gone).isoformat()} under the retention schedule of {period.months} months"
                )
            elif location.key and location.made_at + LATE <= self.clock.now():
                self.vanished += 1
        self._miss(location, why, None)

    def _miss(self, location: Location, why: str, protected: str | None) -> None:
        self.missing.append(
            MissingArtefact(
                record_class=location.record_class,
                source_key=location.key,
                why=why,
                source_bucket=location.bucket,
                protected_version=protected,
            )
        )

    def _holds(self, search: Search) -> bool:
        held = (*self.file.present, *self.artefacts)
        return any(one.record_class is search.record_class and search.fits(one.source_key) for one in held)

    def _protected_version(self, location: Location) -> str | None:
        known: Iterable[MissingArtefact] = (missing for hold in self.file.holds for missing in hold.missing)
        return next(
            (
                missing.protected_version
                for missing in known
                if (missing.source_bucket, missing.source_key) == (location.bucket, location.key)
            ),
            None,
        )


class _Mismatch(Exception):
    """A copy whose size or digest is not its original's."""


def _same(copy: Copy, sha256: Sha256, size: int) -> bool:
    return copy.sha256 == sha256 and copy.bytes == size
