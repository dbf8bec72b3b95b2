"""``steward statement-pdf``: a statement that is as it was signed, as a PDF for screen readers (PDF/UA-1)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.evidence.options import council_keys
from cli.evidence.printing.parts import Page, UnknownPartError, parts
from cli.evidence.signatures import NoKey, fingerprint_of
from cli.evidence.statement import NAME, Checked, NoStatement, check
from cli.evidence.verify import shown
from steward import limits

STANDARD = "ua-1"
"""PDF/UA-1, ISO 14289-1: tags, order of reading, language, title, and a text for each picture."""

TEMPLATE = Path(__file__).with_name("page.typ")
SET_UP = "typst, which sets the PDF, is not here: make pdf STATEMENT=FILE, in steward's folder, sets it up and makes it"


@click.command("statement-pdf")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The PDF to write; beside the page without it.")
@council_keys()
def statement_pdf(file: Path, out: Path | None, keys: tuple[Path, ...]) -> int:
    """Set a statement as a PDF for people who hand it on: tagged, with language, title and a text for each picture.

    FILE is any of its files, with the envelope beside it. Exit 1, and no PDF, if it is not as it was signed. The PDF
    says from which page it was made; the signature is the page's.
    """
    try:
        found = check(file, None, frozenset(fingerprint_of(path) for path in keys))
    except (NoStatement, NoKey) as error:
        raise click.ClickException(shown(str(error))) from None
    for problem in found.problems:
        click.echo(f"! {problem}")
    if found.problems:
        return 1
    page = file.with_name(found.says.page.name)
    target = out or page.with_suffix(".pdf")
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_bytes(typeset(_copy(parts(limits.read(page, limits.PACKED)), found), _made(found)))
        part.replace(target)
    except (limits.OverLimit, UnknownPartError) as problem:
        raise click.ClickException(f"{shown(str(page))}: {problem}") from None
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"{target}: {error.strerror or 'cannot be written'}") from None
    click.echo(f"{target}: made from {page.name}, which is as it was signed with the key {found.key}.")
    return 0


def typeset(page: Page, made: datetime) -> bytes:
    """Return a page as a PDF of the standard. The same page and moment make the same bytes.

    Raises ``click.ClickException`` where typst is not installed, or refuses something that the standard asks for.
    """
    try:
        import typst  # noqa: PLC0415 - 70 MB, and nothing else needs it
    except ImportError:
        raise click.ClickException(SET_UP) from None
    language, _, region = page.language.partition("-")
    said = {"title": page.title, "language": language, "region": region or "GB", "parts": page.parts}
    try:
        compiler = typst.Compiler(ignore_system_fonts=True)
        pdf: Any = compiler.compile(
            TEMPLATE.read_bytes(),
            sys_inputs={"page": json.dumps(said)},
            pdf_standards=[STANDARD],
            timestamp=made,
        )
    except typst.TypstError as problem:
        raise click.ClickException(f"typst refuses the page: {shown(problem.message)}") from None
    return bytes(pdf)


def _made(found: Checked) -> datetime:
    try:
        return datetime.fromisoformat(found.says.made_at)
    except ValueError:
        raise click.ClickException(f"{NAME}: was made at no moment: {shown(found.says.made_at)[:50]}") from None


def _copy(page: Page, found: Checked) -> Page:
    """Return the page, and at its end of what it is a copy."""
    pairs = [
        ["Made from", found.says.page.name],
        ["SHA-256 of that page", found.says.page.sha256],
        ["Signed with the key", found.key],
    ]
    end = ({"kind": "heading", "level": 2, "text": "About this copy"}, {"kind": "facts", "pairs": pairs})
    return Page(title=page.title, language=page.language, parts=(*page.parts, *end))
