"""Card data that was recorded all the same: its removal, with everything that was copied from it, and the trace of it.

PCI DSS 4.0.1, requirement 3.3.1: sensitive authentication data is not kept after authorisation, not even encrypted, and
not for a complaint's sake. What stays is the record: the ledger entry of each version, written before the first is
removed, and in every hold that had a copy the artefact as missing, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from steward.clock import Clock, london_date
from steward.holds.ports import Ledgered, Register, VersionConflict, Work
from steward.holds.register import ContactHolds, HeldArtefact, HoldStatus, MissingArtefact
from steward.ids import CaseRef, ContactId

CAUSE = "erasure"
"""The cause in the disposal ledger."""

_TRIES = 5


class Refused(Exception):
    """The removal is not carried out; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object, all its versions."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What two people agreed to remove. Names are staff ids as the case-management system knows them."""

    contact_id: ContactId
    objects: tuple[StoredObject, ...]
    requested_by: str
    approved_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version, or delete marker, that is to go. ``copy_for`` names the cases that hold it; none for an original."""

    stored: StoredObject
    version_id: str
    copy_for: tuple[CaseRef, ...] = ()


class Versions(Protocol):
    """The buckets, version by version. Raises ``steward.aws.errors``."""

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        """Return the ids of every version and delete marker of exactly that key."""

    def remove(self, stored: StoredObject, version_id: str) -> None:
        """Delete that version for good, whatever its lock; one that is gone is no error."""


@dataclass(frozen=True, slots=True)
class CardDataEraser:
    """Plans and carries out removals. May be repeated, and may die after any call: what is left is found again."""

    register: Register
    versions: Versions
    work: Work
    clock: Clock
    hold_bucket: str

    def plan(self, removal: Removal) -> tuple[Version, ...]:
        """Return what would go: every version of the objects and of the copies that holds have of them.

        Raises Refused for a removal that one person alone asks for, or of an object in the hold bucket: the original is
        named, its copies are found.
        """
        self._check(removal)
        return self._found(removal, self.register.file(removal.contact_id))

    def carry_out(self, removal: Removal) -> tuple[Version, ...]:
        """Write the ledger, mark the holds, remove every version; return what went.

        Raises ``Refused``, ``VersionConflict`` when others change the contact's file again and again, and
        ``steward.aws.errors``.
        """
        self._check(removal)
        now = self.clock.now()
        found = self._found(removal, self.register.file(removal.contact_id))
        ledger = [
            Ledgered(bucket=one.stored.bucket, key=one.stored.key, version_id=one.version_id, cause=CAUSE)
            for one in found
        ]
        self.register.enter_disposal(ledger, now)
        marked = self._mark(removal)
        for one in found:
            self.versions.remove(one.stored, one.version_id)
        if marked.active:
            # The inspection writes the manifests anew and tells the complaints team what is missing now.
            self.work.reinspect((removal.contact_id,))
        return found

    def _check(self, removal: Removal) -> None:
        if not removal.requested_by.strip() or not removal.approved_by.strip():
            raise Refused("a removal needs somebody who asks for it and somebody who approves it")
        if removal.requested_by.strip().casefold() == removal.approved_by.strip().casefold():
            raise Refused("a removal has to be approved by somebody else than who asks for it")
        if not removal.why.strip():
            raise Refused("a removal needs a reason")
        if any(stored.bucket == self.hold_bucket for stored in removal.objects):
            raise Refused("name the original and not the copy: every copy that a hold has of it goes with it")

    def _found(self, removal: Removal, file: ContactHolds) -> tuple[Version, ...]:
        cases = tuple(hold.case for hold in file.active)
        found = [Version(stored, one) for stored in removal.objects for one in self.versions.of(stored)]
        for copy in _copies(removal, file):
            stored = StoredObject(self.hold_bucket, copy.hold_key)
            found += [Version(stored, one, cases) for one in self.versions.of(stored)]
        return tuple(found)

    def _mark(self, removal: Removal) -> ContactHolds:
        for _ in range(_TRIES):
            file = self.register.file(removal.contact_id)
            try:
                return self.register.save(file, self._marked(removal, file))
            except VersionConflict:
                continue
        raise VersionConflict("the contact's file changes too often; try again")

    def _marked(self, removal: Removal, file: ContactHolds) -> ContactHolds:
        now = self.clock.now()
        why = (
            f"removed on {london_date(now).isoformat()}: {removal.why.strip()}"
            f" (asked for by {removal.requested_by.strip()}, approved by {removal.approved_by.strip()})"
        )
        fresh = [copy for copy in _copies(removal, file) if not copy.removed_why]
        for copy in fresh:
            file = file.with_artefact(replace(copy, disposed_at=now, removed_why=why))
        status = HoldStatus.PARTIAL if file.present else HoldStatus.NOTHING_HELD
        for hold in file.active if fresh else ():
            missing = tuple(
                MissingArtefact(record_class=copy.record_class, source_key=copy.source_key, why=why) for copy in fresh
            )
            file = file.with_hold(replace(hold, missing=(*hold.missing, *missing), status=status))
        return file


def _copies(removal: Removal, file: ContactHolds) -> tuple[HeldArtefact, ...]:
    """Return the copies of those objects, also those that an earlier try has marked: their bytes may still be there."""
    wanted = {(stored.bucket, stored.key) for stored in removal.objects}
    return tuple(
        copy
        for copy in file.artefacts
        if (copy.source_bucket, copy.source_key) in wanted and (copy.disposed_at is None or copy.removed_why)
    )
