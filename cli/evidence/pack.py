"""``steward verify-pack``: a pack's every file, that there is no other, and its signature, checked without AWS.

The archive may come from anybody: nothing of it is written anywhere, each file is read no further than it is said to
be long, and what it holds cannot pass for a line of this command's own.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import click
import msgspec

from cli.evidence.options import council_keys
from cli.evidence.signatures import BadSignature, NoKey, NotSigned, fingerprint_of, signed_with
from cli.evidence.verify import once, shown
from cli.wording import counted
from steward import limits
from steward.evidence.packs import ENVELOPE

NAME: Final = "envelope.json"
"""Lies beside the manifest, which cannot list it."""
MANIFEST: Final = "manifest.json"
_SHOWN: Final = 20
"""So many files of one kind are named; what is more is a number."""

_Form = TypeVar("_Form")
_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
"""What the standard library raises for an archive that is damaged, cut off, encrypted or packed in another way."""


class NoPack(Exception):
    """The file is no pack; the text says why and is safe to print."""


class _File(msgspec.Struct, frozen=True):
    name: str
    sha256: _Digest
    bytes: Annotated[int, msgspec.Meta(ge=0)]


class _Manifest(msgspec.Struct, frozen=True):
    format: Literal["steward-pack/1"]
    council: str
    environment: str
    policy_version: str
    files: tuple[_File, ...]


class _Listed(msgspec.Struct, frozen=True):
    name: Literal["manifest.json"]
    sha256: _Digest


class _Envelope(msgspec.Struct, frozen=True):
    format: Literal["steward-pack-envelope/1"]
    council: str
    environment: str
    made_at: str
    policy_version: str
    manifest: _Listed


@dataclass
class Checked:
    """What came of it: whose pack it says it is, when and with which key it was signed, and what is wrong."""

    council: str
    environment: str
    policy_version: str
    signed_at: str = ""
    key: str = ""
    files: int = 0
    """How many are as the manifest has them."""
    problems: list[str] = field(default_factory=list)


def check(body: bytes, trusted: frozenset[str]) -> Checked:
    """Check a pack by its bytes. Raises ``NoPack`` if it is none.

    ``trusted`` are fingerprints of the keys that count; without any, the key that came with it does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _check(archive, trusted)
    except _UNREADABLE as error:
        raise NoPack(f"is no archive that can be read: {shown(str(error))[:200]}") from None


def read(path: Path) -> bytes:
    """Return the bytes of an archive. Raises ``NoPack``."""
    try:
        return limits.read(path, limits.PACK)
    except limits.OverLimit as problem:
        raise NoPack(str(problem)) from None
    except OSError as error:
        raise NoPack(error.strerror or "cannot be read") from None


def _check(archive: zipfile.ZipFile, trusted: frozenset[str]) -> Checked:
    entries = archive.infolist()
    # Of these two alone no more is unpacked than is asked for.
    if other := [one.filename for one in entries if one.compress_type not in _PACKINGS]:
        raise NoPack(f"{shown(other[0])[:200]}: is packed in another way than steward packs")
    there = Counter(one.filename for one in entries)
    if MANIFEST not in there:
        raise NoPack(f"has no {MANIFEST}: it is no pack of steward's")
    listing = _content(archive, MANIFEST, limits.MANIFEST)
    try:
        _, said = _decoded(listing, _Manifest)
    except ValueError as error:
        raise NoPack(f"its {MANIFEST} is none of the format steward-pack/1: {error}") from None
    found = Checked(said.council, said.environment, said.policy_version)
    listed = Counter(one.name for one in said.files)
    found.problems += _named("is in the archive more than once", (name for name, times in there.items() if times > 1))
    found.problems += _named(f"is in {MANIFEST} more than once", (name for name, times in listed.items() if times > 1))
    found.problems += _named(f"is not in {MANIFEST}", (name for name in there if name not in {*listed, MANIFEST, NAME}))
    found.problems += _named("is no name of a file in a pack", (name for name in listed if not _is_plain(name)))
    folded = Counter(name.casefold() for name in there)
    found.problems += _named(
        "has the name of another file but for its capitals", (name for name in there if folded[name.casefold()] > 1)
    )
    if min(one.header_offset for one in entries) > 0:
        found.problems.append("something lies before its first file")
    found.problems += _named("is missing", (name for name in listed if name not in there))
    _compare(archive, [one for one in said.files if there[one.name] == listed[one.name] == 1], found)
    _look_at_envelope(archive, listing, trusted, found)
    return found


