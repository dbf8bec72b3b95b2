"""What the register knows of one contact: its holds, the copies that are held, and what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce

from steward.clock import london_date, london_midnight
from steward.holds.inspecting.settled import WHOLE_AFTER, Settled
from steward.holds.references import folded
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.holds import HoldReason, Stage

REMINDER_DAYS = (60, 30, 7)
"""How many days before the end of a hold the complaints team is reminded."""

DAILY = timedelta(days=14)
"""So long after a flag a contact is looked at every night."""

NOTICE = timedelta(days=min(REMINDER_DAYS))
"""The team knows of an end for at least this long before anything is disposed of because of it."""


class HoldStatus(StrEnum):
    """The outcome of a hold, as ``contracts.md`` names it."""

    HELD = "held"
    PARTIAL = "partial"
    NOTHING_HELD = "nothing_held"
    RELEASED = "released"
    DISPOSED = "disposed"


@dataclass(frozen=True, kw_only=True)
class Protection:
    """The lock that a contact's copies need: the latest date of all its holds, and whether any of them is undated.

    There is no date where the only ones have passed and an undated hold remains: S3 takes no date in the past.
    """

    retain_until: datetime | None = None
    legal_hold: bool

    def strengthened_to(self, other: Protection) -> Protection:
        """Return the stronger of both: the later date, and the undated hold if either has it."""
        dates = [date for date in (self.retain_until, other.retain_until) if date is not None]
        return Protection(retain_until=max(dates, default=None), legal_hold=self.legal_hold or other.legal_hold)


class Ground(StrEnum):
    """What kind of reason there is for something that is not held."""

    PASSING = "passing"
    """A failure that may be over at the next look, which then says something else."""
    ABSENT = "absent"
    """It is not where it should be, and nobody saw why. The first such reason stands."""
    KNOWN = "known"
    """An act that somebody saw, such as a deletion that Connect states; added to what was said before."""


@dataclass(frozen=True, kw_only=True)
class MissingArtefact:
    """Something that ought to be held and is not, and why.

    ``protected_version`` names the source version that was left under legal hold because it could not be copied yet;
    empty means the current version, none means that nothing was left so.
    """

    record_class: RecordClass
    source_key: str
    why: str
    source_bucket: str = ""
    protected_version: str | None = None
    ground: Ground = Ground.PASSING

    @property
    def place(self) -> tuple[RecordClass, str, str]:
        """What it is: its class, bucket and key; the latter two are empty where nobody knows the object's name."""
        return self.record_class, self.source_bucket, self.source_key

    def after(self, earlier: MissingArtefact | None) -> MissingArtefact:
        """Return this with the reason that stands, given what an earlier look said of the same thing.

        A later look never makes of "not found" a removal that nobody saw.
        """
        if earlier is None or Ground.PASSING in (earlier.ground, self.ground) or self.why == earlier.why:
            return self
        if self.ground is Ground.ABSENT or self.why in earlier.why:
            return replace(self, why=earlier.why, ground=earlier.ground)
        return replace(self, why=f"{earlier.why}; {self.why}")


@dataclass(frozen=True, kw_only=True)
class HeldArtefact:
    """One verified copy in the hold bucket. ``retain_until`` and ``legal_hold`` are the lock as it was last applied.

    ``legal_hold`` is steward's own: a legal hold that somebody set by hand is not noted here, and is not steward's to
    lift. Where both were set S3 has one hold, which cannot be told apart and counts as steward's.
    """

    contact_id: ContactId
    record_class: RecordClass
    source_bucket: str
    source_key: str
    source_version: str
    hold_key: str
    hold_version: str
    sha256: Sha256
    bytes: int
    held_at: datetime
    retain_until: datetime | None = None
    legal_hold: bool
    changing: bool = False
    """Whether steward's own legal hold is being set or lifted; what S3 has of it until that is done is steward's."""
    source_freed: bool = False
    disposed_at: datetime | None = None
    removed_why: str = ""
    """Why the copy and its original had to go before their time, such as card data; they are never copied again."""

    @property
    def legal_hold_is_ours(self) -> bool:
        """Whether a legal hold that S3 has on it is one that steward set."""
        return self.legal_hold or self.changing

    @property
    def lock(self) -> Protection:
        """The lock as it was last applied."""
        return Protection(retain_until=self.retain_until, legal_hold=self.legal_hold)


