"""Securing a contact's artefacts: find each one, protect it, copy it with its lock, and verify the copy.

It may be repeated at any time and may die after any call: the hold keys are fixed by the source, and a copy that exists
is verified instead of made again. The originals are freed later, when the register has what was secured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import unquote

from steward.clock import Clock, london_date
from steward.failures import AwsError, NotFound
from steward.holds import discovery
from steward.holds.contacts import Contact, Reference
from steward.holds.discovery import Location, Search, Stores
from steward.holds.inspecting.comparing import Mismatch, is_of, place_of, same
from steward.holds.inspecting.searching import found
from steward.holds.manifests import digest
from steward.holds.ports import Contacts, HeldCopies, Sources, SourceVersion, StoredVersion
from steward.holds.register import ContactHolds, Ground, HeldArtefact, MissingArtefact, Protection
from steward.ids import RecordClass
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days

CLOSE_TO_ITS_END = timedelta(days=14)
"""An original with less than this to live when the flag comes is worth a word to the complaints team."""

THOROUGH = timedelta(days=2)
"""So long after a flag each whole look lists all that may be there, and one more after that; later ones ask only for
what may have changed since."""

LATE = timedelta(days=1)
"""Connect may take hours to store what it names; what is not there a day after it was made has vanished."""

NOT_FOUND = "not found in the store"
STREAMED = "a live media stream (Kinesis Video Streams), which is not stored here"

_Place = tuple[str, str]
"""Bucket and key of an original."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What one inspection secured, what it could not, and whether it has to be repeated."""

    artefacts: tuple[HeldArtefact, ...]
    missing: tuple[MissingArtefact, ...]
    disappears_at: datetime | None
    retry: bool
    vanished: int = 0
    contact: Contact | None = None
    """The contact as Connect knows it; none where it does not."""


