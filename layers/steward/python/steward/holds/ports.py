"""What the hold domain needs from outside. Adapters raise ``steward.failures.AwsError``, never botocore's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from steward.failures import Unavailable
from steward.holds.cases import Case
from steward.holds.contacts import Contact, Evaluation, Reference
from steward.holds.register import ContactHolds, HeldArtefact, Hold, Protection
from steward.holds.requests import Doubt
from steward.ids import CaseRef, ContactId, RecordClass, Sha256


class NotHandedOver(Unavailable):
    """The hold queue did not take what concerns these contacts; the rest it took."""

    def __init__(self, operation: str, code: str, contact_ids: tuple[ContactId, ...]) -> None:
        super().__init__(operation, code)
        self.contact_ids = contact_ids


class VersionConflict(Exception):
    """Somebody else changed the contact's file since it was read; read again and decide again."""


@dataclass(frozen=True, kw_only=True)
class Ledgered:
    """A version that is about to be disposed of, as the ledger states it."""

    bucket: str
    key: str
    version_id: str
    cause: str
    by: str = ""
    """Who removes it, as ``ROLE/PERSON``, where that is one person's act."""
    why: str = ""


class Register(Protocol):
    """The truth about cases, holds and copies."""

    def case(self, case: CaseRef) -> Case | None:
        """Return what is known of the case (consistent read)."""

    def save_case(self, before: Case | None, after: Case) -> None:
        """Store the case; raise ``VersionConflict`` if it is no longer what ``before`` says."""

    def contacts_of(self, case: CaseRef) -> Iterator[ContactId]:
        """Return the contacts that the case holds or held."""

    def file(self, contact_id: ContactId) -> ContactHolds:
        """Return the contact's file (consistent read); an empty one of version 0 if the contact is not known."""

    def save(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        """Store what changed and return it with its new version; raise ``VersionConflict`` if it changed meanwhile.

        Of a contact's own row alone, nothing but that row.
        """

    def due(self, now: datetime) -> Iterator[ContactHolds]:
        """Return the own row of each contact whose next action is due, longest overdue first; it may be out of date."""

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime, limit: int | None = None) -> None:
        """Write the ledger: these versions are about to be disposed of.

        With a ``limit`` raises ``LimitReached``, and enters nothing, where more than so many would be entered with one
        on the same London date, by whatever run of it.
        """

    def unconfirmed(self, now: datetime, again: datetime) -> tuple[str, ...]:
        """Return the ledger entries that S3 has not confirmed in time, by their keys; they come up ``again`` then."""


class LimitReached(Exception):
    """No more versions may be disposed of tonight."""


