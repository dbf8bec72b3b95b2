"""Versions of objects in S3, removed under the break-glass role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import InvalidRequest, NotFound
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.card_data import StoredObject
from steward.ids import ContactId


@dataclass(frozen=True, slots=True)
class S3Versions:
    """The buckets, version by version. Only in ``hold_bucket`` are versions under a dated lock."""

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

    def remove(self, stored: StoredObject, version_id: str) -> None:
        """Delete that version for good, whatever its lock; one that is gone is no error.

        A legal hold outranks the bypass of governance mode, so it is lifted first (S3 User Guide, "Object Lock legal
        holds"); a delete marker, and a bucket without locks, have none.
        """
        s3 = client("s3")
        version: dict[str, Any] = {"Bucket": stored.bucket, "Key": stored.key, "VersionId": version_id}
        try:
            with translated("s3.PutObjectLegalHold"):
                s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
        except NotFound:
            pass
        except InvalidRequest as error:
            if error.code not in {"MethodNotAllowed", "InvalidRequest"}:
                raise
        with translated("s3.DeleteObject"):
            bypass: dict[str, Any] = {"BypassGovernanceRetention": True} if stored.bucket == self.hold_bucket else {}
            s3.delete_object(**version, **bypass)
