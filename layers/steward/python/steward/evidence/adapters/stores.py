"""The stores as S3 shows them now, the evidence store, the register and the mail of a statement."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import msgspec

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.aws.rows import Row
from steward.clock import Clock
from steward.evidence.statement.ports import Seen, Stored
from steward.evidence.statement.register import Entry
from steward.failures import NotFound, PreconditionFailed, UnreadableRow
from steward.holds.adapters import rows
from steward.holds.register import ContactHolds
from steward.ids import ContactId
from steward.names import PARTITION_KEY

_CHUNK: Final = 1024 * 1024
_STATEMENTS: Final = "statements/"
_ACTS: Final = "acts/"
"""Where the ledger of erasures says what was about to go."""
_EXCEPTIONS_KEPT: Final = timedelta(days=400)
"""Thirteen months: longer than a year's audit needs, and not the seven years of a statement, which names nobody."""


@dataclass(frozen=True)
class S3Stores:
    """Any store, by its bucket."""

    def look(self, bucket: str, key: str, version_id: str) -> Seen | None:
        """Return that version; none if it is gone or hidden behind nothing but a marker."""
        s3 = client("s3")
        try:
            with translated("s3.HeadObject"):
                head = s3.head_object(Bucket=bucket, Key=key, VersionId=version_id)
        except NotFound:
            return None
        return Seen(
            bytes=head["ContentLength"],
            retain_until=head.get("ObjectLockRetainUntilDate"),
            lock_mode=head.get("ObjectLockMode", ""),
            legal_hold=head.get("ObjectLockLegalHoldStatus") == "ON",
        )

    def digest(self, bucket: str, key: str, version_id: str) -> str:
        """Read that version in pieces and return its SHA-256 digest."""
        s3, found = client("s3"), hashlib.sha256()
        with translated("s3.GetObject"):
            body = s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)["Body"]
            while chunk := body.read(_CHUNK):
                found.update(chunk)
        return found.hexdigest()

    def unfinished(self, bucket: str) -> list[datetime]:
        """Return when each unfinished upload was begun."""
        s3 = client("s3")
        with translated("s3.ListMultipartUploads"):
            pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket)
            return [one["Initiated"] for page in pages for one in page.get("Uploads", ())]


@dataclass(frozen=True)
class S3Shelf:
    """The evidence store. Its default lock is the statements'; exceptions bear a shorter one of their own."""

    bucket: str
    clock: Clock

    def newest(self, before: str = "") -> Stored | None:
        """Return the newest month's envelope; asked-for statements are not of the chain."""
        s3 = client("s3")
        with translated("s3.ListObjectsV2"):
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=f"{_STATEMENTS}2", Delimiter="/"
            )
            folders = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", ())]
        months = sorted(folder.removeprefix(_STATEMENTS).rstrip("/") for folder in folders)
        for month in reversed([one for one in months if not before or one < before]):
            found = self.read(f"{_STATEMENTS}{month}/envelope.json")
            if found is not None:
                return found
        return None

    def read(self, key: str) -> Stored | None:
        """Return that document."""
        s3 = client("s3")
        try:
            with translated("s3.GetObject"):
                return Stored(key=key, body=s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except NotFound:
            return None

    def last(self, folder: str, name: str) -> Stored | None:
        """Return the document of that name in the last of the folder's own folders, by their names."""
        s3 = client("s3")
        with translated("s3.ListObjectsV2"):
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{folder}/")
            keys = [one["Key"] for page in pages for one in page.get("Contents", ())]
        found = max((key for key in keys if key.rpartition("/")[2] == name), default=None)
        return self.read(found) if found else None

    def put(self, key: str, body: bytes, kind: str, *, kept: timedelta | None = None) -> None:
        """Store; the digest of the body is sent with it and S3 refuses another body."""
        self._put(key, body, kind, self._lock(kept))

    def put_for_few(self, key: str, body: bytes) -> None:
        """Store with a lock of thirteen months."""
        self._put(key, body, "application/x-ndjson", self._lock(_EXCEPTIONS_KEPT))

    def seal(self, key: str, body: bytes, *, kept: timedelta | None = None) -> bool:
        """Store a document unless there is one: two runs of one month make one statement."""
        try:
            self._put(key, body, "application/json", {"IfNoneMatch": "*", **self._lock(kept)})
        except PreconditionFailed:
            return False
        return True

    def _lock(self, kept: timedelta | None) -> dict[str, Any]:
        """Return a lock that is over before the store's lifecycle rule lets the document go; none for the default."""
        if kept is None:
            return {}
        until = self.clock.now() + kept - timedelta(days=2)
        return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}

    def _put(self, key: str, body: bytes, kind: str, options: dict[str, Any]) -> None:
        s3 = client("s3")
        with translated("s3.PutObject"):
            s3.put_object(
                Bucket=self.bucket, Key=key, Body=body, ContentType=kind, ChecksumAlgorithm="SHA256", **options
            )


