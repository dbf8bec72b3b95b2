"""Group "search": looking through a month of exported contact records for a person, and what a request costs.

A month of a centre with a million contacts in 24 months, as Firehose would have written it: 4 KB a record, one and a
half emissions of each contact, an object every 15 minutes of every day (docs/performance.md has the assumptions). Each
size runs in a process of its own, for its memory.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, Kind
from bench.spending.cost import prices
from steward.rights.adapters.records import AHEAD
from steward.rights.finding import identifiers
from steward.rights.finding.identifiers import Identifier
from steward.rights.finding.scanning import Needles

GROUP = "search"
MONTHS = 24
MONTH = 1_000_000 // MONTHS
SIZES = (MONTH // 10, MONTH)
OBJECTS = 96 * 31
RECORD = 4096
EMISSIONS = 1.5
A_GET = 0.020
"""Seconds that S3 takes to answer a request, as in the other groups."""
_ROOT = Path(__file__).parents[2]
_FILES, _COPIES, _MEGABYTES = 5, 2, 100
"""Of a package: contacts, the held copy and the archive, and its size."""


def figures(say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the figures of the group."""
    say("a search through a month of contact records")
    few, many = (_run(number) for number in SIZES)
    grown = math.log(many["seconds"] / few["seconds"]) / math.log(SIZES[1] / SIZES[0])
    told = f"{many['lines']} records in {OBJECTS} objects, {many['megabytes']:.0f} MB unpacked"
    yield Figure(GROUP, f"{MONTH} contacts, CPU seconds", many["seconds"], Kind.NOTE, 60.0, told)
    waited = many["seconds"] + OBJECTS * A_GET / AHEAD
    told = f"{AHEAD} asked for at once"
    yield Figure(GROUP, f"{MONTH} contacts, seconds at 20 ms a request", waited, Kind.NOTE, 60.0, told)
    yield Figure(GROUP, f"{MONTH} contacts, memory in MB", many["memory"], Kind.NOTE, 512.0, "of the whole process")
    yield Figure(GROUP, "exponent of time", grown, Kind.RATIO, 1.1, f"from {SIZES[0]} contacts to {SIZES[1]}")
    yield Figure(GROUP, "found of those that were planted, missing", many["missing"], Kind.COUNT, 0)
    cost, parts = _cost(waited)
    yield Figure(GROUP, "a request for access, USD", cost, Kind.RATIO, 0.10, parts)


def _cost(seconds: float) -> tuple[float, str]:
    """Return what a request costs with every month read once, and by what."""
    table = prices()
    memory = 1769 / 1024
    lines = {
        "requests to S3": MONTHS * (OBJECTS + OBJECTS / 1000) * table["s3"]["get_head"]["usd"],
        "Lambda": (MONTHS * seconds + _FILES * 20) * memory * table["lambda"]["gb_second_arm64"]["usd"],
        "a package for two months": 2 * _COPIES * _MEGABYTES / 1024 * table["s3"]["gigabyte_month"]["usd"],
        "its transfer": _MEGABYTES / 1024 * table["s3"]["gigabyte_out"]["usd"],
    }
    return sum(lines.values()), ", ".join(f"{name} {usd:.3f}" for name, usd in lines.items())


def _run(contacts: int) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.growing.searching", str(contacts)]
    said = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    answer: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return answer


def _write(folder: Path, contacts: int, draw: random.Random) -> int:
    """Write the objects of a month, and return in how many records the person is."""
    total, planted = int(contacts * EMISSIONS), 0
    for number in range(OBJECTS):
        begin, end = (total * one // OBJECTS for one in (number, number + 1))
        lines = []
        for line in range(begin, end):
            hers = line % 10_007 == 0
            planted += hers
            lines.append(_record(line, "+441632960123" if hers else f"+4477009{draw.randrange(10**5):05}", draw))
        (folder / f"{number:05}.gz").write_bytes(gzip.compress("\n".join(lines).encode(), compresslevel=6))
    return planted


_FILLING = "".join(random.Random(2).choices("abcdefgh", k=1_000_000))  # noqa: S311 - invented records


def _record(number: int, address: str, draw: random.Random) -> str:
    record = {
        "ContactId": f"{number:08}-0000-4000-8000-{draw.randrange(16**12):012x}",
        "Channel": "VOICE",
        "InitiationTimestamp": "2026-06-05T10:00:00Z",
        "LastUpdateTimestamp": "2026-06-05T10:10:00Z",
        "CustomerEndpoint": {"Address": address, "Type": "TELEPHONE_NUMBER"},
        "Attributes": {f"attribute_{n}": f"{draw.randrange(10**9)}" for n in range(20)},
    }
    text = json.dumps(record)
    begin = draw.randrange(len(_FILLING) - RECORD)
    filling = f' "Metrics": "{_FILLING[begin : begin + RECORD - len(text) - 20]}"'
    return f"{text[:-1]},{filling}}}"


def _measure(contacts: int) -> dict[str, Any]:
    needles = Needles(
        [
            Identifier(kind=identifiers.Kind.PHONE, value="+441632960123"),
            Identifier(kind=identifiers.Kind.EMAIL, value="a@example.org"),
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        planted = _write(Path(folder), contacts, random.Random(1))  # noqa: S311 - invented records
        found = lines = size = 0
        began = time.process_time()
        for path in sorted(Path(folder).iterdir()):
            with gzip.open(path) as unpacked:
                counted = _Counted(unpacked)
                found += sum(1 for _ in needles.look(counted))
            lines, size = lines + counted.lines, size + counted.bytes
        seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "memory": memory,
        "lines": lines,
        "megabytes": size / 1e6,
        "missing": planted - found,
    }


class _Counted:
    """Lines as they are read, counted."""

    def __init__(self, lines: Any) -> None:  # noqa: ANN401 - a file of bytes
        self._lines = lines
        self.lines = self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.lines += 1
            self.bytes += len(line)
            yield line


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
