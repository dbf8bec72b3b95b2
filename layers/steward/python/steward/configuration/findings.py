"""Findings: a difference from the run that first saw it to the one that saw it gone. Pure, but for the port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from steward.configuration.accepting import Accepted, Cover, WithoutEffect, covering, in_force
from steward.configuration.checking import Difference, Harm

if TYPE_CHECKING:
    from steward.configuration.checking import Outcome
    from steward.configuration.code import Code

KEPT: Final = timedelta(days=400)
"""Thirteen months after it was closed, as the statements' exceptions are."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A difference that is there, or was. ``closed_at`` is empty while it is there."""

    id: str
    name: str
    setting: str
    harm: Harm
    expected: str
    found: str
    opened_at: datetime
    seen_at: datetime
    closed_at: datetime | None = None
    told: bool = False
    """Whether somebody was told of what it is now: open, changed since, or closed."""
    changed_at: datetime | None = None
    """When the setting was last seen to differ in another way than before; empty while it differs as at first."""
    whole: str = ""
    """The difference's own: what ``expected`` and ``found`` say is shortened."""
    cover: Cover | None = None
    """The entry that accepts it, with what it was for."""
    reminded_of: date | None = None
    """The end of which somebody was told before it came: that of the entry that accepts it."""


class Book(Protocol):
    """The findings that are open, and those that were. Every call raises ``steward.failures.AwsError``."""

    def findings(self) -> list[Finding]:
        """Return those that are open, and those that are closed and not told yet."""

    def code(self) -> Mapping[str, Code]:
        """Return what each function was made of when it was first read, by its subject."""

    def keep_code(self, code: Mapping[str, Code]) -> None:
        """Keep that in the place of what was kept before."""

    def keep(self, finding: Finding, before: Finding | None) -> bool:
        """Write a finding as it is now in the place of the same one as it was ``before``; none where it is new.

        Returns False where another run wrote it meanwhile: then it stays as that run left it.
        """


class Notices(Protocol):
    """The people who are told. Every call raises ``steward.failures.AwsError``."""

    def opened_and_closed(self, opened: Sequence[Finding], closed: Sequence[Finding]) -> None:
        """Tell the data protection officer what differs now, and what is as it was written again."""

    def ending(self, accepted: Sequence[tuple[Finding, Accepted]]) -> None:
        """Tell the data protection officer which differences are accepted for a few days more."""

    def card_payments_unsafe(self, findings: Sequence[Finding]) -> None:
        """Tell the supervisors that a flow that takes cards is not the one that was written, or is it again."""


def turned(
    known: Iterable[Finding], outcome: Outcome, started: datetime, now: datetime, accepted: Iterable[Accepted] = ()
) -> list[Finding]:
    """Return every finding that is to be written: new ones, those seen again, and those that are gone.

    What could not be compared stays as it was: it is neither open because of that, nor closed. What another run saw
    after this one had ``started`` to read is newer than what this one read, and stays too.
    """
    there, entries = {one.id: one for one in outcome.differences}, in_force(accepted, now)
    open_now = {one.id: one for one in known if one.closed_at is None}
    newer = {one.id for one in open_now.values() if one.seen_at > started}
    written = [
        _seen(open_now.get(identity), difference, now, entries.get(identity))
        for identity, difference in there.items()
        if identity not in newer
    ]
    gone = [
        replace(one, closed_at=now, told=False)
        for one in open_now.values()
        if one.id in outcome.compared and one.id not in there and one.id not in newer
    ]
    return written + gone


def _seen(before: Finding | None, difference: Difference, now: datetime, entry: Accepted | None) -> Finding:
    if before is None:
        return Finding(
            id=difference.id,
            name=difference.name,
            setting=difference.setting,
            harm=difference.harm,
            expected=difference.expected,
            found=difference.found,
            opened_at=now,
            seen_at=now,
            whole=difference.whole,
            cover=covering(None, entry, difference.whole),
        )
    same = before.whole == difference.whole and before.harm is difference.harm
    return replace(
        before,
        harm=difference.harm,
        expected=difference.expected,
        found=difference.found,
        whole=difference.whole,
        seen_at=now,
        # What somebody was told is no longer so: one rule that was off is now all of them.
        told=before.told and same,
        changed_at=before.changed_at if same else now,
        cover=covering(before.cover, entry, difference.whole),
    )


def accepted_now(findings: Iterable[Finding], accepted: Iterable[Accepted], now: datetime) -> Mapping[str, Accepted]:
    """Return what covers each finding that is accepted on this day in London, by its id."""
    entries = in_force(accepted, now)
    return {one.id: entry for one in findings if (entry := entries.get(one.id)) and not _why_not(one, entry)}


def without_effect(findings: Iterable[Finding], accepted: Iterable[Accepted], now: datetime) -> Iterator[WithoutEffect]:
    """Return what covers nothing that is open, so that it can be mended or taken out of the file."""
    known, entries = {one.id: one for one in findings if one.closed_at is None}, in_force(accepted, now)
    for entry in accepted:
        there = known.get(entry.finding)
        if entry.finding not in entries:
            because = "it has ended"
        elif there is None:
            because = "nothing of this name differs"
        else:
            because = _why_not(there, entry)
        if because:
            yield WithoutEffect(accepted=entry, because=because)


def _why_not(finding: Finding, entry: Accepted) -> str:
    """Return why an entry that has not ended does not cover a finding of its name; empty if it does."""
    if finding.harm is Harm.CARDS:
        return "a flow that takes cards cannot be accepted"
    cover = finding.cover
    if cover is not None and cover.by == entry and cover.whole != finding.whole:
        return "it differs in another way than when it was accepted"
    return ""