class _Act(msgspec.Struct, frozen=True):
    store: str
    key: str = ""
    version_id: str = ""


@dataclass(frozen=True)
class Registers:
    """The register's table and the ledger of erasures, read through: once a month, at the cost of complaints.

    And in the nights after it while doubtful contacts wait to be handed over.
    """

    table: str
    erasures: str
    """The bucket of that ledger, or nothing."""
    buckets: Mapping[str, str]
    """Of records, by their class."""

    def rows(self) -> Iterator[ContactHolds | Entry | None]:
        """Return each contact's file, each entry of the disposal ledger and what erasures announced."""
        yield from self._registered()
        if self.erasures:
            yield from self._erased()

    def _erased(self) -> Iterator[Entry | None]:
        """Return each line of the ledger of erasures that is about an object; its files are locked, and read whole."""
        s3 = client("s3")
        with translated("s3.ListObjectsV2"):
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.erasures, Prefix=_ACTS)
            found = [one for page in pages for one in page.get("Contents", ())]
        for one in found:
            with translated("s3.GetObject"):
                body = s3.get_object(Bucket=self.erasures, Key=one["Key"])["Body"].read()
            for line in body.splitlines():
                try:
                    act = msgspec.json.decode(line, type=_Act)
                except msgspec.DecodeError:
                    yield None
                    continue
                if act.store in self.buckets:
                    bucket, at = self.buckets[act.store], one["LastModified"]
                    yield Entry(bucket=bucket, key=act.key, version_id=act.version_id, planned_at=at, cause="erasure")

    def _registered(self) -> Iterator[ContactHolds | Entry | None]:
        """Return what the table has. All rows of a partition come one after the other."""
        dynamodb = client("dynamodb")
        with translated("dynamodb.Scan"):
            pages = dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
            found = (row for page in pages for row in page["Items"])
            for partition, of_partition in groupby(found, key=lambda row: row[PARTITION_KEY]["S"]):
                yield from _read(partition, list(of_partition))


def _read(partition: str, found: list[Row]) -> Iterator[ContactHolds | Entry | None]:
    kind, _, name = partition.partition("#")
    try:
        if kind == "CONTACT":
            yield rows.read_file(ContactId(name), found)
        elif kind == "DISPOSAL":
            for row in found:
                entry = rows.read_disposal(row)
                yield Entry(
                    bucket=entry.bucket,
                    key=entry.key,
                    version_id=entry.version_id,
                    planned_at=entry.planned_at,
                    confirmed_at=entry.confirmed_at,
                    cause=entry.cause,
                )
    except UnreadableRow:
        yield None


@dataclass(frozen=True)
class SnsOfficer:
    """Publishes to the data protection officer's topic."""

    topic_arn: str

    def tell(self, subject: str, lines: list[str]) -> None:
        """Send a mail."""
        send_mail(self.topic_arn, subject, "\n".join(lines))
