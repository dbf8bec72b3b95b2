"""One comparison of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from steward.configuration.accepting import Accepted, WithoutEffect, ends_soon
from steward.configuration.checking import EXISTS, Check, Harm, NotShown, Outcome, compare
from steward.configuration.code import seen, with_code
from steward.configuration.findings import Book, Finding, Notices, accepted_now, turned, without_effect
from steward.configuration.reading import Remembering
from steward.configuration.written import resources

if TYPE_CHECKING:
    from datetime import datetime

    from steward.clock import Clock
    from steward.configuration.reading import Live
    from steward.configuration.written import DeployedStack, Place, Resource


class Stacks(Protocol):
    """The deployed stacks."""

    def all(self) -> list[DeployedStack]:
        """Return each with the template it was made from last. Raises ``steward.failures.AwsError``."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a run came to."""

    postponed: bool = False
    """A deployment was under way, or came in between: nothing is said."""
    settings: int = 0
    reads: int = 0
    opened: int = 0
    """Open findings that somebody was told of by this run: new ones, those that changed, and those of a run whose mail
    was not sent."""
    closed: int = 0
    findings: tuple[Finding, ...] = ()
    """All that are open."""
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    without_effect: tuple[WithoutEffect, ...] = ()
    not_shown: tuple[NotShown, ...] = ()

    def answer(self) -> dict[str, Any]:
        """Return it as JSON has it, for whoever asked."""
        return {
            "status": "postponed" if self.postponed else "compared",
            "settings": self.settings,
            "reads": self.reads,
            "findings": [
                {
                    "id": one.id,
                    "name": one.name,
                    "harm": one.harm.value,
                    "expected": one.expected,
                    "found": one.found,
                    "opened_at": one.opened_at.isoformat(timespec="seconds"),
                    "accepted": self._accepted(one.id),
                }
                for one in sorted(self.findings, key=lambda one: ([*Harm].index(one.harm), one.id))
            ],
            "accepted_without_effect": [
                {
                    "id": one.accepted.finding,
                    "until": one.accepted.until.isoformat(),
                    "why": one.accepted.why,
                    "because": one.because,
                }
                for one in self.without_effect
            ],
            "not_shown": [{"id": one.id, "why": one.why} for one in self.not_shown],
        }

    def _accepted(self, finding: str) -> dict[str, str] | None:
        one = self.accepted.get(finding)
        return {"until": one.until.isoformat(), "why": one.why} if one else None


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """Compares, keeps what it found, and tells it once."""

    stacks: Stacks
    live: Callable[[], Live]
    """A fresh account to read: what was read in another run is not what is live now."""
    place: Place
    checks: Mapping[str, Sequence[Check]]
    book: Book
    notices: Notices
    clock: Clock
    accepted: tuple[Accepted, ...] = ()

    def run(self) -> Compared:
        """Compare every resource of the stacks.

        Raises ``AwsError`` where the stacks or the findings cannot be read: then nothing is known.
        """
        stacks = self.stacks.all()
        if any(stack.changing for stack in stacks):
            return Compared(postponed=True)
        live, started = Remembering(self.live()), self.clock.now()
        code = self.book.code()
        written = with_code(resources(stacks, self.place), code)
        outcome = _with_missing_stacks(compare(written, self.checks, live), stacks)
        if self.stacks.all() != stacks:
            # What was read while a deployment ran is neither what was written before it nor what is written now.
            return Compared(postponed=True)
        whole = {stack.name for stack in stacks if stack.is_whole}
        now_known = seen((one for one in written if one.stack in whole), code, live)
        if now_known != code:
            self.book.keep_code(now_known)
        now = self.clock.now()
        known = self.book.findings()
        outcome = _with_what_is_no_longer_written(outcome, written, known)
        before = {one.id: one for one in known if one.closed_at is None}
        turning = turned(known, outcome, started, now, self.accepted)
        kept = [one for one in turning if self.book.keep(one, before.get(one.id))]
        there = {_row(one): one for one in known} | {_row(one): one for one in kept}
        for one in kept:
            if one.closed_at is not None:
                there.pop((one.id, None), None)
        accepted = accepted_now(there.values(), self.accepted, now)
        told = self._tell(list(there.values()), accepted, outcome)
        self._remind(there.values(), accepted, now)
        return Compared(
            settings=len(outcome.compared) + len(outcome.not_shown),
            reads=live.reads,
            opened=told,
            closed=sum(1 for one in kept if one.closed_at == now),
            findings=tuple(one for one in there.values() if one.closed_at is None),
            accepted=accepted,
            without_effect=tuple(without_effect(there.values(), self.accepted, now)),
            not_shown=outcome.not_shown,
        )

    def _tell(self, findings: Sequence[Finding], accepted: Mapping[str, Accepted], outcome: Outcome) -> int:
        """Tell what is not told yet, and then note that it was: a mail twice is better than none.

        What is accepted is told when that has ended and it is still there. A note is told of to nobody: it is shown.
        That a flow which takes cards is as it was written again is told only when every such flow is.

        Returns how many findings that are open were told.
        """
        quiet = [one for one in findings if one.harm is Harm.NOTE or one.id in accepted]
        for one in quiet:
            if one.closed_at is not None:
                self.book.keep(replace(one, told=True), one)
            elif one.told and one.id in accepted:
                self.book.keep(replace(one, told=False), one)
        safe = _every_flow_is_safe(findings, outcome)
        untold = [
            one
            for one in findings
            if not one.told and one not in quiet and (safe or one.closed_at is None or one.harm is not Harm.CARDS)
        ]
        if not untold:
            return 0
        opened = [one for one in untold if one.closed_at is None]
        closed = [one for one in untold if one.closed_at is not None]
        cards = [one for one in untold if one.harm is Harm.CARDS]
        if cards:
            self.notices.card_payments_unsafe(cards)
        self.notices.opened_and_closed(opened, closed)
        for one in untold:
            self.book.keep(replace(one, told=True), one)
        return len(opened)

    def _remind(self, findings: Iterable[Finding], accepted: Mapping[str, Accepted], now: datetime) -> None:
        """Tell once, some days before, that an entry ends which covers something that is still there."""
        due = [
            (one, entry)
            for one in findings
            if one.closed_at is None
            and (entry := accepted.get(one.id))
            and one.harm is not Harm.NOTE
            and ends_soon(entry, now)
            and one.reminded_of != entry.until
        ]
        if due:
            self.notices.ending(due)
        for one, entry in due:
            # What is accepted counts as not told, so that its end tells it.
            self.book.keep(replace(one, told=False, reminded_of=entry.until), one)


