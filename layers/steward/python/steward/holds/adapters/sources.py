"""The buckets that Connect writes into, on S3."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import InvalidRequest, NotFound
from steward.holds.ports import LARGEST_SINGLE_COPY, PART_BYTES, Content, SourceVersion, StoredVersion
from steward.ids import RecordClass, Sha256

NO_VERSION = "null"
"""The id that S3 gives the only version of an object in a bucket without versions."""

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class S3Sources:
    """Reads and protects originals; never changes or removes one. The two lengths are S3's own but in tests.

    Every call raises ``AwsError``.
    """

    largest_single_copy: int = LARGEST_SINGLE_COPY
    part_bytes: int = PART_BYTES

    def find(self, bucket: str, prefix: str) -> tuple[StoredVersion, ...]:
        """Return every version with bytes under that prefix, page by page, the newest of each key first.

        S3 lists the versions of a key in the order in which they were stored, the newest first (API reference,
        "ListObjectVersions"); a bucket that never had versions answers with the id ``null``.
        """
        s3 = client("s3")
        with translated("s3.ListObjectVersions"):
            pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
            return tuple(
                StoredVersion(
                    key=entry["Key"],
                    version_id="" if entry["VersionId"] == NO_VERSION else entry["VersionId"],
                    stored_at=entry["LastModified"],
                    bytes=entry["Size"],
                )
                for page in pages
                for entry in page.get("Versions", [])
            )

    def newest(self, bucket: str, key: str) -> StoredVersion | None:
        """Return the version that is current now, or none if there is none or a delete marker stands before it."""
        s3 = client("s3")
        try:
            with translated("s3.HeadObject"):
                head = s3.head_object(Bucket=bucket, Key=key)
        except NotFound:
            return None
        return StoredVersion(
            key=key,
            version_id=head.get("VersionId", ""),
            stored_at=head["LastModified"],
            bytes=head["ContentLength"],
        )

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the first thousand folders right below that one."""
        s3 = client("s3")
        with translated("s3.ListObjectsV2"):
            answer = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/")
        return tuple(entry["Prefix"] for entry in answer.get("CommonPrefixes", []))

    def protect(self, record_class: RecordClass, bucket: str, version: StoredVersion) -> SourceVersion:
        """Put that version under legal hold; it is found also where lifecycle has put a delete marker before it.

        The hold is set before anything is read, so that no lifecycle run comes in between. In a bucket without Object
        Lock (one that existed before steward) the original stays unprotected and is only copied.
        """
        protected = True
        try:
            self._hold(bucket, version.key, version.version_id)
        except InvalidRequest:
            protected = False
        return SourceVersion(
            record_class=record_class,
            bucket=bucket,
            key=version.key,
            version_id=version.version_id,
            protected=protected,
        )

    def read(self, source: SourceVersion) -> Content:
        """Read the version through and return its digest and length; of a very large one also its parts' digests."""
        s3 = client("s3")
        digest, size = hashlib.sha256(), 0
        with translated("s3.GetObject"):
            answer = s3.get_object(Bucket=source.bucket, Key=source.key, **_version(source.version_id))
            parts = Parts(self.part_bytes) if answer["ContentLength"] > self.largest_single_copy else None
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if parts is not None:
                    parts.update(chunk)
        return Content(
            version_id=answer.get("VersionId", ""),
            sha256=Sha256(digest.hexdigest()),
            bytes=size,
            last_modified=answer["LastModified"],
            parts=parts.digests() if parts is not None else (),
        )

    def free(self, bucket: str, key: str, version_id: str) -> None:
        """Lift the legal hold from that version; one that is gone is no error."""
        s3 = client("s3")
        try:
            with translated("s3.PutObjectLegalHold"):
                s3.put_object_legal_hold(Bucket=bucket, Key=key, LegalHold={"Status": "OFF"}, **_version(version_id))
        except NotFound:
            return

    def metadata(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        """Return what whoever wrote the object said of it (``x-amz-meta-``), or none if there is no such object."""
        s3 = client("s3")
        try:
            with translated("s3.HeadObject"):
                return dict(s3.head_object(Bucket=bucket, Key=key, **_version(version_id))["Metadata"])
        except NotFound:
            return None

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        """Return the object's tags, or none if there is no such object."""
        s3 = client("s3")
        try:
            with translated("s3.GetObjectTagging"):
                answer = s3.get_object_tagging(Bucket=bucket, Key=key, **_version(version_id))
        except NotFound:
            return None
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def _hold(self, bucket: str, key: str, version_id: str) -> None:
        s3 = client("s3")
        with translated("s3.PutObjectLegalHold"):
            s3.put_object_legal_hold(Bucket=bucket, Key=key, LegalHold={"Status": "ON"}, **_version(version_id))


class Parts:
    """The digests of a body's stretches of one length each; the last may be shorter."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._digests: list[Sha256] = []
        self._open, self._filled = hashlib.sha256(), 0

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        while chunk:
            taken, chunk = chunk[: self._length - self._filled], chunk[self._length - self._filled :]
            self._open.update(taken)
            self._filled += len(taken)
            if self._filled == self._length:
                self._close()

    def digests(self) -> tuple[Sha256, ...]:
        """Return one digest for each stretch."""
        if self._filled:
            self._close()
        return tuple(self._digests)

    def _close(self) -> None:
        self._digests.append(Sha256(self._open.hexdigest()))
        self._open, self._filled = hashlib.sha256(), 0


def _version(version_id: str) -> dict[str, Any]:
    """Return the parameter that names a version; without one S3 means the current version."""
    return {"VersionId": version_id} if version_id else {}
