"""Inspecting a contact: find every artefact, protect it, copy it with its lock, verify the copy, then free the source.

An inspection may be repeated at any time and may die after any call: the hold keys are fixed by the source, a copy that
exists is verified instead of made again, and the register is written before a source is freed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.aws.errors import AwsError, NotFound
from steward.clock import Clock, london_date
from steward.holds import discovery
from steward.holds.contacts import Contact
from steward.holds.discovery import Location, Stores
from steward.holds.manifests import digest, manifest, manifest_key
from steward.holds.ports import Contacts, Copy, Evidence, Notices, Register, Sources, SourceVersion
from steward.holds.register import (
    ContactFile,
    HeldArtefact,
    Hold,
    HoldStatus,
    MissingArtefact,
    Protection,
    next_action,
)
from steward.ids import ContactId, RecordClass, Sha256
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days

CLOSE_TO_ITS_END = timedelta(days=14)
"""An original with less than this to live when the flag comes is worth a word to the complaints team."""


LATE = timedelta(days=1)
"""Connect may take hours to store what it names; what is not there a day after it was made has vanished."""

VANISHED = "SourceVanished"
"""The metric of objects that are gone although the policy keeps them still."""


class Unfinished(Exception):
    """Some artefacts could not be secured for a reason that passes; the inspection has to be repeated."""


@dataclass(frozen=True, kw_only=True)
class _Findings:
    artefacts: tuple[HeldArtefact, ...]
    missing: tuple[MissingArtefact, ...]
    disappears_at: datetime | None
    retry: bool
    vanished: int = 0


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Keeps what the standing holds of a contact ask for."""

    policy: Policy
    stores: Stores
    clock: Clock
    register: Register
    contacts: Contacts
    sources: Sources
    evidence: Evidence
    notices: Notices
    count: Callable[[str, int], None]
    """Adds to the metric of that name."""

    def inspect(self, file: ContactFile, *, verify: bool = False) -> ContactFile:
        """Secure everything that can be found for the contact and return its file as stored.

        ``verify`` compares every copy and its lock with what S3 says, instead of trusting the register.

        Raises ``Unfinished`` after storing what was secured, if something failed in a way that passes, and
        ``StaleFile`` if somebody else changed the file meanwhile.
        """
        now = self.clock.now()
        lock = file.protection(now)
        if lock is None:
            return self._let_go(file)
        known = file
        if verify:
            file = self._as_s3_says(file)
        file = self._strengthened(file, lock)
        findings = self._secure_all(file, lock)
        found = file
        for artefact in findings.artefacts:
            found = found.with_artefact(artefact)
        for hold in found.standing:
            if hold.has_ended(now):
                continue
            missing = findings.missing
            found = found.with_hold(replace(hold, missing=missing, status=_status(found, missing), inspected=True))
        found = replace(found, inspected_at=now)
        found = self._write_manifests(found, now)
        undated = [] if lock.legal_hold else [artefact for artefact in found.present if artefact.legal_hold]
        for artefact in undated:
            found = found.with_artefact(replace(artefact, legal_hold=False))
        stored = self.register.save(known, replace(found, next_action_at=next_action(found, now)))
        for artefact in undated:
            self.evidence.lift(artefact.hold_key, artefact.hold_version)
        stored = self._conclude(stored, findings, lifted=bool(undated))
        if findings.retry:
            raise Unfinished(f"{len(findings.missing)} artefacts of the contact could not be secured yet")
        return stored

    def _as_s3_says(self, file: ContactFile) -> ContactFile:
        """Return the file with the locks that the copies really have, and without copies that are not there."""
        for artefact in file.present:
            copy = self.evidence.describe(artefact.hold_key, artefact.hold_version)
            if copy is None:
                file = replace(file, artefacts=tuple(one for one in file.artefacts if one != artefact))
            else:
                actual = replace(artefact, retain_until=copy.retain_until, legal_hold=copy.legal_hold)
                file = file.with_artefact(actual)
        return file

    def _strengthened(self, file: ContactFile, lock: Protection) -> ContactFile:
        """Extend the lock of every copy to what the standing holds ask for; nothing is shortened or lifted here."""
        for artefact in file.present:
            after = artefact.lock.strengthened_to(lock)
            if artefact.lock != after:
                self.evidence.lock(artefact.hold_key, artefact.hold_version, artefact.lock, after)
                file = file.with_artefact(
                    replace(artefact, retain_until=after.retain_until, legal_hold=after.legal_hold)
                )
        return file

    def _let_go(self, file: ContactFile) -> ContactFile:
        """Free what is still under legal hold at the source although no hold stands any more."""
        for hold in file.holds:
            for missing in hold.missing:
                if missing.protected_version is not None:
                    self.sources.free(missing.source_bucket, missing.source_key, missing.protected_version)
        freed = [
            replace(hold, missing=tuple(replace(one, protected_version=None) for one in hold.missing))
            for hold in file.holds
        ]
        after = replace(file, holds=tuple(freed))
        return self.register.save(file, after) if after != file else file

    def _secure_all(self, file: ContactFile, lock: Protection) -> _Findings:
        contact = self.contacts.describe(file.contact_id)
        if contact is None:
            unknown = MissingArtefact(
                record_class=RecordClass.CONTACT_RECORD, source_key="", why="Connect does not know this contact"
            )
            return _Findings(artefacts=(), missing=(unknown,), disappears_at=None, retry=False)
        run = _Run(keeper=self, contact=contact, lock=lock, file=file)
        for location in discovery.locations(contact, self.stores):
            run.secure(location)
        run.search()
        run.recall()
        if run.artefacts or file.present or not run.missing:
            run.snapshot()
        return _Findings(
            artefacts=tuple(run.artefacts),
            missing=tuple(run.missing),
            disappears_at=run.disappears_at,
            retry=run.retry,
            vanished=run.vanished,
        )

    def _write_manifests(self, file: ContactFile, now: datetime) -> ContactFile:
        """Write the manifest of each hold that keeps something, under the lock of that hold alone."""
        for hold in file.standing:
            lock = hold.protection(now)
            if lock is None or hold.status is HoldStatus.NOTHING_HELD:
                continue
            body = manifest(file, hold)
            if digest(body) != hold.manifest_sha256:
                self.evidence.store(manifest_key(hold), body, lock, replace=True)
                file = file.with_hold(replace(hold, manifest_sha256=digest(body)))
        return file

    def _conclude(self, file: ContactFile, findings: _Findings, *, lifted: bool) -> ContactFile:
        """Free the sources of what is held, tell the complaints team what is not, and note both.

        After an undated hold was lifted the file is stored even if nothing changed: a concurrent writer who wanted it
        kept is noticed by the version, and the repeated inspection puts it back.
        """
        after = file
        for artefact in file.present:
            if not artefact.source_freed:
                self.sources.free(artefact.source_bucket, artefact.source_key, artefact.source_version)
                after = after.with_artefact(replace(artefact, source_freed=True))
        for hold in file.standing:
            news = _news(hold)
            if news == hold.told:
                continue
            if hold.status is not HoldStatus.HELD:
                self.notices.outcome(hold)
            if not hold.told and findings.disappears_at is not None:
                self.notices.expiring(hold, findings.disappears_at)
            if not hold.told and findings.vanished:
                self.count(VANISHED, findings.vanished)
            after = after.with_hold(replace(hold, told=news))
        return self.register.save(file, after) if lifted or after != file else file


