"""The daily sweep: what is due for each contact that is held, and the disposal of what nothing holds any more.

It walks the agenda, not the holds: a contact costs something on the days on which something is due for it. What has
been seen to moves ahead on the agenda, so a sweep that stops half-way goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from steward.aws.errors import AwsError
from steward.clock import Clock
from steward.holds.ports import HeldCopies, Ledgered, Notices, Register, VersionConflict, Work
from steward.holds.register import (
    ContactHolds,
    Hold,
    HoldStatus,
    ReleaseNote,
    next_action,
    next_inspection,
    next_reminder,
)
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode

HOLD_ENDED = "hold_ended"
"""The cause of a disposal in the ledger."""

UNTIL_NEXT_NIGHT = timedelta(hours=12)
"""How long a disposal that failed rests: less than a day, because no two sweeps begin exactly one day apart."""

_BATCH = 10


@dataclass
class Tally:
    """What a sweep counted: contacts looked at, versions to dispose of, disposed of, refused, and left for later."""

    contacts: int = 0
    inspections: int = 0
    reminders: int = 0
    scoped: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    stale: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One run of ``maintain_holds``."""

    clock: Clock
    register: Register
    evidence: HeldCopies
    work: Work
    notices: Notices
    switch: Callable[[], DisposalSwitch]
    hold_bucket: str

    def run(self, has_time: Callable[[], bool]) -> Tally:
        """See to every contact that is due, as long as there is time; return the counts."""
        now = self.clock.now()
        allowed = self.switch()
        tally = Tally()
        to_inspect: list[ContactId] = []
        for contact_id in self.register.due(now):
            if not has_time():
                tally.errors.append("out of time")
                break
            tally.contacts += 1
            try:
                if self._see_to(contact_id, now, allowed, tally):
                    to_inspect.append(contact_id)
            except VersionConflict:
                tally.stale += 1
            except AwsError as error:
                tally.errors.append(f"{error.operation} {error.code}")
            if len(to_inspect) >= _BATCH:
                self.work.reinspect(to_inspect)
                to_inspect = []
        if to_inspect:
            self.work.reinspect(to_inspect)
        return tally

    def _see_to(self, contact_id: ContactId, now: datetime, allowed: DisposalSwitch, tally: Tally) -> bool:
        """Do what is due for the contact; return whether it is to be inspected."""
        before = self.register.file(contact_id)
        file = before
        for hold in file.active:
            if hold.has_ended(now):
                continue
            days = next_reminder(hold, now)
            if days is not None:
                self.notices.ending(hold, days)
                tally.reminders += 1
                file = file.with_hold(replace(hold, reminded=(*hold.reminded, days)))
        if any(not hold.has_ended(now) for hold in file.active):
            for hold in file.active:
                if hold.has_ended(now):
                    file = file.with_hold(_ended(hold, now, HoldStatus.RELEASED))
            inspect = _inspection_due(file, now)
            if inspect:
                tally.inspections += 1
                file = replace(file, inspected_at=now)
            self._store(before, file, now)
            return inspect
        return self._dispose(before, now, allowed, tally)

    def _dispose(self, file: ContactHolds, now: datetime, allowed: DisposalSwitch, tally: Tally) -> bool:
        """Dispose of every version that the hold bucket keeps for a contact that nothing holds any more.

        The ledger is written before the first delete. What S3 refuses (a lock that somebody extended) stays and is
        tried again the next day.
        """
        versions = self.evidence.versions(file.contact_id)
        tally.scoped += len(versions)
        if allowed.mode is not Mode.ON or tally.done + len(versions) > allowed.limit:
            tally.skipped += len(versions)
            return False
        planned = self.register.save(file, replace(file, disposing_since=now, next_action_at=now + UNTIL_NEXT_NIGHT))
        self.register.enter_disposal(
            [
                Ledgered(bucket=self.hold_bucket, key=key, version_id=version, cause=HOLD_ENDED)
                for key, version in versions
            ],
            now,
        )
        refused = self.evidence.dispose(versions) if versions else ()
        if refused:
            for key, version in refused:
                self.evidence.lift(key, version)
            refused = self.evidence.dispose(refused)
        tally.done += len(versions) - len(refused)
        tally.failed += len(refused)
        if refused:
            return False
        self.register.save(planned, disposed(planned, now))
        return any(missing.protected_version is not None for hold in file.holds for missing in hold.missing)

    def _store(self, before: ContactHolds, after: ContactHolds, now: datetime) -> None:
        self.register.save(before, replace(after, next_action_at=next_action(after, now)))


def disposed(file: ContactHolds, now: datetime) -> ContactHolds:
    """Return the file of a contact whose copies are all gone."""
    for hold in file.active:
        kept_something = hold.status in (HoldStatus.HELD, HoldStatus.PARTIAL)
        file = file.with_hold(_ended(hold, now, HoldStatus.DISPOSED if kept_something else hold.status))
    for artefact in file.present:
        file = file.with_artefact(replace(artefact, disposed_at=now))
    return replace(file, disposing_since=None, next_action_at=None)


def _ended(hold: Hold, now: datetime, status: HoldStatus) -> Hold:
    note = ReleaseNote(by="", approved_by="", why="the hold reached its end", at=now)
    return replace(hold, status=status, release=note)


def _inspection_due(file: ContactHolds, now: datetime) -> bool:
    if file.inspected_at is None:
        return True
    return any(next_inspection(hold.placed_at, file.inspected_at) <= now for hold in file.active)
