"""Every night: every disclosure that is not done with, its expiry, the papers it owes and the silence it keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from steward.clock import Clock, london_date
from steward.failures import AwsError, UnreadableRow
from steward.policy.disclosure import Disclosure as DisclosurePolicy
from steward.policy.disclosure import Need
from steward.retention.months import add_months
from steward.rights.clearing import Clearing
from steward.rights.disclosing.ports import Disclosures, Notices
from steward.rights.disclosing.register import Disclosure, DisclosureId, DisclosureStatus
from steward.rights.ports import VersionConflict

ASK_AFTER: Final = timedelta(days=7)
"""After so long without a decision somebody is told, and again after as long."""


@dataclass
class Tally:
    """What a night came to."""

    disclosures: int = 0
    papers_overdue: int = 0
    reviews: int = 0
    undecided: int = 0
    removed: int = 0
    skipped: int = 0
    failed: dict[DisclosureId, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Sees to every disclosure."""

    clock: Clock
    policy: DisclosurePolicy
    disclosures: Disclosures
    notices: Notices
    clearing: Clearing

    def run(self, time_left: Callable[[], bool]) -> Tally:
        """See to every disclosure; one that fails is counted and stops no other."""
        tally, today = Tally(), london_date(self.clock.now())
        for disclosure_id in self.disclosures.unfinished():
            if not time_left():
                tally.failed[disclosure_id] = "no time was left"
                continue
            try:
                known = self.disclosures.find(disclosure_id)
                if known is not None:
                    self._see_to(known.disclosure, today, tally)
            except (AwsError, VersionConflict, UnreadableRow) as problem:
                tally.failed[disclosure_id] = type(problem).__name__
            tally.disclosures += 1
        return tally

    def _see_to(self, before: Disclosure, today: date, tally: Tally) -> None:
        after, status = before, before.status(today)
        papers, telling = before.papers, before.telling
        if papers and papers.came_on is None and today > papers.due_on:
            tally.papers_overdue += 1
            after = self._told(after, f"papers:{today.isoformat()}", self.notices.papers_overdue)
        if telling and not telling.tell and telling.review_on and today >= telling.review_on:
            tally.reviews += 1
            week = (today - telling.review_on).days // ASK_AFTER.days
            after = self._told(after, f"review:{telling.review_on.isoformat()}:{week}", self.notices.review_silence)
        if status is DisclosureStatus.ASKED and (weeks := (today - london_date(before.asked_at)) // ASK_AFTER):
            tally.undecided += 1
            after = self._told(after, f"undecided:{weeks}", self.notices.undecided)
        copy = after.prepared if status is DisclosureStatus.EXPIRED else None
        if copy and not copy.gone and self.clearing.clear(f"disclosures/{after.id}/", tally):
            after = replace(after, prepared=replace(copy, gone=True))
        if today >= self._known_until(before) and self._forgotten(after, tally):
            after = replace(after, cleared_at=self.clock.now())
        if after != before:
            self.disclosures.save(before, after)

    def _known_until(self, disclosure: Disclosure) -> date:
        return add_months(london_date(disclosure.asked_at), self.policy.register_months)

    def _forgotten(self, disclosure: Disclosure, tally: Tally) -> bool:
        """Remove what is left of a disclosure that nobody can claim anything about any more: its copy and its form."""
        form = disclosure.stated.get(Need.FORM_KEY)
        prefixes = [f"disclosures/{disclosure.id}/", *([form] if form else [])]
        return all(self.clearing.clear(one, tally) for one in prefixes)

    def _told(self, disclosure: Disclosure, mark: str, tell: Callable[[Disclosure], None]) -> Disclosure:
        if mark in disclosure.told:
            return disclosure
        tell(disclosure)
        kind = mark.partition(":")[0]
        # Of each thing the last word is remembered: a mark a night for years would not fit into a row.
        kept = tuple(one for one in disclosure.told if not one.startswith(f"{kind}:"))
        return replace(disclosure, told=(*kept, mark))
