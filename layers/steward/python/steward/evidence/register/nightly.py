"""Writes the register of each night into the evidence store, and tells the data protection officer what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

import msgspec

from steward.clock import Clock, london_date, london_midnight
from steward.decisions.book import Row
from steward.evidence.register.page import register_page
from steward.evidence.register.refusals import RefusalCounts
from steward.evidence.register.requests import Deadlines
from steward.evidence.register.view import view
from steward.evidence.statement.document import encode
from steward.evidence.statement.ports import Notices, Registers, Shelf, Stored

FOLDER: Final = "register"
NAME: Final = "register.json"
TOLD: Final = "told.json"
"""Lies beside it once the mail is sent, with the counts of which it told."""

KEPT: Final = timedelta(days=40)
"""A month and some days: the register itself is the record, and these pages name cases and contacts."""


class Decisions(Protocol):
    """The book of decisions, read from end to end."""

    def rows(self) -> Iterator[Row | None]:
        """Return every row; none for what cannot be read. Raises ``steward.failures.AwsError``."""


class _Told(msgspec.Struct, frozen=True):
    counts: dict[str, int]


class _Written(msgspec.Struct, frozen=True):
    counts: dict[str, int]
    page: str


@dataclass(frozen=True, kw_only=True)
class Nights:
    """Makes the page of each night. May be repeated, and may die after any call: one night has one page."""

    clock: Clock
    council: str
    environment: str
    stores: Mapping[str, str]
    """The stores' names by their buckets."""
    registers: Registers
    decisions: Decisions
    deadlines: Deadlines | None
    """None where the policy has no section about requests of people."""
    refusals: RefusalCounts | None
    """None where the policy knows neither texts nor payments."""
    shelf: Shelf
    notices: Notices

    def write(self) -> str:
        """Write tonight's page unless it is there, tell the officer if the counts are others, and return its key.

        The officer is told when the counts are not those of which the last mail told, and at least as often as the
        notes of mails expire: a mail every night would be read by nobody. Raises AwsError where the register or the
        evidence store cannot be reached; a mail that was not sent is sent by the next run.
        """
        folder = f"{FOLDER}/{london_date(self.clock.now())}"
        there = self.shelf.read(f"{folder}/{NAME}") or self._make(folder)
        said = msgspec.json.decode(there.body, type=_Written)
        if self.shelf.read(f"{folder}/{TOLD}") is None and said.counts != self._last_told(said.counts):
            self.notices.tell(*_mail(said, folder))
            told = encode({"told_at": self.clock.now(), "counts": said.counts})
            self.shelf.put(f"{folder}/{TOLD}", told, "application/json", kept=KEPT)
        return said.page

    def _make(self, folder: str) -> Stored:
        now = self.clock.now()
        found = view(
            self.registers.rows(),
            self.decisions.rows(),
            stores=self.stores,
            requests=self.deadlines.on(london_date(now)) if self.deadlines else None,
            refusals=self.refusals.at(now) if self.refusals else None,
            council=self.council,
            environment=self.environment,
            at=now,
            month_from=london_midnight(london_date(now).replace(day=1)),
        )
        page = register_page(found)
        key = f"{folder}/register-{hashlib.sha256(page).hexdigest()[:12]}.html"
        plain: dict[str, Any] = msgspec.to_builtins(found)
        body = encode({**plain, "counts": found.counts(), "page": key})
        self.shelf.put(key, page, "text/html; charset=utf-8", kept=KEPT)
        if not self.shelf.seal(f"{folder}/{NAME}", body, kept=KEPT):
            # Another run was quicker; what it wrote is tonight's.
            return self.shelf.read(f"{folder}/{NAME}") or Stored(key=key, body=body)
        return Stored(key=f"{folder}/{NAME}", body=body)

    def _last_told(self, now: Mapping[str, int]) -> dict[str, int]:
        """Return the counts of the last mail; before the first, those of now if everything were empty."""
        last = self.shelf.last(FOLDER, TOLD)
        return msgspec.json.decode(last.body, type=_Told).counts if last else dict.fromkeys(now, 0)


_SAID: Final = {
    "cases": "cases with a hold",
    "contacts": "contacts that are held",
    "holds": "holds in force",
    "not_whole": "holds that are not whole",
    "waiting": "decisions that wait",
    "disposed_of": "versions announced for disposal this month",
    "requests": "requests of people that are open",
    "overdue": "of which overdue",
    "unread": "rows that could not be read",
    "refusals_not_shown": "counts of refused texts and payments that are not shown",
}
_OF_REQUESTS: Final = ("requests", "overdue")


def _mail(said: _Written, folder: str) -> tuple[str, list[str]]:
    """Return the subject and the lines: counts, and where the page lies."""
    counts = said.counts
    subject = (
        f"Register {folder.removeprefix(f'{FOLDER}/')}: "
        f"holds {counts['holds']}, not whole {counts['not_whole']}, decisions that wait {counts['waiting']}"
    )
    unseen = "not shown" if counts.get("not_shown") else None
    lines = [
        f"{label}: {counts.get(name, unseen)}"
        for name, label in _SAID.items()
        if name in counts or (unseen and name in _OF_REQUESTS)
    ]
    return subject, [*lines, f"The page lies in the evidence store under {said.page}."]