@dataclass(frozen=True, kw_only=True)
class ReleaseNote:
    """Who released a hold, who agreed, why, and when. ``by`` is empty where the hold simply reached its end."""

    by: str
    approved_by: str
    why: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What the complaints team was told of one end of a hold: since when, and at how many days before it."""

    end: datetime
    since: datetime
    days: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One case's hold on one contact."""

    case: CaseRef
    contact_id: ContactId
    reason: HoldReason
    stage: Stage
    received_on: date
    received_on_assumed: bool
    hold_until: datetime
    open_ended: bool
    requested_by: str
    signal: str
    placed_at: datetime
    policy_version: str
    status: HoldStatus = HoldStatus.NOTHING_HELD
    missing: tuple[MissingArtefact, ...] = ()
    inspected: bool = False
    last_notified_outcome: str = ""
    """The outcome of which the complaints team was last told."""
    announced: Announcement | None = None
    """The latest; one of an earlier end says nothing of the end that stands."""
    manifest_sha256: str = ""
    manifest_version: str = ""
    release: ReleaseNote | None = None
    leaving: ReleaseNote | None = None
    """The release that two people agreed on and whose days of grace still run: until they are over it is held."""
    leaves_at: datetime | None = None
    kept_at: datetime | None = None
    """When it was last flagged again; a release that was asked for earlier no longer releases it."""
    again_after: str = ""
    """What had become of the case's hold before it was asked for again, until the complaints team is told of it."""

    @property
    def asked_for_at(self) -> datetime:
        """When it was last asked for: placed, or flagged again."""
        return max(self.placed_at, self.kept_at or self.placed_at)

    def brought_back(self, at: datetime) -> Hold:
        """Return it as a flag in the days of grace leaves it: held on, whatever two people agreed on before."""
        why = f"to be released on {london_date(self.leaves_at or at)}"
        return replace(self, leaving=None, leaves_at=None, kept_at=at, again_after=why)

    @property
    def whole_at(self) -> datetime:
        """When one more look after the flag has to list all that may be there."""
        return self.placed_at + WHOLE_AFTER

    @property
    def active(self) -> bool:
        """Whether the hold still counts: neither released, nor ended, nor disposed of."""
        return self.release is None and self.status not in (HoldStatus.RELEASED, HoldStatus.DISPOSED)

    def has_ended(self, now: datetime) -> bool:
        """Whether its end has come. The end itself belongs to the time after the hold."""
        return not self.open_ended and self.hold_until <= now

    @property
    def announcement(self) -> Announcement | None:
        """What the complaints team was told of the end that stands."""
        return self.announced if self.announced is not None and self.announced.end == self.hold_until else None

    @property
    def disposable_from(self) -> datetime | None:
        """The moment from which its copies may go; none while the team has not been told of its end.

        What keeps nothing goes at its end: there is nothing to tell of.
        """
        if self.open_ended:
            return None
        if self.status not in (HoldStatus.HELD, HoldStatus.PARTIAL):
            return self.hold_until
        told = self.announcement
        return max(self.hold_until, _after_notice(told.since)) if told is not None else None

    def told_of_its_end(self, days: int, now: datetime) -> Hold:
        """Return it with the note that the team was told that many days before its end, or after it (0)."""
        known = self.announcement or Announcement(end=self.hold_until, since=now, days=())
        return replace(self, announced=replace(known, days=(*known.days, days)))

    def protection(self, now: datetime) -> Protection | None:
        """Return the lock that this hold asks for; none once it has ended or been released."""
        if not self.active or self.has_ended(now):
            return None
        return Protection(retain_until=self.hold_until if self.hold_until > now else None, legal_hold=self.open_ended)


