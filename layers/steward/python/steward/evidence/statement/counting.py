"""Whether a store holds anything that is older than the policy: every version counted in one class. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from steward.clock import london_midnight
from steward.evidence.statement.inventory import Version
from steward.ids import RecordClass
from steward.retention.months import add_months

GRACE: Final = timedelta(days=7)
"""How long after its day something may still be listed: S3 removes later what has expired (docs/limits.md)."""

HIDDEN: Final = timedelta(days=1)
"""How long bytes may outlive the marker that hides them: the stores' rule for noncurrent versions."""

REWRITTEN_AFTER: Final = timedelta(days=2)
"""Connect names what it writes by the day; what is younger than its name by more than this was written anew."""

LONGEST_CHAT: Final = timedelta(days=7)
"""What a chat leaves is named by the day on which it began, and written when it ends: 10,080 minutes later at most.

Amazon Connect administrator guide, "Set up chat timeouts".
"""

OF_CHATS: Final = frozenset({RecordClass.CHAT_TRANSCRIPT, RecordClass.ATTACHMENT})

MOST_NAMED: Final = 1000
"""So many exceptions of one kind are looked at one by one in one store; more of them are one exception of the store."""

_DAY_IN_KEY: Final = re.compile(r"(?:^|/)(\d{4})/(\d{2})/(\d{2})/")
_MONTH_IN_KEY: Final = re.compile(r"(?:^|/)year=(\d{4})/month=(\d{2})/")


class Kind(StrEnum):
    """What is wrong with a version, or with a store."""

    OVERDUE = "overdue"
    RESTARTED = "restarted_age"
    HELD_UNEXPLAINED = "held_unexplained"
    UPLOAD = "unfinished_upload"
    LEFT_EARLY = "left_early"
    HOLD_BROKEN = "hold_broken"
    HOLD_PARTIAL = "hold_partial"
    ORPHAN = "orphan"
    UNCONFIRMED = "unconfirmed"
    UNANNOUNCED = "unannounced"
    NOT_ENFORCED = "store_not_enforced"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One exception. It may name a contact, in the key or the case, and so goes to the file for fewer eyes only."""

    kind: Kind
    store: str
    key: str = ""
    version_id: str = ""
    case: str = ""
    since: datetime | None = None
    until: datetime | None = None
    number: int = 1
    """How many it stands for: more of one kind than can be named are one exception of the store."""
    why: str


def numbers(findings: Iterable[Finding]) -> Counter[Kind]:
    """Return how many there are of each kind."""
    found = Counter[Kind]()
    for one in findings:
        found[one.kind] += one.number
    return found


class Suspect(NamedTuple):
    """A version, as it is listed, that is an exception unless S3 shows it otherwise."""

    kind: Kind
    version: Version


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the policy says of a store, in whole months, and the days that S3 is told."""

    store: str
    bucket: str
    months: int
    days: int
    by_month: bool = False
    """Whether what lies in a folder of a month goes when that whole month is old enough: contact records."""
    own_register: bool = False
    """Whether each object goes on a day that another register knows: applications."""

    def leaves_at(self, version: Version) -> datetime:
        """Return the moment from which S3, or the nightly run, may remove that version.

        S3 counts days from Last-Modified and rounds up to the next midnight in UTC (user guide, "Lifecycle
        configuration elements").
        """
        by_age = _midnight_after(version.modified) + timedelta(days=self.days)
        month = _MONTH_IN_KEY.search(version.key) if self.by_month else None
        first = _first_of(month) if month else None
        return min(by_age, london_midnight(add_months(first, self.months + 1))) if first else by_age


