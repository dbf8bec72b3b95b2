"""S3 Inventory: what moto stores the configuration of and never delivers.

Source: Amazon S3 user guide, "Cataloging and analyzing your data with S3 Inventory": a daily list; CSV without a
heading, compressed by gzip, keys URL-encoded; values as "Amazon S3 Inventory list" spells them (``True``,
``Governance``); under ``PREFIX/SOURCE/ID/`` the files in ``data/`` and, in a folder named
by the scan's moment, ``manifest.json`` and then ``manifest.checksum``. S3 tells nobody of a list that it could not
deliver. "All of your objects might not appear in each inventory list", hence ``omits``.

Lists are written when somebody looks into their bucket: most days of a story nobody does. One whose time in the bucket
is over by then was never there for anybody, and is in no journal of what was deleted.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from moto.s3.models import FakeDeleteMarker

from simulator.aws.iam.policies.resource_policy import may_deliver
from simulator.aws.s3.objects import created_at, lock_of, versions_of

if TYPE_CHECKING:
    from moto.s3.models import FakeBucket

    from simulator.aws.time.ports import Agenda

SCANS_AT: Final = time(1, 0)
"""UTC; S3 names no time of day."""

Write = Callable[[str, str, bytes, datetime], None]
"""Stores a body under bucket and key as of a moment, unless it would have gone since."""

_MANIFEST_VERSION: Final = "2016-11-30"
_ALWAYS: Final = ("Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker")


@dataclass(frozen=True)
class _List:
    """What a scan saw; the same for every day on which nothing changed."""

    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def data(self) -> bytes:
        """The file as it is delivered."""
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(self.rows)
        return gzip.compress(text.getvalue().encode(), mtime=0)


@dataclass(frozen=True)
class _Delivery:
    scanned: datetime
    source: str
    configuration: Mapping[str, Any]
    list: _List
    complete: bool


@dataclass
class InventoryWriter:
    """Delivers the lists of every configured bucket, once a day."""

    agenda: Agenda
    bucket: Callable[[str], FakeBucket]
    """Returns a bucket as it is, without what would have been delivered into it since somebody looked."""
    write: Write
    arrived: Callable[[str], None]
    """Is told that a bucket is not what it was when it was last looked into."""
    lag: timedelta = timedelta(hours=3)
    """From the scan to the delivery."""
    failing: set[str] = field(default_factory=set)
    """Buckets of which no list is delivered."""
    half_written: set[str] = field(default_factory=set)
    """Buckets whose lists lack their checksum, which is written last."""
    observers: list[Callable[[str], None]] = field(default_factory=list)
    """Are told into which bucket a complete list was delivered, when it was."""
    omits: Callable[[str, str], bool] = lambda _bucket, _key: False
    """Whether a list leaves out a key, as it may what was written or deleted just before."""
    _configured: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _changes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _seen: dict[str, tuple[int, _List]] = field(default_factory=dict)
    _waiting: dict[str, list[_Delivery]] = field(default_factory=lambda: defaultdict(list))
    _ticking: bool = False

    def configure(self, bucket: str, configuration: Mapping[str, Any]) -> None:
        """Take a configuration, as PutBucketInventoryConfiguration's XML has it; a list follows at the next scan."""
        self._configured[bucket] = configuration
        if not self._ticking:
            self._ticking = True
            self.agenda.at(self._next(), self._scan)

    def changed(self, bucket: str) -> None:
        """Note that a bucket is no longer what the last scan saw."""
        self._changes[bucket] += 1

    def reached(self, bucket: str) -> None:
        """Write what has been delivered into a bucket that somebody looks into."""
        if bucket not in self._waiting:
            return
        now = self.agenda.now()
        waiting = self._waiting.pop(bucket)
        later = [one for one in waiting if one.scanned + self.lag > now]
        if later:
            self._waiting[bucket] = later
        for one in waiting:
            if one.scanned + self.lag <= now:
                self._deliver(bucket, one)

    def _next(self) -> datetime:
        now = self.agenda.now()
        today = datetime.combine(now.date(), SCANS_AT, now.tzinfo)
        return today if today > now else today + timedelta(days=1)

    def _scan(self) -> None:
        now, told = self.agenda.now(), Counter[str]()
        for source, configuration in self._configured.items():
            enabled = str(configuration.get("IsEnabled", "true")).lower() == "true"
            if enabled and source not in self.failing:
                target = configuration["Destination"]["S3BucketDestination"]
                into = str(target["Bucket"]).rpartition(":")[2]
                if self._may(into, source):
                    seen, complete = self._list(source, configuration), source not in self.half_written
                    self._waiting[into].append(_Delivery(now, source, configuration, seen, complete))
                    told[into] += complete
        if told:
            self.agenda.at(now + self.lag, partial(self._tell, told))
        self.agenda.at(self._next(), self._scan)

    def _tell(self, told: Counter[str]) -> None:
        """Say that there is something new in a bucket, and of how many lists S3 would tell."""
        for into, complete in told.items():
            self.arrived(into)
            for _ in range(complete):
                for observer in self.observers:
                    observer(into)

    def _may(self, into: str, source: str) -> bool:
        policy = self.bucket(into).policy
        statements = json.loads(policy)["Statement"] if policy else []
        arn = f"arn:aws:s3:::{source}"
        return may_deliver(statements, service="s3.amazonaws.com", action="s3:PutObject", source_arn=arn)

    def _list(self, source: str, configuration: Mapping[str, Any]) -> _List:
        changes = self._changes[source]
        known = self._seen.get(source)
        if known is None or known[0] != changes:
            known = changes, _List(tuple(self._rows(self.bucket(source), configuration)))
            self._seen[source] = known
        return known[1]

    def _rows(self, bucket: FakeBucket, configuration: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
        columns = _columns(configuration)
        every = configuration.get("IncludedObjectVersions", "All") == "All"
        for name in sorted(bucket.keys):
            versions = versions_of(bucket, name)
            for version in versions if every else versions[-1:]:
                if self.omits(bucket.name, name):
                    continue
                marker = isinstance(version, FakeDeleteMarker)
                lock = None if marker else lock_of(version)
                values = {
                    "Bucket": bucket.name,
                    "Key": quote_plus(name, safe="/"),
                    "VersionId": "" if version.version_id in {None, "null"} else str(version.version_id),
                    "IsLatest": str(version is versions[-1]),
                    "IsDeleteMarker": str(marker),
                    "Size": "" if isinstance(version, FakeDeleteMarker) else str(version.size),
                    "LastModifiedDate": f"{created_at(version):%Y-%m-%dT%H:%M:%S.000Z}",
                    "ObjectLockRetainUntilDate": f"{lock.until:%Y-%m-%dT%H:%M:%S.000Z}" if lock and lock.until else "",
                    "ObjectLockMode": (lock.mode or "").capitalize() if lock else "",
                    "ObjectLockLegalHoldStatus": ("On" if lock.held else "Off") if lock else "",
                }
                yield tuple(values[column] for column in columns)

    def _deliver(self, into: str, one: _Delivery) -> None:
        target = one.configuration["Destination"]["S3BucketDestination"]
        root = f"{target['Prefix']}/{one.source}/{one.configuration['Id']}"
        at, data = one.scanned + self.lag, one.list.data
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{one.source} {one.scanned.isoformat()}")
        key = f"{root}/data/{name}.csv.gz"
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        manifest = json.dumps(
            {
                "sourceBucket": one.source,
                "destinationBucket": f"arn:aws:s3:::{into}",
                "version": _MANIFEST_VERSION,
                "creationTimestamp": str(int(one.scanned.timestamp() * 1000)),
                "fileFormat": "CSV",
                "fileSchema": ", ".join(_columns(one.configuration)),
                "files": [{"key": key, "size": len(data), "MD5checksum": digest}],
            }
        ).encode()
        folder = f"{root}/{one.scanned:%Y-%m-%dT%H-%MZ}"
        self.write(into, key, data, at)
        self.write(into, f"{folder}/manifest.json", manifest, at)
        if one.complete:
            checksum = hashlib.md5(manifest, usedforsecurity=False).hexdigest()
            self.write(into, f"{folder}/manifest.checksum", checksum.encode(), at)


def _columns(configuration: Mapping[str, Any]) -> tuple[str, ...]:
    chosen = (configuration.get("OptionalFields") or {}).get("Field", ())
    return (*_ALWAYS, *([chosen] if isinstance(chosen, str) else chosen))
