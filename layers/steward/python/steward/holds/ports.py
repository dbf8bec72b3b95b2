"""What the hold domain needs from outside. Adapters raise ``steward.aws.errors`` and nothing of botocore's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steward.holds.cases import Case
from steward.holds.contacts import Contact, Evaluation, Reference
from steward.holds.register import ContactHolds, Hold, Protection
from steward.ids import CaseRef, ContactId, RecordClass, Sha256


class VersionConflict(Exception):
    """Somebody else changed the contact's file since it was read; read again and decide again."""


@dataclass(frozen=True, kw_only=True)
class Ledgered:
    """A version that is about to be disposed of, as the ledger states it."""

    bucket: str
    key: str
    version_id: str
    cause: str


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
        """Store what changed and return it with its new version; raise ``VersionConflict`` if it changed meanwhile."""

    def due(self, now: datetime) -> Iterator[ContactId]:
        """Return the contacts whose next action is due, longest overdue first."""

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime) -> None:
        """Write the ledger: these versions are about to be disposed of."""

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        """Note in the ledger that S3 confirmed the disposal of a version."""


class Contacts(Protocol):
    """Amazon Connect, read only and paced."""

    def describe(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or none if Connect does not know it."""

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        """Return every contact of the same chain, without the one asked for."""

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:
        """Return the attachments and e-mail bodies that the contact refers to."""

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:
        """Return the contact's evaluations, without their answers."""

    def answers(self, evaluation_id: str) -> Evaluation:
        """Return one evaluation with its answers."""


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
    """What a source version holds, read through to the end. ``bytes`` is its length."""

    version_id: str
    sha256: Sha256
    bytes: int
    last_modified: datetime


class Sources(Protocol):
    """The buckets that Connect writes into."""

    def find(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the keys under that prefix."""

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Return the folders right below that one, each with its whole path and the slash at its end."""

    def protect(self, record_class: RecordClass, bucket: str, key: str) -> SourceVersion | None:
        """Put the newest version with bytes under legal hold and return it; none if there is no such version.

        A version that lifecycle has already hidden behind a delete marker is still found.
        """

    def read(self, source: SourceVersion) -> Content:
        """Read the version through and return its digest and length."""

    def free(self, bucket: str, key: str, version_id: str) -> None:
        """Lift the legal hold from that version (empty: the current one); one that is gone is no error."""

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str]:
        """Return the object's tags."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One version in the hold bucket, as S3 describes it."""

    key: str
    version_id: str
    sha256: Sha256 | None
    bytes: int
    retain_until: datetime | None
    legal_hold: bool


class HeldCopies(Protocol):
    """The legal-hold bucket."""

    def copy(self, source: SourceVersion, key: str, lock: Protection, *, replace: bool = False) -> Copy:
        """Copy with the lock in the same request and return the copy as S3 describes it.

        A copy that exists already is returned as it is, unless ``replace`` asks for a new version.
        """

    def store(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        """Store a document with the lock in the same request; without ``replace`` one that exists is returned."""

    def describe(self, key: str, version_id: str) -> Copy | None:
        """Return that version, or none if it is not there."""

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

    def hold(self, case: CaseRef, contact_ids: Iterable[ContactId], signal: str) -> None:
        """Let each contact be held for the case."""

    def apply(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        """Let the case's new facts reach each contact."""

    def reinspect(self, contact_ids: Iterable[ContactId]) -> None:
        """Let each contact be inspected."""

    def recheck(self, contact_id: ContactId, attempt: int, at: datetime, now: datetime) -> None:
        """Let the contact be inspected at that moment, as that attempt."""


class Notices(Protocol):
    """The complaints team."""

    def outcome(self, hold: Hold) -> None:
        """Tell that a hold is not complete, and why."""

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:
        """Tell that an original was close to its end when the flag came."""

    def ending(self, hold: Hold, days: int) -> None:
        """Tell that a hold ends in that many days."""
