"""What the register says ought to be there, in a form that an inventory can be held against. Pure.

It grows with complaints and not with calls: what is remembered of a held copy takes about half a kilobyte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from steward.evidence.statement.counting import Finding, Kind
from steward.evidence.statement.inventory import Version
from steward.evidence.statement.population import mark_of
from steward.holds.manifests import manifest_key
from steward.holds.register import ContactHolds, HeldArtefact, Hold, HoldStatus, Protection
from steward.ids import ContactId, Sha256

CONFIRMED_WITHIN: Final = timedelta(days=2)
"""S3 tells of a deletion within minutes, and the notice waits in its queue for four days at most."""

INSPECTED_WITHIN: Final = timedelta(days=2)
"""A hold that nobody has looked at for longer than this is not on its way, it is stuck."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the disposal ledger; without ``planned_at`` nothing announced the deletion."""

    bucket: str
    key: str
    version_id: str
    planned_at: datetime | None = None
    confirmed_at: datetime | None = None
    cause: str = ""


class Expected(NamedTuple):
    """A held copy that has to be there, and the lock that it has to bear; sizes are in bytes."""

    key: str
    version_id: str
    bytes: int
    sha256: Sha256
    retain_until: datetime | None
    legal_hold: bool
    held_at: datetime
    case: str

    def problem(self, size: int, retain_until: datetime | None, *, legal_hold: bool, mode: str) -> str:
        """Return what is wrong with the copy that is there; empty if nothing is."""
        if size != self.bytes:
            return f"has {size} bytes and not {self.bytes}"
        if self.retain_until is not None and (retain_until is None or retain_until < self.retain_until):
            return "is not locked until the end of its hold"
        if self.retain_until is not None and mode != "GOVERNANCE":
            return "is not locked in governance mode"
        if self.legal_hold and not legal_hold:
            return "is without the undated hold that its open case asks for"
        return ""


@dataclass(kw_only=True)
class Book:
    """Everything that a statement has to know of the register, taken in row by row.

    ``at`` is when the statement is made, ``since`` the beginning of what it is about.
    """

    hold_bucket: str
    at: datetime
    since: datetime
    cases: set[str] = field(default_factory=set)
    contacts: set[ContactId] = field(default_factory=set)
    """Of holds in force."""
    manifests: dict[int, tuple[ContactId, datetime]] = field(default_factory=dict)
    """The contact of each manifest that has to be the newest version of its key, and since when; by the version."""
    expected: dict[int, Expected] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """The marks of keys of the hold bucket that the register accounts for, what is gone included."""
    on_record: set[ContactId] = field(default_factory=set)
    whole: int = 0
    """Holds of which the register says that everything is held; what S3 says is another matter."""
    findings: list[Finding] = field(default_factory=list)
    announced: int = 0
    confirmed: int = 0
    _sources: set[int] = field(default_factory=set)
    _ledger: set[int] = field(default_factory=set)

    def take_contact(self, file: ContactHolds) -> None:
        """Take in a contact's holds and copies."""
        self.on_record.add(file.contact_id)
        self.known.update(mark_of(one.hold_key, "") for one in file.artefacts)
        if file.active:
            self.contacts.add(file.contact_id)
        copied_at = [one.held_at for one in file.present]
        for hold in file.active:
            self.cases.add(hold.case)
            self._judge(hold)
            if hold.manifest_version:
                since = max([hold.asked_for_at, *copied_at])
                self.manifests[mark_of(manifest_key(hold), hold.manifest_version)] = file.contact_id, since
            self._sources.update(mark_of(one.source_bucket, one.source_key) for one in hold.missing)
        lock = file.protection(self.at)
        case = ", ".join(sorted(hold.case for hold in file.active))
        for artefact in file.present:
            self._expect(artefact, lock, case)

    def _judge(self, hold: Hold) -> None:
        if hold.status is HoldStatus.HELD:
            self.whole += 1
        elif hold.inspected or self.at - hold.asked_for_at > INSPECTED_WITHIN:
            why = "lacks something that the register names" if hold.inspected else "was asked for and never looked at"
            self.findings.append(
                Finding(
                    kind=Kind.HOLD_PARTIAL,
                    store="legal_hold",
                    key=f"{hold.contact_id}/",
                    case=hold.case,
                    since=hold.asked_for_at,
                    why=why,
                )
            )

    def _expect(self, artefact: HeldArtefact, lock: Protection | None, case: str) -> None:
        if not artefact.source_freed:
            self._sources.add(mark_of(artefact.source_bucket, artefact.source_key))
        self.expected[mark_of(artefact.hold_key, artefact.hold_version)] = Expected(
            artefact.hold_key,
            artefact.hold_version,
            artefact.bytes,
            artefact.sha256,
            lock.retain_until if lock else None,
            lock.legal_hold if lock else False,
            artefact.held_at,
            case,
        )

    def take_entry(self, entry: Entry) -> None:
        """Take in an entry of the ledger."""
        if entry.planned_at is not None:
            self._ledger.add(mark_of(f"{entry.bucket}/{entry.key}", entry.version_id))
            self.announced += entry.planned_at >= self.since
        if entry.confirmed_at is not None:
            self.confirmed += entry.confirmed_at >= self.since
            if entry.planned_at is None and entry.confirmed_at >= self.since:
                why = "went for good and nothing had announced it"
                self._dispute(Kind.UNANNOUNCED, entry, entry.confirmed_at, why)
        elif (
            entry.bucket == self.hold_bucket
            and entry.planned_at is not None
            and self.at - entry.planned_at > CONFIRMED_WITHIN
        ):
            self._dispute(Kind.UNCONFIRMED, entry, entry.planned_at, "was to be deleted, and S3 has not confirmed it")

    def _dispute(self, kind: Kind, entry: Entry, since: datetime, why: str) -> None:
        store = "legal_hold" if entry.bucket == self.hold_bucket else entry.bucket
        self.findings.append(
            Finding(kind=kind, store=store, key=entry.key, version_id=entry.version_id, since=since, why=why)
        )

    def explains(self, bucket: str, version: Version) -> bool:
        """Tell why an original is under legal hold: a hold has still to copy it, or could not."""
        return mark_of(bucket, version.key) in self._sources or self.contact_of(version.key) is not None

    def contact_of(self, key: str) -> ContactId | None:
        """Return the contact with a hold in force that a key names; none if it names none."""
        return next((ContactId(part) for part in _words(key) if part in self.contacts), None)

    def announces(self, bucket: str, version: Version) -> bool:
        """Tell whether a ledger has the deletion of that version, or of every version of its key."""
        place = f"{bucket}/{version.key}"
        return mark_of(place, version.version_id) in self._ledger or mark_of(place, "") in self._ledger

    def accounts_for(self, version: Version) -> bool:
        """Tell whether a version in the hold bucket belongs to something that is, or was, on the register."""
        contact, _, rest = version.key.partition("/")
        manifest = rest.startswith("manifests/") and contact in self.on_record
        return manifest or mark_of(version.key, "") in self.known


def _words(key: str) -> tuple[str, ...]:
    """Return what may be a contact's id in a key: https://docs.aws.amazon.com/connect/latest/adminguide/.

    Recordings begin with it (``ID_20270112T14:29_UTC.wav``), analysis too, in the last part of the key.
    """
    last = key.rpartition("/")[2]
    return last.partition("_")[0], last.partition(".")[0], *key.split("/")[:-1]
