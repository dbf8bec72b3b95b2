"""The hold domain's ports in memory, with S3's lock rules. Every call goes through ``HoldFixture.call``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from steward.clock import london_date
from steward.evidence.signatures import Signature
from steward.failures import AccessDenied, NotFound, UnreadableRow
from steward.holds.cases import Case
from steward.holds.contacts import Contact, Evaluation, Reference
from steward.holds.ports import (
    Content,
    Copy,
    Ledgered,
    LimitReached,
    NotHandedOver,
    SourceVersion,
    StoredVersion,
    VersionConflict,
)
from steward.holds.register import ContactHolds, HeldArtefact, Hold, Protection
from steward.holds.requests import Doubt
from steward.ids import CaseRef, ContactId, RecordClass, Sha256

if TYPE_CHECKING:
    from tests.support.hold_fixture import HoldFixture


@dataclass
class Version:
    """One version of an object."""

    version_id: str
    body: bytes
    made_at: datetime
    retain_until: datetime | None = None
    legal_hold: bool = False
    marker: bool = False


@dataclass
class FakeRegister:
    world: HoldFixture

    def case(self, case: CaseRef) -> Case | None:
        return self.world.call("register.case", lambda: self.world.cases.get(case))

    def save_case(self, before: Case | None, after: Case) -> None:
        def effect() -> None:
            if self.world.cases.get(after.case) != before:
                raise VersionConflict
            self.world.cases[after.case] = after

        self.world.call("register.save_case", effect)

    def contacts_of(self, case: CaseRef) -> Iterator[ContactId]:
        return self.world.call(
            "register.contacts_of",
            lambda: iter([one for one, file in self.world.files.items() if file.hold_of(case) is not None]),
        )

    def file(self, contact_id: ContactId) -> ContactHolds:
        def effect() -> ContactHolds:
            if contact_id in self.world.unreadable:
                raise UnreadableRow("a row of kind Hold cannot be read")
            return self.world.files.get(contact_id, ContactHolds(contact_id=contact_id))

        return self.world.call("register.file", effect)

    def save(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        def effect() -> ContactHolds:
            if (
                self.world.files.get(before.contact_id, ContactHolds(contact_id=before.contact_id)).version
                != before.version
            ):
                raise VersionConflict
            stored = replace(after, version=before.version + 1)
            self.world.files[before.contact_id] = stored
            return stored

        return self.world.call("register.save", effect)

    def due(self, now: datetime) -> Iterator[ContactId]:
        found = [file for file in self.world.files.values() if file.next_action_at and file.next_action_at <= now]
        return self.world.call(
            "register.due",
            lambda: iter([file.contact_id for file in sorted(found, key=lambda file: file.next_action_at or now)]),
        )

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime, limit: int | None = None) -> None:
        def effect() -> None:
            if limit is not None:
                night = london_date(at)
                if self.world.nights[night] > limit - len(entries):
                    raise LimitReached
                self.world.nights[night] += len(entries)
            self.world.ledger.update({(entry.key, entry.version_id): entry.cause for entry in entries})

        self.world.call("register.enter_disposal", effect)

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> bool:
        raise NotImplementedError

    def note_told(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        raise NotImplementedError


@dataclass
class FakeContacts:
    world: HoldFixture

    def describe(self, contact_id: ContactId) -> Contact | None:
        return self.world.call("connect.describe", lambda: self.world.people.get(contact_id))

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        return self.world.call("connect.associated", lambda: self.world.chains.get(contact_id, ()))

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:  # noqa: ARG002
        return self.world.call("connect.references", tuple)

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:  # noqa: ARG002
        return self.world.call("connect.evaluations", tuple)

    def answers(self, evaluation_id: str) -> Evaluation:
        raise NotImplementedError


@dataclass
class FakeSources:
    world: HoldFixture

    def find(self, bucket: str, prefix: str) -> tuple[StoredVersion, ...]:
        def effect() -> tuple[StoredVersion, ...]:
            return tuple(
                StoredVersion(key=key, version_id=one.version_id, stored_at=one.made_at, bytes=len(one.body))
                for (place, key), versions in sorted(self.world.records.items())
                for one in reversed(versions)
                if place == bucket and key.startswith(prefix)
            )

        return self.world.call("sources.find", effect)

    def newest(self, bucket: str, key: str) -> StoredVersion | None:
        return self.world.call(
            "sources.newest",
            lambda: next(
                (
                    StoredVersion(key=key, version_id=one.version_id, stored_at=one.made_at, bytes=len(one.body))
                    for one in reversed(self.world.records.get((bucket, key), []))
                ),
                None,
            ),
        )

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        def effect() -> tuple[str, ...]:
            below = (
                key.removeprefix(prefix).partition("/")
                for place, key in self.world.records
                if place == bucket and key.startswith(prefix)
            )
            return tuple(sorted({f"{prefix}{name}/" for name, slash, _ in below if slash}))

        return self.world.call("sources.folders", effect)

    def protect(self, record_class: RecordClass, bucket: str, version: StoredVersion) -> SourceVersion:
        def effect() -> SourceVersion:
            self._version(bucket, version.key, version.version_id).legal_hold = True
            return SourceVersion(
                record_class=record_class,
                bucket=bucket,
                key=version.key,
                version_id=version.version_id,
                protected=True,
            )

        return self.world.call("sources.protect", effect)

    def read(self, source: SourceVersion) -> Content:
        def effect() -> Content:
            if source.key in self.world.denied:
                raise AccessDenied("s3.GetObject", "AccessDenied")
            version = self._version(source.bucket, source.key, source.version_id)
            return Content(
                version_id=version.version_id,
                sha256=Sha256(hashlib.sha256(version.body).hexdigest()),
                bytes=len(version.body),
                last_modified=version.made_at,
            )

        return self.world.call("sources.read", effect)

    def free(self, bucket: str, key: str, version_id: str) -> None:
        def effect() -> None:
            for version in self.world.records.get((bucket, key), []):
                if version.version_id == version_id:
                    version.legal_hold = False

        self.world.call("sources.free", effect)

    def metadata(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        raise NotImplementedError

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        raise NotImplementedError

    def _version(self, bucket: str, key: str, version_id: str) -> Version:
        for version in self.world.records.get((bucket, key), []):
            if version.version_id == version_id:
                return version
        raise NotFound("s3.GetObject", "NoSuchVersion")


@dataclass
class FakeSigner:
    """Signs with nothing: what a signature is worth is checked where keys are real."""

    world: HoldFixture

    def sign(self, body: bytes) -> Signature:
        return self.world.call("signer.sign", lambda: Signature(value=hashlib.sha256(body).digest(), public_key=b"key"))


@dataclass
class FakeEvidence:
    world: HoldFixture

    def copy(
        self,
        source: SourceVersion,
        content: Content,  # noqa: ARG002 -- nothing is too large for one request here
        key: str,
        lock: Protection,
        *,
        replace: bool = False,
    ) -> Copy:
        body = FakeSources(self.world)._version(source.bucket, source.key, source.version_id).body  # noqa: SLF001
        return self.world.call("evidence.copy", lambda: self._put(key, body, lock, replace=replace))

    def store(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        return self.world.call("evidence.store", lambda: self._put(key, body, lock, replace=replace))

    def describe(self, key: str, version_id: str) -> Copy | None:
        def effect() -> Copy | None:
            version = self._find(key, version_id)
            return _copy(key, version) if version else None

        return self.world.call("evidence.describe", effect)

    def lock(self, key: str, version_id: str, before: Protection, after: Protection, *, bypass: bool = False) -> None:
        def effect() -> None:
            version = self._find(key, version_id)
            if version is None:
                raise NotFound("s3.PutObjectRetention", "NoSuchVersion")
            if after.retain_until is not None and after.retain_until != before.retain_until:
                assert after.retain_until > self.world.moment, "S3 refuses a date in the past"
                if after.retain_until < (version.retain_until or after.retain_until) and not bypass:
                    raise AccessDenied("s3.PutObjectRetention", "AccessDenied")
                version.retain_until = after.retain_until
            if after.legal_hold != before.legal_hold:
                version.legal_hold = after.legal_hold

        self.world.call("evidence.lock", effect)

    def lift(self, key: str, version_id: str) -> None:
        def effect() -> None:
            version = self._find(key, version_id)
            if version is not None:
                version.legal_hold = False

        self.world.call("evidence.lift", effect)

    def restore(self, artefact: HeldArtefact) -> Copy:
        def effect() -> Copy:
            version = self._find(artefact.hold_key, artefact.hold_version)
            assert version is not None
            return self._put(artefact.hold_key, version.body, artefact.lock, replace=True)

        return self.world.call("evidence.restore", effect)

    def versions(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        return self.world.call(
            "evidence.versions",
            lambda: tuple(
                (key, version.version_id)
                for key, versions in self.world.held.items()
                for version in versions
                if key.startswith(f"{contact_id}/")
            ),
        )

    def dispose(self, versions: Sequence[tuple[str, str]], *, bypass: bool = False) -> tuple[tuple[str, str], ...]:
        def effect() -> tuple[tuple[str, str], ...]:
            refused = []
            for key, version_id in versions:
                assert (key, version_id) in self.world.ledger, "the ledger is written before the first delete"
                version = self._find(key, version_id)
                if version is None:
                    continue
                locked = version.retain_until is not None and version.retain_until > self.world.moment
                if key in self.world.refused_rows or version.legal_hold or (locked and not bypass):
                    refused.append((key, version_id))
                else:
                    self.world.held[key].remove(version)
            return tuple(refused)

        return self.world.call("evidence.dispose", effect)

    def _put(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        assert lock.retain_until is None or lock.retain_until > self.world.moment, "S3 refuses a date in the past"
        versions = self.world.held.setdefault(key, [])
        if not versions or versions[-1].marker or replace:
            versions.append(Version(self.world.serial(), body, self.world.moment, lock.retain_until, lock.legal_hold))
        return _copy(key, versions[-1])

    def _find(self, key: str, version_id: str) -> Version | None:
        versions = self.world.held.get(key, [])
        if not version_id:
            return versions[-1] if versions and not versions[-1].marker else None
        return next((one for one in versions if one.version_id == version_id and not one.marker), None)


def _copy(key: str, version: Version) -> Copy:
    return Copy(
        key=key,
        version_id=version.version_id,
        sha256=Sha256(hashlib.sha256(version.body).hexdigest()),
        bytes=len(version.body),
        retain_until=version.retain_until,
        legal_hold=version.legal_hold,
    )


@dataclass
class FakeWork:
    world: HoldFixture

    def hold(
        self, case: CaseRef, contact_ids: Iterable[ContactId], signal: str, flagged_at: datetime | None = None
    ) -> None:
        at = flagged_at.isoformat() if flagged_at else ""
        self._send("hold", [(case, one, signal, at) for one in contact_ids])

    def apply(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        self._send("apply", [(case, one) for one in contact_ids])

    def reinspect(self, contact_ids: Iterable[ContactId]) -> None:
        self._send("reinspect", [(one,) for one in contact_ids])

    def recheck(self, contact_id: ContactId, attempt: int, at: datetime, now: datetime) -> None:  # noqa: ARG002
        self.world.call("work.recheck", lambda: self.world.queue.append(("recheck", (contact_id, str(attempt)), at)))

    def _send(self, kind: str, tasks: list[tuple[str, ...]]) -> None:
        def effect() -> None:
            refused = tuple(task for task in tasks if self.world.refused_rows & set(task))
            self.world.queue.extend((kind, task, self.world.moment) for task in tasks if task not in refused)
            if refused:
                contacts = tuple(ContactId(task[0 if kind == "reinspect" else 1]) for task in refused)
                raise NotHandedOver("sqs.SendMessageBatch", "InternalError", contacts)

        self.world.call(f"work.{kind}", effect)


@dataclass
class FakeReleases:
    world: HoldFixture

    def order(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        orders = [(case, one) for one in contact_ids]
        self.world.call("releases.order", lambda: self.world.orders.extend(orders))


@dataclass
class FakeNotices:
    world: HoldFixture

    def outcome(self, hold: Hold) -> None:
        self._tell("outcome", hold)

    def held_again(self, hold: Hold) -> None:
        self._tell("held again", hold)

    def doubts(self, case: CaseRef, doubts: Sequence[Doubt], contact_ids: Sequence[ContactId], said: str) -> None:  # noqa: ARG002
        self.world.call("notices", lambda: self.world.doubts.append((case, tuple(doubts), tuple(contact_ids))))

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:  # noqa: ARG002
        self._tell("expiring", hold)

    def copies_touched(self, file: ContactHolds, deleted: Sequence[str], covered: Sequence[str]) -> None:
        for hold in file.active:
            for key in (*deleted, *covered):
                self._tell(f"touched {key}", hold)

    def ending(self, holds: Sequence[Hold], days: int, disposal_on: date) -> None:
        self.world.call(
            "notices", lambda: self.world.told.extend((f"ending-{days}", hold.case, hold.contact_id) for hold in holds)
        )
        self.world.mails.append((holds[0].case, days, disposal_on))

    def _tell(self, kind: str, hold: Hold) -> None:
        self.world.call("notices", lambda: self.world.told.append((kind, hold.case, hold.contact_id)))
