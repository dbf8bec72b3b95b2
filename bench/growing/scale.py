"""Group 4: what grows with the number of contacts, of open holds, and of contacts in one case."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.figures import Figure, Kind

GROUP = "scale"
CONTACTS = (1_000, 10_000, 100_000)
HOLDS = (100, 1_000, 10_000)
CASE = 5_000
QUICK_CONTACTS, QUICK_CASE = CONTACTS[:-1], 1_000
"""With ``--quick``: four minutes less."""
_ROOT = Path(__file__).parents[2]


def figures(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Yield the figures of the group; each size runs in a process of its own, for its memory."""
    sizes, large = (QUICK_CONTACTS, QUICK_CASE) if quick else (CONTACTS, CASE)
    say("lives, nights and a large case, two at a time")
    with ThreadPoolExecutor(max_workers=2) as pool:
        # The longest first, so that neither processor waits for the other at the end.
        case_run = pool.submit(_run, "case", large)
        lives_runs = {number: pool.submit(_run, "lives", number) for number in reversed(sizes)}
        night_runs = {number: pool.submit(_run, "night", number) for number in HOLDS}
        case = case_run.result()
        lives = {number: run.result() for number, run in lives_runs.items()}
        nights = {number: run.result() for number, run in night_runs.items()}
    few, many = sizes[-2:]
    for number in sizes:
        life = lives[number]
        told = f"{life['lines'] / life['seconds']:.0f} lines a second, {life['memory']:.0f} MB"
        name = f"{number} contacts over 25 months, CPU seconds"
        yield Figure(GROUP, name, life["seconds"], Kind.NOTE, 60.0 if number == sizes[0] else None, told)
    told = "one process, all that lives in the embedded account"
    name = f"{many} contacts over 25 months, memory in MB"
    yield Figure(GROUP, name, lives[many]["memory"], Kind.NOTE, 400.0 if many == CONTACTS[-1] else None, told)
    for what, unit in (("seconds", "time"), ("memory", "memory")):
        grown = _exponent(lives[few][what], lives[many][what], few, many)
        told = " to ".join(f"{lives[number][what]:.0f}" for number in (few, many))
        yield Figure(
            GROUP,
            f"simulation, exponent of {unit}",
            grown,
            Kind.RATIO,
            1.1,
            f"{told} {'MB' if what == 'memory' else 's'} from {few} to {many} contacts",
        )
    yield from _nights(nights)
    yield from _large_case(case, large)


def _large_case(case: Mapping[str, Any], large: int) -> Iterator[Figure]:
    name, told = "a large case", f"{large} contacts"
    yield Figure(GROUP, f"{name}, contacts without a hold", case["left"], Kind.COUNT, 0, told)
    told = f"after {case['told_hours']:.1f} hours; the flag has no date, and Connect does not know every tenth contact"
    yield Figure(GROUP, f"{name}, messages to the complaints team", case["told"], Kind.COUNT, 1, told)
    yield Figure(GROUP, f"{name}, requests in dead-letter queues", case["dead"], Kind.COUNT, 0)
    yield Figure(
        GROUP,
        f"{name}, requests to Connect a second",
        case["rate"],
        Kind.RATIO,
        2.0,
        f"in the busiest minute; held after {case['hours']:.1f} hours, {case['seconds']:.0f} s of CPU here",
    )
    told = "of a function's time-out, at 20 ms a call and the pace for Connect"
    yield Figure(GROUP, f"{name}, most of its time that an invocation took", case["used"], Kind.RATIO, 0.5, told)
    yield Figure(GROUP, f"{name}, calls for each contact", case["calls"] / large, Kind.RATIO)


def _nights(nights: Mapping[int, dict[str, Any]]) -> Iterator[Figure]:
    few, many = HOLDS[0], HOLDS[-1]
    for number in HOLDS:
        night = nights[number]
        yield Figure(
            GROUP,
            f"maintain_holds with {number} holds due, calls for each",
            night["calls"] / number,
            Kind.RATIO,
            None,
            f"{night['calls']} calls, {night['seconds'] / number * 1000:.1f} ms of CPU for each hold",
        )
        yield Figure(
            GROUP,
            f"maintain_holds with {number} holds due, left after its last run",
            night["left"],
            Kind.COUNT,
            0,
            f"runs of at most 900 s: {night['runs']}, the longest {night['longest']:.0f} s at 20 ms a call",
        )
    calls = {number: nights[number]["calls"] for number in HOLDS}
    grown = _exponent(calls[few], calls[many], few, many)
    yield Figure(GROUP, "maintain_holds, exponent of calls", grown, Kind.RATIO, 1.1)
    grown = _exponent(nights[few]["seconds"], nights[many]["seconds"], few, many)
    yield Figure(
        GROUP,
        "maintain_holds, exponent of time",
        grown,
        Kind.RATIO,
        1.1,
        "includes moto's, whose queries of an index look at every row",
    )


def _exponent(one: float, other: float, few: int, many: int) -> float:
    return math.log(other / one) / math.log(many / few)


def _run(kind: str, number: int) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.growing.sizes", kind, str(number)]
    said = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    answer: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return answer
