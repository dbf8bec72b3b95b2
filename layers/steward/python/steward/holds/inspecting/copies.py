"""What S3 says of the copies that the register has: their locks, those that are gone, those that something hides.

A version under a lock can't be deleted, but whoever may write into the bucket can put another version or a delete
marker on top of it, and break-glass can delete it (S3 user guide, "How S3 Object Lock works"). A download of the folder
would then hold something else, or nothing: the held version is made the newest again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from steward.holds.manifests import manifest_key
from steward.holds.ports import Copy, HeldCopies
from steward.holds.register import ContactHolds, HeldArtefact, Protection


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A contact's file as S3 bears it out: ``lost`` copies are no longer in it, ``covered`` ones on top again."""

    file: ContactHolds
    lost: tuple[HeldArtefact, ...]
    covered: tuple[str, ...]
    """The keys of copies and manifests that were hidden."""

    @property
    def touched(self) -> tuple[str, ...]:
        """The keys at which somebody did something that steward does not do."""
        return (*(one.hold_key for one in self.lost), *self.covered)


def as_s3_says(evidence: HeldCopies, file: ContactHolds, lock: Protection, now: datetime) -> Seen:
    """Compare every copy with what S3 says, put on top what was hidden, and return what came out.

    ``lock`` is what the standing holds ask for; a copy that is put on top has it, or its own where that is stronger.
    """
    lost: list[HeldArtefact] = []
    covered: list[str] = []
    for artefact in file.present:
        top = evidence.describe(artefact.hold_key, "")
        on_top = top is not None and top.version_id == artefact.hold_version
        copy = top if on_top else evidence.describe(artefact.hold_key, artefact.hold_version)
        if copy is None:
            lost.append(artefact)
            file = replace(file, artefacts=tuple(one for one in file.artefacts if one != artefact))
            continue
        ours = replace(artefact, retain_until=copy.retain_until, legal_hold=copy.legal_hold and artefact.legal_hold)
        if not on_top and not _is_the_same(top, artefact):
            covered.append(artefact.hold_key)
            ours = _restored(evidence, ours, lock, now, by_hand=copy.legal_hold and not artefact.legal_hold_is_ours)
        file = file.with_artefact(ours)
    for hold in file.active:
        top = evidence.describe(manifest_key(hold), "") if hold.manifest_version else None
        if hold.manifest_version and (top is None or top.version_id != hold.manifest_version):
            covered.append(manifest_key(hold))
            # Without the digest of what was written last, the manifest is written again.
            file = file.with_hold(replace(hold, manifest_sha256="", manifest_version=""))
    return Seen(file=file, lost=tuple(lost), covered=tuple(covered))


def _restored(
    evidence: HeldCopies, artefact: HeldArtefact, lock: Protection, now: datetime, *, by_hand: bool
) -> HeldArtefact:
    stronger = artefact.lock.strengthened_to(lock)
    # S3 takes no date in the past, which a copy under an undated hold alone may have.
    until = stronger.retain_until if stronger.retain_until is not None and stronger.retain_until > now else None
    wanted = replace(artefact, retain_until=until, legal_hold=stronger.legal_hold)
    # A legal hold that somebody set by hand goes with the copy, and stays what steward did not set.
    made = evidence.restore(replace(wanted, legal_hold=wanted.legal_hold or by_hand))
    return replace(wanted, hold_version=made.version_id)


def _is_the_same(top: Copy | None, artefact: HeldArtefact) -> bool:
    """Return whether the newest version holds the same bytes once more.

    A copy that was made twice, because the process ended before the register had it, hides nothing. A delete marker on
    top answers as if nothing were there.
    """
    return top is not None and top.bytes == artefact.bytes and top.sha256 == artefact.sha256
