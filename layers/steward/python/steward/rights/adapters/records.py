"""Exported contact records, read for a search; and the store of rights, in which copies are kept."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import NotFound, UnreadableRow
from steward.ids import ContactId
from steward.limits import INTAKE
from steward.names import CONTACT_RECORD_ERRORS, CONTACT_RECORDS, CORRECTIONS, REGISTER_PAGE
from steward.retention.contact_records import Month
from steward.rights.correcting import Statement
from steward.rights.finding import registers
from steward.rights.finding.registers import Entries
from steward.rights.finding.scanning import Found, UnreadableRecords
from steward.rights.finding.searching import ERRORS
from steward.rights.requests import RequestId

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

AHEAD: Final = 8
"""So many objects are asked for before they are read: S3 answers each after some 20 ms, and a month has thousands.

Fewer than botocore keeps connections for (``max_pool_connections``, 10).
"""

LONGEST_RECORD: Final = 16 * 1024 * 1024
"""Bytes of a line: a record of Kinesis has at most 10 MiB (Amazon Kinesis Data Streams, "Quotas and limits"); set aside
it is written in Base64."""

MOST_UNPACKED: Final = 512 * 1024 * 1024
"""Bytes of an object: Firehose gathers at most 128 MiB before it packs them (API reference, "BufferingHints")."""

_CHUNK: Final = 64 * 1024


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, amount: int, /) -> bytes:
        """Return at most so many of the next bytes; none at the end."""


def lines_of(stream: Readable, longest: int = LONGEST_RECORD, most: int = MOST_UNPACKED) -> Iterator[bytes]:
    """Return the lines of a stream, without their ends, as they come.

    Raises UnreadableRecords for a line, or for lines together, that Firehose cannot have written: a small object may
    unpack to any size.
    """
    rest = b""
    while chunk := stream.read(_CHUNK):
        most -= len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        if most < 0 or len(rest) > longest:
            raise UnreadableRecords("the object has more in it than contact records take")
        yield from whole
    if rest:
        yield rest


@dataclass(frozen=True)
class S3Records:
    """The bucket of contact records. An empty name stands for a policy that exports none.

    Whatever asks AWS raises ``AwsError``.
    """

    bucket: str
    _sizes: dict[str, int] = field(default_factory=dict, repr=False)
    _asked_for: dict[str, Future[Any]] = field(default_factory=dict, repr=False)

    def partitions(self, first: Month, last: Month) -> tuple[str, ...]:
        """Return the partitions of those months of which anything is there, and that of errors."""
        if not self.bucket:
            return ()
        months = [str(month) for month in _months(first, last)]
        return (*(name for name in months if next(self._keys(_prefix(name)), None) is not None), ERRORS)

    def written(self, first: Month, last: Month) -> Iterator[datetime]:
        """Return when each object of those months was written, month by month."""
        for month in _months(first, last):
            for one in self._listed(_prefix(str(month))):
                yield one["LastModified"]

    def objects(self, partition: str, after: str, since: datetime | None) -> Generator[str]:
        """Return the keys in a partition that come after that key, in order; only of those written ``since`` then.

        The next few are asked for already, and none of them is read before its turn. To be closed by its reader.
        """
        waiting = deque[str]()
        with ThreadPoolExecutor(max_workers=AHEAD) as pool:
            try:
                for key in self._keys(_prefix(partition), after, since):
                    self._asked_for[key] = pool.submit(self._get, key)
                    waiting.append(key)
                    if len(waiting) >= AHEAD:
                        yield waiting.popleft()
                while waiting:
                    yield waiting.popleft()
            finally:
                for key in waiting:
                    self._let_go(self._asked_for.pop(key))

    def keys(self, partition: str, since: datetime | None, after: str = "") -> Iterator[str]:
        """Return the keys in a partition, in order, and ask for none of the objects; only of those as above."""
        return self._keys(_prefix(partition), after, since)

    def lines(self, key: str) -> Iterator[bytes]:
        """Return the lines of an object, unpacked as it is read. Raises UnreadableRecords."""
        asked_for = self._asked_for.pop(key, None)
        answer = asked_for.result() if asked_for else self._get(key)
        self._sizes.clear()
        self._sizes[key] = answer["ContentLength"]
        body: Any = answer["Body"]
        try:
            with translated("s3.GetObject"):
                if key.endswith(".gz"):
                    with gzip.GzipFile(fileobj=body) as unpacked:
                        yield from lines_of(unpacked)
                else:
                    yield from lines_of(body)
        except (OSError, EOFError, zlib.error):
            raise UnreadableRecords("the object cannot be unpacked") from None

    def _get(self, key: str) -> Any:  # noqa: ANN401 - the operation's answer
        with translated("s3.GetObject"):
            return client("s3").get_object(Bucket=self.bucket, Key=key)

    def _let_go(self, asked_for: Future[Any]) -> None:
        """Give the connection of an object back that nobody reads any more."""
        if not asked_for.cancel() and asked_for.exception() is None:
            asked_for.result()["Body"].close()

    def size(self, key: str) -> int:
        """Return the bytes of the object that was just read."""
        return self._sizes.get(key, 0)

    def _keys(self, prefix: str, after: str = "", since: datetime | None = None) -> Iterator[str]:
        return (one["Key"] for one in self._listed(prefix, after) if since is None or one["LastModified"] >= since)

    def _listed(self, prefix: str, after: str = "") -> Iterator[ObjectTypeDef]:
        pages = (
            client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, StartAfter=after)
        )
        with translated("s3.ListObjectsV2"):
            for page in pages:
                yield from page.get("Contents", [])


def _months(first: Month, last: Month) -> Iterator[Month]:
    month = first
    while month <= last:
        yield month
        month = Month(month.year + month.month // 12, month.month % 12 + 1)


def _prefix(partition: str) -> str:
    if partition == ERRORS:
        return CONTACT_RECORD_ERRORS
    year, _, month = partition.partition("-")
    return f"{CONTACT_RECORDS}year={year}/month={month}/"


_UPDATED: Final = "updated-at"
"""Metadata of a kept copy: when Connect last changed the record."""


@dataclass(frozen=True)
class S3RightsStore:
    """The bucket of requests of people. Every call raises ``AwsError``."""

    bucket: str

    def intake(self, key: str) -> bytes | None:
        """Return an intake, or none if there is no such object; of one that is too large, as much as shows that."""
        try:
            with translated("s3.GetObject"):
                body: Any = client("s3").get_object(Bucket=self.bucket, Key=key)["Body"]
                with closing(body):
                    return bytes(body.read(INTAKE.bytes + 1))
        except NotFound:
            return None

    def intake_changed_at(self, key: str) -> datetime | None:
        """Return when an intake was last written, or none if there is no such object."""
        try:
            with translated("s3.HeadObject"):
                changed: datetime = client("s3").head_object(Bucket=self.bucket, Key=key)["LastModified"]
        except NotFound:
            return None
        return changed

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

    def keep_entries(self, request: RequestId, contact_id: ContactId, entries: Entries) -> None:
        """Keep what registers say of a contact, together with what was kept of it before."""
        before = self.entries(request, contact_id)
        together = entries.with_earlier(before)
        if together == before:
            return
        with translated("s3.PutObject"):
            client("s3").put_object(
                Bucket=self.bucket,
                Key=entries_key(request, contact_id),
                Body=registers.written(together),
                ContentType="application/json",
            )

    def entries(self, request: RequestId, contact_id: ContactId) -> Entries:
        """Return what is kept of the registers' entries about a contact. Raises ``UnreadableRow`` as below."""
        body = self.read(entries_key(request, contact_id))
        try:
            return registers.read(body) if body is not None else registers.NOTHING
        except msgspec.MsgspecError:
            raise UnreadableRow("entries of registers about a contact cannot be read") from None

    def keep_statement(self, contact_id: ContactId, statement: Statement) -> None:
        """Keep what a person said of a contact, in the place of an earlier statement of the same request."""
        with translated("s3.PutObject"):
            client("s3").put_object(
                Bucket=self.bucket,
                Key=f"{statements_of(contact_id)}{statement.request}.json",
                Body=msgspec.json.encode(statement),
                ContentType="application/json",
            )

    def statements(self, contact_id: ContactId) -> tuple[Statement, ...]:
        """Return what people said of a contact, by its day. Raises ``UnreadableRow`` for one of another form."""
        pages = (
            client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=statements_of(contact_id))
        )
        with translated("s3.ListObjectsV2"):
            keys = [one["Key"] for page in pages for one in page.get("Contents", ())]
        found = (self.read(one) for one in keys)
        try:
            return tuple(sorted(msgspec.json.decode(one, type=Statement) for one in found if one is not None))
        except msgspec.MsgspecError:
            raise UnreadableRow("a statement about a contact cannot be read") from None

    def keep_register(self, page: bytes) -> None:
        """Keep the register as a page, in the place of yesterday's."""
        with translated("s3.PutObject"):
            client("s3").put_object(
                Bucket=self.bucket, Key=REGISTER_PAGE, Body=page, ContentType="text/html; charset=utf-8"
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


def statements_of(contact_id: ContactId) -> str:
    """Return the folder of what people said of a contact."""
    return f"{CORRECTIONS}{contact_id}/"


def entries_key(request: RequestId, contact_id: ContactId) -> str:
    """Return where the registers' entries about a found contact are kept."""
    return f"requests/{request}/registers/{contact_id}.json"


def _canonical(line: bytes) -> bytes:
    return json.dumps(json.loads(line), ensure_ascii=False, indent=1).encode()
