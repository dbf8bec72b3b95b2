"""The register's rows: how cases, holds and copies are written in the table, and read again.

| pk | sk | row |
| --- | --- | --- |
| ``CASE#<case in upper case>`` | ``CASE`` | the case |
| ``CASE#<case in upper case>`` | ``CONTACT#<contact>`` | a contact that the case holds or held |
| ``CONTACT#<contact>`` | ``CONTACT`` | the contact's file: version, inspections, next action |
| ``CONTACT#<contact>`` | ``HOLD#<case>`` | one case's hold on it |
| ``CONTACT#<contact>`` | ``ARTEFACT#<digest of the hold key>`` | one held copy |
| ``CONTACT#<contact>`` | ``REMOVAL#<number>`` | that a removal which two people agreed on was carried out |
| ``DISPOSAL#<digest of bucket and key>`` | the version id | one entry of the disposal ledger |
| ``NIGHT#<London date>`` | ``NIGHT`` | how many versions the nightly runs of that date entered |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import msgspec

from steward.aws import rows
from steward.aws.rows import Row
from steward.failures import UnreadableRow
from steward.holds.cases import Case
from steward.holds.inspecting.settled import Settled
from steward.holds.references import folded
from steward.holds.register import ContactHolds, HeldArtefact, Hold, next_besides_looks
from steward.holds.removing.explaining import Entry
from steward.ids import CaseRef, ContactId
from steward.names import AGENDA, PARTITION_KEY, SORT_KEY

CONTACTS = "contacts"
"""A partition of the agenda index; a contact is in it while something is to be done for it."""

DISPOSALS = "disposals"
"""Another: an entry of the ledger is in it until S3 confirms that the version is gone."""

_CASE, _CONTACT, _HOLD, _ARTEFACT, _DISPOSAL = "CASE", "CONTACT", "HOLD", "ARTEFACT", "DISPOSAL"
_NIGHT = "NIGHT"
_REMOVAL = "REMOVAL"


@dataclass(frozen=True, kw_only=True)
class DisposalEntry:
    """One entry of the disposal ledger. ``confirmed_at`` is when S3 said that the version is gone for good."""

    bucket: str
    key: str
    version_id: str
    cause: str = "unknown"
    planned_at: datetime | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _ContactRow:
    """A contact's own row."""

    version: int = 0
    inspected_at: datetime | None = None
    settled: Settled | None = None
    next_action_at: datetime | None = None


def case_key(case: CaseRef) -> Row:
    """Return the key of a case's row."""
    return _key(f"{_CASE}#{folded(case)}", _CASE)


def contacts_of(case: CaseRef) -> Row:
    """Return the values ``:pk`` and ``:sk`` by which a case's contacts are found; their sort keys start with it."""
    return rows.values({":pk": f"{_CASE}#{folded(case)}", ":sk": f"{_CONTACT}#"})


def partition_of(contact_id: ContactId) -> Row:
    """Return the value ``:pk`` under which everything about a contact stands."""
    return rows.values({":pk": f"{_CONTACT}#{contact_id}"})


def file_key(contact_id: ContactId) -> Row:
    """Return the key of a contact's own row."""
    return _key(f"{_CONTACT}#{contact_id}", _CONTACT)


def contact_in(row: Row, key: str) -> ContactId:
    """Return the contact that a row's partition or sort key names."""
    return ContactId(row[key]["S"].removeprefix(f"{_CONTACT}#"))


def disposal_key(bucket: str, key: str, version_id: str) -> Row:
    """Return the key of the ledger entry of that version."""
    return _key(f"{_DISPOSAL}#{_digest(f'{bucket}/{key}')}", version_id)


def night_key(night: date) -> Row:
    """Return the key of the row that counts what the runs of one London date have disposed of."""
    return _key(f"{_NIGHT}#{night}", _NIGHT)


def artefact_key(artefact: HeldArtefact) -> Row:
    """Return the key of a held copy's row."""
    return _key(f"{_CONTACT}#{artefact.contact_id}", f"{_ARTEFACT}#{_digest(artefact.hold_key)}")


