"""Releasing a hold before its end: what two people agreed on, after the days of grace, and no other case harmed.

An order to release names a case and is never believed: what is released, by whom and why, stands in the book of
decisions. First the hold is marked as leaving; its copies stay, and a flag brings it back. After the days of grace the
copies go, and only when their bytes are gone does the register say ``released``.
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
from steward.holds.nightly.disposing import HOLD_ENDED, disposed
from steward.holds.ports import HeldCopies, Ledgered, Register, Releases, VersionConflict, Work
from steward.holds.register import ContactHolds, Hold, HoldStatus, ReleaseNote, next_action
from steward.ids import CaseRef, ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread

AT_ONCE = 25
"""So many contacts of a case are released in one go; more are ordered one by one, so that none waits for the others."""


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
    failed: int = 0
    versions: int = 0
    """Versions that went for good; the switch limits them in one run."""


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
    grace: timedelta
    hold_bucket: str

    def release(self, case: CaseRef, only: ContactId | None = None) -> Released:
        """Carry out what two people agreed on about a case, or its part that concerns one contact.

        Raises ``Unfounded`` where they agreed on nothing, and ``ReleaseIncomplete`` when every contact was tried and
        some could not be released; the order is then to be repeated.
        """
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
        if self._let_go(file, hold, now, done):
            done.released += 1
        else:
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
        after = file.with_hold(
            replace(hold, status=HoldStatus.RELEASED, release=hold.leaving, leaving=None, leaves_at=None)
        )
        lock = after.protection(now)
        if lock is None:
            versions = self.evidence.versions(file.contact_id)
        else:
            manifest = manifest_key(hold)
            versions = tuple(one for one in self.evidence.versions(file.contact_id) if one[0] == manifest)
        if not self._allowed(done.versions + len(versions)):
            return False
        done.versions += len(versions)
        # Whoever flags the contact from here on is in conflict with this, before anything is changed.
        file = self.register.save(file, file)
        if lock is None:
            self._delete(versions, now)
            self._free(self.register.save(file, disposed(replace(after, version=file.version), now)))
            return True
        for artefact in file.present:
            if artefact.lock != lock:
                self.evidence.lock(artefact.hold_key, artefact.hold_version, artefact.lock, lock, bypass=True)
                after = after.with_artefact(
                    replace(artefact, retain_until=lock.retain_until, legal_hold=lock.legal_hold)
                )
        self._delete(versions, now)
        self._free(self._save(file, after, now))
        return True

    def _allowed(self, versions: int) -> bool:
        """Return whether the switch lets so many versions go; one that cannot be read means off."""
        try:
            switch = self.switch()
        except SwitchUnread:
            return False
        return switch.mode is Mode.ON and versions <= switch.limit

    def _save(self, before: ContactHolds, after: ContactHolds, now: datetime) -> ContactHolds:
        return self.register.save(before, replace(after, next_action_at=next_action(after, now)))

    def _free(self, file: ContactHolds) -> None:
        """Let an inspection free the originals that were left under legal hold because they could not be copied."""
        if any(missing.protected_version is not None for hold in file.holds for missing in hold.missing):
            self.work.reinspect((file.contact_id,))

    def _delete(self, versions: tuple[tuple[str, str], ...], now: datetime) -> None:
        if not versions:
            return
        self.register.enter_disposal(
            [
                Ledgered(bucket=self.hold_bucket, key=key, version_id=version, cause=HOLD_ENDED)
                for key, version in versions
            ],
            now,
        )
        for key, version in versions:
            self.evidence.lift(key, version)
        refused = self.evidence.dispose(versions, bypass=True)
        if refused:
            raise ReleaseIncomplete(f"{len(refused)} versions could not be removed yet")


def asked_for_since(case: Case | None, hold: Hold, agreement: Agreement) -> bool:
    """Return whether the contact was flagged again, or the case taken further, after the release was asked for."""
    furthered = case.furthered.at if case is not None and case.furthered is not None else hold.asked_for_at
    return max(furthered, hold.asked_for_at) > agreement.asked_at
