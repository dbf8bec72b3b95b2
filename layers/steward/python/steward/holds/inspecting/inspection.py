"""Inspecting a contact: its artefacts secured, its locks, manifests and register in line, its originals freed.

An inspection may be repeated at any time and may die after any call: the register is written before a source is freed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from steward.clock import Clock
from steward.evidence.signatures import Signer, canonical, signed
from steward.failures import AwsError
from steward.holds.discovery import Stores
from steward.holds.inspecting import brief
from steward.holds.inspecting.brief import Questions
from steward.holds.inspecting.copies import as_s3_says
from steward.holds.inspecting.copying import ArtefactCopier, Findings
from steward.holds.manifests import digest, manifest, manifest_key
from steward.holds.ports import Contacts, HeldCopies, Notices, Register, Sources
from steward.holds.register import (
    ContactHolds,
    Ground,
    HeldArtefact,
    Hold,
    HoldStatus,
    MissingArtefact,
    Protection,
    next_action,
)
from steward.ids import RecordClass
from steward.policy.model import Policy

VANISHED = "SourceVanished"
"""The metric of objects that are gone although the policy keeps them still."""

FIRST_LOOK = timedelta(minutes=15)
"""How long after a flag a contact is looked at again: by then Connect has stored what a call that just ended left.

https://docs.aws.amazon.com/connect/latest/adminguide/set-up-recordings.html
"""

TOUCHED = "HeldCopyTouched"
"""The metric of held copies that somebody deleted, or hid behind a delete marker or another version."""


class Look(Enum):
    """How much an inspection looks at."""

    TRUSTING = auto()
    """All that may be there; of the copies what the register says is believed."""
    WHOLE = auto()
    """All that may be there; every copy and its lock are compared with what S3 says."""


class Unfinished(Exception):
    """Some artefacts could not be secured for a reason that passes; the inspection has to be repeated."""


@dataclass(frozen=True, kw_only=True)
class HoldReconciler:
    """Keeps what the standing holds of a contact ask for."""

    policy: Policy
    stores: Stores
    clock: Clock
    register: Register
    contacts: Contacts
    sources: Sources
    evidence: HeldCopies
    signer: Signer
    notices: Notices
    count: Callable[[str, int], None]
    """Adds to the metric of that name."""

    def reconcile(self, file: ContactHolds, look: Look = Look.TRUSTING) -> ContactHolds:
        """Secure everything that can be found for the contact and return its file as stored.

        Raises ``Unfinished`` after storing what was secured, if something failed in a way that passes or a manifest
        could not be signed, and ``VersionConflict`` if somebody else changed the file meanwhile.
        """
        now = self.clock.now()
        lock = file.protection(now)
        if lock is None:
            return self._let_go(file)
        file = self._about_to_set(file, lock)
        known = file
        file, lost = (file, ()) if look is Look.TRUSTING else self._as_s3_says(file, lock, now)
        file = self._strengthened(file, lock)
        findings = self._secure_all(file, lock, lost)
        found, unsigned = self._write_manifests(_with(findings, file, now), now)
        undated = [] if lock.legal_hold else [artefact for artefact in found.present if artefact.legal_hold_is_ours]
        for artefact in undated:
            found = found.with_artefact(replace(artefact, legal_hold=False, changing=True))
        if unsigned is None and not findings.retry:
            contact = findings.contact
            found = replace(found, settled=brief.settled(found, contact, now, stores=self.stores, policy=self.policy))
        stored = known if _is_noted(known, found, now) else self._noted(known, found, now)
        for artefact in undated:
            self.evidence.lift(artefact.hold_key, artefact.hold_version)
        if unsigned is not None:
            # The copies are locked and in the register; no original goes before the manifest says so.
            raise Unfinished("a manifest of the contact could not be signed yet") from unsigned
        stored = self._conclude(stored, findings)
        if findings.retry:
            raise Unfinished(f"{len(findings.missing)} artefacts of the contact could not be secured yet")
        return stored

    def questions(self, file: ContactHolds, turn: int) -> Questions | None:
        """Return what the look of that turn has to ask; none where it has to be whole."""
        now = self.clock.now()
        lock = file.protection(now)
        return None if lock is None else brief.questions(file, lock, now, turn)

    def shows_nothing_new(self, file: ContactHolds, asked: Questions) -> bool:
        """Ask all but who belongs to the chain; return whether everything that shows is held. Raises ``AwsError``."""
        if asked.contact:
            contact = self.contacts.describe(file.contact_id)
            now = self.clock.now()
            if contact is None or not brief.names_nothing_new(
                file, contact, now, stores=self.stores, policy=self.policy
            ):
                return False
        return all(brief.holds_all_of(file, place, self.sources) for place in asked.places)

    def _as_s3_says(
        self, file: ContactHolds, lock: Protection, now: datetime
    ) -> tuple[ContactHolds, tuple[HeldArtefact, ...]]:
        """Return the file as S3 bears it out, and the copies that are gone; tell of what somebody did to copies."""
        seen = as_s3_says(self.evidence, file, lock, now)
        if seen.touched:
            self.count(TOUCHED, len(seen.touched))
            self.notices.copies_touched(seen.file, [one.hold_key for one in seen.lost], seen.covered)
        return seen.file, seen.lost

    def _noted(self, known: ContactHolds, found: ContactHolds, now: datetime) -> ContactHolds:
        found = replace(found, inspected_at=now)
        return self.register.save(known, replace(found, next_action_at=next_action(found, now)))

    def _about_to_set(self, file: ContactHolds, lock: Protection) -> ContactHolds:
        """Note which copies get a legal hold before they do: whoever dies in between left one of steward's own."""
        after = file
        for artefact in file.present:
            if lock.legal_hold and not artefact.legal_hold_is_ours:
                after = after.with_artefact(replace(artefact, changing=True))
        return self.register.save(file, after) if after != file else file

    def _strengthened(self, file: ContactHolds, lock: Protection) -> ContactHolds:
        """Extend the lock of every copy to what the standing holds ask for; nothing is shortened or lifted here."""
        for artefact in file.present:
            after = artefact.lock.strengthened_to(lock)
            if artefact.lock != after:
                self.evidence.lock(artefact.hold_key, artefact.hold_version, artefact.lock, after)
                file = file.with_artefact(
                    replace(
                        artefact,
                        retain_until=after.retain_until,
                        legal_hold=after.legal_hold,
                        changing=artefact.changing and not after.legal_hold,
                    )
                )
        return file

    def _let_go(self, file: ContactHolds) -> ContactHolds:
        """Free what is still under legal hold at the source although no hold stands any more."""
        for hold in file.holds:
            for missing in hold.missing:
                if missing.protected_version is not None:
                    self.sources.free(missing.source_bucket, missing.source_key, missing.protected_version)
        freed = [
            replace(hold, missing=tuple(replace(one, protected_version=None) for one in hold.missing))
            for hold in file.holds
        ]
        after = replace(file, holds=tuple(freed))
        return self.register.save(file, after) if after != file else file

    def _secure_all(self, file: ContactHolds, lock: Protection, lost: tuple[HeldArtefact, ...]) -> Findings:
        contact = self.contacts.describe(file.contact_id)
        if contact is None and not _was_known(file):
            unknown = MissingArtefact(
                record_class=RecordClass.CONTACT_RECORD, source_key="", why="Connect does not know this contact"
            )
            return Findings(artefacts=(), missing=(unknown,), disappears_at=None, retry=False)
        securing = ArtefactCopier(
            policy=self.policy,
            stores=self.stores,
            clock=self.clock,
            contacts=self.contacts,
            sources=self.sources,
            evidence=self.evidence,
            contact=contact,
            lock=lock,
            file=file,
            lost=lost,
        )
        return securing.run()

    def _write_manifests(self, file: ContactHolds, now: datetime) -> tuple[ContactHolds, AwsError | None]:
        """Write the manifest of each hold that keeps something, under the lock of that hold alone.

        Return the file with it, and why one could not be signed.
        """
        unsigned: AwsError | None = None
        for hold in file.active:
            lock = hold.protection(now)
            if lock is None or hold.status is HoldStatus.NOTHING_HELD:
                continue
            document = manifest(file, hold)
            sha256 = digest(canonical(document))
            if sha256 == hold.manifest_sha256:
                continue
            try:
                body = signed(document, self.signer)
            except AwsError as error:
                unsigned = error
                continue
            stored = self.evidence.store(manifest_key(hold), body, lock, replace=True)
            told = replace(hold, manifest_sha256=sha256, manifest_version=stored.version_id)
            file = file.with_hold(told)
        return file, unsigned

    def _conclude(self, file: ContactHolds, findings: Findings) -> ContactHolds:
        """Free the sources of what is held, tell the complaints team what is not, and note both.

        After an undated hold was lifted that is noted: a concurrent writer who wanted it kept is noticed by the
        version, and the repeated inspection puts it back.
        """
        after = _changed(file)
        for artefact in after.present:
            if not artefact.source_freed:
                self.sources.free(artefact.source_bucket, artefact.source_key, artefact.source_version)
                after = after.with_artefact(replace(artefact, source_freed=True))
        for again in file.active:
            hold = again
            if hold.again_after:
                self.notices.held_again(hold)
                hold = replace(hold, again_after="")
                after = after.with_hold(hold)
            news = _news(hold)
            if news == hold.last_notified_outcome:
                continue
            if self._may_still_arrive(hold, findings):
                continue
            if hold.status is not HoldStatus.HELD or hold.last_notified_outcome:
                self.notices.outcome(hold)
            if not hold.last_notified_outcome and findings.disappears_at is not None:
                self.notices.expiring(hold, findings.disappears_at)
            if not hold.last_notified_outcome and findings.vanished:
                self.count(VANISHED, findings.vanished)
            after = after.with_hold(replace(hold, last_notified_outcome=news))
        return self._stored(file, after)

    def _stored(self, file: ContactHolds, after: ContactHolds) -> ContactHolds:
        """Store what changed, with the time of the next look: what is carried through now is looked at more rarely."""
        if after == file:
            return file
        return self.register.save(file, replace(after, next_action_at=next_action(after, self.clock.now())))

    def _may_still_arrive(self, hold: Hold, findings: Findings) -> bool:
        """Return whether it is too early to say what is missing: the look after Connect's own delay tells.

        Nothing waits where an original is about to leave its store.
        """
        if hold.status is HoldStatus.HELD or hold.last_notified_outcome or findings.disappears_at is not None:
            return False
        return self.clock.now() < hold.placed_at + FIRST_LOOK