def removal_key(contact_id: ContactId, number: int) -> Row:
    """Return the key of the row that a removal was carried out; ``number`` is its approval's in the book."""
    return _key(f"{_CONTACT}#{contact_id}", f"{_REMOVAL}#{number:06d}")


def case_row(case: Case) -> Row:
    """Return the row of a case; ``digest`` stands for all of it, so that a write can be made conditional on it."""
    return {**case_key(case.case), **rows.write(case), **rows.values({"digest": case_digest(case)})}


def case_digest(case: Case) -> str:
    """Return a digest of everything that is known of a case."""
    # msgspec leaves out the defaults of a case that it has read itself; asdict treats every case alike. What nobody
    # stated is left out, so that a field which a later version adds makes no other case of the ones on record.
    stated = asdict(case, dict_factory=lambda pairs: {name: value for name, value in pairs if value is not None})
    return hashlib.sha256(msgspec.json.encode(stated, order="deterministic")).hexdigest()


def membership_row(hold: Hold) -> Row:
    """Return the row by which a case finds its contacts."""
    return _key(f"{_CASE}#{folded(hold.case)}", f"{_CONTACT}#{hold.contact_id}")


def file_row(file: ContactHolds) -> Row:
    """Return a contact's own row, with its place on the agenda if it has one."""
    settled = file.settled
    if settled is not None and not file.is_own_row:
        settled = replace(settled, others_at=next_besides_looks(file))
    own = _ContactRow(
        version=file.version,
        inspected_at=file.inspected_at,
        settled=settled,
        next_action_at=file.next_action_at,
    )
    agenda = rows.values({AGENDA: CONTACTS}) if file.next_action_at is not None else {}
    return {**file_key(file.contact_id), **rows.write(own), **agenda}


def hold_row(hold: Hold) -> Row:
    """Return a hold under its contact and its case."""
    return {**_key(f"{_CONTACT}#{hold.contact_id}", f"{_HOLD}#{hold.case}"), **rows.write(hold)}


def artefact_row(artefact: HeldArtefact) -> Row:
    """Return the row of a held copy."""
    return {**artefact_key(artefact), **rows.write(artefact)}


def read_case(row: Row) -> Case:
    """Return the case that a row states. Raises UnreadableRow for one of another form."""
    return rows.read(row, Case)


def read_file(contact_id: ContactId, found: Iterable[Row]) -> ContactHolds:
    """Return the file that all rows of a contact make together. Raises UnreadableRow if one has another form."""
    own = _ContactRow()
    holds: list[Hold] = []
    artefacts: list[HeldArtefact] = []
    for row in found:
        kind = row[SORT_KEY]["S"].partition("#")[0]
        if kind == _CONTACT:
            own = rows.read(row, _ContactRow)
        elif kind == _HOLD:
            holds.append(rows.read(row, Hold))
        elif kind == _ARTEFACT:
            artefacts.append(rows.read(row, HeldArtefact))
    return ContactHolds(
        contact_id=contact_id,
        version=own.version,
        holds=tuple(holds),
        artefacts=tuple(artefacts),
        inspected_at=own.inspected_at,
        settled=own.settled,
        next_action_at=own.next_action_at,
    )


def read_own_row(row: Row) -> ContactHolds:
    """Return what a contact's own row states; of one that cannot be read the contact alone, whose file is read then."""
    contact_id = contact_in(row, PARTITION_KEY)
    try:
        return read_file(contact_id, [row])
    except UnreadableRow:
        return ContactHolds(contact_id=contact_id)


def read_disposal(row: Row) -> DisposalEntry:
    """Return the ledger entry that a row states. Raises UnreadableRow for one of another form."""
    return rows.read(row, DisposalEntry)


def read_entry(row: Row) -> Entry:
    """Return what a ledger row says of the cause of a removal; one that cannot be read announced none, as no row."""
    try:
        return rows.read(row, Entry) if row else Entry()
    except UnreadableRow:
        return Entry()


def _key(partition: str, sort: str) -> Row:
    return rows.values({PARTITION_KEY: partition, SORT_KEY: sort})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