def _with_missing_stacks(outcome: Outcome, stacks: Iterable[DeployedStack]) -> Outcome:
    """Say of each stack that is not there that nothing of it could be compared; the others are compared."""
    missing = tuple(
        NotShown(subject=one.name, setting=EXISTS, why="CloudFormation has no such stack", harm=Harm.HIGH)
        for one in stacks
        if one.missing
    )
    return replace(outcome, not_shown=outcome.not_shown + missing)


def _row(finding: Finding) -> tuple[str, object]:
    """Return what a finding's row is known by: it may be closed and open again before anybody was told."""
    return finding.id, finding.opened_at if finding.closed_at else None


def _every_flow_is_safe(findings: Iterable[Finding], outcome: Outcome) -> bool:
    """Whether every flow that takes cards was read in this run and is as it was written."""
    open_cards = any(one.harm is Harm.CARDS and one.closed_at is None for one in findings)
    return not open_cards and not any(one.harm is Harm.CARDS for one in outcome.not_shown)


def _with_what_is_no_longer_written(outcome: Outcome, written: Iterable[Resource], known: Iterable[Finding]) -> Outcome:
    """Count as compared what is in no template any more: nothing is expected of it, so nothing differs.

    Not what belongs to a stack that is missing: what its template said is not known.
    """
    subjects = {f"{one.stack}/{one.logical_id}" for one in written}
    missing = {one.subject for one in outcome.not_shown if one.setting == EXISTS}
    gone = {
        one.id
        for one in known
        if one.id.removesuffix(f"/{one.setting}") not in subjects and one.id.partition("/")[0] not in missing
    }
    return replace(outcome, compared=outcome.compared | gone)
