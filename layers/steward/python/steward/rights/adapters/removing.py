"""Removing what a request no longer needs from the store of rights, every version of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import AccessDenied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_BATCH = 1000
"""DeleteObjects takes so many versions in one request (Amazon S3 API reference)."""


_OF_A_REQUEST: Final = re.compile(r"(?:records|registers)/[^/]*")
"""What follows a request's reference under ``requests/`` (``steward.rights.adapters.records``)."""

_ALONE: Final = re.compile(r"[^/]*")
"""What follows a reference under ``packages/`` and ``disclosures/``: an archive's name."""


def _is_of(key: str, prefix: str) -> bool:
    """Tell whether a key is that of exactly this reference, or exactly this key."""
    if not prefix.endswith("/"):
        return key == prefix
    form = _OF_A_REQUEST if prefix.startswith("requests/") else _ALONE
    return form.fullmatch(key.removeprefix(prefix)) is not None


@dataclass(frozen=True)
class S3Removing:
    """The bucket of requests of people. Raises ``AwsError``."""

    bucket: str

    def remove(self, prefix: str, limit: int) -> int:
        """Remove at most so many versions and markers under a prefix; return how many there were, up to one more.

        A prefix that ends with no slash is a whole key: what only begins like it is somebody else's. So is what lies
        deeper under one that does than steward writes: references may have slashes, and ``2026`` is not ``2026/17``.

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
                    if _is_of(one["Key"], prefix):
                        yield {"Key": one["Key"], "VersionId": one["VersionId"]}
