"""Group 5: what a developer waits for: a synthesis, and the test suite."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure, Kind
from bench.stories import POLICY

GROUP = "development"
_ROOT = Path(__file__).parents[1]
_SYNTHESIS = """
import json, sys, time
from pathlib import Path
began = time.perf_counter()
import infra.application
imported = time.perf_counter()
from infra.config import choose, cdk_context, DEFAULT_ENVIRONMENT
from infra.synthesis import cached_synthesis, synthesize
from jsii._kernel.providers.process import _NodeProcess

waits = []
send = _NodeProcess.send
def timed(*given, **named):
    at = time.perf_counter()
    try:
        return send(*given, **named)
    finally:
        waits.append(time.perf_counter() - at)
_NodeProcess.send = timed

deployment, policy, out = choose(cdk_context(), DEFAULT_ENVIRONMENT), Path(sys.argv[1]), Path(sys.argv[2])
at = time.perf_counter()
synthesize(deployment, policy, out / "plain")
made, requests, waited = time.perf_counter() - at, len(waits), sum(waits)
at = time.perf_counter()
synthesize(deployment, policy, out / "validated", validate=True)
validated = time.perf_counter() - at
cached_synthesis(policy)
at = time.perf_counter()
cached_synthesis(policy)
cached = time.perf_counter() - at
print(json.dumps({"imported": imported - began, "made": made, "requests": requests, "waited": waited,
                  "validated": validated, "cached": cached}))
"""
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_SLOW = re.compile(r"^(\d+\.\d+)s (call|setup)\s+(tests/\w+)", re.MULTILINE)


def figures(say: Callable[[str], None], *, with_tests: bool) -> Iterator[Figure]:
    """Yield the figures of the group; without the test suite when it was run already."""
    say("a synthesis")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-c", _SYNTHESIS, str(POLICY), folder]
        said = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    took: dict[str, float] = json.loads(said.splitlines()[-1])
    spent = f"{took['requests']:.0f} requests to CDK's Node process {took['waited']:.1f} s"
    told = f"{spent}; beforehand {took['imported']:.1f} s to import the library"
    yield Figure(GROUP, "synthesis of both stacks, seconds", took["made"], Kind.NOTE, None, told)
    more = took["validated"] / took["made"]
    yield Figure(
        GROUP, "synthesis with the compliance packs ÷ synthesis", more, Kind.RATIO, None, "what make synth does"
    )
    told = f"{took['cached'] * 1000:.0f} ms, in the same process"
    yield Figure(GROUP, "cached synthesis ÷ synthesis", took["cached"] / took["made"], Kind.NOTE, 0.1, told)
    if with_tests:
        say("the test suite")
        yield from _tests()


def _tests() -> Iterator[Figure]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    chosen = ["-m", "not prove and not second_opinion", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-q", "--durations=0", *chosen]
    said = subprocess.run(command, cwd=_ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    folders: dict[str, float] = {}
    for seconds, _, folder in _SLOW.findall(said.stdout):
        folders[folder] = folders.get(folder, 0.0) + float(seconds)
    told = ", ".join(f"{name} {seconds:.0f}" for name, seconds in sorted(folders.items(), key=lambda one: -one[1]))
    yield Figure(
        GROUP, "test suite on two processes, seconds", wall, Kind.NOTE, 120.0, f"CPU {cpu:.0f} s; by folder: {told}"
    )
    failed = ", ".join(_FAILED.findall(said.stdout))
    yield Figure(GROUP, "test suite, exit status", said.returncode, Kind.COUNT, 0, failed)
