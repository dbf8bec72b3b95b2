"""A council whose register is written on the first of March, and on the nights after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from steward.decisions.book import Row
from steward.evidence.register.nightly import Nights
from steward.evidence.register.refusals import RefusalCounts
from steward.evidence.register.requests import Deadlines
from steward.failures import AccessDenied
from tests.support.evidence.desk import NOW
from tests.support.evidence.inventories import MadeUpRegisters, MadeUpShelf, ToldOfficer


@dataclass
class MadeUpDecisions:
    """The book."""

    found: list[Row | None] = field(default_factory=list)
    denied: bool = False

    def rows(self) -> Iterator[Row | None]:
        """Return its rows."""
        if self.denied:
            raise AccessDenied("dynamodb.Scan", "AccessDeniedException")
        yield from self.found


@dataclass
class Desk:
    """A council whose register is written on the first of March, and on the nights after it."""

    registers: MadeUpRegisters = field(default_factory=MadeUpRegisters)
    decisions: MadeUpDecisions = field(default_factory=MadeUpDecisions)
    shelf: MadeUpShelf = field(default_factory=MadeUpShelf)
    officer: ToldOfficer = field(default_factory=ToldOfficer)
    deadlines: Deadlines | None = None
    refusals: RefusalCounts | None = None
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)

    @property
    def nights(self) -> Nights:
        return Nights(
            clock=self,
            council="Barnet",
            environment="local",
            stores={"holds": "legal_hold", "recordings": "call_recording"},
            registers=self.registers,
            decisions=self.decisions,
            deadlines=self.deadlines,
            refusals=self.refusals,
            shelf=self.shelf,
            notices=self.officer,
        )

    def written(self) -> tuple[str, dict[str, Any]]:
        """Write tonight's; return the page and the JSON."""
        key = self.nights.write()
        plain: dict[str, Any] = json.loads(self.shelf.kept[f"{key.rpartition('/')[0]}/register.json"])
        return self.shelf.kept[key].decode(), plain
