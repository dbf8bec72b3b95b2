"""Removing what a request no longer needs from the store of rights, every version of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import AccessDenied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_BATCH = 1000
"""DeleteObjects takes so many versions in one request (Amazon S3 API reference)."""


@dataclass(frozen=True)
class S3Removing:
    """The bucket of requests of people."""

    bucket: str

    def remove(self, prefix: str, limit: int) -> int:
        """Remove at most so many versions and markers under a prefix; return how many there were, up to one more.

        Raises AccessDenied where S3 refused single ones inside a success.
        """
        found = list(islice(self._versions(prefix), limit + 1))
        for start in range(0, min(len(found), limit), _BATCH):
            batch = found[start : min(start + _BATCH, limit)]
            with translated("s3.DeleteObjects"):
                answer = client("s3").delete_objects(Bucket=self.bucket, Delete={"Objects": batch, "Quiet": True})
            if answer.get("Errors"):
                raise AccessDenied("s3.DeleteObjects", str(answer["Errors"][0].get("Code", "")))
        return len(found)

    def _versions(self, prefix: str) -> Iterator[ObjectIdentifierTypeDef]:
        with translated("s3.ListObjectVersions"):
            for page in client("s3").get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
                for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    yield {"Key": one["Key"], "VersionId": one["VersionId"]}
