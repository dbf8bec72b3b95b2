"""``steward verify-evidence``: compare a downloaded hold with its manifests, without AWS.

The folder may come from anybody: nothing outside it is read, no link is followed, and what a file's name or a manifest
holds can't pass for a line of this command's own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import click
import msgspec

from cli.evidence.options import council_keys
from cli.evidence.signatures import BadSignature, NoKey, NotSigned, fingerprint_of, signed_with
from steward import limits
from steward.holds.manifests import FORMAT, UNSIGNED_FORMAT, manifest_name

MANIFESTS = "manifests"

_MANIFEST = re.compile(rf"{MANIFESTS}/[^/]+\.json", re.DOTALL)
_CHUNK = 1024 * 1024


class _Artefact(msgspec.Struct, frozen=True):
    hold_key: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    bytes: Annotated[int, msgspec.Meta(ge=0)]


class _Manifest(msgspec.Struct, frozen=True):
    format: str
    case: str
    contact_id: str
    artefacts: tuple[_Artefact, ...]


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A manifest, and what is wrong with its signature; ``key`` is the fingerprint of the key if nothing is."""

    says: _Manifest
    key: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A file, or a contact's folder, that is not what it should be, and in which way. Both are safe to print."""

    file: str
    problem: str


@dataclass
class Verified:
    """What came out: how many artefacts the manifests name, each difference, and each manifest that can't be read.

    ``trusted`` are the fingerprints of the keys that count, if the reader named any; ``keys`` of those that signed,
    each with the first manifest that it signed.
    """

    trusted: frozenset[str] = frozenset()
    keys: dict[str, str] = field(default_factory=dict)
    named: int = 0
    noted: dict[Difference, None] = field(default_factory=dict)
    unreadable: list[Difference] = field(default_factory=list)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The differences, in the order in which they were found."""
        return tuple(self.noted)

    def differs(self, file: str, problem: str) -> None:
        """Note a difference, once."""
        self.noted[Difference(file=shown(file), problem=problem)] = None


class NotAHold(Exception):
    """The folder holds nothing that could be a hold; the message says so."""


def shown(text: str) -> str:
    r"""Return text as it is safe to print: what is no plain character stands as its escape, and \ as ``\\``."""
    escaped = (letter if letter.isprintable() and letter != "\\" else ascii(letter)[1:-1] for letter in text)
    return "".join(escaped)


def verify(folder: Path, trusted: frozenset[str] = frozenset()) -> Verified:
    """Compare the folder with the manifests in it.

    The folder is either the download of one contact (it holds ``manifests``) or of several (one folder each). Whatever
    no manifest accounts for is a difference too: a file, a link, a contact without manifests. ``trusted`` are the
    fingerprints of the keys that count; without any, all manifests have to bear the same. Raises ``NotAHold`` where
    there is no folder of manifests.
    """
    found = Verified(trusted=trusted)
    if os.path.lexists(folder / MANIFESTS):
        _verify_contact(folder, "", None, found)
        return found
    entries = _entries(folder)
    if not any(entry.is_dir(follow_symlinks=False) for entry in entries):
        raise NotAHold(f"{shown(str(folder))}: there is no manifests folder here or one level below")
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            _verify_contact(Path(entry.path), f"{entry.name}/", entry.name, found)
        else:
            found.differs(entry.name, _stray(entry))
    return found


def _verify_contact(folder: Path, shown_as: str, contact_id: str | None, found: Verified) -> None:
    """Verify one contact's folder; ``contact_id`` is what its name says, where the name has to say it."""
    files = sorted(_files(folder, shown_as, found))
    manifests = [name for name in files if name.startswith(f"{MANIFESTS}/")]
    if not manifests:
        found.differs(f"{shown_as}{MANIFESTS}", "holds no manifest: nothing says what this contact's folder should be")
    known: dict[str, str] = {}
    for name in manifests:
        read = _read(folder / name, f"{shown_as}{name}", found)
        if read is None:
            continue
        if why := read.problem or _signed_by_another(read.key, f"{shown_as}{name}", found):
            found.differs(f"{shown_as}{name}", why)
        manifest = read.says
        if contact_id is None:
            contact_id = manifest.contact_id
        if manifest.contact_id != contact_id:
            found.differs(f"{shown_as}{name}", "is the manifest of another contact")
            continue
        if name != f"{MANIFESTS}/{manifest_name(manifest.case)}":
            found.differs(f"{shown_as}{name}", "does not bear the name of its case")
        _verify_manifest(folder, f"{shown_as}{name}", manifest, known, found)
    for name in files:
        if name not in known and name not in manifests:
            found.differs(f"{shown_as}{name}", "is in no manifest")


def _verify_manifest(folder: Path, shown_as: str, manifest: _Manifest, known: dict[str, str], found: Verified) -> None:
    found.named += len(manifest.artefacts)
    if not manifest.artefacts:
        found.differs(shown_as, "names no artefact")
    times = Counter(artefact.hold_key for artefact in manifest.artefacts)
    for artefact in manifest.artefacts:
        inside = artefact.hold_key.removeprefix(f"{manifest.contact_id}/")
        if times[artefact.hold_key] > 1:
            found.differs(artefact.hold_key, f"is named more than once in {shown(shown_as)}")
        if why := _outside(artefact.hold_key, inside):
            found.differs(artefact.hold_key, why)
            continue
        if known.setdefault(inside, artefact.sha256) != artefact.sha256:
            found.differs(artefact.hold_key, "has another SHA-256 digest in another manifest")
        for problem in _problems(folder, inside, artefact):
            found.differs(artefact.hold_key, problem)


