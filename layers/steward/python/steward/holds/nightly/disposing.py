"""The disposal of what the hold bucket keeps for contacts that nothing holds any more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.failures import AwsError
from steward.holds.nightly.tally import Tally
from steward.holds.ports import HeldCopies, Ledgered, LimitReached, Register, Work
from steward.holds.register import ContactHolds, Hold, HoldStatus, ReleaseNote
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread

HOLD_ENDED = "hold_ended"
"""The cause of a disposal in the ledger."""

UNTIL_NEXT_NIGHT = timedelta(hours=12)
"""How long a disposal that failed rests: less than a day, because no two runs begin exactly one day apart."""

AT_ONCE = 1000
"""So many versions S3 deletes in one request; the switch is asked before each."""

MOST_UNREAD = 3
"""After so many times in a row that the switch could not be read nobody asks any more."""


@dataclass(kw_only=True)
class Disposals:
    """The disposals of one run, as its switch and its limit let them go."""

    register: Register
    evidence: HeldCopies
    work: Work
    switch: Callable[[], DisposalSwitch]
    hold_bucket: str
    now: datetime
    tally: Tally
    limit: int = 0
    """What the switch said last that a night may dispose of."""
    last: bool = False
    """Whether what fails now stays undone in this run."""
    unread: int = 0
    """How often in a row the switch could not be read."""

    def dispose(self, file: ContactHolds) -> None:
        """Dispose of every version that the hold bucket keeps for a contact that nothing holds any more.

        Whoever changed the file since it was read is in conflict with the first write, before anything goes. The ledger
        is written before the first delete. What S3 refuses (a lock that somebody extended) stays and is tried again the
        next night; only when nothing is left does the register say ``disposed``.
        """
        contact_id = file.contact_id
        versions = self.evidence.versions(contact_id)
        left, planned = 0, False
        for start in range(0, len(versions), AT_ONCE):
            batch = versions[start : start + AT_ONCE]
            allowed = self._allowed(len(batch))
            self.tally.scoped += len(batch)
            if not allowed:
                self.tally.skipped += len(batch)
                left += len(batch)
                continue
            if not planned:
                planned = True
                # Whoever flags the contact from here on is in conflict with this, before anything is deleted.
                file = self.register.save(file, replace(file, next_action_at=self.now + UNTIL_NEXT_NIGHT))
            try:
                refused = self._delete(file, batch)
            except LimitReached:
                # An earlier run of this night has used it up: Lambda repeats a run that did not end well.
                self.tally.skipped += len(batch)
                left += len(batch)
                continue
            self.tally.done += len(batch) - len(refused)
            self.tally.failed += len(refused)
            left += len(refused)
            if refused:
                what = f"S3 refused to delete {len(refused)} of {len(versions)} versions"
                self.tally.refused[contact_id] = what
        if left:
            return
        if any(missing.protected_version is not None for hold in file.holds for missing in hold.missing):
            self.work.reinspect([contact_id])
        self.register.save(file, disposed(file, self.now))

    def _delete(self, file: ContactHolds, versions: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Delete these versions for good, after entering them in the ledger; return what S3 refused."""
        entries = [
            Ledgered(bucket=self.hold_bucket, key=key, version_id=version, cause=HOLD_ENDED)
            for key, version in versions
        ]
        self.register.enter_disposal(entries, self.now, self.limit)
        refused = self.evidence.dispose(versions)
        for key, version in refused:
            # A hold that somebody set by hand is not ours to lift; what stays under one is refused once more, and told.
            if file.may_be_lifted(key, version):
                with suppress(AwsError):
                    self.evidence.lift(key, version)
        return self.evidence.dispose(refused) if refused else ()

    def _allowed(self, versions: int) -> bool:
        """Return whether the switch, as it is now, lets so many more versions go."""
        switch = self._switch()
        return switch is not None and switch.mode is Mode.ON and self.tally.done + versions <= switch.limit

    def _switch(self) -> DisposalSwitch | None:
        """Return the switch as it is now; none where it cannot be read, which means off.

        That is raised the first time, so that the contact is tried again when all others have been seen to; after a few
        times in a row nobody asks any more.
        """
        if self.unread >= MOST_UNREAD:
            if self.last:
                return None
            raise SwitchUnread("ssm.GetParameter", "NotAskedAgain")
        try:
            switch = self.switch()
        except SwitchUnread as error:
            self.unread += 1
            if not self.last:
                raise
            if self.unread == 1:
                self.tally.errors.append(f"the disposal switch could not be read, which means off: {error}")
            return None
        self.unread, self.limit = 0, switch.limit
        return switch


def disposed(file: ContactHolds, now: datetime) -> ContactHolds:
    """Return the file of a contact whose copies are all gone."""
    for hold in file.active:
        kept_something = hold.status in (HoldStatus.HELD, HoldStatus.PARTIAL)
        file = file.with_hold(ended(hold, now, HoldStatus.DISPOSED if kept_something else hold.status))
    for artefact in file.present:
        file = file.with_artefact(replace(artefact, disposed_at=now))
    return replace(file, next_action_at=None)


def ended(hold: Hold, now: datetime, status: HoldStatus) -> Hold:
    """Return a hold as it stands when its end has come and been acted upon."""
    note = ReleaseNote(by="", approved_by="", why="the hold reached its end", at=now)
    return replace(hold, status=status, release=note)


def disposable(hold: Hold, now: datetime) -> bool:
    """Return whether nothing of that hold keeps its copies any more, and its end was announced in time."""
    return hold.disposable_from is not None and hold.disposable_from <= now
