"""The nightly run: what is due for each contact that is held, and the disposal of what nothing holds any more.

It walks the agenda, not the holds: a contact costs something on the days on which something is due for it. Nothing that
goes wrong with one contact stops the others: it is noted under the contact's id, tried once more when all the others
have been seen to, and told. A contact counts as inspected, or as reminded of, when that has been handed over; so a run
that dies anywhere is repeated by the next. Disposals come last, so that whatever delays them delays nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from steward.clock import Clock, london_date
from steward.failures import AwsError, UnreadableRow
from steward.holds.nightly.disposing import Disposals, disposable, ended
from steward.holds.nightly.tally import Tally
from steward.holds.ports import HeldCopies, NotHandedOver, Register, Releases, Reminders, VersionConflict, Work
from steward.holds.register import (
    ContactHolds,
    Hold,
    HoldStatus,
    next_action,
    next_inspection,
    next_reminder,
)
from steward.ids import CaseRef, ContactId
from steward.retention.disposal import DisposalSwitch

BATCH = 10
"""So many inspections are handed over at once."""

OUT_OF_TIME = "out of time"
"""The error of a run that leaves contacts, or disposals, to the next."""

_TRIES = 3

_TOLD_AGAIN_AFTER = timedelta(days=7)
"""A disposal without confirmation is told once a week until it is confirmed."""


class NotOnRecord(Exception):
    """The agenda names a contact of which the register has no row."""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One run of ``maintain_holds``."""

    clock: Clock
    register: Register
    evidence: HeldCopies
    work: Work
    releases: Releases
    notices: Reminders
    switch: Callable[[], DisposalSwitch]
    """Says what may be disposed of; raises ``SwitchUnread`` where that is not known. Asked before every disposal."""
    hold_bucket: str

    def run(self, has_time: Callable[[], bool]) -> Tally:
        """See to every contact that is due, as long as there is time; return the counts.

        Whatever goes wrong with a contact is in the counts; nothing is raised for it.
        """
        return _Night(self, self.clock.now(), has_time).run()


@dataclass
class _Due:
    """One contact of this night, with its file, or its own row, as it is stored now, and the reminders that are due."""

    file: ContactHolds
    reminders: tuple[tuple[Hold, int], ...] = ()


Change = Callable[[ContactHolds], ContactHolds]


