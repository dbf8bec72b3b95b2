"""The legal-hold bucket, on S3."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import AwsError, NotFound, PreconditionFailed
from steward.holds.ports import LARGEST_SINGLE_COPY, PART_BYTES, Content, Copy, SourceVersion
from steward.holds.register import HeldArtefact, Protection
from steward.ids import ContactId, Sha256

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, CopySourceTypeDef

_DELETE_AT_MOST = 1000
"""DeleteObjects takes so many versions in one request (Amazon S3 API reference)."""


@dataclass(frozen=True)
class S3HeldCopies:
    """Writes locked copies; a version is deleted only by its id. The two lengths are S3's own but in tests.

    Every call raises ``AwsError``.
    """

    bucket: str
    largest_single_copy: int = LARGEST_SINGLE_COPY
    part_bytes: int = PART_BYTES

    def copy(
        self, source: SourceVersion, content: Content, key: str, lock: Protection, *, replace: bool = False
    ) -> Copy:
        """Copy with the lock in the same request, and return what S3 then says of the copy.

        ``If-None-Match`` makes the copy repeatable: one that exists already is described instead. S3's answer states
        the digest of the copy, which it computed itself (API reference, "CopyObjectResult").
        """
        if content.parts:
            return self._copy_in_parts(source, content, key, lock, replace=replace)
        s3 = client("s3")
        try:
            with translated("s3.CopyObject"):
                made = s3.copy_object(
                    Bucket=self.bucket,
                    Key=key,
                    CopySource=_origin(source.bucket, source.key, source.version_id),
                    ChecksumAlgorithm="SHA256",
                    TaggingDirective="REPLACE",
                    AnnotationDirective="EXCLUDE",
                    **_lock(lock),
                    **_unless_there(replace=replace),
                )
        except PreconditionFailed:
            return self._there(key, "")
        return Copy(
            key=key,
            version_id=made["VersionId"],
            sha256=_sha256(made["CopyObjectResult"]),
            bytes=None,
            retain_until=lock.retain_until,
            legal_hold=lock.legal_hold,
        )

    def restore(self, artefact: HeldArtefact) -> Copy:
        """Copy the held version on top of whatever lies above it, with its lock."""
        source = SourceVersion(
            record_class=artefact.record_class,
            bucket=self.bucket,
            key=artefact.hold_key,
            version_id=artefact.hold_version,
            protected=True,
        )
        parts = -(-artefact.bytes // self.part_bytes) if artefact.bytes > self.largest_single_copy else 0
        content = Content(
            version_id=artefact.hold_version,
            sha256=artefact.sha256,
            bytes=artefact.bytes,
            last_modified=artefact.held_at,
            parts=(artefact.sha256,) * parts,
        )
        return self.copy(source, content, artefact.hold_key, artefact.lock, replace=True)

    def _copy_in_parts(
        self, source: SourceVersion, content: Content, key: str, lock: Protection, *, replace: bool
    ) -> Copy:
        """Copy an object that is too large for one request; what is not completed is given up.

        The lock is set when the upload is begun (API reference, "CreateMultipartUpload"). A process that ends in
        between leaves parts, which the bucket's lifecycle rule for incomplete uploads removes.
        """
        if not replace and (there := self.describe(key, "")) is not None:
            return there
        s3 = client("s3")
        with translated("s3.CreateMultipartUpload"):
            begun = s3.create_multipart_upload(
                Bucket=self.bucket, Key=key, ChecksumAlgorithm="SHA256", ChecksumType="COMPOSITE", **_lock(lock)
            )
        upload: dict[str, Any] = {"Bucket": self.bucket, "Key": key, "UploadId": begun["UploadId"]}
        try:
            parts = [
                self._copy_part(source, upload, number, content.bytes) for number in range(1, len(content.parts) + 1)
            ]
            with translated("s3.CompleteMultipartUpload"):
                made = s3.complete_multipart_upload(
                    **upload, MultipartUpload={"Parts": parts}, **_unless_there(replace=replace)
                )
        except PreconditionFailed:
            self._give_up(upload)
            return self._there(key, "")
        except AwsError:
            self._give_up(upload)
            raise
        return self._there(key, made["VersionId"])

    def _copy_part(
        self, source: SourceVersion, upload: Mapping[str, Any], number: int, size: int
    ) -> CompletedPartTypeDef:
        s3 = client("s3")
        first = (number - 1) * self.part_bytes
        last = min(first + self.part_bytes, size) - 1
        with translated("s3.UploadPartCopy"):
            made = s3.upload_part_copy(
                **upload,
                PartNumber=number,
                CopySource=_origin(source.bucket, source.key, source.version_id),
                CopySourceRange=f"bytes={first}-{last}",
            )["CopyPartResult"]
        return {"PartNumber": number, "ETag": made["ETag"], "ChecksumSHA256": made["ChecksumSHA256"]}

    def _give_up(self, upload: Mapping[str, Any]) -> None:
        s3 = client("s3")
        try:
            with translated("s3.AbortMultipartUpload"):
                s3.abort_multipart_upload(**upload)
        except AwsError:
            # The bucket's lifecycle rule removes it after a day; what failed first is what has to be told.
            return

    def store(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        """Store a document with the lock in the same request.

        S3 computes the SHA-256 digest itself and refuses a body that does not match the one that was sent with it.
        """
        s3 = client("s3")
        try:
            with translated("s3.PutObject"):
                made = s3.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    ChecksumAlgorithm="SHA256",
                    **_lock(lock),
                    **_unless_there(replace=replace),
                )
        except PreconditionFailed:
            return self._there(key, "")
        return Copy(
            key=key,
            version_id=made["VersionId"],
            sha256=_sha256(made),
            bytes=len(body),
            retain_until=lock.retain_until,
            legal_hold=lock.legal_hold,
        )

    def describe(self, key: str, version_id: str) -> Copy | None:
        """Return that version, or none if it is not there."""
        try:
            return self._there(key, version_id)
        except NotFound:
            return None

    def locked_until(self, key: str, version_id: str) -> datetime | None:
        """Return until when S3 keeps that version; none where it has no date or is not there."""
        s3 = client("s3")
        try:
            with translated("s3.GetObjectRetention"):
                answer = s3.get_object_retention(Bucket=self.bucket, Key=key, VersionId=version_id)
        except NotFound:
            return None
        return answer["Retention"]["RetainUntilDate"]

    def is_under_legal_hold(self, key: str, version_id: str) -> bool:
        """Tell whether that version is under a legal hold; S3 answers 404 for one that never was, or is not there."""
        s3 = client("s3")
        try:
            with translated("s3.GetObjectLegalHold"):
                answer = s3.get_object_legal_hold(Bucket=self.bucket, Key=key, VersionId=version_id)
        except NotFound:
            return False
        return answer["LegalHold"].get("Status") == "ON"

    def lock(self, key: str, version_id: str, before: Protection, after: Protection, *, bypass: bool = False) -> None:
        """Bring the lock of a version from one state to another, with no call for what stays the same."""
        s3 = client("s3")
        if after.retain_until is not None and after.retain_until != before.retain_until:
            with translated("s3.PutObjectRetention"):
                s3.put_object_retention(
                    Bucket=self.bucket,
                    Key=key,
                    VersionId=version_id,
                    Retention={"Mode": "GOVERNANCE", "RetainUntilDate": after.retain_until},
                    **_bypassing(bypass=bypass),
                )
        if after.legal_hold != before.legal_hold:
            self._legal_hold(key, version_id, on=after.legal_hold)

    def lift(self, key: str, version_id: str) -> None:
        """Lift the undated legal hold from a version; a version that is gone, or a delete marker, is no error."""
        try:
            self._legal_hold(key, version_id, on=False)
        except NotFound:
            return

    def versions(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        """Return key and version id of every version and delete marker that belongs to the contact."""
        s3 = client("s3")
        with translated("s3.ListObjectVersions"):
            pages = s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=f"{contact_id}/")
            return tuple(
                (entry["Key"], entry["VersionId"])
                for page in pages
                for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            )

    def dispose(self, versions: Sequence[tuple[str, str]], *, bypass: bool = False) -> tuple[tuple[str, str], ...]:
        """Delete these versions for good and return those that S3 refused to delete."""
        s3 = client("s3")
        refused: list[tuple[str, str]] = []
        for start in range(0, len(versions), _DELETE_AT_MOST):
            batch = versions[start : start + _DELETE_AT_MOST]
            with translated("s3.DeleteObjects"):
                answer = s3.delete_objects(
                    Bucket=self.bucket,
                    Delete={"Objects": [{"Key": key, "VersionId": version} for key, version in batch], "Quiet": True},
                    **_bypassing(bypass=bypass),
                )
            refused += [(error["Key"], error["VersionId"]) for error in answer.get("Errors", [])]
        return tuple(refused)

    def _there(self, key: str, version_id: str) -> Copy:
        s3 = client("s3")
        version: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        with translated("s3.HeadObject"):
            head = s3.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED", **version)
        return Copy(
            key=key,
            version_id=head["VersionId"],
            sha256=_sha256(head),
            parts_sha256=_parts_sha256(head),
            bytes=head["ContentLength"],
            retain_until=head.get("ObjectLockRetainUntilDate"),
            legal_hold=head.get("ObjectLockLegalHoldStatus") == "ON",
        )

    def _legal_hold(self, key: str, version_id: str, *, on: bool) -> None:
        s3 = client("s3")
        with translated("s3.PutObjectLegalHold"):
            s3.put_object_legal_hold(
                Bucket=self.bucket, Key=key, VersionId=version_id, LegalHold={"Status": "ON" if on else "OFF"}
            )


def _lock(lock: Protection) -> dict[str, Any]:
    legal_hold = {"ObjectLockLegalHoldStatus": "ON" if lock.legal_hold else "OFF"}
    if lock.retain_until is None:
        return legal_hold
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": lock.retain_until, **legal_hold}


def _bypassing(*, bypass: bool) -> dict[str, Any]:
    return {"BypassGovernanceRetention": True} if bypass else {}


def _unless_there(*, replace: bool) -> dict[str, Any]:
    return {} if replace else {"IfNoneMatch": "*"}


def _origin(bucket: str, key: str, version_id: str) -> CopySourceTypeDef:
    origin: CopySourceTypeDef = {"Bucket": bucket, "Key": key}
    if version_id:
        origin["VersionId"] = version_id
    return origin


def _sha256(answer: Mapping[str, Any]) -> Sha256 | None:
    """Return the digest of the whole, which S3 gives in base64, as hexadecimal digits; none of a composite one."""
    encoded = answer.get("ChecksumSHA256", "")
    return Sha256(base64.b64decode(encoded).hex()) if encoded and "-" not in encoded else None


def _parts_sha256(answer: Mapping[str, Any]) -> Sha256 | None:
    """Return the digest over the digests of parts: what stands before the hyphen and the number of parts."""
    encoded, hyphen, _ = answer.get("ChecksumSHA256", "").partition("-")
    return Sha256(base64.b64decode(encoded).hex()) if hyphen else None
