"""The last month's statement at the end of the demonstration: what it says, and where its page is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from infra.config import ROOT
from simulator.scenarios.results.statements import statements_of
from steward.evidence.statement.page import SENTENCES
from steward.names import EVIDENCE_STORE

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.aws.account.account import EmbeddedAws

FOLDER: Final = ROOT / "build" / "demo" / "statement"
"""Where the demonstration leaves the statement's files: a folder that is no part of the repository."""


@dataclass(frozen=True)
class Stated:
    """A month's statement: each sentence with its answer and reasons, and the folder of its files."""

    period: str
    said: dict[str, tuple[str, str]]
    page: Path


def last_statement(world: EmbeddedAws, folder: Path = FOLDER) -> Stated | None:
    """Write the files of the newest month's statement into that folder; none where there is no statement yet."""
    months = [one for one in statements_of(world) if not one.period.startswith("on-demand")]
    if not months:
        return None
    newest = months[-1]
    bucket, storage = world.names.buckets[EVIDENCE_STORE], world.client("s3")
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        newest.key.rpartition("/")[2],
        f"{newest.key.rpartition('/')[2].removesuffix('.json')}.html",
        "envelope.json",
    ]
    for old in folder.iterdir():
        old.unlink()
    for name in names:
        body = storage.get_object(Bucket=bucket, Key=f"{newest.key.rpartition('/')[0]}/{name}")["Body"].read()
        (folder / name).write_bytes(body)
    document = json.loads((folder / names[0]).read_bytes())
    said = {
        SENTENCES[name]: (str(one["value"]).lower().replace("_", " "), "; ".join(one["because"]))
        for name, one in document["propositions"].items()
    }
    return Stated(newest.period, said, folder / names[1])


def show_statement(out: Console, stated: Stated | None) -> None:
    """Print it."""
    if stated is None:
        return
    table = Table(title=f"\nThe statement of {stated.period}", title_justify="left", title_style="bold")
    for heading in ("Sentence", "Answer", "Why"):
        table.add_column(heading, overflow="fold")
    for sentence, (answer, why) in stated.said.items():
        table.add_row(sentence, answer, why or "nothing to the contrary was found")
    out.print(table)
    page = stated.page.relative_to(ROOT) if stated.page.is_relative_to(ROOT) else stated.page
    out.print(Text(f"Its page is {page}; ./steward verify-statement {page} checks it."))
