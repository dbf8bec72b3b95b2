"""What lies in a bucket that is to be adopted: what is not the class's own, and the keys of old objects.

Nothing is read of any object but its headers, one object for each month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_s3 import S3Client

_ANALYSIS: Final = "Analysis/"
"""Conversation analytics lie at the root or beside the recordings, and leave with what they derive from."""

_DATES: Final = 2
"""Connect files by year, month and day; a month is near enough for the key of its day."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What was found."""

    others: tuple[str, ...] = ()
    """Prefixes, and keys of objects, that are not below the prefix of the class."""
    keys: Mapping[str, datetime] = field(default_factory=dict)
    """The ARN of each key with which objects below the prefix are encrypted, and since when at the latest."""
    oldest: datetime | None = None
    """When the oldest of the objects that were looked at was stored."""


def survey(s3: S3Client, bucket: str, prefix: str) -> Contents:
    """Look at the bucket by its prefixes. Raises ``ClientError`` where it may not be read."""
    keys: dict[str, datetime] = {}
    oldest: datetime | None = None
    for sample in _samples(s3, bucket, f"{prefix.rstrip('/')}/"):
        head = s3.head_object(Bucket=bucket, Key=sample)
        oldest = min(oldest or head["LastModified"], head["LastModified"])
        key = head.get("SSEKMSKeyId")
        if key:
            keys[key] = min(keys.get(key, head["LastModified"]), head["LastModified"])
    return Contents(others=tuple(_others(s3, bucket, prefix)), keys=keys, oldest=oldest)


def _others(s3: S3Client, bucket: str, prefix: str) -> Iterator[str]:
    """Yield what lies beside each folder on the way to the prefix."""
    above = ""
    for part in prefix.rstrip("/").split("/"):
        folders, objects = _listed(s3, bucket, above)
        yield from (one for one in folders if one != f"{above}{part}/" and not one.endswith(_ANALYSIS))
        yield from objects
        above = f"{above}{part}/"


def _samples(s3: S3Client, bucket: str, prefix: str, depth: int = 0) -> Iterator[str]:
    """Yield the key of one object for each month, or the first and the last of what is not filed by date."""
    folders, objects = _listed(s3, bucket, prefix)
    dated = [one for one in folders if one.removeprefix(prefix).rstrip("/").isdigit()]
    if depth < _DATES and dated:
        for one in dated:
            yield from _samples(s3, bucket, one, depth + 1)
        return
    if not objects:
        page = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        objects = [one["Key"] for one in page]
    yield from dict.fromkeys((*objects[:1], *objects[-1:]))


def _listed(s3: S3Client, bucket: str, prefix: str) -> tuple[list[str], list[str]]:
    """Return the folders and the objects directly below a prefix."""
    folders: list[str] = []
    objects: list[str] = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/"):
        folders += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
        objects += [one["Key"] for one in page.get("Contents", []) if one["Key"] != prefix]
    return folders, objects
