"""Versions of objects in S3 that are removed whatever their locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import AccessDenied, InvalidRequest, NotFound
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.removing.erasing import Version
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId


@dataclass(frozen=True, slots=True)
class S3Versions:
    """The buckets, version by version. Only in ``hold_bucket`` are versions under a dated lock.

    Whatever asks AWS raises ``AwsError``.
    """

    hold_bucket: str

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        """Return the ids of every version and delete marker of exactly that key."""
        s3 = client("s3")
        with translated("s3.ListObjectVersions"):
            pages = s3.get_paginator("list_object_versions").paginate(Bucket=stored.bucket, Prefix=stored.key)
            return tuple(
                entry["VersionId"]
                for page in pages
                for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
                if entry["Key"] == stored.key
            )

    def held(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        """Return key and id of every version and delete marker that the hold bucket has for the contact."""
        return S3HeldCopies(self.hold_bucket).versions(contact_id)

    def remove(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        """Delete these for good, whatever their locks, and return those that S3 refused.

        A legal hold outranks the bypass of governance mode, so it is lifted first (S3 User Guide, "Object Lock legal
        holds"). DeleteObjects says row by row what it refused (API reference, "DeleteObjects").
        """
        by_bucket: dict[str, list[Version]] = defaultdict(list)
        for one in versions:
            self._lift(one)
            by_bucket[one.stored.bucket].append(one)
        refused: list[Version] = []
        for bucket, found in by_bucket.items():
            rows = [(one.stored.key, one.version_id) for one in found]
            left = S3HeldCopies(bucket).dispose(rows, bypass=bucket == self.hold_bucket)
            refused += [one for one in found if (one.stored.key, one.version_id) in left]
        return tuple(refused)

    def _lift(self, one: Version) -> None:
        """Lift the legal hold; a delete marker, and a bucket without locks, have none."""
        version: dict[str, Any] = {"Bucket": one.stored.bucket, "Key": one.stored.key, "VersionId": one.version_id}
        try:
            with translated("s3.PutObjectLegalHold"):
                client("s3").put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
        except (AccessDenied, NotFound):
            # What is gone needs nothing lifted; what may not be lifted is refused, and told, when it is deleted.
            return
        except InvalidRequest as error:
            if error.code not in {"MethodNotAllowed", "InvalidRequest"}:
                raise
