"""What CloudTrail writes about reads of objects: log files, and the digests that say whether any is missing. Pure.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

READING: Final = ("GetObject", "HeadObject", "SelectObjectContent", "CopyObject", "UploadPartCopy")
"""The calls that read an object; a copy reads what it copies."""
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of one unpacked file: CloudTrail begins another long before."""


class UnreadableTrail(Exception):
    """A file of the trail that is none, or none any more; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Somebody read an object, or tried to."""

    at: datetime
    principal: str
    """The ARN of the session or user, or the name of the service."""
    role: str
    """The ARN of the role whose session it was; empty for a user, the root user and a service."""
    bucket: str
    key: str
    presigned: bool = False
    service: bool = False
    """Whether a service of AWS read it for itself, by its own identity: no name that a person chose says so."""
    refused: str = ""

    @property
    def person(self) -> str:
        """The session's or the user's name."""
        return self.principal.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What CloudTrail delivered in an hour: the files, each with the SHA-256 of what is in it."""

    start: datetime
    end: datetime
    files: tuple[tuple[str, str], ...]


def unpacked(body: bytes) -> bytes:
    """Return what is in a packed file; raise ``UnreadableTrail``."""
    opened = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = opened.decompress(body, LARGEST)
    except zlib.error:
        raise UnreadableTrail("cannot be unpacked") from None
    if opened.unconsumed_tail:
        raise UnreadableTrail("is larger than a file of CloudTrail's")
    if not opened.eof:
        raise UnreadableTrail("ends half-way")
    return content


def digest(body: bytes) -> Digest:
    """Return the digest in a file; raise ``UnreadableTrail``."""
    stated = _object(unpacked(body))
    try:
        files = tuple((str(one["s3Object"]), str(one["hashValue"])) for one in stated["logFiles"])
        start, end = (_moment(stated[name]) for name in ("digestStartTime", "digestEndTime"))
    except (KeyError, TypeError, ValueError):
        raise UnreadableTrail("is no digest") from None
    return Digest(start=start, end=end, files=files)


def reads(body: bytes, sha256: str) -> Iterator[Read]:
    """Return the reads in a log file, which has to be what CloudTrail delivered; raise ``UnreadableTrail``.

    A record that cannot be read is a failure of the whole file: it might be the one that matters.
    """
    content = unpacked(body)
    if hashlib.sha256(content).hexdigest() != sha256.lower():
        raise UnreadableTrail("is not what was delivered")
    records = _object(content).get("Records")
    if not isinstance(records, list):
        raise UnreadableTrail("has no records")
    for one in records:
        found = _read(one)
        if found is not None:
            yield found


def missing(digests: Iterable[Digest], begin: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the spans between two moments for which there is no digest.

    CloudTrail writes one every hour, also when nothing happened; those that end within the span begin up to an hour
    before it, and what came in its last hour is in the next one.
    """
    gaps, known = list[tuple[datetime, datetime]](), begin
    for one in sorted(digests, key=lambda each: each.end):
        if one.start > known:
            gaps.append((known, one.start))
        known = max(known, one.end)
    if known < end - timedelta(hours=1):
        gaps.append((known, end))
    return tuple(gaps)


def _read(record: Any) -> Read | None:  # noqa: ANN401 - decoded JSON
    try:
        if record["eventSource"] != "s3.amazonaws.com" or record["eventName"] not in READING:
            return None
        who, asked = record["userIdentity"], _in(record.get("requestParameters"))
        at = _moment(record["eventTime"])
        bucket, key = _place(asked)
    except (KeyError, TypeError, ValueError):
        raise UnreadableTrail("has a record that cannot be read") from None
    issuer = _in(_in(_in(who).get("sessionContext")).get("sessionIssuer"))
    named = (_in(who).get(name) for name in ("arn", "invokedBy", "principalId", "type"))
    return Read(
        at=at,
        principal=str(next((one for one in named if one), "nobody named")),
        role=str(issuer.get("arn") or ""),
        bucket=bucket,
        key=key,
        service=_is_service(_in(who)),
        presigned=_in(record.get("additionalEventData")).get("AuthenticationMethod") == "QueryString",
        refused=str(record.get("errorCode") or ""),
    )


def _is_service(who: Mapping[str, Any]) -> bool:
    """Tell whether it is a service, by its type, or by being named by nothing but ``invokedBy``.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    if who.get("type") == "AWSService":
        return True
    return bool(who.get("invokedBy")) and not any(who.get(name) for name in ("arn", "principalId", "type"))


def _place(asked: Mapping[str, Any]) -> tuple[str, str]:
    source = asked.get("x-amz-copy-source")
    if isinstance(source, str):
        bucket, _, key = source.removeprefix("/").partition("?")[0].partition("/")
        return bucket, key
    return str(asked["bucketName"]), str(asked.get("key", ""))


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        stated = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableTrail("is not JSON") from None
    if not isinstance(stated, dict):
        raise UnreadableTrail("is no object of JSON")
    return stated


def _in(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - decoded JSON
    return value if isinstance(value, Mapping) else {}


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).astimezone(UTC)
