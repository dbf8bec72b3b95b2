"""Group 2: how long a handler takes to import, against a bare module that makes the same clients."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import stories
from bench.figures import Figure, Kind
from simulator.aws.account.start import embedded_aws
from simulator.aws.lambda_.environment import outside_opt
from simulator.aws.lambda_.invocation import FunctionSpec

GROUP = "cold start"
ROUNDS = 5
BOUNDS = {"control_recording": 1.25, "send_sms": 1.4, "record_consent": 1.4}
_PROBE = Path(__file__).with_name("cold_probe.py")
_STDLIB = sys.stdlib_module_names
_ENV = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-2"}


@dataclass(frozen=True)
class Probe:
    """What one import said."""

    seconds: float
    cpu: float
    made: tuple[str, ...]
    modules: frozenset[str]
    memory: float


def functions() -> list[FunctionSpec]:
    """Return every function that is deployed, by name."""
    with embedded_aws(stories.assembly(), stories.START) as world:
        return sorted(world.functions, key=lambda spec: spec.short_name)


def figures(used: Mapping[str, list[str]], say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the figures of the group; ``used`` names the services that each function was seen to call."""
    specs = functions()
    for spec in specs:
        say(f"cold start of {spec.short_name}")
        services = sorted(set(used.get(spec.short_name, [])) | set(probe(spec, "handler", []).made))
        pairs = [(probe(spec, "bare", services), probe(spec, "handler", services)) for _ in range(ROUNDS)]
        bare = statistics.median(pair[0].seconds for pair in pairs)
        own = statistics.median(pair[1].seconds for pair in pairs)
        milliseconds = f"{own * 1000:.0f} ms against {bare * 1000:.0f} ms with {', '.join(services) or 'no client'}"
        name = f"{spec.short_name}, import ÷ bare import"
        yield Figure(GROUP, name, own / bare, Kind.RATIO, BOUNDS.get(spec.short_name), milliseconds)
        more = pairs[0][1].modules - pairs[0][0].modules
        yield Figure(
            GROUP, f"{spec.short_name}, modules beyond the bare import", len(more), Kind.NOTE, None, families(more)
        )
        memory = statistics.median(pair[1].memory / pair[0].memory for pair in pairs)
        yield Figure(
            GROUP,
            f"{spec.short_name}, memory after import ÷ bare",
            memory,
            Kind.RATIO,
            None,
            f"{pairs[0][1].memory:.0f} MB",
        )
    yield from _sizes(specs)


def probe(
    spec: FunctionSpec, mode: str, services: list[str], *, python: str = sys.executable, packages: Path | None = None
) -> Probe:
    """Import in a process of its own, without the bytecode of our own code, which is deployed without.

    ``packages`` is a folder of third-party packages; None: those of ``python``.
    """
    own = [str(layer / "python") for layer in spec.layers if (layer / "python" / "steward").is_dir()]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(spec.code), *own, *([str(packages)] if packages else [])]),
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        **_ENV,
        **{name: outside_opt(value, spec.layers) for name, value in spec.environment.items()},
    }
    command = [python, "-W", "ignore", str(_PROBE), mode, *services]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    answer: dict[str, Any] = json.loads(said.stdout)
    modules = frozenset(answer["modules"])
    return Probe(answer["seconds"], answer["cpu"], tuple(answer["made"]), modules, answer["memory"])


def beyond_bare(spec: FunctionSpec) -> frozenset[str]:
    """Return the modules that the handler imports and botocore does not."""
    return probe(spec, "handler", []).modules - probe(spec, "bare", []).modules


def families(modules: frozenset[str]) -> str:
    """Return how many of the modules belong to which package."""
    families = Counter(name.partition(".")[0] for name in modules if not name.startswith("_sysconfigdata"))
    standard = sum(number for name, number in families.items() if name in _STDLIB)
    ordered = sorted(families.items(), key=lambda one: (-one[1], one[0]))
    others = ", ".join(f"{name} {number}" for name, number in ordered if name not in _STDLIB)
    return f"{others}, standard library {standard}"


def _sizes(specs: list[FunctionSpec]) -> Iterator[Figure]:
    layers = {layer for spec in specs for layer in spec.layers}
    for layer in sorted(layers, key=_bytes):
        inside = {entry.name for entry in layer.rglob("*")}
        name = "policy" if "policy.json" in inside else "steward" if "steward" in inside else "dependencies"
        yield Figure(GROUP, f"layer {name}, MB", _bytes(layer) / 1e6, Kind.NOTE, 250.0, "unpacked; Lambda allows 250")
    packages = {spec.short_name: _bytes(spec.code) / 1e3 for spec in specs}
    told = ", ".join(f"{name} {size:.1f}" for name, size in packages.items())
    yield Figure(GROUP, "largest function package, kB", max(packages.values()), Kind.NOTE, None, told)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
