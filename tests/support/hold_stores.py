"""The record stores and the hold bucket in memory, with S3's lock rules, and the signer of manifests.

Every call goes through ``HoldFixture.call``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from steward.evidence.signatures import Signature
from steward.failures import AccessDenied, NotFound
from steward.holds.ports import (
    Content,
    Copy,
    SourceVersion,
    StoredVersion,
)
from steward.holds.register import HeldArtefact, Protection
from steward.ids import ContactId, RecordClass, Sha256

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

    def locked_until(self, key: str, version_id: str) -> datetime | None:
        def effect() -> datetime | None:
            version = self._find(key, version_id)
            return version.retain_until if version else None

        return self.world.call("evidence.locked_until", effect)

    def is_under_legal_hold(self, key: str, version_id: str) -> bool:
        def effect() -> bool:
            version = self._find(key, version_id)
            return version is not None and version.legal_hold

        return self.world.call("evidence.is_under_legal_hold", effect)

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
class FakeSigner:
    """Signs with nothing: what a signature is worth is checked where keys are real."""

    world: HoldFixture

    def sign(self, body: bytes) -> Signature:
        return self.world.call("signer.sign", lambda: Signature(value=hashlib.sha256(body).digest(), public_key=b"key"))