@dataclass(kw_only=True)
class ArtefactCopier:
    """One inspection in progress: what it secures and what it misses."""

    policy: Policy
    stores: Stores
    clock: Clock
    contacts: Contacts
    sources: Sources
    evidence: HeldCopies
    contact: Contact | None
    """None if Connect knew it once and has forgotten it (24 months after its initiation)."""
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
        self._listed: dict[_Place, tuple[StoredVersion, ...]] = {}
        self._seen: set[_Place] = set()
        now = self.clock.now()
        again = self.file.settled.whole_at if self.file.settled is not None else None
        self._thorough = again is not None or any(now - hold.placed_at < THOROUGH for hold in self.file.active)
        self._removed = {
            (artefact.source_bucket, artefact.source_key): artefact
            for artefact in self.file.artefacts
            if artefact.removed_why
        }

    def run(self) -> Findings:
        """Secure everything that belongs to the contact."""
        for artefact in self.lost:
            self._secure_again(artefact)
        if self.contact is not None:
            for location in discovery.streams(self.contact, self.stores):
                self._miss(location, STREAMED, None, Ground.KNOWN)
            for location in discovery.locations(self.contact, self.stores, self.clock.now()):
                self.secure_named(location)
            self.search(self.contact)
        self.recall()
        if self.contact is not None and (self.artefacts or self.file.present or not self.missing):
            self.snapshot(self.contact)
        return Findings(
            artefacts=tuple(self.artefacts),
            missing=tuple(self.missing),
            disappears_at=self.disappears_at,
            retry=self.retry,
            vanished=self.vanished,
            contact=self.contact,
        )

    def search(self, contact: Contact) -> None:
        """Find and secure what Connect does not name."""
        references = self._references(contact)
        wants_evaluations = contact.evaluated and RecordClass.EVALUATION in self.stores.buckets
        evaluations = self.contacts.evaluations(contact.contact_id) if wants_evaluations else ()
        now = self.clock.now()
        for search in discovery.searches(contact, references, evaluations, self.stores, now, thorough=self._thorough):
            self._secure_searched(search, contact)

    def _references(self, contact: Contact) -> tuple[Reference, ...]:
        """Ask for the files that the contact refers to; of a call that is long over not in every look.

        What was missing then is missing still: it is said again.
        """
        classes = {RecordClass.ATTACHMENT, RecordClass.EMAIL_MESSAGE}
        if not classes & set(self.stores.buckets):
            return ()
        ended = discovery.believed(self.clock.now(), contact.ended_at)
        fresh = self._thorough or ended is None or self.clock.now() - ended < THOROUGH
        if contact.channel != "VOICE" or fresh:
            return self.contacts.references(contact.contact_id)
        for missing in (missing for hold in self.file.active for missing in hold.missing):
            if missing.record_class in classes and not missing.source_key and missing not in self.missing:
                self.missing.append(missing)
        return ()

    def _secure_searched(self, search: Search, contact: Contact) -> None:
        now = self.clock.now()
        made_at = discovery.believed(now, contact.ended_at, contact.initiated_at)
        nowhere = Location(record_class=search.record_class, bucket=search.bucket, key="", made_at=made_at)
        held = bool(search.expected) and self._holds(search)
        versions: tuple[StoredVersion, ...] = ()
        if self._thorough or not discovery.is_over(search.record_class, contact, self.policy, now):
            try:
                versions = found(self.sources, search, everywhere=bool(search.expected) and not held)
            except AwsError as error:
                self.retry = self.retry or error.retryable
                self._miss(nowhere, f"could not be looked for yet: {error.operation} answered {error.code}", None)
                return
        for key in dict.fromkeys(version.key for version in versions):
            location = Location(record_class=search.record_class, bucket=search.bucket, key=key)
            self.secure(location, [version for version in versions if version.key == key])
        if not versions and search.expected and not held:
            self._report_absent(nowhere, search.expected)

    def secure_named(self, location: Location) -> None:
        """Hold every version of an object that is named, or note why it is not held.

        The name is taken as it is; one that is not there is tried URL-decoded, once.
        """
        if location.place in self._seen:
            return
        try:
            if self._is_unchanged(location):
                self._seen.add(location.place)
                return
            versions = self._versions(location)
            decoded = replace(location, key=unquote(location.key))
            if not versions and decoded != location and (in_clear := self._versions(decoded)):
                location, versions = decoded, in_clear
        except NotFound:
            versions = ()
        except AwsError as error:
            self._fail(location, error, self._protected_version(location))
            return
        self.secure(location, versions)

    def secure(self, location: Location, versions: Sequence[StoredVersion]) -> None:
        """Hold those versions of one object that are not held yet; note it as missing if it has none."""
        place = location.place
        if place in self._seen:
            return
        self._seen.add(place)
        if removed := self._removed.get(place):
            self._miss(location, removed.removed_why, None, Ground.KNOWN)
            return
        held = [one for one in self.file.present if (one.source_bucket, one.source_key) == place]
        if not versions and not held:
            self._report_absent(location, NOT_FOUND)
        for version in versions:
            if not any(is_of(version, one) for one in held):
                self._secure_version(location, version)

    def _secure_version(self, location: Location, version: StoredVersion) -> None:
        protected = self._protected_version(location)
        try:
            source = self.sources.protect(location.record_class, location.bucket, version)
            protected = source.version_id if source.protected else None
            self.artefacts.append(self._copy(source, version))
        except NotFound:
            self._report_absent(location, NOT_FOUND)
        except AwsError as error:
            self._fail(location, error, protected)
        except Mismatch:
            self._miss(location, "the copy differs from the original; the original stays under legal hold", protected)

    def recall(self) -> None:
        """Look again for what was known earlier and did not turn up this time.

        That is what was removed for a reason, and what an earlier inspection could not secure. What is not there is
        reported, so that it is not forgotten.
        """
        for one in self._removed.values():
            self.secure(place_of(one), ())
        for missing in (missing for hold in self.file.active for missing in hold.missing):
            if missing.source_bucket and missing.source_key:
                self.secure_named(
                    Location(record_class=missing.record_class, bucket=missing.source_bucket, key=missing.source_key)
                )
            elif self.contact is None and missing.ground is not Ground.PASSING and missing not in self.missing:
                self.missing.append(missing)

    def _secure_again(self, artefact: HeldArtefact) -> None:
        """Copy anew what somebody deleted from the hold bucket; where that can't be done, say what happened."""
        before = len(self.missing)
        location = place_of(artefact)
        if location.bucket:
            self.secure_named(location)
        elif self.contact is None:
            self._miss(location, "", None, Ground.KNOWN)
        said = f"the held copy was deleted from the hold bucket, as seen on {self._today()}"
        gone = "; its original is not in the store any more" if location.bucket else ""
        self.missing[before:] = [
            replace(one, why=f"{said}{gone}", ground=Ground.KNOWN) if one.ground is not Ground.PASSING else one
            for one in self.missing[before:]
        ]

    def snapshot(self, contact: Contact) -> None:
        """Store the contact record as Connect gives it now, unless one taken after the contact's end is held."""
        taken = [one for one in self.file.present if one.record_class is RecordClass.CONTACT_RECORD]
        ended = discovery.believed(self.clock.now(), contact.ended_at)
        if any(ended is None or one.held_at >= ended for one in taken):
            return
        names = (f"{contact.contact_id}/{RecordClass.CONTACT_RECORD}/contact{number}.json" for number in count(1))
        held = {one.hold_key for one in taken}
        key = next(name for name in names if name not in held)
        body = contact.snapshot
        try:
            copy = self.evidence.store(key, body, self.lock, replace=False)
        except AwsError as error:
            self.retry = self.retry or error.retryable
            absent = Location(record_class=RecordClass.CONTACT_RECORD, bucket="", key="")
            self._miss(absent, f"could not be stored yet: {error.operation} answered {error.code}", None)
            return
        self.artefacts.append(
            HeldArtefact(
                contact_id=contact.contact_id,
                record_class=RecordClass.CONTACT_RECORD,
                source_bucket="",
                source_key=f"DescribeContact/{contact.contact_id}",
                source_version="",
                hold_key=key,
                hold_version=copy.version_id,
                sha256=copy.sha256 or digest(body),
                bytes=len(body),
                held_at=self.clock.now(),
                retain_until=self.lock.retain_until,
                legal_hold=self.lock.legal_hold,
                source_freed=True,
            )
        )

    def _copy(self, source: SourceVersion, version: StoredVersion) -> HeldArtefact:
        content = self.sources.read(source)
        source = replace(source, version_id=content.version_id)
        self._note_age(source.record_class, content.last_modified)
        key = self._hold_key(source, version)
        copy = self.evidence.copy(source, content, key, self.lock)
        if not same(copy, content):
            copy = self.evidence.copy(source, content, key, self.lock, replace=True)
            if not same(copy, content):
                raise Mismatch
        made = Protection(retain_until=copy.retain_until, legal_hold=copy.legal_hold)
        wanted = made.strengthened_to(self.lock)
        if made != wanted:
            self.evidence.lock(key, copy.version_id, made, wanted)
        return HeldArtefact(
            contact_id=self.file.contact_id,
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

    def _hold_key(self, source: SourceVersion, version: StoredVersion) -> str:
        """Return where the copy stands: under the original's name, and a further version of it in a folder beside."""
        folder = f"{self.file.contact_id}/{source.record_class}"
        plain = f"{folder}/{source.key}"
        if not any(one.hold_key == plain for one in (*self.file.present, *self.artefacts)):
            return plain
        return f"{folder}/version-{source.version_id or f'{version.stored_at:%Y%m%dT%H%M%SZ}'}/{source.key}"

    def _is_unchanged(self, location: Location) -> bool:
        """Return, as cheaply as can be, whether a later look would find no other version than those held already."""
        held = [one for one in self.file.present if place_of(one).place == location.place]
        if self._thorough or not held:
            return False
        if self.contact is not None and discovery.is_over(
            location.record_class, self.contact, self.policy, self.clock.now()
        ):
            return True
        newest = self.sources.newest(location.bucket, location.key)
        return newest is None or any(is_of(newest, one) for one in held)

    def _versions(self, location: Location) -> tuple[StoredVersion, ...]:
        """Return every version of an object; those of one folder that start with the contact's id are listed once."""
        prefix = discovery.prefix_of(location, self.file.contact_id)
        place = (location.bucket, prefix)
        if place not in self._listed:
            self._listed[place] = self.sources.find(location.bucket, prefix)
        return tuple(version for version in self._listed[place] if version.key == location.key)

    def _note_age(self, record_class: RecordClass, last_modified: datetime) -> None:
        period = self.policy.retention.get(record_class)
        if period is None:
            return
        ends = last_modified + timedelta(days=lifecycle_days(period))
        if ends - self.clock.now() < CLOSE_TO_ITS_END:
            self.disappears_at = min(filter(None, (self.disappears_at, ends)))

    def _report_absent(self, location: Location, otherwise: str) -> None:
        """Note that an object is not there: by what is known of it, and never as a removal that nobody saw."""
        period = self.policy.retention.get(location.record_class)
        if period is None:
            why = f"this council does not store {location.record_class} records"
            self._miss(location, why, None, Ground.ABSENT)
            return
        over = None if location.made_at is None else location.made_at + timedelta(days=lifecycle_days(period))
        if over is not None and over <= self.clock.now():
            said = f"gone since before {self._today()}, when S3 had it no more" if location.key else otherwise
            ended = london_date(over).isoformat()
            otherwise = f"{said}; its retention period of {period.months} months ended on {ended}"
        elif location.made_at is not None and location.key and location.made_at + LATE <= self.clock.now():
            self.vanished += 1
        if location.deleted:
            self._miss(location, location.deleted, None, Ground.KNOWN)
        else:
            self._miss(location, otherwise, None, Ground.ABSENT)

    def _fail(self, location: Location, error: AwsError, protected: str | None) -> None:
        self.retry = self.retry or error.retryable
        self._miss(location, f"could not be copied yet: {error.operation} answered {error.code}", protected)

    def _miss(self, location: Location, why: str, protected: str | None, ground: Ground = Ground.PASSING) -> None:
        self.missing.append(
            MissingArtefact(
                record_class=location.record_class,
                source_key=location.key,
                why=why,
                source_bucket=location.bucket,
                protected_version=protected,
                ground=ground,
            )
        )

    def _today(self) -> str:
        return london_date(self.clock.now()).isoformat()

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
