"""The versions of objects that an erasure removes. No lock is ever lifted or bypassed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import AccessDenied, Unavailable
from steward.holds.adapters.sources import S3Sources
from steward.rights.erasure.ports import LockedObject, Version

_BATCH: Final = 1000
"""DeleteObjects takes so many versions in one request (Amazon S3 API reference)."""

_DENIED: Final = "AccessDenied"
"""What DeleteObjects answers, row by row, for a version under a lock (Amazon S3 User Guide, "Object Lock")."""


class S3SourcesByVersion(S3Sources):
    """The stores, looked through by their versions alone: whoever erases may list nothing else of them."""

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the folders right below that one, of the first thousand entries, also where a marker hides them."""
        with translated("s3.ListObjectVersions"):
            answer = client("s3").list_object_versions(Bucket=bucket, Prefix=prefix, Delimiter="/")
        return tuple(entry["Prefix"] for entry in answer.get("CommonPrefixes", []))


@dataclass(frozen=True)
class S3Objects:
    """One bucket."""

    bucket: str

    def versions(self, key: str) -> tuple[Version, ...]:
        """Return every version and delete marker of exactly that key."""
        return tuple(one for one in self.below(key) if one.key == key)

    def below(self, prefix: str) -> Iterator[Version]:
        """Return every version and delete marker under a prefix."""
        with translated("s3.ListObjectVersions"):
            for page in client("s3").get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
                for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    yield Version(key=one["Key"], version_id=one["VersionId"])

    def remove(self, versions: Sequence[Version]) -> None:
        """Delete those for good. Raises ``LockedObject`` where a lock stands, else ``Unavailable``."""
        s3: Any = client("s3")
        codes: list[str] = []
        for start in range(0, len(versions), _BATCH):
            batch = [{"Key": one.key, "VersionId": one.version_id} for one in versions[start : start + _BATCH]]
            try:
                with translated("s3.DeleteObjects"):
                    answer = s3.delete_objects(Bucket=self.bucket, Delete={"Objects": batch, "Quiet": True})
            except AccessDenied as denied:
                raise Unavailable(denied.operation, denied.code) from None
            # A row fails inside a success (Amazon S3 API reference, "DeleteObjects").
            codes += [str(one.get("Code", "")) for one in answer.get("Errors", ())]
        if _DENIED in codes:
            raise LockedObject("a version is locked")
        if codes:
            raise Unavailable("s3.DeleteObjects", codes[0])
