"""Releasing a hold before its end: what two people agreed on, after the days of grace, and no other case harmed.

An order to release names a case and is never believed: what is released, by whom and why, stands in the book of
decisions. First the hold is marked as leaving; its copies stay, and a flag brings it back. After the days of grace the
copies go, and only when their bytes are gone does the register say ``released``.

One release takes no second person and no days of grace: that of a contact which was held for somebody's request for
access, once an officer said that it is another person's. The register of requests says so, and an order is not believed
there either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.clock import Clock
from steward.decisions.book import Agreement
from steward.failures import AwsError
from steward.holds.cases import Case
from steward.holds.manifests import manifest_key
from steward.holds.nightly.disposing import AT_ONCE as BATCH
from steward.holds.nightly.disposing import HOLD_ENDED, disposed
from steward.holds.ports import HeldCopies, Ledgered, LimitReached, Register, Releases, VersionConflict, Work
from steward.holds.register import (
    ContactHolds,
    HeldArtefact,
    Hold,
    HoldStatus,
    Protection,
    ReleaseNote,
    next_action,
)
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread

AT_ONCE = 25
"""So many contacts of a case are released in one go; more are ordered one by one, so that none waits for the others."""


SHORTEST = timedelta(days=1)
"""So long stays the date of a lock that is no longer wanted, beside an undated legal hold."""


class Unfounded(Exception):
    """An order to release what no two people agreed on; it may be forged."""


class ReleaseIncomplete(Exception):
    """Some contacts could not be released yet; the message says how many. The order is repeated."""


@dataclass
class Released:
    """What an order came to, in contacts."""

    leaving: int = 0
    released: int = 0
    kept: int = 0
    """Flagged after the release was asked for: they stay held."""
    flagged_since: bool = False
    """Whether the people who agreed have to know that some contacts stay held for that; said once of a case."""
    waiting: int = 0
    """The switch, or its limit, does not let their copies go now; the nightly run asks again."""
    extended: int = 0
    """Somebody extended a lock by hand, beyond every hold: the copies stay until it ends, and go then."""
    foreign: int = 0
    """Somebody put a legal hold on a copy that steward did not set: the copies stay until they lift it."""
    failed: int = 0
    versions: int = 0
    """Versions that may go for good by this order; the switch limits them in one order, and in one night."""


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A contact of which somebody said, when it was held for a request for access, that it is another person's."""

    contact_id: ContactId
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """Releases holds. Only its function may shorten a lock, and only for what stands in the book."""

    clock: Clock
    register: Register
    evidence: HeldCopies
    work: Work
    releases: Releases
    switch: Callable[[], DisposalSwitch]
    agreed: Callable[[CaseRef], Sequence[Agreement]]
    rejected: Callable[[CaseRef], Sequence[Rejection]]
    grace: timedelta
    hold_bucket: str

    def release(self, case: CaseRef, only: ContactId | None = None) -> Released:
        """Carry out what two people agreed on about a case, or its part that concerns one contact.

        Raises ``Unfounded`` where they agreed on nothing, and ``ReleaseIncomplete`` when every contact was tried and
        some could not be released; the order is then to be repeated.
        """
        rejections = {one.contact_id: one for one in self.rejected(case)} if only is not None else {}
        if only in rejections:
            return self._let_stranger_go(case, rejections[only])
        agreements = self.agreed(case)
        if not agreements:
            raise Unfounded("nobody agreed on the release of this case")
        contact_ids = [
            one for one in self.register.contacts_of(case) if any(agreement.names(one) for agreement in agreements)
        ]
        if only is not None:
            contact_ids = [one for one in contact_ids if one == only]
        if not contact_ids:
            raise Unfounded("what was agreed on names no contact that the case holds")
        done = Released()
        if len(contact_ids) > AT_ONCE:
            self.releases.order(case, contact_ids)
            known = self.register.case(case)
            asked_for = known.last_asked_for_at if known is not None else None
            done.flagged_since = asked_for is not None and asked_for > agreements[-1].asked_at
            return done
        for contact_id in contact_ids:
            try:
                self._contact(case, contact_id, agreements, done)
            except (AwsError, VersionConflict, ReleaseIncomplete):
                done.failed += 1
        if done.failed:
            raise ReleaseIncomplete(f"{done.failed} of {len(contact_ids)} contacts could not be released yet")
        done.flagged_since = only is None and done.kept > 0
        return done

    def _let_stranger_go(self, case: CaseRef, rejection: Rejection) -> Released:
        """End the hold of a contact that is another person's than the one who asked; none is no error.

        A hold that the same reference has for another reason stays.
        """
        done, now = Released(), self.clock.now()
        file = self.register.file(rejection.contact_id)
        hold = file.hold_of(case)
        if hold is None or hold.status is HoldStatus.DISPOSED or hold.reason is not HoldReason.SUBJECT_ACCESS:
            return done
        if not hold.active:
            self._free(file)
            return done
        note = ReleaseNote(by=rejection.by, approved_by="", why=rejection.why, at=now)
        hold = replace(hold, leaving=note, leaves_at=now)
        file = self._save(file, file.with_hold(hold), now)
        if self._let_go(file, hold, now, done):
            done.released += 1
        elif not done.extended and not done.foreign:
            done.waiting += 1
        return done

    def _contact(self, case: CaseRef, contact_id: ContactId, agreements: Sequence[Agreement], done: Released) -> None:
        now = self.clock.now()
        file = self.register.file(contact_id)
        hold = file.hold_of(case)
        if hold is None or hold.status is HoldStatus.DISPOSED:
            return
        if not hold.active:
            # An earlier try may have ended before it let the originals go.
            self._free(file)
            return
        if hold.leaving is None or hold.leaves_at is None:
            latest = next((one for one in reversed(agreements) if one.names(contact_id)), None)
            if latest is None or asked_for_since(self.register.case(case), hold, latest):
                done.kept += 1
                # Whatever the order had begun to take away when the flag came is put right.
                self.work.reinspect((contact_id,))
                return
            hold = self._marked(hold, latest)
            file = self._save(file, file.with_hold(hold), now)
        if hold.leaves_at is None or hold.leaves_at > now:
            done.leaving += 1
            return
        by_hand = done.extended + done.foreign
        if self._let_go(file, hold, now, done):
            done.released += 1
        elif done.extended + done.foreign == by_hand:
            done.waiting += 1

    def _marked(self, hold: Hold, agreement: Agreement) -> Hold:
        note = ReleaseNote(
            by=str(agreement.request.by),
            approved_by=str(agreement.approval.by),
            why=agreement.request.why,
            at=agreement.approval.at,
        )
        return replace(hold, leaving=note, leaves_at=agreement.approval.at + self.grace)

    def _let_go(self, file: ContactHolds, hold: Hold, now: datetime, done: Released) -> bool:
        """Let the copies go that no other case holds; return whether the switch allowed it."""
        if self._is_kept_by_hand(file, hold, now, done):
            return False
        after = file.with_hold(
            replace(hold, status=HoldStatus.RELEASED, release=hold.leaving, leaving=None, leaves_at=None)
        )
        lock = after.protection(now)
        if lock is None:
            versions = self.evidence.versions(file.contact_id)
        else:
            manifest = manifest_key(hold)
            versions = tuple(one for one in self.evidence.versions(file.contact_id) if one[0] == manifest)
        switch = self._allowed()
        if switch is None or done.versions + len(versions) > switch.limit:
            return False
        # Whoever flags the contact from here on is in conflict with this, before anything is changed.
        file = self.register.save(file, file)
        try:
            self._enter(versions, now, switch.limit)
        except LimitReached:
            # What other orders and the nightly run have taken tonight leaves too little for this contact.
            return False
        done.versions += len(versions)
        if not self._delete(file, versions):
            return False
        if lock is None:
            self._free(self.register.save(file, disposed(replace(after, version=file.version), now)))
            return True
        for artefact in file.present:
            left = _left_of(artefact, lock, now)
            if artefact.lock != left:
                self.evidence.lock(artefact.hold_key, artefact.hold_version, artefact.lock, left, bypass=True)
                after = after.with_artefact(
                    replace(artefact, retain_until=left.retain_until, legal_hold=left.legal_hold)
                )
        self._free(self._save(file, after, now))
        return True

    def _is_kept_by_hand(self, file: ContactHolds, hold: Hold, now: datetime, done: Released) -> bool:
        """Tell whether somebody keeps a copy, by a lock that ends later or by a legal hold of their own; note which.

        A copy that another case goes on holding keeps both, and the released case need not wait for them.
        """
        extended = self._extended(file)
        if extended is not None and extended > now + SHORTEST:
            self._save(file, file.with_hold(replace(hold, leaves_at=extended)), now)
            done.extended += 1
            return True
        alone = all(other == hold or other.has_ended(now) for other in file.active)
        if alone and self._is_held_by_hand(file):
            done.foreign += 1
            return True
        return False

    def _extended(self, file: ContactHolds) -> datetime | None:
        """Return until when somebody keeps a copy who extended its lock by hand, beyond the end of every hold in force.

        The right to shorten locks is for those that steward set: nobody agreed on anything about this one. What ends
        within a day may be what an earlier release left.
        """
        latest = max(hold.hold_until for hold in file.active)
        ends = (self.evidence.locked_until(one.hold_key, one.hold_version) for one in file.present)
        return max((end for end in ends if end is not None and end > latest), default=None)

    def _is_held_by_hand(self, file: ContactHolds) -> bool:
        """Tell whether a copy is under a legal hold that steward did not set: nobody agreed on anything about that."""
        strange = (one for one in file.present if not one.legal_hold_is_ours)
        return any(self.evidence.is_under_legal_hold(one.hold_key, one.hold_version) for one in strange)

    def _allowed(self) -> DisposalSwitch | None:
        """Return the switch if it is on; one that cannot be read means off."""
        try:
            switch = self.switch()
        except SwitchUnread:
            return None
        return switch if switch.mode is Mode.ON else None

    def _save(self, before: ContactHolds, after: ContactHolds, now: datetime) -> ContactHolds:
        return self.register.save(before, replace(after, next_action_at=next_action(after, now)))

    def _free(self, file: ContactHolds) -> None:
        """Let an inspection free the originals that were left under legal hold because they could not be copied."""
        if any(missing.protected_version is not None for hold in file.holds for missing in hold.missing):
            self.work.reinspect((file.contact_id,))

    def _enter(self, versions: tuple[tuple[str, str], ...], now: datetime, limit: int) -> None:
        """Write the ledger before the first delete. Raises ``LimitReached`` where the night has too little left."""
        if versions:
            entries = [
                Ledgered(bucket=self.hold_bucket, key=key, version_id=version, cause=HOLD_ENDED)
                for key, version in versions
            ]
            self.register.enter_disposal(entries, now, limit)

    def _delete(self, file: ContactHolds, versions: tuple[tuple[str, str], ...]) -> bool:
        """Delete these versions, the switch read again before every request of them; return whether it let them go.

        A legal hold that somebody set meanwhile is left, and S3 refuses.
        """
        for start in range(0, len(versions), BATCH):
            batch = versions[start : start + BATCH]
            if self._allowed() is None:
                return False
            for key, version in batch:
                if file.may_be_lifted(key, version):
                    self.evidence.lift(key, version)
            refused = self.evidence.dispose(batch, bypass=True)
            if refused:
                raise ReleaseIncomplete(f"{len(refused)} versions could not be removed yet")
        return True


def _left_of(artefact: HeldArtefact, lock: Protection, now: datetime) -> Protection:
    """Return the lock of a copy that other cases hold as ``lock``, shortened where those have no date.

    No call is documented that takes a governance lock's date away, and S3 takes none in the past (API reference,
    "PutObjectRetention"): a date of the released case that is further off becomes tomorrow's.
    """
    if lock.retain_until is not None or artefact.retain_until is None:
        return lock
    return replace(lock, retain_until=min(artefact.retain_until, now + SHORTEST))


def asked_for_since(case: Case | None, hold: Hold, agreement: Agreement) -> bool:
    """Return whether the contact was flagged again, or the case taken further, after the release was asked for."""
    furthered = case.furthered.at if case is not None and case.furthered is not None else hold.asked_for_at
    return max(furthered, hold.asked_for_at) > agreement.asked_at
