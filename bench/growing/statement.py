"""A month's statement over ever more versions: time, memory, and how both grow.

Run in a process of its own for its memory: ``python -m bench.growing.statement VERSIONS`` prints JSON. The rows are CSV
as S3 writes it, so that reading them is measured too; of the versions, a thirteenth leaves between the two counts.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.figures import Figure, Kind
from steward.evidence.statement.counting import Rule
from steward.evidence.statement.inventory import Manifest, Version, read_rows
from steward.evidence.statement.looking import Looking
from steward.evidence.statement.ports import Delivered, Seen
from steward.evidence.statement.register import Book

SIZES: Final = (200_000, 400_000)
LARGEST: Final = 2_500_000
"""A council's versions: a million contacts a year, each with some files, kept for months."""

_NOW: Final = datetime(2027, 3, 1, 6, tzinfo=UTC)
_SCANS: Final = (datetime(2027, 3, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, 1, tzinfo=UTC))
_COLUMNS: Final = (
    "Bucket",
    "Key",
    "VersionId",
    "IsLatest",
    "IsDeleteMarker",
    "Size",
    "LastModifiedDate",
    "ObjectLockRetainUntilDate",
    "ObjectLockMode",
    "ObjectLockLegalHoldStatus",
)


_DAYS: Final = 186
"""What is listed goes so far back: what has left by then was due, the day before."""


@dataclass(frozen=True)
class _Lists:
    """Two inventories that are made as they are read."""

    number: int

    def of(self, bucket: str) -> list[Delivered]:
        return [Delivered(scan, f"{bucket}/{scan:%m}") for scan in _SCANS]

    def manifest(self, bucket: str, key: str) -> Manifest:
        scan = next(one for one in _SCANS if f"{bucket}/{one:%m}" == key)
        return Manifest(bucket=bucket, key=key, sha256="", scanned_from=scan, columns=_COLUMNS, files=())

    def _rows(self, manifest: Manifest) -> Iterator[str]:
        shift = 0 if manifest.scanned_from == _SCANS[0] else self.number // 13
        for n in range(self.number - shift, 2 * self.number - shift):
            day = _SCANS[0] - timedelta(days=_DAYS * (2 * self.number - n) / self.number)
            yield (
                f'"{manifest.bucket}","connect/c/CallRecordings/{day:%Y/%m/%d}/{n:036d}_{day:%Y%m%dT%H:%M}_UTC.wav",'
                f'"{n:032d}","true","false","480000","{day:%Y-%m-%dT%H:%M:%S}.000Z","","","Off"\n'
            )

    def versions(self, manifest: Manifest) -> Iterator[Version]:
        yield from read_rows(self._rows(manifest), manifest)


class _Gone:
    """S3, which has nothing of what left: a sample of it is asked for."""

    def look(self, bucket: str, key: str, version_id: str) -> Seen | None:
        del bucket, key, version_id
        return None

    def digest(self, bucket: str, key: str, version_id: str) -> str:
        raise NotImplementedError(bucket, key, version_id)

    def unfinished(self, bucket: str) -> list[datetime]:
        del bucket
        return []


def measure(versions: int) -> dict[str, Any]:
    """Look at one store with so many versions, as a statement does."""
    looking = Looking(inventories=_Lists(versions), stores=_Gone(), at=_NOW, begins=_SCANS[1])
    rule = Rule(store="call_recording", bucket="recordings", months=6, days=184)
    began = time.process_time()
    line = looking.at_records(rule, Book(hold_bucket="holds", at=_NOW, since=_SCANS[1]), "")
    seconds = time.process_time() - began
    peak = _peak() / 1024 / 1024
    return {"seconds": seconds, "megabytes": peak, "versions": line.versions, "left": line.left}


def _peak() -> int:
    """Return the most memory that this process had, in bytes.

    ``getrusage`` was seen to answer with its parent's, where that was larger when it began this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def figures(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Return how time grows from one size to the next, and what the largest takes."""
    found = {}
    for size in (*SIZES, *(() if quick else (LARGEST,))):
        say(f"A statement over {size:,} versions")
        found[size] = _apart(size)
    small, large = SIZES
    exponent = math.log(found[large]["seconds"] / found[small]["seconds"]) / math.log(large / small)
    yield Figure("statement", "exponent of time", exponent, Kind.RATIO, 1.1, "1 is as fast as the versions grow")
    if not quick:
        whole = found[LARGEST]
        each = (whole["megabytes"] - found[large]["megabytes"]) * 1024 * 1024 / (LARGEST - large)
        yield Figure("statement", "bytes of memory for each version", each, Kind.RATIO, None, "of both counts together")
        yield Figure("statement", "megabytes", whole["megabytes"], Kind.NOTE, 256, f"{LARGEST:,} versions in one store")
        yield Figure("statement", "seconds", whole["seconds"], Kind.NOTE, 900, "Lambda's limit; one processor")


def _apart(versions: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.growing.statement", str(versions)]
    ran = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
