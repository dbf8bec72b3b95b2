"""``steward init DIR --council NAME``: writes a council's own folder, and never over anything that is there."""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

import click

from cli.init.naming import prefix_of, slug_of
from cli.policy.schema import SCHEMAS, schema_text
from cli.wording import counted
from infra.config import ROOT
from steward.clock import LONDON, SystemClock
from steward.ids import RecordClass
from steward.policy.checking.notices import SHIPPED, published

TEMPLATE: Final = Path(__file__).parent / "template"
POLICIES: Final = SHIPPED.parent / "policies"
EVENTS: Final = SHIPPED.parent / "events" / "schemas"
EXAMPLES: Final = ("barnet", "powys", "somerset")
"""Published notices and their policies: with texts, with two languages, and without texts."""

_FOR_EDITORS: Final = ".schemas"
_EDITED: Final = {
    "notice.toml": "what your published notice promises, clause by clause",
    "policy.toml": "how the contact centre keeps it",
    "environments.toml": "the Connect instances that it is deployed to",
    "pipeline/steward.yml": "checks every change and deploys what is approved: copy it to where your pipelines are",
}
"""The files that people write in, in the order in which they come to them; nobody edits the others."""


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--council", required=True, help="The council's name, as its notice has it.")
@click.option("--slug", default="", help="Its short name in small letters and hyphens; made from the name without it.")
@click.option("--prefix", default="", help="How its clauses' ids begin, three capitals; made from the name without it.")
def init(*, folder: Path, council: str, slug: str, prefix: str) -> int:
    """Write a council's own folder DIR: environments, policy and notice with their questions, a pipeline example.

    Nothing that is there is overwritten.
    """
    name = " ".join(council.split())
    slug = slug or slug_of(name)
    prefix = prefix or prefix_of(slug, published().keys())
    _refuse_unusable(name, slug, prefix)
    files = dict(_files(_words(name, slug, prefix, SystemClock().now())))
    there = [file for file in files if (folder / file).exists()]
    if there:
        raise click.ClickException(f"{folder / there[0]} is there already; nothing was written")
    try:
        _write(folder, files)
    except OSError as error:
        raise click.ClickException(f"{folder}: cannot be written ({error.strerror}); nothing was left there") from None
    click.echo(f"{folder}: {name}, with clauses {prefix}-1 and on. What you write in:")
    width = max(map(len, _EDITED))
    for file, purpose in _EDITED.items():
        asked = files[file].count("# QUESTION:")
        questions = f" ({counted(asked, 'question')})" if asked else ""
        click.echo(f"  {file:{width}}  {purpose}{questions}")
    click.echo("Read notice.toml and answer the questions; then")
    click.echo(f"  {_here('steward')} check-policy {shlex.quote(str(folder / 'policy.toml'))}")
    click.echo(f"  make{_there()} check CONFIG={shlex.quote(str(folder))}")
    click.echo(f"{folder / 'README.md'} says what comes next, and what the other files are for.")
    return 0


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write every file, or none: what was begun is taken away, so that the same command can be given once more."""
    written: list[Path] = []
    made: list[Path] = []
    try:
        for file, text in files.items():
            target = folder / file
            missing = [parent for parent in target.parents if not parent.exists()]
            made.extend(reversed(missing))
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            target.write_text(text, encoding="utf-8")
    except BaseException:
        for target in written:
            target.unlink(missing_ok=True)
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        raise


def _here(program: str) -> str:
    """Return how the checkout's own program is called from the folder in which the command was given."""
    path = os.path.relpath(ROOT / program)
    return shlex.quote(path if os.sep in path else f"./{path}")


def _there() -> str:
    """Return what make needs to be told to use the checkout's Makefile; nothing if it lies in this folder."""
    return "" if Path.cwd() == ROOT else f" -C {shlex.quote(os.path.relpath(ROOT))}"


def _refuse_unusable(council: str, slug: str, prefix: str) -> None:
    if not council or any(letter in council for letter in '"\\{}'):
        raise click.ClickException("--council: is empty, or has quotation marks, braces or a backslash")
    if slug != slug_of(slug):
        raise click.ClickException(f"--slug: `{slug}` is not small letters and hyphens, at most 30")
    if not slug:
        raise click.ClickException(f"--slug: give one, such as ash: `{council}` has no letters to make it from")
    if len(prefix) != 3 or not prefix.isascii() or not prefix.isupper() or not prefix.isalpha():  # noqa: PLR2004 - as a policy's
        raise click.ClickException("--prefix: give three capital letters, such as ASH")
    if prefix in published():
        raise click.ClickException(f"--prefix: {prefix} is how the clauses of {published()[prefix].council} begin")


def _words(council: str, slug: str, prefix: str, now: datetime) -> Mapping[str, str]:
    """Return what stands for each ``@WORD@`` of the template."""
    return {
        "COUNCIL": council,
        "SLUG": slug,
        "PREFIX": prefix,
        "VERSION": f"{now.astimezone(LONDON):%Y-%m}",
        "IN_THREE_MONTHS": f"{now.astimezone(LONDON) + timedelta(days=91):%Y-%m-%d}",
        "NOT_KEPT": ", ".join(f'"{one}"' for one in _without_months()),
        "STEWARD": version("steward"),
    }


def _without_months() -> list[RecordClass]:
    """Return the classes for which the template asks no months: whoever stores one says so."""
    proposed = tomllib.loads((TEMPLATE / "policy.toml").read_text(encoding="utf-8").replace("[@NOT_KEPT@]", "[]"))
    asked = [one for one in RecordClass if one is not RecordClass.APPLICATION_INFORMATION]
    return [one for one in asked if one not in proposed["retention"]]


def _files(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each file's place in the folder and its text."""
    for path in sorted(TEMPLATE.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(f"@{word}@", value)
            yield str(path.relative_to(TEMPLATE)), text
    yield ".gitignore", "build/\ncdk.out/\n"
    for name in SCHEMAS:
        yield f"{_FOR_EDITORS}/{name}.schema.json", schema_text(name)
    for schema in sorted(EVENTS.glob("*.json")):
        yield f"{_FOR_EDITORS}/events/{schema.name}", schema.read_text(encoding="utf-8")
    for example in EXAMPLES:
        for source, target in ((POLICIES, "policy.toml"), (SHIPPED, "notice.toml")):
            yield f"examples/{example}/{target}", (source / f"{example}.toml").read_text(encoding="utf-8")