class _Night:
    """One run in progress."""

    def __init__(self, sweep: Sweep, now: datetime, has_time: Callable[[], bool]) -> None:
        self.sweep, self.now, self._has_time = sweep, now, has_time
        self.tally = Tally()
        self.last = False
        """Whether this is the second try: what fails now stays undone tonight."""
        self.seen: set[ContactId] = set()
        self.failed: dict[ContactId, str] = {}
        self.to_inspect: list[_Due] = []
        self.to_remind: list[_Due] = []
        self.to_mark: list[tuple[_Due, Change]] = []
        self.to_dispose: dict[ContactId, ContactHolds] = {}
        self.disposals = Disposals(
            register=sweep.register,
            evidence=sweep.evidence,
            work=sweep.work,
            switch=sweep.switch,
            hold_bucket=sweep.hold_bucket,
            now=now,
            tally=self.tally,
        )

    def run(self) -> Tally:
        self._walk()
        self._finish()
        again, self.failed, self.last = self.failed, {}, True
        self.disposals.last, self.disposals.unread = True, 0
        for contact_id, what in again.items():
            if self._out_of_time():
                self.failed[contact_id] = what
            else:
                self._try(contact_id, self._see_to)
        self._finish()
        self.tally.contacts_failed |= self.failed
        self._look_for_confirmations()
        return self.tally

    def _look_for_confirmations(self) -> None:
        """Find the disposals that S3 never confirmed: the version may still be there, or the notice got lost."""
        try:
            self.tally.unconfirmed = self.sweep.register.unconfirmed(self.now, self.now + _TOLD_AGAIN_AFTER)
        except AwsError as error:
            self.tally.errors.append(f"the ledger could not be looked through: {error}")

    def _walk(self) -> None:
        """Look at every contact that is due. An agenda that breaks off is read again from its start, once."""
        for attempt in range(2):
            try:
                for own in self.sweep.register.due(self.now):
                    if own.contact_id in self.seen:
                        continue
                    if self._out_of_time():
                        return
                    self.seen.add(own.contact_id)
                    self.tally.contacts += 1
                    if _is_only_looked_at(own, self.now):
                        self.to_inspect.append(_Due(own))
                    else:
                        self._try(own.contact_id, self._see_to)
                    if len(self.to_inspect) >= BATCH and not attempt:
                        self._hand_over()
            except AwsError as error:
                if attempt:
                    self.tally.errors.append(f"the agenda could not be read: {error}")
            else:
                return

    def _finish(self) -> None:
        """Hand over what is collected, note it, and dispose of what is due for it."""
        self._hand_over()
        self._remind()
        marks, self.to_mark = self.to_mark, []
        for due, change in marks:
            self._mark(due, change)
        disposals, self.to_dispose = self.to_dispose, {}
        for contact_id in disposals:
            if self._out_of_time():
                return
            self._try(contact_id, lambda one: self.disposals.dispose(disposals[one]))

    def _fail(self, contact_ids: Iterable[ContactId], error: Exception) -> None:
        """Note what stands in the way of these contacts."""
        passes = isinstance(error, VersionConflict) or (isinstance(error, AwsError) and error.retryable)
        for contact_id in contact_ids:
            self.failed[contact_id] = _what(error)
            self.tally.passing += self.last and passes

    def _out_of_time(self) -> bool:
        if OUT_OF_TIME not in self.tally.errors and not self._has_time():
            self.tally.errors.append(OUT_OF_TIME)
        return OUT_OF_TIME in self.tally.errors

    def _try(self, contact_id: ContactId, act: Callable[[ContactId], None]) -> None:
        """Do something for a contact; what goes wrong is noted and stops nothing."""
        try:
            act(contact_id)
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with one contact, the others are seen to
            self._fail([contact_id], error)

    def _see_to(self, contact_id: ContactId) -> None:
        """Find out what is due for the contact, and collect it."""
        before = self.sweep.register.file(contact_id)
        if not before.version:
            raise NotOnRecord("the agenda names a contact that is not on record")
        active = before.active
        self._let_go(active)
        reminders = tuple((hold, days) for hold in active if (days := next_reminder(hold, self.now)) is not None)
        if all(hold.has_ended(self.now) for hold in active):
            if all(disposable(hold, self.now) for hold in active):
                self.to_dispose[contact_id] = before
            elif reminders:
                self.to_remind.append(_Due(before, reminders))
            else:
                self._store(before, before)
            return
        file = before
        for hold in active:
            if hold.has_ended(self.now):
                file = file.with_hold(ended(hold, self.now, HoldStatus.RELEASED))
        reminders = tuple((hold, days) for hold, days in reminders if not hold.has_ended(self.now))
        inspect = _inspection_due(file, self.now)
        if file != before or not (reminders or inspect):
            file = self._store(before, file)
        due = _Due(file, reminders)
        if inspect:
            self.to_inspect.append(due)
        if reminders:
            self.to_remind.append(due)

    def _let_go(self, active: Iterable[Hold]) -> None:
        """Order the releases whose days of grace are over; the function that may break locks carries them out."""
        for hold in active:
            if hold.leaves_at is not None and hold.leaves_at <= self.now:
                self.sweep.releases.order(hold.case, [hold.contact_id])

    def _hand_over(self) -> None:
        """Hand the inspections over; only what the queue took counts as inspected, the rest is tried again."""
        waiting, self.to_inspect = self.to_inspect, []
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            refused: set[ContactId] = set()
            try:
                self.sweep.work.reinspect([due.file.contact_id for due in batch], routine=True)
            except NotHandedOver as error:
                refused.update(error.contact_ids)
                self._fail(refused, error)
            except AwsError as error:
                refused.update(due.file.contact_id for due in batch)
                self._fail(refused, error)
            for due in batch:
                if due.file.contact_id not in refused:
                    self.tally.inspections += 1
                    self._mark(due, self._inspected)

    def _inspected(self, file: ContactHolds) -> ContactHolds:
        settled = file.settled and replace(file.settled, turn=file.settled.turn + 1)
        return replace(file, inspected_at=max(self.now, file.inspected_at or self.now), settled=settled)

    def _remind(self) -> None:
        """Tell the complaints team of each end, once for all contacts of a case that share it."""
        waiting, self.to_remind = self.to_remind, []
        told: dict[tuple[CaseRef, datetime, int], list[tuple[_Due, Hold]]] = {}
        for due in waiting:
            for hold, days in due.reminders:
                told.setdefault((hold.case, hold.hold_until, days), []).append((due, hold))
        for (_, _, days), ends in told.items():
            holds = [hold for _, hold in ends]
            first = holds[0].told_of_its_end(days, self.now)
            try:
                self.sweep.notices.ending(holds, days, london_date(first.disposable_from or first.hold_until))
            except AwsError as error:
                self._fail([hold.contact_id for hold in holds], error)
                continue
            for due, hold in ends:
                self.tally.reminders += 1
                self._mark(due, partial(self._reminded, told=hold, days=days))

    def _reminded(self, file: ContactHolds, *, told: Hold, days: int) -> ContactHolds:
        hold = file.hold_of(told.case)
        if hold is None or not hold.active or hold.hold_until != told.hold_until:
            return file
        return file.with_hold(hold.told_of_its_end(days, self.now))

    def _mark(self, due: _Due, change: Change) -> None:
        """Note what was handed over. Where that fails, the note is tried again, not what it says was done."""
        try:
            for _ in range(_TRIES):
                try:
                    due.file = self._store(due.file, change(due.file))
                except VersionConflict:
                    due.file = self.sweep.register.file(due.file.contact_id)
                else:
                    return
            problem: Exception = VersionConflict("the contact's file kept changing")
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with one contact, the others are seen to
            problem = error
        if self.last:
            self._fail([due.file.contact_id], problem)
        else:
            self.to_mark.append((due, change))

    def _store(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        return self.sweep.register.save(before, replace(after, next_action_at=next_action(after, self.now)))


def _is_only_looked_at(own: ContactHolds, now: datetime) -> bool:
    """Return whether a look is all that is due for a contact, so that nobody need read its file before."""
    last = own.inspected_at
    return own.settled is not None and last is not None and own.settled.is_all_that_is_due(last, now)


def _inspection_due(file: ContactHolds, now: datetime) -> bool:
    return any((next_inspection(hold, file) or now) <= now for hold in file.active)


def _what(error: Exception) -> str:
    """Return what went wrong, in words that quote nothing of a row."""
    return (
        str(error)
        if isinstance(error, AwsError | UnreadableRow | NotOnRecord | VersionConflict)
        else type(error).__name__
    )