def _changed(file: ContactHolds) -> ContactHolds:
    for artefact in file.present:
        if artefact.changing:
            file = file.with_artefact(replace(artefact, changing=False))
    return file


def _with(findings: Findings, file: ContactHolds, now: datetime) -> ContactHolds:
    """Return the file with what was secured, and with what each standing hold misses."""
    for artefact in findings.artefacts:
        file = file.with_artefact(artefact)
    for hold in file.active:
        if not hold.has_ended(now):
            missing = standing(hold.missing, findings.missing)
            file = file.with_hold(replace(hold, missing=missing, status=_status(file, missing), inspected=True))
    return file


def standing(earlier: Iterable[MissingArtefact], found: Iterable[MissingArtefact]) -> tuple[MissingArtefact, ...]:
    """Return what is missing now, each with the reason that stands after what was said of it before."""
    said = {missing.place: missing for missing in earlier}
    return tuple(dict.fromkeys(missing.after(said.get(missing.place)) for missing in found))


def _is_noted(known: ContactHolds, found: ContactHolds, now: datetime) -> bool:
    """Return whether the register has what a look came to, a next look that is still to come, and nothing left to do.

    The nightly run noted the look when it handed it over. What changes nothing in the file has changed nothing in S3
    either; whoever changed the file meanwhile inspects it as well.
    """
    due = known.next_action_at
    return (
        due is not None
        and due > now
        and due == next_action(known, now)
        and found.settled == known.settled
        and found.states_the_same_as(known)
        and all(one.source_freed and not one.changing for one in known.present)
        and all(hold.last_notified_outcome and not hold.again_after for hold in known.active)
    )


def _was_known(file: ContactHolds) -> bool:
    """Return whether Connect knew the contact once: its record is held, or something of it was looked for."""
    if any(artefact.record_class is RecordClass.CONTACT_RECORD for artefact in file.artefacts):
        return True
    return any(missing.ground is not Ground.PASSING for hold in file.holds for missing in hold.missing)


def _status(file: ContactHolds, missing: tuple[MissingArtefact, ...]) -> HoldStatus:
    if not missing:
        return HoldStatus.HELD
    return HoldStatus.PARTIAL if file.present else HoldStatus.NOTHING_HELD


def _news(hold: Hold) -> str:
    """Return the outcome in a form that changes when there is something new to tell.

    Another wording of why the same thing is missing is nothing new.
    """
    return "|".join(
        (hold.status, *sorted({f"{missing.record_class}:{missing.source_key}" for missing in hold.missing}))
    )