@dataclass(kw_only=True)
class Count:
    """What an inventory lists of one store. Every version that is no marker is in exactly one of six classes."""

    rule: Rule
    at: datetime
    explained: Callable[[Version], bool]
    """Whether the register knows why a version is under legal hold."""
    versions: int = 0
    bytes: int = 0
    within: int = 0
    in_grace: int = 0
    overdue: int = 0
    noncurrent: int = 0
    held: int = 0
    held_unexplained: int = 0
    restarted: int = 0
    """Of those within their period, how many only because they were written anew."""
    markers: int = 0
    suspects: list[Suspect] = field(default_factory=list)
    """What to ask S3 about before it is called an exception; at most ``MOST_NAMED`` of a kind."""
    _oldest_free: datetime | None = None

    def take(self, versions: Iterable[Version]) -> Count:
        """Count them; return itself."""
        for version in versions:
            if version.is_marker:
                self.markers += 1
                continue
            self.versions += 1
            self.bytes += version.size
            kind = self._classify(version)
            if kind is not None and self.number(kind) <= MOST_NAMED:
                self.suspects.append(Suspect(kind, version))
            else:
                self._note_age(version)
        return self

    @property
    def oldest(self) -> datetime | None:
        """When the oldest version that nobody holds was written; none where there is none."""
        ages = [one.version.modified for one in self.suspects if not self._is_locked(one.version)]
        return min([*ages, *([self._oldest_free] if self._oldest_free else [])], default=None)

    def number(self, kind: Kind) -> int:
        """Return how many versions are of that kind. Raises KeyError for a kind that no version is of."""
        return {
            Kind.OVERDUE: self.overdue,
            Kind.HELD_UNEXPLAINED: self.held_unexplained,
            Kind.RESTARTED: self.restarted,
        }[kind]

    def settled(self, suspect: Suspect, shown: Version | None) -> Kind | None:
        """Count a suspect anew as S3 shows it now, none for what is gone; return what is wrong with it, if anything."""
        self.suspects.remove(suspect)
        match suspect.kind:
            case Kind.OVERDUE:
                self.overdue -= 1
            case Kind.HELD_UNEXPLAINED:
                self.held_unexplained -= 1
            case _:
                self.restarted -= 1
                self.within -= 1
        if shown is None:
            self.versions -= 1
            self.bytes -= suspect.version.size
            return None
        self._note_age(shown)
        return self._classify(shown)

    def finding(self, kind: Kind, version: Version) -> Finding:
        """Return the exception that a version of that kind is."""
        leaves = None if kind is Kind.HELD_UNEXPLAINED else self._leaves(version)
        match kind:
            case Kind.HELD_UNEXPLAINED:
                why = "is locked, and the register has no hold that says why"
            case Kind.OVERDUE:
                why = "is older than the policy and its days of grace"
            case _:
                made, anew = self._day_of(version), version.modified.date()
                why = f"was made on {made} and written anew on {anew}, from which S3 counts its age"
        return Finding(
            kind=kind,
            store=self.rule.store,
            key=version.key,
            version_id=version.version_id,
            since=version.modified,
            until=leaves,
            why=why,
        )

    def _note_age(self, version: Version) -> None:
        older = self._oldest_free is None or version.modified < self._oldest_free
        if older and not self._is_locked(version):
            self._oldest_free = version.modified

    def _is_locked(self, version: Version) -> bool:
        return version.legal_hold or (version.retain_until is not None and version.retain_until > self.at)

    def _leaves(self, version: Version) -> datetime:
        return self.rule.leaves_at(version) + (HIDDEN if not version.is_latest else timedelta())

    def _classify(self, version: Version) -> Kind | None:
        """Count it in its class; return what is wrong with it, if anything."""
        if self._is_locked(version):
            if self.explained(version):
                self.held += 1
                return None
            self.held_unexplained += 1
            return Kind.HELD_UNEXPLAINED
        leaves = self._leaves(version)
        if self.at > leaves + GRACE:
            self.overdue += 1
            return Kind.OVERDUE
        if not version.is_latest:
            self.noncurrent += 1
        elif self.at >= leaves:
            self.in_grace += 1
        else:
            self.within += 1
            if self._is_restarted(version):
                self.restarted += 1
                return Kind.RESTARTED
        return None

    def _is_restarted(self, version: Version) -> bool:
        day = self._day_of(version)
        lasted = LONGEST_CHAT if self.rule.store in OF_CHATS else timedelta()
        return day is not None and version.modified.date() - day > REWRITTEN_AFTER + lasted

    def _day_of(self, version: Version) -> date | None:
        """Return the day that is in its name, where S3 counts the age from then."""
        if self.rule.by_month or self.rule.own_register:
            return None
        found = _DAY_IN_KEY.search(version.key)
        return _day_of(found) if found else None


def _midnight_after(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC) + timedelta(days=1)


def _first_of(month: re.Match[str]) -> date | None:
    try:
        return date(int(month[1]), int(month[2]), 1)
    except ValueError:
        return None


def _day_of(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