@dataclass
class _Run:
    """One inspection in progress."""

    keeper: Keeper
    contact: Contact
    lock: Protection
    file: ContactFile

    def __post_init__(self) -> None:
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

    def search(self) -> None:
        """Find and secure what Connect does not name."""
        keeper, contact = self.keeper, self.contact
        wants_references = contact.channel != "VOICE" and (
            {RecordClass.ATTACHMENT, RecordClass.EMAIL_MESSAGE} & set(keeper.stores.buckets)
        )
        references = keeper.contacts.references(contact.contact_id) if wants_references else ()
        wants_evaluations = contact.evaluated and RecordClass.EVALUATION in keeper.stores.buckets
        evaluations = keeper.contacts.evaluations(contact.contact_id) if wants_evaluations else ()
        for search in discovery.searches(contact, references, evaluations, keeper.stores):
            keys = sorted(
                {
                    key
                    for prefix in search.prefixes
                    for key in keeper.sources.find(search.bucket, prefix)
                    if search.match in key
                }
            )
            for key in keys:
                self.secure(Location(record_class=search.record_class, bucket=search.bucket, key=key))
            if not keys and search.expected and not self._holds(search.record_class, search.match):
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
            source = self.keeper.sources.protect(location.record_class, location.bucket, location.key)
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
        """Report what was removed for a reason and is not found any more."""
        for (bucket, key), artefact in self._removed.items():
            self.secure(Location(record_class=artefact.record_class, bucket=bucket, key=key))

    def snapshot(self) -> None:
        """Store the contact record as Connect gives it now, unless one taken after the contact's end is held."""
        taken = [one for one in self.file.present if one.record_class is RecordClass.CONTACT_RECORD]
        ended = self.contact.ended_at
        if any(ended is None or one.held_at >= ended for one in taken):
            return
        key = f"{self.contact.contact_id}/{RecordClass.CONTACT_RECORD}/contact{len(taken) + 1}.json"
        body = self.contact.snapshot
        try:
            copy = self.keeper.evidence.store(key, body, self.lock, replace=False)
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
                held_at=self.keeper.clock.now(),
                retain_until=self.lock.retain_until,
                legal_hold=self.lock.legal_hold,
                source_freed=True,
            )
        )

    def _copy(self, source: SourceVersion) -> HeldArtefact:
        keeper = self.keeper
        content = keeper.sources.read(source)
        source = replace(source, version_id=content.version_id)
        self._note_age(source.record_class, content.last_modified)
        key = f"{self.contact.contact_id}/{source.record_class}/{source.key}"
        copy = keeper.evidence.copy(source, key, self.lock)
        if not _same(copy, content.sha256, content.bytes):
            copy = keeper.evidence.copy(source, key, self.lock, replace=True)
            if not _same(copy, content.sha256, content.bytes):
                raise _Mismatch
        made = Protection(retain_until=copy.retain_until, legal_hold=copy.legal_hold)
        wanted = made.strengthened_to(self.lock)
        if made != wanted:
            keeper.evidence.lock(key, copy.version_id, made, wanted)
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
            held_at=keeper.clock.now(),
            retain_until=wanted.retain_until,
            legal_hold=wanted.legal_hold,
            source_freed=not source.protected,
        )

    def _note_age(self, record_class: RecordClass, last_modified: datetime) -> None:
        period = self.keeper.policy.retention.get(record_class)
        if period is None:
            return
        ends = last_modified + timedelta(days=lifecycle_days(period))
        if ends - self.keeper.clock.now() < CLOSE_TO_ITS_END:
            self.disappears_at = min(filter(None, (self.disappears_at, ends)))

    def _report_absent(self, location: Location, otherwise: str) -> None:
        """Note that an object is gone: on the date on which policy removed it, where its time is over."""
        period = self.keeper.policy.retention.get(location.record_class)
        why = otherwise
        if period is None:
            why = f"this council does not store {location.record_class} records"
        elif location.made_at is not None:
            gone = location.made_at + timedelta(days=lifecycle_days(period))
            if gone <= self.keeper.clock.now():
                why = (
                    f"removed on {london_date(gone).isoformat()} under the retention schedule of {period.months} months"
                )
            elif location.key and location.made_at + LATE <= self.keeper.clock.now():
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

    def _holds(self, record_class: RecordClass, match: str) -> bool:
        held = (*self.file.present, *self.artefacts)
        return any(one.record_class is record_class and match in one.source_key for one in held)

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


def _status(file: ContactFile, missing: tuple[MissingArtefact, ...]) -> HoldStatus:
    if not missing:
        return HoldStatus.HELD
    return HoldStatus.PARTIAL if file.present else HoldStatus.NOTHING_HELD


def _news(hold: Hold) -> str:
    """Return the outcome in a form that changes when there is something new to tell."""
    return "|".join((hold.status, *sorted({f"{missing.record_class}:{missing.why}" for missing in hold.missing})))


def contact_prefix(contact_id: ContactId) -> str:
    """Return the prefix of everything that the hold bucket keeps for a contact."""
    return f"{contact_id}/"
