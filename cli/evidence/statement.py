"""``steward verify-statement``: a statement, its page, its exceptions and its signature, checked without AWS.

The files may come from anybody: nothing but the named file and what lies beside it is read, and what they hold cannot
pass for a line of this command's own.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import click
import msgspec

from cli.evidence.options import council_keys
from cli.evidence.signatures import BadSignature, NoKey, NotSigned, fingerprint_of, signed_with
from cli.evidence.verify import once, shown
from steward import limits
from steward.evidence.statement.document import ENVELOPE

NAME = "envelope.json"

_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Plain = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,100}\Z")]


class _Document(msgspec.Struct, frozen=True):
    name: _Plain
    sha256: _Digest


class _Exceptions(msgspec.Struct, frozen=True):
    count: Annotated[int, msgspec.Meta(ge=0)]
    sha256: _Digest


class _Previous(msgspec.Struct, frozen=True):
    key: str
    sha256: _Digest
    gap: str = ""


class _Envelope(msgspec.Struct, frozen=True):
    format: Literal["steward-statement-envelope/1"]
    council: str
    environment: str
    period: str
    made_at: str
    propositions: dict[str, bool | Literal["not_shown"]]
    statement: _Document
    page: _Document
    exceptions: _Exceptions
    previous: _Previous | None


@dataclass
class Checked:
    """What came of it: what the envelope says, the fingerprint of the key, what was compared, and what is wrong."""

    says: _Envelope
    key: str = ""
    compared: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class NoStatement(Exception):
    """The file is no statement, or its envelope is not beside it; the text says which and is safe to print."""


def check(path: Path, before: Path | None, trusted: frozenset[str]) -> Checked:
    """Check a statement by any of its files. Raises ``NoStatement`` if it is none, or its envelope is not there.

    ``before`` is the envelope of the month before; ``trusted`` are fingerprints of the keys that count.
    """
    if not path.name:
        raise NoStatement(f"{shown(str(path))}: is no file of a statement")
    envelope = path if path.name == NAME else path.with_name(NAME)
    if not os.path.lexists(path):
        raise NoStatement(f"{shown(str(path))}: no such file")
    if not os.path.lexists(envelope):
        raise NoStatement(f"{shown(str(envelope))}: no such file: it lies beside the other files of a statement")
    plain, says = _read(envelope)
    found = Checked(says=says)
    try:
        found.key = signed_with(plain)
    except NotSigned:
        found.problems.append(f"{NAME}: is not signed: it is a draft, or no statement of steward's")
    except BadSignature as problem:
        found.problems.append(f"{NAME}: {problem}")
    if found.key and trusted and found.key not in trusted:
        found.problems.append(f"{NAME}: is signed with another key than the one that was given")
    for document in (says.statement, says.page):
        _compare(envelope.with_name(document.name), document.sha256, found)
    if path.name not in {NAME, says.statement.name, says.page.name}:
        _compare(path, says.exceptions.sha256, found)
    if before is not None:
        _link(before, found)
    return found


def _read(path: Path) -> tuple[dict[str, Any], _Envelope]:
    name = shown(str(path))
    try:
        plain = json.loads(limits.read(path, limits.ENVELOPE), object_pairs_hook=once)
        limits.check_depth(plain, limits.ENVELOPE)
        return plain, msgspec.convert(plain, _Envelope)
    except OSError as error:
        raise NoStatement(f"{name}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise NoStatement(f"{name}: is no envelope of the format {ENVELOPE}: {shown(str(error))[:200]}") from None


def _compare(path: Path, wanted: str, found: Checked) -> None:
    try:
        digest = limits.digest(path, limits.STATED)
    except OSError as error:
        found.problems.append(f"{shown(path.name)}: {error.strerror or 'cannot be read'}")
        return
    except limits.OverLimit as problem:
        found.problems.append(f"{shown(path.name)}: {problem}")
        return
    if digest == wanted:
        found.compared.append(path.name)
    else:
        found.problems.append(f"{shown(path.name)}: is not the file that was signed for")


def _link(before: Path, found: Checked) -> None:
    try:
        digest = limits.digest(before, limits.ENVELOPE)
    except OSError as error:
        raise NoStatement(f"{shown(str(before))}: {error.strerror or 'cannot be read'}") from None
    except limits.OverLimit as problem:
        raise NoStatement(f"{shown(str(before))}: {problem}") from None
    if found.says.previous is None:
        found.problems.append(f"{NAME}: says that there was no statement before it")
    elif digest != found.says.previous.sha256:
        found.problems.append(f"{shown(before.name)}: is not the envelope that this one follows")
    else:
        found.compared.append(before.name)


@click.command("verify-statement")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--before", type=click.Path(path_type=Path), help="The envelope of the statement before, to check the chain."
)
@council_keys()
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify_statement(file: Path, before: Path | None, keys: tuple[Path, ...], output: Literal["text", "json"]) -> int:
    """Check a statement by any of its files, with its envelope beside it. Exit 1 if anything is not as it was signed.

    What the statement says, true, false or not shown, does not change the status: only whether it is the one that was
    signed.
    """
    try:
        found = check(file, before, frozenset(fingerprint_of(path) for path in keys))
    except (NoStatement, NoKey) as error:
        raise click.ClickException(shown(str(error))) from None
    if output == "json":
        answer = {
            "period": found.says.period,
            "propositions": found.says.propositions,
            "key": found.key,
            "compared": found.compared,
            "problems": found.problems,
        }
        click.echo(msgspec.json.encode(answer))
        return 1 if found.problems else 0
    for problem in found.problems:
        click.echo(f"! {problem}")
    if not found.problems:
        _tell(found, trusted=bool(keys))
    return 1 if found.problems else 0


def _tell(found: Checked, *, trusted: bool) -> None:
    says = found.says
    click.echo(
        f"{shown(says.council)}, {shown(says.environment)}: statement of {shown(says.period)}, {shown(says.made_at)}."
    )
    for name, value in says.propositions.items():
        click.echo(f"{shown(name)}: {str(value).lower()}")
    click.echo(f"{says.exceptions.count} exceptions. As signed: {', '.join(map(shown, found.compared))}.")
    if says.previous is None:
        click.echo("The first statement: none came before it.")
    elif says.previous.gap:
        click.echo(f"The chain has a gap: {shown(says.previous.gap)}.")
    whose = (
        "which was given" if trusted else "which came with it: compare it with the council's, or name that with --key"
    )
    click.echo(f"Signed with the key {found.key}, {whose}.")