class Contacts(Protocol):
    """Amazon Connect, read only and paced."""

    def describe(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or none if Connect does not know it."""

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        """Return the others of a contact's chain; none at all where Connect knows the contact and lists no chain of it.

        A contact that Connect does not know, or has forgotten, has nobody in its chain.
        """

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        """Return every contact of the same chain, without the one asked for."""

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:
        """Return the attachments and e-mail bodies that the contact refers to."""

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:
        """Return the contact's evaluations, without their answers."""

    def answers(self, evaluation_id: str) -> Evaluation:
        """Return one evaluation with its answers."""


LARGEST_SINGLE_COPY = 5 * 1024**3
"""A larger object takes a multipart copy (Amazon S3 API reference, "CopyObject")."""

PART_BYTES = 1024**3
"""The length of a part of such a copy: at most 10,000 parts of at most 5 GiB (S3 user guide, "multipart limits")."""


@dataclass(frozen=True, kw_only=True)
class StoredVersion:
    """One version with bytes in a record class's bucket. ``version_id`` is empty in a bucket without versions."""

    key: str
    version_id: str
    stored_at: datetime
    bytes: int


@dataclass(frozen=True, kw_only=True)
class SourceVersion:
    """One version of an object in a record class's bucket; ``protected`` tells whether it is under legal hold now.

    An empty ``version_id`` means the current version; reading it tells which one that is.
    """

    record_class: RecordClass
    bucket: str
    key: str
    version_id: str
    protected: bool


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a source version holds, read through to the end. ``bytes`` is its length.

    ``parts`` are the digests of its stretches of ``PART_BYTES``, for a version that takes a multipart copy.
    """

    version_id: str
    sha256: Sha256
    bytes: int
    last_modified: datetime
    parts: tuple[Sha256, ...] = ()


class Sources(Protocol):
    """The buckets that Connect writes into."""

    def find(self, bucket: str, prefix: str) -> tuple[StoredVersion, ...]:
        """Return every version with bytes under that prefix, by key, the newest of each key first.

        Also those that lifecycle, or somebody, has hidden behind a delete marker, or behind many.
        """

    def newest(self, bucket: str, key: str) -> StoredVersion | None:
        """Return the version that is current now, or none: a twelfth of what a listing costs."""

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the folders right below that one, each with its whole path and the slash at its end."""

    def protect(self, record_class: RecordClass, bucket: str, version: StoredVersion) -> SourceVersion:
        """Put that version under legal hold and return it. Raises ``NotFound`` if it went meanwhile."""

    def read(self, source: SourceVersion) -> Content:
        """Read the version through and return its digest and length."""

    def free(self, bucket: str, key: str, version_id: str) -> None:
        """Lift the legal hold from that version (empty: the current one); one that is gone is no error."""

    def metadata(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        """Return what whoever wrote the object said of it (``x-amz-meta-``), or none if there is no such object."""

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        """Return the object's tags, or none if there is no such object."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One version in the hold bucket, as S3 describes it.

    ``sha256`` is the digest of the whole, which S3 computed; of a multipart copy S3 has one over the digests of its
    parts instead (``parts_sha256``; S3 user guide, "Checking object integrity", composite checksums). ``bytes`` is none
    where S3's answer does not say it: that of a copy has the digest and no length.
    """

    key: str
    version_id: str
    sha256: Sha256 | None
    bytes: int | None
    retain_until: datetime | None
    legal_hold: bool
    parts_sha256: Sha256 | None = None


class HeldCopies(Protocol):
    """The legal-hold bucket."""

    def copy(
        self, source: SourceVersion, content: Content, key: str, lock: Protection, *, replace: bool = False
    ) -> Copy:
        """Copy with the lock in the same request and return the copy as S3 describes it.

        A copy that exists already is returned as it is, unless ``replace`` asks for a new version. ``content`` is what
        was read of the source: an object too large for one request is copied in parts.
        """

    def restore(self, artefact: HeldArtefact) -> Copy:
        """Make the held version the newest of its key again, under the same lock, and return the new version."""

    def store(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        """Store a document with the lock in the same request; without ``replace`` one that exists is returned."""

    def describe(self, key: str, version_id: str) -> Copy | None:
        """Return that version, or none if it is not there; the newest where none is named, unless it is a marker."""

    def locked_until(self, key: str, version_id: str) -> datetime | None:
        """Return until when S3 keeps that version; none where it has no date or is not there."""

    def is_under_legal_hold(self, key: str, version_id: str) -> bool:
        """Tell whether that version is under a legal hold, whoever set it; one that is not there is not."""

    def lock(self, key: str, version_id: str, before: Protection, after: Protection, *, bypass: bool = False) -> None:
        """Bring a version's lock from one state to another; only with ``bypass`` may the date move earlier."""

    def versions(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        """Return key and version id of every version and delete marker that belongs to the contact."""

    def lift(self, key: str, version_id: str) -> None:
        """Lift the undated legal hold from a version."""

    def dispose(self, versions: Sequence[tuple[str, str]], *, bypass: bool = False) -> tuple[tuple[str, str], ...]:
        """Delete these versions for good and return those that S3 refused to delete."""


class Work(Protocol):
    """The hold queue, from the inside: what is still to be done for one contact or case."""

    # Each raises ``NotHandedOver`` for the contacts of which the queue did not take the work, after trying again.

    def hold(
        self, case: CaseRef, contact_ids: Iterable[ContactId], signal: str, flagged_at: datetime | None = None
    ) -> None:
        """Let each contact be held for the case, as it was flagged at that moment."""

    def apply(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        """Let the case's new facts reach each contact."""

    def reinspect(self, contact_ids: Iterable[ContactId], *, routine: bool = False) -> None:
        """Let each contact be inspected; a ``routine`` inspection may be brief."""

    def recheck(self, contact_id: ContactId, attempt: int, at: datetime, now: datetime) -> None:
        """Let the contact be inspected at that moment, as that attempt."""


class Releases(Protocol):
    """The queue of releases: what two people agreed on and what is due for it."""

    def order(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        """Let each contact be released by itself, as far as the book of decisions bears it out."""


class Reminders(Protocol):
    """The complaints team, as the nightly run tells it of ends."""

    def ending(self, holds: Sequence[Hold], days: int, disposal_on: date) -> None:
        """Tell that holds of one case, which have the same end, end within that many days, or have ended (0).

        Their copies are disposed of on that London date at the earliest.
        """


class Notices(Protocol):
    """The complaints team, as it is told of flagged contacts."""

    def outcome(self, hold: Hold) -> None:
        """Tell that a hold is not complete, and why."""

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:
        """Tell that an original was close to its end when the flag came."""

    def copies_touched(self, file: ContactHolds, deleted: Sequence[str], covered: Sequence[str]) -> None:
        """Tell that somebody deleted held copies of the contact, or put something on top of them; by hold key."""

    def doubts(self, case: CaseRef, doubts: Sequence[Doubt], contact_ids: Sequence[ContactId], said: str) -> None:
        """Tell, in one message, what of a flag could not be used as it was given.

        What is said again of the same contacts, where ``said`` is the same too, is told once.
        """

    def held_again(self, hold: Hold) -> None:
        """Tell that a contact whose hold was over is held again."""
