"""S3 Inventory, as S3 delivers it: ``inventory/SOURCE-BUCKET/steward/2027-02-01T01-00Z/manifest.json``.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.evidence.statement.inventory import (
    CONFIGURATION,
    LARGEST_MANIFEST,
    PREFIX,
    Manifest,
    UnusableInventory,
    Version,
    read_manifest,
    read_rows,
)
from steward.evidence.statement.ports import Delivered
from steward.failures import NotFound

_FOLDER: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}-\d{2})Z/")
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True)
class S3Inventories:
    """The bucket of inventories."""

    bucket: str

    def of(self, bucket: str) -> list[Delivered]:
        """Return the inventories of that bucket, the newest first; one without its manifest too."""
        root = f"{PREFIX}/{bucket}/{CONFIGURATION}/"
        found = []
        with translated("s3.ListObjectsV2"):
            pages = client("s3").get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=root, Delimiter="/"):
                for folder in page.get("CommonPrefixes", ()):
                    name = _FOLDER.fullmatch(folder["Prefix"].removeprefix(root))
                    if name:
                        begun = datetime.strptime(name[1], "%Y-%m-%dT%H-%M").replace(tzinfo=UTC)
                        found.append(Delivered(begun, f"{folder['Prefix']}manifest.json"))
        return sorted(found, reverse=True)

    def manifest(self, bucket: str, key: str) -> Manifest:
        """Return that manifest. S3 writes its checksum last: until then ``UnusableInventory`` is raised."""
        try:
            checksum = self._small(f"{key.removesuffix('.json')}.checksum")
            body = self._small(key)
        except NotFound:
            raise UnusableInventory("the inventory is not complete: its manifest or checksum is not there") from None
        return read_manifest(bucket, key, body, checksum)

    def versions(self, manifest: Manifest) -> Iterator[Version]:
        """Return every row, as it is read; nothing is kept.

        Raises ``UnusableInventory`` for a file that is missing, broken, or not the one that the manifest names.
        """
        for file in manifest.files:
            try:
                with translated("s3.GetObject"):
                    answer = client("s3").get_object(Bucket=self.bucket, Key=file.key)
            except NotFound:
                raise UnusableInventory("a file that the manifest names is not there") from None
            source = _Hashed(answer["Body"])
            try:
                with gzip.open(io.BufferedReader(source, _CHUNK), "rt", encoding="utf-8", newline="") as lines:
                    yield from read_rows(lines, manifest)
            except (EOFError, OSError, zlib.error, UnicodeDecodeError):
                raise UnusableInventory("a file that the manifest names cannot be read") from None
            source.read_to_the_end()
            if source.md5.hexdigest() != file.md5:
                raise UnusableInventory("a file is not the one that the manifest names")

    def _small(self, key: str) -> bytes:
        with translated("s3.GetObject"):
            answer = client("s3").get_object(Bucket=self.bucket, Key=key)
            body: bytes = answer["Body"].read(LARGEST_MANIFEST + 1)
        if len(body) > LARGEST_MANIFEST:
            raise UnusableInventory("the manifest is too large")
        return body


class _Hashed(io.RawIOBase):
    """A body of S3 as it is read, with the MD5 digest that the manifest states."""

    def __init__(self, body: Any) -> None:  # noqa: ANN401 - botocore's stream
        self._body = body
        self.md5 = hashlib.md5(usedforsecurity=False)

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - the buffer protocol has no name before Python 3.12
        """Read into that buffer."""
        view = memoryview(buffer)
        with translated("s3.GetObject"):
            chunk: bytes = self._body.read(len(view))
        self.md5.update(chunk)
        view[: len(chunk)] = chunk
        return len(chunk)

    def read_to_the_end(self) -> None:
        """Read what is behind the compressed data, so that all of it is in the digest."""
        while self.read(_CHUNK):
            pass