def _signed_by_another(key: str, shown_as: str, found: Verified) -> str:
    """Return why the key that signed a manifest does not count, or nothing; note it."""
    first = next(iter(found.keys.values()), "")
    known = key in found.keys
    found.keys.setdefault(key, shown_as)
    if found.trusted:
        return "" if key in found.trusted else "is signed with another key than was given"
    return f"is signed with another key than {shown(first)}" if first and not known else ""


def _outside(key: str, inside: str) -> str:
    """Return why a key can't be that of a file below the contact's folder, or nothing."""
    if inside == key:
        return "is not below its contact's folder"
    parts = inside.split("/")
    if "" in parts or "." in parts or ".." in parts or "\0" in inside or parts[0] == MANIFESTS:
        return "is not the key of a copy: nothing outside its contact's folder is looked at"
    return ""


def _problems(folder: Path, inside: str, artefact: _Artefact) -> Iterator[str]:
    place = folder / inside
    try:
        if any(one.is_symlink() for one in (place, *list(place.parents)[: inside.count("/")])):
            yield "is a symbolic link, which is not followed"
            return
        if not place.is_file():
            yield "is missing"
            return
        size = place.stat().st_size
        if size != artefact.bytes:
            yield f"has {size} bytes; the manifest says {artefact.bytes}"
            return
        with place.open("rb") as opened:
            digest = hashlib.sha256()
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except (OSError, ValueError) as error:
        yield f"can't be read here ({type(error).__name__}): its name may be too long, or no name, for this disk"
        return
    if digest.hexdigest() != artefact.sha256:
        yield "has another SHA-256 digest than the manifest says"


def _read(path: Path, shown_as: str, found: Verified) -> _Read | None:
    """Return a manifest; note one that can't be read, with the reason."""
    try:
        plain = json.loads(limits.read(path, limits.MANIFEST), object_pairs_hook=once)
        limits.check_depth(plain, limits.MANIFEST)
        manifest = msgspec.convert(plain, _Manifest) if plain is not None else None
        why = "is empty"
    except (OSError, ValueError, RecursionError, msgspec.ValidationError) as error:
        manifest, why = None, str(error)
    if manifest is not None and isinstance(plain, dict) and manifest.format in {FORMAT, UNSIGNED_FORMAT}:
        key, problem = _signer(plain)
        return _Read(says=manifest, key=key, problem=problem)
    if manifest is not None:
        why = f"has the format {json.dumps(manifest.format)}, which this version cannot check"
    found.unreadable.append(Difference(file=shown(shown_as), problem=f"is no manifest: {shown(why)[:300]}"))
    return None


def _signer(plain: Mapping[str, Any]) -> tuple[str, str]:
    """Return the fingerprint of the key that signed a manifest, or what is wrong with its signature."""
    try:
        return signed_with(plain), ""
    except NotSigned:
        if plain["format"] == UNSIGNED_FORMAT:
            return "", "is not signed: it is from before manifests were signed, and nothing shows who wrote it"
        return "", "is not signed: nothing shows who wrote it"
    except BadSignature as problem:
        return "", str(problem)


def once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; refuse one that says the same thing twice, of which readers take the first or the last."""
    plain = dict(pairs)
    if len(plain) != len(pairs):
        raise ValueError("has a member twice")
    return plain


def _files(folder: Path, shown_as: str, found: Verified) -> Iterator[str]:
    """Return the files below a folder by their names inside it; what is no file or folder is a difference."""
    below = [(folder, "")]
    while below:
        place, inside = below.pop()
        for entry in _entries(place):
            name = f"{inside}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                below.append((Path(entry.path), f"{name}/"))
            elif not entry.is_file(follow_symlinks=False):
                found.differs(f"{shown_as}{name}", _stray(entry))
            elif name.partition("/")[0] == MANIFESTS and not _MANIFEST.fullmatch(name):
                found.differs(f"{shown_as}{name}", "is in no manifest")
            else:
                yield name


def _stray(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "is a symbolic link, which is not followed"
    if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
        return "is in no manifest"
    return "is neither a file nor a folder"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


@click.command("verify-evidence")
@click.argument("folder", type=click.Path(path_type=Path))
@council_keys("a manifest that another key signed is a difference")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify_evidence(folder: Path, keys: tuple[Path, ...], output: Literal["text", "json"]) -> int:
    """Check a downloaded hold against its manifests: a line for each difference. Exit 1 if there is any.

    Exit 2 if a manifest can't be read; the others are checked all the same.
    """
    if not folder.is_dir():
        raise click.ClickException(f"{shown(str(folder))}: no such folder")
    try:
        found = verify(folder, frozenset(fingerprint_of(path) for path in keys))
    except (NotAHold, NoKey, OSError) as error:
        raise click.ClickException(shown(str(error))) from None
    for one in found.unreadable:
        click.echo(f"steward: {one.file}: {one.problem}", err=True)
    if output == "json":
        signed = {"keys": tuple(found.keys), "compared": bool(found.trusted)}
        click.echo(msgspec.json.encode({"named": found.named, "differences": found.differences, **signed}))
    else:
        for difference in found.differences:
            click.echo(f"! {difference.file}: {difference.problem}")
        click.echo(f"{found.named} artefacts named, {len(found.differences)} differences.")
        for key in found.keys:
            click.echo(f"Signed with the key {key}{_whose(found, key)}.")
    if found.unreadable:
        return 2
    return 1 if found.differences else 0


def _whose(found: Verified, key: str) -> str:
    if not found.trusted:
        return ", which came with the folder: compare it with the council's, or name that with --key"
    return ", which was given" if key in found.trusted else ", which was not given"