@dataclass(frozen=True, kw_only=True)
class ContactHolds:
    """Everything that the register holds about one contact. ``version`` guards against a concurrent writer."""

    contact_id: ContactId
    version: int = 0
    holds: tuple[Hold, ...] = ()
    artefacts: tuple[HeldArtefact, ...] = ()
    inspected_at: datetime | None = None
    settled: Settled | None = None
    """What looks have to ask; none where every look is whole."""
    next_action_at: datetime | None = None

    @property
    def is_own_row(self) -> bool:
        """Whether this is the contact's own row alone, as the agenda gives it, without its holds and copies."""
        return self.version > 0 and not self.holds

    @property
    def active(self) -> tuple[Hold, ...]:
        """The holds in force."""
        return tuple(hold for hold in self.holds if hold.active)

    def may_be_lifted(self, key: str, version_id: str) -> bool:
        """Whether steward set the legal hold of that version, if it has one.

        What the register has no copy of is a manifest, or a copy that a death or a restoring left twice: steward's own.
        """
        known = next((one for one in self.artefacts if (one.hold_key, one.hold_version) == (key, version_id)), None)
        return known is None or known.legal_hold_is_ours

    @property
    def present(self) -> tuple[HeldArtefact, ...]:
        """The copies that have not been disposed of, and are not being removed for a reason."""
        return tuple(one for one in self.artefacts if one.disposed_at is None and not one.removed_why)

    def states_the_same_as(self, other: ContactHolds) -> bool:
        """Return whether both have the same holds and copies, in whatever order and whenever they were looked at."""
        return set(self.holds) == set(other.holds) and set(self.artefacts) == set(other.artefacts)

    def is_settled(self, now: datetime) -> bool:
        """Return whether the last inspection was carried through.

        Then all is held under the lock that is asked for, the sources are free, and nothing is left to tell.
        """
        lock = self.protection(now)
        locked = lock is not None and all(one.lock.strengthened_to(lock) == one.lock for one in self.present)
        return locked and self.is_carried_through

    @property
    def is_carried_through(self) -> bool:
        """Return whether all is held, the sources are free, and nothing is left to tell."""
        return all(one.source_freed for one in self.present) and all(
            hold.status is HoldStatus.HELD and hold.last_notified_outcome for hold in self.active
        )

    def hold_of(self, case: CaseRef) -> Hold | None:
        """Return the hold of that case, if there is one."""
        return next((hold for hold in self.holds if folded(hold.case) == folded(case)), None)

    def with_hold(self, hold: Hold) -> ContactHolds:
        """Return the file with that hold in place of the same case's earlier one."""
        return replace(self, holds=(*(other for other in self.holds if other.case != hold.case), hold))

    def with_artefact(self, artefact: HeldArtefact) -> ContactHolds:
        """Return the file with that copy in place of an earlier row for the same hold key."""
        others = tuple(other for other in self.artefacts if other.hold_key != artefact.hold_key)
        return replace(self, artefacts=(*others, artefact))

    def protection(self, now: datetime) -> Protection | None:
        """Return the lock that the holds in force ask for; none if there is none whose end is still to come."""
        locks = [lock for hold in self.active if (lock := hold.protection(now)) is not None]
        return reduce(Protection.strengthened_to, locks) if locks else None


def next_inspection(hold: Hold, file: ContactHolds) -> datetime | None:
    """Return when a contact is looked at again for a hold. None where no look was noted yet.

    What is settled is looked at as ``Settled`` says: some 25 times in eighteen months. All else daily for two weeks and
    then every four weeks, some 35 times.
    """
    last = file.inspected_at
    if last is None:
        return None
    if file.settled is not None and file.is_carried_through:
        return file.settled.next_look(last)
    if last - hold.placed_at < DAILY:
        # Less than a day, or a sweep that starts a minute earlier than the one before would leave a night out.
        return last + timedelta(hours=20)
    return last + timedelta(weeks=4)


def next_reminder(hold: Hold, now: datetime) -> int | None:
    """Return how many days' reminder of its end is due for that hold now: the most urgent that was not sent, else none.

    Reminders belong to the end that stands: after an extension they are due again. An end that came and of which nobody
    was told is told of with 0 days.
    """
    if hold.open_ended or hold.status not in (HoldStatus.HELD, HoldStatus.PARTIAL):
        return None
    if hold.has_ended(now):
        return 0 if hold.announcement is None else None
    left = (london_date(hold.hold_until) - london_date(now)).days
    due = [days for days in REMINDER_DAYS if left <= days]
    sent = hold.announcement.days if hold.announcement is not None else ()
    return min(due) if due and min(due) not in sent else None


def next_action(file: ContactHolds, now: datetime) -> datetime | None:
    """Return when the nightly run has to look at the contact: to inspect it, to remind, to let it go, or to dispose.

    Also of the contact's own row alone, as the agenda gives it.
    """
    if file.is_own_row and file.settled is not None and file.inspected_at is not None:
        return file.settled.next_action(file.inspected_at)
    moments = [hold.leaves_at for hold in file.active if hold.leaves_at is not None]
    for hold in file.active:
        if not hold.has_ended(now):
            moments.append(next_inspection(hold, file) or now)
        if not hold.open_ended:
            moments.append(hold.disposable_from or hold.hold_until)
            if next_reminder(hold, now) is not None:
                moments.append(now)
            moments.extend(one for one in _unsent_reminders(hold) if one > now)
    if not moments and file.present:
        return now
    return min(moments, default=None)


def next_besides_looks(file: ContactHolds) -> datetime | None:
    """Return when the first reminder, letting go or disposal is due at the earliest; that may be over."""
    moments = [hold.leaves_at for hold in file.active if hold.leaves_at is not None]
    for hold in file.active:
        if not hold.open_ended:
            moments += [hold.disposable_from or hold.hold_until, *_unsent_reminders(hold)]
    return min(moments, default=None)


def _unsent_reminders(hold: Hold) -> list[datetime]:
    sent = hold.announcement.days if hold.announcement is not None else ()
    return [hold.hold_until - timedelta(days=days) for days in REMINDER_DAYS if days not in sent]


def _after_notice(moment: datetime) -> datetime:
    """Return the start of the day in London that lies the time of notice after that moment's day."""
    return london_midnight(london_date(moment) + NOTICE)
