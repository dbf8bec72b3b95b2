"""Packages in the store of rights: one archive each, and links to it that open for minutes."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.rights.adapters.records import S3RightsStore
from steward.rights.package.contents import Entry

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive: the same entries make the same bytes."""

IN_MEMORY: Final = 64 * 1024 * 1024
"""So much of an archive is kept in memory before it goes to the function's disk."""


@dataclass(frozen=True)
class S3Shelf(S3RightsStore):
    """The bucket of requests of people, with packages."""

    def keep_package(self, key: str, entries: Sequence[Entry]) -> None:
        """Write the entries as one archive; the same entries make the same bytes."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for entry in entries:
                    archive.writestr(_named(entry.name), entry.content)
            file.seek(0)
            body: Any = file
            with translated("s3.PutObject"):
                client("s3").put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/zip")

    def link(self, key: str, seconds: int) -> str:
        """Return an address at which the object can be fetched for so long, by whoever has it."""
        return client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
        )


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EARLIEST)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
