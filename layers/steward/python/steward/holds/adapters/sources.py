"""The buckets that Connect writes into, on S3."""

from __future__ import annotations

import hashlib
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import InvalidRequest, NotFound, translated
from steward.holds.ports import Content, SourceVersion
from steward.ids import RecordClass, Sha256

_CHUNK = 1024 * 1024


class S3Sources:
    """Reads and protects originals; never changes or removes one."""

    def find(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the keys under that prefix, page by page."""
        s3 = client("s3")
        with translated("s3.ListObjectsV2"):
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return tuple(entry["Key"] for page in pages for entry in page.get("Contents", []))

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the first thousand folders right below that one."""
        s3 = client("s3")
        with translated("s3.ListObjectsV2"):
            answer = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/")
        return tuple(entry["Prefix"] for entry in answer.get("CommonPrefixes", []))

    def protect(self, record_class: RecordClass, bucket: str, key: str) -> SourceVersion | None:
        """Put the newest version with bytes under legal hold; none if there is none.

        The hold is set before anything is read, so that no lifecycle run comes in between. S3 answers 405 or 404 when
        the newest version is a delete marker: then the versions are listed and the newest one behind it is held. In a
        bucket without Object Lock (one that existed before steward) the original stays unprotected and is only copied.
        """
        version_id, protected = "", True
        try:
            self._hold(bucket, key, version_id)
        except NotFound:
            version_id = self._newest_behind_marker(bucket, key)
            if not version_id:
                return None
            self._hold(bucket, key, version_id)
        except InvalidRequest:
            protected = False
        return SourceVersion(
            record_class=record_class, bucket=bucket, key=key, version_id=version_id, protected=protected
        )

    def read(self, source: SourceVersion) -> Content:
        """Read the version through and return its digest and length."""
        s3 = client("s3")
        digest, size = hashlib.sha256(), 0
        with translated("s3.GetObject"):
            answer = s3.get_object(Bucket=source.bucket, Key=source.key, **_version(source.version_id))
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return Content(
            version_id=answer.get("VersionId", ""),
            sha256=Sha256(digest.hexdigest()),
            bytes=size,
            last_modified=answer["LastModified"],
        )

    def free(self, bucket: str, key: str, version_id: str) -> None:
        """Lift the legal hold from that version; one that is gone is no error."""
        s3 = client("s3")
        try:
            with translated("s3.PutObjectLegalHold"):
                s3.put_object_legal_hold(Bucket=bucket, Key=key, LegalHold={"Status": "OFF"}, **_version(version_id))
        except NotFound:
            return

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str]:
        """Return the object's tags; none if the object is gone."""
        s3 = client("s3")
        try:
            with translated("s3.GetObjectTagging"):
                answer = s3.get_object_tagging(Bucket=bucket, Key=key, **_version(version_id))
        except NotFound:
            return {}
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def _hold(self, bucket: str, key: str, version_id: str) -> None:
        s3 = client("s3")
        with translated("s3.PutObjectLegalHold"):
            s3.put_object_legal_hold(Bucket=bucket, Key=key, LegalHold={"Status": "ON"}, **_version(version_id))

    def _newest_behind_marker(self, bucket: str, key: str) -> str:
        s3 = client("s3")
        with translated("s3.ListObjectVersions"):
            answer = s3.list_object_versions(Bucket=bucket, Prefix=key, MaxKeys=10)
        versions = [version for version in answer.get("Versions", []) if version["Key"] == key]
        return max(versions, key=lambda version: version["LastModified"], default={"VersionId": ""})["VersionId"]


def _version(version_id: str) -> dict[str, Any]:
    """Return the parameter that names a version; without one S3 means the current version."""
    return {"VersionId": version_id} if version_id else {}
