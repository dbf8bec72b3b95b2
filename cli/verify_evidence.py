"""``steward verify-evidence``: compare a downloaded hold with its manifests, without AWS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from steward.holds.manifests import FORMAT

_CHUNK = 1024 * 1024


class _Artefact(msgspec.Struct, frozen=True):
    hold_key: str
    sha256: str
    bytes: int


class _Manifest(msgspec.Struct, frozen=True):
    format: str
    case: str
    contact_id: str
    artefacts: tuple[_Artefact, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A file that is not what a manifest says, and in which way."""

    file: str
    problem: str


class NotAHold(Exception):
    """The folder holds no manifest that can be read; the message says which and why."""


def verify(folder: Path) -> tuple[int, tuple[Difference, ...]]:
    """Return how many artefacts the manifests in the folder name, and every difference from them.

    The folder is either the download of one contact (it holds ``manifests``) or of several (one folder each). A file
    that no manifest names is a difference too. Raises ``NotAHold``.
    """
    contacts = (
        [folder] if (folder / "manifests").is_dir() else sorted(path.parent for path in folder.glob("*/manifests"))
    )
    if not contacts:
        raise NotAHold(f"{folder}: there is no manifests folder here or one level below")
    named, differences = 0, []
    for contact in contacts:
        known: set[Path] = set()
        for path in sorted((contact / "manifests").glob("*.json")):
            manifest = _read(path)
            named += len(manifest.artefacts)
            for artefact in manifest.artefacts:
                place = contact / artefact.hold_key.removeprefix(f"{manifest.contact_id}/")
                known.add(place)
                differences += [Difference(file=artefact.hold_key, problem=one) for one in _problems(place, artefact)]
        for path in sorted(contact.rglob("*")):
            if path.is_file() and path not in known and path.parent != contact / "manifests":
                differences.append(Difference(file=str(path.relative_to(folder)), problem="is in no manifest"))
    return named, tuple(dict.fromkeys(differences))


def _read(path: Path) -> _Manifest:
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise NotAHold(f"{path}: is no manifest: {error}") from None
    if manifest.format != FORMAT:
        raise NotAHold(f"{path}: has the format {json.dumps(manifest.format)}, which this version cannot check")
    return manifest


def _problems(place: Path, artefact: _Artefact) -> Iterator[str]:
    if not place.is_file():
        yield "is missing"
        return
    size = place.stat().st_size
    if size != artefact.bytes:
        yield f"has {size} bytes; the manifest says {artefact.bytes}"
        return
    digest = hashlib.sha256()
    with place.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != artefact.sha256:
        yield "has another SHA-256 digest than the manifest says"


@click.command("verify-evidence")
@click.argument("folder", type=click.Path(path_type=Path))
def verify_evidence(folder: Path) -> int:
    """Check a downloaded hold against its manifests: one line for each difference; exit 1 if there is any."""
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder")
    try:
        named, differences = verify(folder)
    except NotAHold as error:
        raise click.ClickException(str(error)) from None
    for difference in differences:
        click.echo(f"{difference.file}: {difference.problem}")
    click.echo(f"{named} artefacts named, {len(differences)} differences.")
    return 1 if differences else 0
