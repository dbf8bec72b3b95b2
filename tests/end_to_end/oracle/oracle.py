"""What the text promises of a case's life: written from the contracts and the docs alone, and kept apart from the code.

It shares no line with what it judges: its own calendar, its own reading of the policies, its own book of each hold.
Where the text is silent a prediction allows every answer. The sentences it stands on are those of docs/legal-hold.md
("How long", "Before a hold ends", "Releasing a hold") and docs/flagging-a-contact.md ("Stages, closing and releasing").
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FOREVER = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime(1, 1, 3, tzinfo=UTC)
GRACE = WEEK = timedelta(days=7)
STAGES = ("1", "2", "ombudsman")


@dataclass(frozen=True)
class Caller:
    """A contact with one recording; ``start`` is None for an id that Connect does not know."""

    id: str
    start: datetime | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """A turn of a case: flagged, escalated, closed, or its release asked, approved, rejected or forged."""

    at: datetime
    kind: str
    case: str
    contacts: tuple[str, ...] = ()
    signal: str = "event"
    reason: str = "complaint"
    stage: str | None = None
    day: str | None = None
    """What was typed: the received date of a flag, the date of a closure or of a further stage."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the register has to say of one contact under one case; what is None is left open by the text."""

    statuses: frozenset[str]
    reasons: frozenset[str] | None = None
    stages: frozenset[str | None] | None = None
    ends: frozenset[datetime | None] | None = None
    open_ended: bool | None = None
    received: frozenset[tuple[date, bool]] | None = None


@dataclass(frozen=True)
class Leaving:
    """When a contact's copies leave the hold bucket: not before the first moment, not after the second."""

    first: datetime
    last: datetime


