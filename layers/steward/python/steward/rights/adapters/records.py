"""Exported contact records, read for a search; and the store of rights, in which copies are kept."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import NotFound
from steward.ids import ContactId
from steward.names import CONTACT_RECORD_ERRORS, CONTACT_RECORDS
from steward.retention.contact_records import Month
from steward.rights.finding.scanning import Found, UnreadableRecords
from steward.rights.finding.searching import ERRORS
from steward.rights.requests import RequestId


@dataclass(frozen=True)
class S3Records:
    """The bucket of contact records. An empty name stands for a policy that exports none."""

    bucket: str
    _sizes: dict[str, int] = field(default_factory=dict, repr=False)

    def partitions(self, first: Month, last: Month) -> tuple[str, ...]:
        """Return the partitions of those months of which anything is there, and that of errors."""
        if not self.bucket:
            return ()
        found: list[str] = []
        month = first
        while month <= last:
            name = str(month)
            if next(self._keys(_prefix(name)), None) is not None:
                found.append(name)
            month = Month(month.year + month.month // 12, month.month % 12 + 1)
        return (*found, ERRORS)

    def objects(self, partition: str, after: str) -> Iterator[str]:
        """Return the keys in a partition that come after that key, in order."""
        return self._keys(_prefix(partition), after)

    def lines(self, key: str) -> Iterator[bytes]:
        """Return the lines of an object, unpacked as it is read. Raises UnreadableRecords."""
        with translated("s3.GetObject"):
            answer = client("s3").get_object(Bucket=self.bucket, Key=key)
        self._sizes.clear()
        self._sizes[key] = answer["ContentLength"]
        body: Any = answer["Body"]
        try:
            with translated("s3.GetObject"):
                if key.endswith(".gz"):
                    with gzip.GzipFile(fileobj=body) as unpacked:
                        yield from unpacked
                else:
                    yield from body.iter_lines()
        except (OSError, EOFError, zlib.error):
            raise UnreadableRecords("the object cannot be unpacked") from None

    def size(self, key: str) -> int:
        """Return the bytes of the object that was just read."""
        return self._sizes.get(key, 0)

    def _keys(self, prefix: str, after: str = "") -> Iterator[str]:
        pages = (
            client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, StartAfter=after)
        )
        with translated("s3.ListObjectsV2"):
            for page in pages:
                for one in page.get("Contents", []):
                    yield one["Key"]


def _prefix(partition: str) -> str:
    if partition == ERRORS:
        return CONTACT_RECORD_ERRORS
    year, _, month = partition.partition("-")
    return f"{CONTACT_RECORDS}year={year}/month={month}/"


_UPDATED: Final = "updated-at"
"""Metadata of a kept copy: when Connect last changed the record."""


@dataclass(frozen=True)
class S3RightsStore:
    """The bucket of requests of people."""

    bucket: str

    def intake(self, key: str) -> bytes | None:
        """Return an intake, or none if there is no such object."""
        return self.read(key)

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        """Return the copy of a contact's record that is kept for a request."""
        return self.read(record_key(request, contact_id))

    def keep_record(self, request: RequestId, found: Found) -> None:
        """Keep a copy of a record, unless a later one of the same contact is kept already."""
        key = record_key(request, found.contact_id)
        s3 = client("s3")
        try:
            with translated("s3.HeadObject"):
                kept = s3.head_object(Bucket=self.bucket, Key=key)["Metadata"].get(_UPDATED, "")
            if kept >= found.updated_at:
                return
        except NotFound:
            pass
        with translated("s3.PutObject"):
            s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=_canonical(found.line),
                ContentType="application/json",
                Metadata={_UPDATED: found.updated_at},
            )

    def read(self, key: str) -> bytes | None:
        """Return an object, or none if there is none."""
        try:
            with translated("s3.GetObject"):
                return client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except NotFound:
            return None


def record_key(request: RequestId, contact_id: ContactId) -> str:
    """Return where the record of a found contact is kept."""
    return f"requests/{request}/records/{contact_id}.json"


def _canonical(line: bytes) -> bytes:
    return json.dumps(json.loads(line), ensure_ascii=False, indent=1).encode()