def _is_plain(name: str) -> bool:
    """Whether a name stays below the folder that somebody unpacks into, on any system."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and "\\" not in name and ":" not in parts[0]


def _compare(archive: zipfile.ZipFile, files: list[_File], found: Checked) -> None:
    """Hash each file, reading no more of one than the manifest says, nor of all together than a pack may have."""
    if sum(one.bytes for one in files) > limits.UNPACKED.bytes:
        raise NoPack(f"its {MANIFEST} lists more than {limits.UNPACKED.bytes} bytes")
    changed = [one.name for one in files if not _is_as_listed(archive, one)]
    found.files = len(files) - len(changed)
    found.problems += _named(f"is not the file that {MANIFEST} lists", changed)


def _is_as_listed(archive: zipfile.ZipFile, file: _File) -> bool:
    try:
        with archive.open(file.name) as opened:
            content = opened.read(file.bytes + 1)
    except _UNREADABLE:
        return False
    return len(content) == file.bytes and hashlib.sha256(content).hexdigest() == file.sha256


def _look_at_envelope(archive: zipfile.ZipFile, listing: bytes, trusted: frozenset[str], found: Checked) -> None:
    try:
        plain, says = _decoded(_content(archive, NAME, limits.ENVELOPE), _Envelope)
    except KeyError:
        found.problems.append(f"there is no {NAME}: the pack is not signed")
        return
    except ValueError as error:
        found.problems.append(f"{NAME}: is no envelope of the format {ENVELOPE}: {error}")
        return
    found.signed_at = says.made_at
    try:
        found.key = signed_with(plain)
    except NotSigned:
        found.problems.append(f"{NAME}: bears no signature")
    except BadSignature as problem:
        found.problems.append(f"{NAME}: {problem}")
    if found.key and trusted and found.key not in trusted:
        found.problems.append(f"{NAME}: is signed with another key than the one that was given")
    if says.manifest.sha256 != hashlib.sha256(listing).hexdigest():
        found.problems.append(f"{NAME}: is the envelope of another pack: {MANIFEST} is not the one that was signed for")
    for name in ("council", "environment", "policy_version"):
        signed, packed = getattr(says, name), getattr(found, name)
        if signed != packed:
            label = name.replace("_", " ")
            found.problems.append(f"{NAME}: was signed for the {label} {shown(signed)}, the pack is of {shown(packed)}")


def _content(archive: zipfile.ZipFile, name: str, limit: limits.Limit) -> bytes:
    """Return a file of the archive; raise KeyError where there is none, ``NoPack`` for one that is too large."""
    with archive.open(name) as opened:
        content = opened.read(limit.bytes + 1)
    if len(content) > limit.bytes:
        raise NoPack(f"its {name} is larger than {limit.bytes} bytes")
    return content


def _decoded(content: bytes, form: type[_Form]) -> tuple[dict[str, Any], _Form]:
    """Return JSON as it stands and in its form; raise ValueError with what is wrong, safe to print."""
    try:
        plain = json.loads(content, object_pairs_hook=once)
        limits.check_depth(plain, limits.ENVELOPE)
        return plain, msgspec.convert(plain, form)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise ValueError(shown(str(error))[:200]) from None


def _named(what: str, names: Iterable[str]) -> list[str]:
    found = list(names)
    said = [f"{shown(name)}: {what}" for name in found[:_SHOWN]]
    return [*said, f"and {len(found) - _SHOWN} more: {what}"] if len(found) > _SHOWN else said


@click.command("verify-pack")
@click.argument("file", type=click.Path(path_type=Path))
@council_keys()
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify_pack(file: Path, keys: tuple[Path, ...], output: Literal["text", "json"]) -> int:
    """Check an accountability pack: every file, that there is no other, and the signature. Exit 1 if anything is wrong.

    The statements in it bear signatures of their own, which steward verify-statement checks.
    """
    try:
        found = check(read(file), frozenset(fingerprint_of(path) for path in keys))
    except NoKey as error:
        raise click.ClickException(shown(str(error))) from None
    except NoPack as error:
        raise click.ClickException(f"{shown(str(file))}: {error}") from None
    if output == "json":
        click.echo(json.dumps(asdict(found), indent=2))
        return 1 if found.problems else 0
    for problem in found.problems:
        click.echo(f"! {problem}")
    if not found.problems:
        _tell(found, trusted=bool(keys))
    return 1 if found.problems else 0


def _tell(found: Checked, *, trusted: bool) -> None:
    click.echo(
        f"{shown(found.council)}, {shown(found.environment)}: pack of version {shown(found.policy_version)} of the"
        f" policy, signed {shown(found.signed_at)}. {counted(found.files, 'file')} as signed, and no other."
    )
    whose = (
        "which was given" if trusted else "which came with it: compare it with the council's, or name that with --key"
    )
    click.echo(f"Signed with the key {found.key}, {whose}.")
