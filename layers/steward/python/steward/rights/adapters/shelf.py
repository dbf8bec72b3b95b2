"""Packages in the store of rights: one archive each, and links to it that open for minutes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from steward.archive import Entry, write_archive
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.rights.adapters.records import S3RightsStore

_TYPE: Final = "application/zip"
PART: Final = 8 * 1024 * 1024
"""So much of an archive is kept in memory before it goes to S3, which takes parts of 5 MiB and more.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""


@dataclass(frozen=True)
class S3Shelf(S3RightsStore):
    """The bucket of requests of people, with packages. Whatever asks AWS raises ``AwsError``."""

    def keep_package(self, key: str, entries: Iterable[Entry]) -> None:
        """Write the entries as one archive, each as it comes; the same entries make the same bytes."""
        out = _Upload(self.bucket, key)
        write_archive(out, entries)
        out.finish()

    def link(self, key: str, seconds: int) -> str:
        """Return an address at which the object can be fetched for so long, by whoever has it."""
        return client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
        )


class _Upload(io.RawIOBase):
    """Writes an object in parts, in one request if it is small.

    What is left of one that was not finished goes with the bucket's own rule for such uploads.
    """

    def __init__(self, bucket: str, key: str) -> None:
        self._where = {"Bucket": bucket, "Key": key}
        self._waiting = bytearray()
        self._upload = ""
        self._etags = list[str]()

    def writable(self) -> bool:
        return True

    def write(self, some: Any, /) -> int:  # noqa: ANN401 - whatever has the bytes
        self._waiting += some
        while len(self._waiting) >= PART:
            self._part(bytes(self._waiting[:PART]))
            del self._waiting[:PART]
        return len(some)

    def finish(self) -> None:
        """Let S3 put the object in its place: before, nothing is there."""
        s3: Any = client("s3")
        if not self._upload:
            with translated("s3.PutObject"):
                s3.put_object(**self._where, Body=bytes(self._waiting), ContentType=_TYPE)
            return
        if self._waiting:
            self._part(bytes(self._waiting))
        parts = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(self._etags, start=1)]
        with translated("s3.CompleteMultipartUpload"):
            s3.complete_multipart_upload(**self._where, UploadId=self._upload, MultipartUpload={"Parts": parts})

    def _part(self, body: bytes) -> None:
        s3: Any = client("s3")
        if not self._upload:
            with translated("s3.CreateMultipartUpload"):
                self._upload = s3.create_multipart_upload(**self._where, ContentType=_TYPE)["UploadId"]
        number = len(self._etags) + 1
        with translated("s3.UploadPart"):
            answer = s3.upload_part(**self._where, UploadId=self._upload, PartNumber=number, Body=body)
        self._etags.append(answer["ETag"])
