"""The bill of materials of what ships: ``make sbom`` writes it in CycloneDX, read from the lock, and prints it.

https://cyclonedx.org/docs/1.6/json/ and https://github.com/package-url/purl-spec
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import click

from deployment.shipped.vulnerabilities import INDEX, Ask, NoAnswer, known
from infra.config import ROOT
from infra.ending import alone

LOCK: Final = ROOT / "layers" / "dependencies" / "requirements.txt"
TARGET: Final = ROOT / "build" / "sbom.cdx.json"
UNKNOWN: Final = "not stated"

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package of the lock: ``hashes`` are the SHA-256 digests of the files that may be installed of it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str


def packages(lock: str) -> Iterator[Package]:
    """Return the packages that a hash-locked requirements file pins, with the licence that each states of itself."""
    starts = [*_PINNED.finditer(lock)]
    ends = [*(one.start() for one in starts[1:]), len(lock)]
    for found, end in zip(starts, ends, strict=True):
        yield Package(
            name=found[1],
            version=found[2],
            hashes=tuple(_HASH.findall(lock[found.start() : end])),
            licence=_licence(found[1]),
        )


def bill(listed: list[Package], version: str) -> dict[str, Any]:
    """Return the document; the same lock gives the same document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "steward", "version": version}},
        "components": [_component(one) for one in listed],
    }


def _component(package: Package) -> dict[str, Any]:
    purl = f"pkg:pypi/{package.name.lower().replace('_', '-')}@{package.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        # One per file of the distribution, of which pip installs the one that fits.
        "properties": [{"name": "steward:locked-sha256", "value": one} for one in package.hashes],
    }
    if package.licence != UNKNOWN:
        component["licenses"] = [{"license": {"name": package.licence}}]
    return component


def _licence(name: str) -> str:
    """Return what an installed package states: its licence expression, its field or its classifiers."""
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN
    classifiers = [
        one.rpartition(" :: ")[2] for one in stated.get_all("Classifier") or [] if one.startswith("License ")
    ]
    fields = [*(stated.get_all("License-Expression") or []), *(stated.get_all("License") or [])]
    field = next((one.strip() for one in fields if one.strip()), "")
    return field if field and "\n" not in field else ", ".join(classifiers) or UNKNOWN


def main(lock: Path = LOCK, target: Path = TARGET, ask: Ask | None = None) -> int:
    """Write the bill and print each package, and what the index knows against them; return 1 if it knows anything."""
    listed = [*packages(lock.read_text(encoding="utf-8"))]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(listed, metadata.version("steward")), indent=2) + "\n", encoding="utf-8")
    for one in listed:
        click.echo(f"{one.name:32} {one.version:16} {one.licence}")
    click.echo(f"{len(listed)} packages ship with the functions; written to {target}.")
    try:
        found = known([(one.name, one.version) for one in listed], ask)
    except NoAnswer as problem:
        click.echo(f"Known vulnerabilities: not known, because {INDEX} did not answer ({problem}).")
        return 0
    for (name, version), ids in found.items():
        if ids:
            click.echo(f"{name} {version}: {', '.join(ids)} (https://osv.dev)")
    against = sum(bool(ids) for ids in found.values())
    click.echo(f"Known vulnerabilities: {INDEX} has some against {against} of them.")
    return 1 if against else 0


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
