"""Card data that was recorded all the same: its removal, with everything that was copied from it, and the trace of it.

PCI DSS 4.0.1, requirement 3.3.1: sensitive authentication data is not kept after authorisation, not even encrypted, and
not for a complaint's sake. What stays is the record: the ledger entry of each version, written before it is removed,
and in every hold the artefact as missing, with the reason.

The holds are marked first, so that no inspection copies it any more. Then the buckets themselves are asked, the hold
bucket too: an inspection that had begun before may have made a copy that no register knows. Nothing is called removed
before the buckets have nothing left. There are no days of grace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from steward.clock import Clock, london_date
from steward.holds.ports import Ledgered, Register, VersionConflict, Work
from steward.holds.register import ContactHolds, Ground, HeldArtefact, HoldStatus, MissingArtefact
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId, RecordClass, Sha256
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread

CAUSE = "erasure"
"""The cause in the disposal ledger."""

_TRIES = 5

_ROUNDS = 3
"""How often what was copied meanwhile is looked for again."""

_REMOVED = "removed on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What two people agreed to remove. ``decision`` is the approval's number in the book, which says who and why."""

    contact_id: ContactId
    objects: tuple[StoredObject, ...]
    decision: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version, or delete marker, that is to go."""

    stored: StoredObject
    version_id: str


class Versions(Protocol):
    """The buckets, version by version. Raises ``steward.failures``."""

    def of(self, stored: StoredObject) -> tuple[str, ...]:
        """Return the ids of every version and delete marker of exactly that key."""

    def held(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        """Return key and id of every version and delete marker that the hold bucket has for the contact."""

    def remove(self, versions: Sequence[Version]) -> tuple[Version, ...]:
        """Delete these for good, whatever their locks, and return those that S3 refused; one that is gone is none."""


class NotGone(Exception):
    """Something is there still. The message says how much, of which S3 refused so much; the order is to be repeated."""

    def __init__(self, left: int, refused: int) -> None:
        super().__init__(f"{left} versions are there still, {refused} of which S3 refused to delete")
        self.left, self.refused = left, refused


class SwitchedOff(Exception):
    """The switch of disposals, or its limit, does not let it go now."""


@dataclass(frozen=True, slots=True)
class CardDataEraser:
    """Carries out removals. May be repeated, and may die after any call: what is left is found again."""

    register: Register
    versions: Versions
    work: Work
    clock: Clock
    switch: Callable[[], DisposalSwitch]
    hold_bucket: str

    def carry_out(self, removal: Removal) -> tuple[Version, ...]:
        """Mark the holds, write the ledger, remove every version, and only then say that it is gone; return what went.

        Raises ``NotGone``, ``SwitchedOff``, ``VersionConflict`` when others change the contact's file again and again,
        and ``steward.failures``.
        """
        file = self._mark(removal, gone=False)
        removed: list[Version] = []
        refused: tuple[Version, ...] = ()
        for _ in range(_ROUNDS):
            found = self._found(removal, file)
            if not found or refused:
                break
            self._check_switch(len(removed) + len(found))
            refused = self._remove(found)
            removed += [one for one in found if one not in refused]
        if left := self._found(removal, file):
            raise NotGone(len(left), len(refused))
        marked = self._mark(removal, gone=True)
        if marked.active:
            # The inspection writes the manifests anew and tells the complaints team what is missing now.
            self.work.reinspect((removal.contact_id,))
        return tuple(dict.fromkeys(removed))

    def _remove(self, found: tuple[Version, ...]) -> tuple[Version, ...]:
        ledger = [
            Ledgered(bucket=one.stored.bucket, key=one.stored.key, version_id=one.version_id, cause=CAUSE)
            for one in found
        ]
        self.register.enter_disposal(ledger, self.clock.now())
        return self.versions.remove(found)

    def _check_switch(self, versions: int) -> None:
        """Raise ``SwitchedOff`` unless so many versions may go; a switch that cannot be read means off."""
        try:
            switch = self.switch()
        except SwitchUnread:
            raise SwitchedOff("the switch of disposals cannot be read") from None
        if switch.mode is not Mode.ON or versions > switch.limit:
            raise SwitchedOff("the switch of disposals, or its limit, does not let it go")

    def _found(self, removal: Removal, file: ContactHolds) -> tuple[Version, ...]:
        """Return what the buckets have, whatever the register knows of it."""
        found = [Version(stored, one) for stored in removal.objects for one in self.versions.of(stored)]
        folders = tuple(f"{removal.contact_id}/{one}/" for one in _classes(removal, file))
        for key, version_id in self.versions.held(removal.contact_id):
            if any(_is_copy(key, folder, stored.key) for folder in folders for stored in removal.objects):
                found.append(Version(StoredObject(self.hold_bucket, key), version_id))
        return tuple(found)

    def _mark(self, removal: Removal, *, gone: bool) -> ContactHolds:
        for _ in range(_TRIES):
            file = self.register.file(removal.contact_id)
            marked = self._marked(removal, file, gone=gone)
            if marked == file:
                return file
            try:
                return self.register.save(file, marked)
            except VersionConflict:
                continue
        raise VersionConflict("the contact's file changes too often; try again")

    def _marked(self, removal: Removal, file: ContactHolds, *, gone: bool) -> ContactHolds:
        """Return the file in which the objects are being removed, or are gone: of all holds, and for every inspection.

        What no hold has a copy of yet is marked as well: an inspection that has begun may be about to make one.
        """
        now = self.clock.now()
        # It is read in messages and manifests: what somebody typed, and their names, stay in the book.
        said = _REMOVED if gone else "being removed since"
        why = f"{said} {london_date(now).isoformat()}: card data was recorded (decision {removal.decision} in the book)"
        fresh = [one for one in _copies(removal, file) if not one.removed_why.startswith(_REMOVED)]
        if file.active and not gone:
            fresh += [_unheld(stored, file, now) for stored in removal.objects if not _copies_of(stored, file)]
        for copy in fresh:
            # Being removed since one day stays so, whenever the order is repeated.
            if gone or not copy.removed_why:
                file = file.with_artefact(replace(copy, disposed_at=now if gone else None, removed_why=why))
        status = HoldStatus.PARTIAL if file.present else HoldStatus.NOTHING_HELD
        missing = tuple(
            MissingArtefact(
                record_class=copy.record_class,
                source_key=copy.source_key,
                source_bucket=copy.source_bucket,
                why=copy.removed_why,
                ground=Ground.KNOWN if gone else Ground.PASSING,
            )
            for copy in file.artefacts
            if (copy.source_bucket, copy.source_key) in {(one.source_bucket, one.source_key) for one in fresh}
        )
        places = {one.place for one in missing}
        for hold in file.active if fresh else ():
            others = tuple(one for one in hold.missing if one.place not in places)
            file = file.with_hold(replace(hold, missing=(*others, *dict.fromkeys(missing)), status=status))
        return file


def _copies(removal: Removal, file: ContactHolds) -> tuple[HeldArtefact, ...]:
    """Return the copies of those objects, also those that an earlier try has marked: their bytes may still be there."""
    return tuple(copy for stored in removal.objects for copy in _copies_of(stored, file))


def _copies_of(stored: StoredObject, file: ContactHolds) -> tuple[HeldArtefact, ...]:
    return tuple(
        copy
        for copy in file.artefacts
        if (copy.source_bucket, copy.source_key) == (stored.bucket, stored.key)
        and (copy.disposed_at is None or copy.removed_why)
    )


def _classes(removal: Removal, file: ContactHolds) -> tuple[RecordClass, ...]:
    """Return the record classes whose folders may have a copy: those of the objects' buckets, or all of them."""
    buckets = {stored.bucket for stored in removal.objects}
    known = {copy.record_class for copy in file.artefacts if copy.source_bucket in buckets}
    return tuple(known or RecordClass)


def _is_copy(key: str, folder: str, source_key: str) -> bool:
    """Return whether a key of the hold bucket is that of a copy of the object, or of a further version of it."""
    below = key.removeprefix(folder)
    further = below.partition("/")[2] if below.startswith("version-") else below
    return key.startswith(folder) and source_key in (below, further)


def _unheld(stored: StoredObject, file: ContactHolds, now: datetime) -> HeldArtefact:
    """Return the row of a copy that was never made, so that none is made."""
    known = [copy.record_class for copy in file.artefacts if copy.source_bucket == stored.bucket]
    record_class = known[0] if known else RecordClass.CALL_RECORDING
    return HeldArtefact(
        contact_id=file.contact_id,
        record_class=record_class,
        source_bucket=stored.bucket,
        source_key=stored.key,
        source_version="",
        hold_key=f"{file.contact_id}/{record_class}/{stored.key}",
        hold_version="",
        sha256=Sha256(""),
        bytes=0,
        held_at=now,
        retain_until=None,
        legal_hold=False,
        source_freed=True,
    )
