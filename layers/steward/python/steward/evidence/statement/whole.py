"""Whether every hold is whole: the register against the inventory of the hold bucket, and a sample of bytes. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from steward.evidence.statement.counting import MOST_NAMED, Finding, Kind
from steward.evidence.statement.inventory import Version
from steward.evidence.statement.population import mark_of
from steward.evidence.statement.register import Book, Expected
from steward.ids import ContactId

HOLDS: Final = "legal_hold"

SAMPLES: Final = 17
"""Every copy's bytes are read once in so many months: holds last eighteen."""

SAMPLE_BYTES: Final = 20 * 1024**3
"""What one statement reads at most: a function reads some 70 MB a second, and has a quarter of an hour."""

SETTLED: Final = timedelta(hours=1)
"""What was copied shortly before the scan began may not be listed: inventories are eventually consistent."""


@dataclass(kw_only=True)
class Holding:
    """The hold bucket as its inventory lists it, against what the register expects."""

    book: Book
    at: datetime
    versions: int = 0
    bytes: int = 0
    suspects: list[Finding] = field(default_factory=list)
    """What to ask S3 about; at most ``MOST_NAMED`` of each kind."""
    suspected: Counter[Kind] = field(default_factory=Counter)
    """How many of each kind there are."""
    doubtful: set[ContactId] = field(default_factory=set)
    """The contacts of copies and manifests that are gone, hidden or not locked as they should be, by this list."""
    _found: set[int] = field(default_factory=set)

    def take(self, versions: Iterable[Version]) -> Holding:
        """Compare; return itself."""
        for version in versions:
            if version.is_marker:
                continue
            self.versions += 1
            self.bytes += version.size
            mark = mark_of(version.key, version.version_id)
            expected = self.book.expected.get(mark)
            if version.is_latest and mark in self.book.manifests:
                self._found.add(mark)
            if expected is not None:
                self._found.add(mark)
                if not version.is_latest:
                    self.doubtful.add(_contact_of(expected.key))
                until, mode = version.retain_until, version.lock_mode
                problem = expected.problem(version.size, until, legal_hold=version.legal_hold, mode=mode)
                if problem:
                    self._suspect(Kind.HOLD_BROKEN, expected.key, expected.version_id, expected.case, problem)
            elif not self.book.accounts_for(version):
                why = "lies in the hold bucket, and the register does not know it"
                self._suspect(Kind.ORPHAN, version.key, version.version_id, "", why)
        for mark, expected in self.book.expected.items():
            if mark not in self._found and expected.held_at + SETTLED < self.at:
                why = "is on the register and not in the hold bucket"
                self._suspect(Kind.HOLD_BROKEN, expected.key, expected.version_id, expected.case, why)
        self._miss_manifests()
        return self

    def _miss_manifests(self) -> None:
        """One that was written since the list was made cannot be on it."""
        for mark, (contact, since) in self.book.manifests.items():
            if mark not in self._found and since + SETTLED < self.at:
                self.doubtful.add(contact)

    def _suspect(self, kind: Kind, key: str, version_id: str, case: str, why: str) -> None:
        self.suspected[kind] += 1
        if kind is Kind.HOLD_BROKEN:
            self.doubtful.add(_contact_of(key))
        if self.suspected[kind] <= MOST_NAMED:
            self.suspects.append(
                Finding(kind=kind, store=HOLDS, key=key, version_id=version_id, case=case, since=self.at, why=why)
            )


def _contact_of(hold_key: str) -> ContactId:
    return ContactId(hold_key.partition("/")[0])


def sample(book: Book, at: datetime) -> tuple[list[Expected], int]:
    """Return the copies whose bytes are read this month, and how many more had their turn and are too much to read.

    It is another part of them each month, chosen by their names.
    """
    turn = (at.year * 12 + at.month) % SAMPLES
    chosen, room, beyond = list[Expected](), SAMPLE_BYTES, 0
    for one in book.expected.values():
        if int.from_bytes(hashlib.sha256(one.key.encode()).digest()[:4]) % SAMPLES != turn:
            continue
        if one.bytes <= room:
            room -= one.bytes
            chosen.append(one)
        else:
            beyond += 1
    return chosen, beyond