def months_after(day: date, months: int) -> datetime:
    """Return midnight in London of the same day some months later, of the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return datetime(day.year + years, month + 1, min(day.day, last), tzinfo=LONDON).astimezone(UTC)


def night_after(moment: datetime) -> datetime:
    """Return the first half past two at night in London that is not earlier."""
    day = moment.astimezone(LONDON).date()
    nights = (datetime.combine(day + timedelta(days=n), time(2, 30), LONDON).astimezone(UTC) for n in (0, 1))
    return next(night for night in nights if night >= moment)


def read_day(typed: str | None) -> date | None:
    """Return the day that YYYY-MM-DD names."""
    try:
        return date.fromisoformat(typed or "") if len(typed or "") == len("2027-01-04") else None
    except ValueError:
        return None


@dataclass
class Ground:
    """One reason of a case: the days from which it counts, and whether it is open."""

    days: list[tuple[date, bool]] = field(default_factory=list)
    open: bool = False
    closed_on: date | None = None


@dataclass
class Row:
    """The book of one contact under one case."""

    grounds: dict[str, Ground] = field(default_factory=dict)
    stages: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    holds: bool = False
    end_known: datetime = FOREVER
    ends: set[datetime] = field(default_factory=set)
    """Every end that it ever had: nothing moves a date earlier, and an open case may still state an earlier one."""
    flagged: datetime = FOREVER
    opened: datetime = LONG_AGO
    """When a reason that is open at every stage was last flagged."""
    shut: date | None = None
    """The day on which the case was closed, while it is closed."""
    further_on: date = date.min
    """The latest day on which the case was taken further."""
    asked: datetime = FOREVER
    approved: datetime | None = None
    agreed_again: datetime = FOREVER
    """When the release was agreed on once more, after its days of grace: that carries it out before the night does."""
    left: Leaving | None = None
    """When it last ended."""
    vague: bool = False

    @property
    def stage(self) -> str:
        return max(self.stages or {"1"}, key=STAGES.index)

    def as_of_another(self) -> Row:
        """Return the book of another contact of the case: what was said of the case, and nothing of the contact."""
        return Row(
            grounds=deepcopy(self.grounds),
            stages=set(self.stages),
            ends=set(self.ends),
            opened=self.opened,
            shut=self.shut,
            further_on=self.further_on,
            vague=self.vague,
        )


class Oracle:
    """Predicts what becomes of the contacts of one life under one policy."""

    def __init__(self, policy: Path, callers: Iterable[Caller]) -> None:
        stated = tomllib.loads(policy.read_text())
        self._reasons: dict[str, dict[str, Any]] = stated["holds"]["reasons"]
        self._months: int = stated["retention"]["call_recording"]["months"]
        self._callers = {caller.id: caller for caller in callers}
        self.rows: dict[tuple[str, str], Row] = {}
        self._ahead: set[str] = set()
        self.leaving: dict[str, list[Leaving]] = {caller: [] for caller in self._callers}

    def live(self, moves: Sequence[Move], until: datetime) -> None:
        """Go through a life; of a closing and an escalation at one moment the opening stands."""
        lived = (move for move in moves if move.at < until)
        for move in sorted(lived, key=lambda move: (move.at, move.kind != "closed")):
            self._pass(move.at)
            if move.kind in ("escalated", "closed") and not any(key[0] == move.case.casefold() for key in self.rows):
                self._ahead.add(move.case.casefold())
            match move.kind:
                case "flagged":
                    self._flagged(move)
                case "escalated" | "closed" | "asked" | "approved":
                    for key, row in self.rows.items():
                        # A release may name some of the contacts.
                        if key[0] == move.case.casefold() and (not move.contacts or key[1] in move.contacts):
                            self._turn(row, move, key[1])
        self._pass(until)

    def promises(self) -> dict[tuple[str, str], Promise]:
        """Return what has to be said of each case (without case) and contact."""
        return {key: self._promise(row) for key, row in self.rows.items()}

    # -- What happens ----------------------------------------------------------------------------------------------

    def _flagged(self, move: Move) -> None:
        """A flag says something of its case, and so of every contact of it; it holds the contacts that it names."""
        case = move.case.casefold()
        known = {key[1]: row for key, row in self.rows.items() if key[0] == case}
        # What was said of a case before anything was flagged makes no row; whether it counts later, no sentence says.
        first = next(iter(known.values()), Row(vague=case in self._ahead))
        fresh = {contact: first.as_of_another() for contact in move.contacts if contact not in known}
        for contact, row in known.items():
            if contact not in move.contacts:
                self._beside(row, move)
        for contact in move.contacts:
            row = self.rows[case, contact] = known.get(contact) or fresh[contact]
            self._flag(row, move, contact)

    def _flag(self, row: Row, move: Move, contact: str) -> None:
        again = bool(row.statuses) and not row.holds
        stage = move.stage if move.stage in STAGES else "1"
        if again and (
            len(row.grounds) > 1 or move.reason not in row.grounds or STAGES.index(stage) < STAGES.index(row.stage)
        ):
            row.vague = True  # Whether what stood before the hold was over counts again, no sentence says.
        before = self._end(row) if row.grounds else None
        self._state(row, move, stage)
        row.flagged, row.approved, row.agreed_again = move.at, None, FOREVER
        self._note_end(row, before, move.at)
        if not row.holds:
            there = self._original_there(contact, move.at)
            shared = any(other.holds for key, other in self.rows.items() if key[1] == contact)
            row.holds = there is not False or shared
            row.statuses = {"held"} if row.holds else {"nothing_held"}
            row.vague = row.vague or (there is None and not shared)

    def _beside(self, row: Row, move: Move) -> None:
        """What a flag says of the case reaches its other contacts; whether it flags them too, no sentence says."""
        before, stage = self._end(row), move.stage if move.stage in STAGES else "1"
        self._state(row, move, stage)
        self._note_end(row, before, move.at)
        said_otherwise = self._end(row) != before
        if (row.approved and (said_otherwise or stage != "1")) or (row.statuses and not row.holds and said_otherwise):
            row.vague = True
        if stage != "1":
            row.flagged = move.at

    def _state(self, row: Row, move: Move, stage: str) -> None:
        """Write down what a flag says of its case."""
        ground = row.grounds.setdefault(move.reason, Ground())
        if move.reason == "complaint":
            row.stages.add(stage)
            if not ground.days and self._opens(move.reason, row.stage):
                # A complaint joins a case that somebody took further before: it is as open as that case is.
                ground.open, ground.closed_on = row.shut is None, row.shut
        opens = self._opens(move.reason, stage)
        ground.open = ground.open or opens
        if stage != "1":
            self._reopen(row)
            row.further_on = max(row.further_on, move.at.astimezone(LONDON).date())
        row.opened = move.at if opens and stage == "1" else row.opened
        today = move.at.astimezone(LONDON).date()
        received = read_day(move.day)
        unusable = received is None or received > today
        if received and not unusable and not ground.open:
            unusable = months_after(received, self._reasons[move.reason]["months"]) <= move.at
        months = self._reasons[move.reason]["months"]
        if received and not unusable:
            ground.days.append((received, False))
        elif all(months_after(day, months) <= move.at for day, _ in ground.days):
            ground.days.append((today, True))  # A flag without a day says nothing new while a known one still runs.

    def _turn(self, row: Row, move: Move, contact: str) -> None:
        match move.kind:
            case "escalated":
                self._escalated(row, move, contact)
            case "closed":
                self._closed(row, move)
            case "asked":
                row.asked = move.at
            case _ if row.flagged < row.asked <= move.at:
                # A second agreement in the days of grace does not put the first off; a later one carries it out.
                row.approved = row.approved or move.at
                if row.holds and move.at >= row.approved + GRACE:
                    row.agreed_again = min(row.agreed_again, move.at)

    def _escalated(self, row: Row, move: Move, contact: str) -> None:
        before = self._end(row)
        row.stages.add(move.stage or "2")
        self._reopen(row)
        row.further_on = max(row.further_on, read_day(move.day) or move.at.astimezone(LONDON).date())
        row.approved, row.agreed_again = None, FOREVER
        row.flagged = move.at
        self._note_end(row, before, move.at)
        if not row.holds and "disposed" in row.statuses:
            row.holds = self._original_there(contact, move.at) is True
            row.statuses = {"held"} if row.holds else {"nothing_held", "disposed"}
        elif "released" in row.statuses:
            row.vague = True

    def _reopen(self, row: Row) -> None:
        """A case that is taken further is open again, with every reason that lasts until it is closed."""
        row.shut = None
        for reason, ground in row.grounds.items():
            ground.open = ground.open or self._opens(reason, row.stage if reason == "complaint" else "1")

    def _closed(self, row: Row, move: Move) -> None:
        closed = read_day(move.day)
        if closed is None or closed < max(day for ground in row.grounds.values() for day, _ in ground.days):
            return
        if closed < row.further_on:
            return
        before = self._end(row)
        # A closing told late, of a day before a claim was flagged: which of day and moment decides, is left open.
        row.vague = row.vague or closed < row.opened.astimezone(LONDON).date()
        row.shut = max(closed, row.shut or closed)
        for ground in row.grounds.values():
            ground.open = False
            ground.closed_on = max(closed, ground.closed_on or closed)
        self._note_end(row, before, move.at)

    def _pass(self, now: datetime) -> None:
        """Let holds end whose time has come, the earliest first."""
        due = [(self._gone(row), key) for key, row in self.rows.items() if row.holds]
        for leaving, (case, contact) in sorted(due, key=lambda one: one[0].first):
            row = self.rows[case, contact]
            if leaving.first >= now:
                continue
            row.vague = row.vague or leaving.last > now
            of_contact = [other for key, other in self.rows.items() if key[1] == contact and other is not row]
            others = [other for other in of_contact if other.holds]
            # Which of two that end in one night is seen to first, is left open.
            same_night = any(self._gone(other).first <= leaving.last for other in others) or any(
                other.left is not None and not other.holds and other.left.last >= leaving.first for other in of_contact
            )
            end = "released" if row.approved or others else "disposed"
            row.statuses = {"released", "disposed"} if same_night else {end}
            ended = self._end(row)
            if row.approved and ended and ended <= leaving.last:
                row.statuses.add("disposed")
            row.holds, row.left = False, leaving
            if not others:
                self.leaving[contact].append(leaving)

    # -- What follows from the book --------------------------------------------------------------------------------

    def _opens(self, reason: str, stage: str) -> bool:
        terms = self._reasons[reason]
        return (
            bool(terms.get("open_ended"))
            or terms.get("from") == "closure"
            or stage in terms.get("open_ended_stages", ())
        )

    def _end_of(self, row: Row, reason: str) -> datetime | None:
        """Return when a reason ends, None while it is open."""
        terms, ground = self._reasons[reason], row.grounds[reason]
        if ground.open:
            return None
        received = months_after(max(day for day, _ in ground.days), terms["months"])
        if not self._opens(reason, row.stage if reason == "complaint" else "1"):
            return received
        assert ground.closed_on
        if terms.get("from") == "closure":
            return months_after(ground.closed_on, terms["months"])
        return max(received, months_after(ground.closed_on, terms["months_after_closure"]))

    def _end(self, row: Row) -> datetime | None:
        ends = [self._end_of(row, reason) for reason in row.grounds]
        stated = [end for end in ends if end is not None]
        return max(stated) if len(stated) == len(ends) else None

    def _note_end(self, row: Row, before: datetime | None, now: datetime) -> None:
        end = self._end(row)
        row.ends |= {end} if end else set()
        if end != before or row.end_known == FOREVER or not row.holds:
            row.end_known = now

    def _gone(self, row: Row) -> Leaving:
        """Return when the nightly run takes a hold's copies, forever if it has no end."""
        end, known = self._end(row) or FOREVER, row.end_known
        first = last = FOREVER
        if end < FOREVER:
            announced_late = end - known < timedelta(days=9)
            first = night_after(max(end, known + WEEK) if announced_late else end)
            last = first + (timedelta(days=3) if announced_late else timedelta(hours=1))
        if row.approved and row.approved + GRACE < first:
            first = min(night_after(row.approved + GRACE), row.agreed_again)
            last = first + timedelta(hours=1)
        return Leaving(first, last)

    def _original_there(self, contact: str, now: datetime) -> bool | None:
        """Return whether the original is there; None in the days in which lifecycle rules may or may not have run."""
        start = self._callers[contact].start
        if start is None:
            return False
        over = months_after(start.astimezone(LONDON).date(), self._months)
        return None if over - WEEK < now < over + WEEK else now <= over

    def _promise(self, row: Row) -> Promise:
        if row.vague:
            return Promise(statuses=frozenset({"held", "partial", "nothing_held", "released", "disposed"}))
        if not row.holds:
            return Promise(
                statuses=frozenset(
                    row.statuses | ({"released", "disposed"} if "nothing_held" in row.statuses else set())
                )
            )
        end = self._end(row)
        ends = {reason: self._end_of(row, reason) for reason in row.grounds}
        floors = {
            months_after(day, self._reasons[reason]["months"]) for reason in ends for day, _ in row.grounds[reason].days
        }
        days = {day for ground in row.grounds.values() for day in ground.days}
        if len(row.grounds) == 1:
            latest = max(day for day, _ in days)
            assumed = (latest, False) not in days
            days = {one for one in days if one[0] == latest and one[1] == assumed} | {
                d for d in days if assumed and not d[1]
            }
        return Promise(
            statuses=frozenset({"held"}),
            reasons=frozenset(reason for reason, one in ends.items() if one == end),
            stages=frozenset(s for s in row.stages if (s == "1") == (row.stage == "1"))
            if set(ends) == {"complaint"}
            else None,
            ends=frozenset({end} if end else {None, *floors, *row.ends}),
            open_ended=end is None,
            received=frozenset(days),
        )
