"""Releasing a hold before its end: two people, a reason, and no other case harmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from steward.clock import Clock
from steward.holds.manifests import manifest_key
from steward.holds.nightly.disposing import HOLD_ENDED, disposed
from steward.holds.ports import HeldCopies, Ledgered, Register, Work
from steward.holds.register import ContactHolds, HoldStatus, ReleaseNote, next_action
from steward.holds.requests import BadRequest, Release
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode


class DisposalStopped(Exception):
    """The switch forbids disposal at present; the release waits in its queue."""


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """Releases holds. Only its function may shorten a lock, and only for the reasons that it is given."""

    clock: Clock
    register: Register
    evidence: HeldCopies
    work: Work
    switch: Callable[[], DisposalSwitch]
    hold_bucket: str

    def release(self, request: Release) -> None:
        """Release the case's hold on each contact.

        The copies of a contact that no other case holds are disposed of: what remains of the originals follows the
        ordinary schedule. Where another case holds it, the lock is brought back to what that case asks for.

        Raises ``BadRequest`` if the case or a contact is not on record, ``DisposalStopped`` while the switch is off and
        ``VersionConflict`` if somebody else changes a contact meanwhile. All three leave the request in its queue.
        """
        if self.switch().mode is not Mode.ON:
            raise DisposalStopped("disposal is switched off; the release is tried again later")
        on_record = tuple(self.register.contacts_of(request.case))
        if not on_record:
            raise BadRequest("case", "is not on record")
        for contact_id in request.contact_ids or on_record:
            if contact_id not in on_record:
                raise BadRequest("contact_ids", "names a contact that the case does not hold")
        for contact_id in request.contact_ids or on_record:
            self._release(request, contact_id)

    def _release(self, request: Release, contact_id: ContactId) -> None:
        now = self.clock.now()
        file = self.register.file(contact_id)
        hold = file.hold_of(request.case)
        if hold is None:
            return
        if hold.active:
            note = ReleaseNote(by=request.requested_by, approved_by=request.approved_by, why=request.why, at=now)
            released = file.with_hold(replace(hold, status=HoldStatus.RELEASED, release=note))
            file = self.register.save(file, replace(released, next_action_at=next_action(released, now)))
        if file.protection(now) is not None:
            self._relock(file, now, manifest_key(hold))
        elif file.present:
            self._dispose(file, now)
        if any(missing.protected_version is not None for hold in file.holds for missing in hold.missing):
            self.work.reinspect((contact_id,))

    def _relock(self, file: ContactHolds, now: datetime, manifest: str) -> None:
        """Bring the copies back to the lock that the other cases ask for, and dispose of this case's manifest."""
        lock = file.protection(now)
        if lock is None:
            return
        after = file
        for artefact in file.present:
            if artefact.lock != lock:
                self.evidence.lock(artefact.hold_key, artefact.hold_version, artefact.lock, lock, bypass=True)
                after = after.with_artefact(
                    replace(artefact, retain_until=lock.retain_until, legal_hold=lock.legal_hold)
                )
        if after != file:
            self.register.save(file, after)
        self._delete(tuple(one for one in self.evidence.versions(file.contact_id) if one[0] == manifest), now)

    def _dispose(self, file: ContactHolds, now: datetime) -> None:
        planned = self.register.save(file, replace(file, disposing_since=now))
        self._delete(self.evidence.versions(file.contact_id), now)
        self.register.save(planned, disposed(planned, now))

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
        self.evidence.dispose(versions, bypass=True)
