"""Puts the parts of a pack together: the same policy, statements and comparison make the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from cli.pack.accountability import accountability
from cli.pack.blanks import Blanks
from cli.pack.given import DRIFT, Drift, Month
from cli.pack.impact import assessment
from cli.pack.index import index, latest
from cli.pack.open_findings import findings
from cli.pack.records import processing
from documentation.clauses import Notice, read_controls, read_council, with_sections
from documentation.notices import render
from steward import limits
from steward.archive import Entry, manifest

FORMAT: Final = "steward-pack/1"
POLICY: Final = "policy.toml"
WORDING: Final = "public-wording.md"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a pack is made of beside the policy. None of a kind is something that was not given, and is said so."""

    environment: str
    signed: bool = True
    """Whether the pack is going to be: its first page says so, and cannot say it afterwards."""
    months: Sequence[Month] | None = None
    drift: tuple[Drift, Entry] | None = None

    @property
    def good(self) -> tuple[Month, ...]:
        """The statements that are as they were signed, the oldest first."""
        return tuple(one for one in self.months or () if one.good)


@dataclass(frozen=True, kw_only=True)
class Pack:
    """The files, the manifest last, and the places that somebody has to fill in."""

    entries: tuple[Entry, ...]
    left: tuple[tuple[str, str], ...]


def build(policy: Path, given: Given) -> Pack:
    """Return the pack of a policy file. Raises ``steward.policy.load.PolicyError`` where it is not valid."""
    notice = read_council(policy)
    blanks = Blanks()
    entries = [*_documents(notice, given, blanks)]
    entries += [Entry(name=POLICY, content=limits.read(policy, limits.SETTINGS))]
    entries += [Entry(name=WORDING, content=render(notice.policy).encode())]
    if given.drift is not None:
        entries.append(given.drift[1])
    entries += [entry for one in given.good for entry in one.entries]
    council = notice.policy.council
    entries.insert(
        0,
        index(
            notice.policy,
            environment=given.environment,
            months=given.months,
            drift=given.drift,
            signed=given.signed,
            left=tuple(blanks.left),
            entries=entries,
        ),
    )
    about = {
        "format": FORMAT,
        "council": council.name,
        "environment": given.environment,
        "policy_version": council.policy_version,
        "steward": version("steward"),
    }
    return Pack(entries=(*entries, manifest(about, entries)), left=tuple(blanks.left))


def _documents(notice: Notice, given: Given, blanks: Blanks) -> Iterator[Entry]:
    controls = with_sections([notice], read_controls())
    yield from processing(notice.policy, latest(given.months), blanks)
    yield assessment(notice, controls, blanks)
    yield from accountability(notice, controls, _there(given))
    if given.drift is not None:
        yield findings(given.drift[0])


def _there(given: Given) -> dict[str, str]:
    """Return, after the words for an artefact, where it is in this pack or that it is not."""
    good = given.good
    return {
        "statement": f" (statements/{good[-1].period}/)" if good else " (none in this pack)",
        "comparison": f" ({DRIFT})" if given.drift else " (none in this pack)",
        "wording": f" ({WORDING})",
    }
