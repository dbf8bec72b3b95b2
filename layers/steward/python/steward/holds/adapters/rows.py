"""The register's rows: how cases, holds and copies are written in the table, and read again.

| pk | sk | row |
| --- | --- | --- |
| ``CASE#<case>`` | ``CASE`` | the case |
| ``CASE#<case>`` | ``CONTACT#<contact>`` | a contact that the case holds or held |
| ``CONTACT#<contact>`` | ``CONTACT`` | the contact's file: version, inspections, next action |
| ``CONTACT#<contact>`` | ``HOLD#<case>`` | one case's hold on it |
| ``CONTACT#<contact>`` | ``ARTEFACT#<digest of the hold key>`` | one held copy |
| ``DISPOSAL#<digest of bucket and key>`` | the version id | one entry of the disposal ledger |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from steward.holds.cases import Case
from steward.holds.register import ContactHolds, HeldArtefact, Hold
from steward.ids import CaseRef, ContactId

AGENDA = "contacts"
"""The one partition of the agenda index; a contact is in it while something is to be done for it."""

Row = dict[str, Any]
"""An item in DynamoDB's own notation."""

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


@dataclass(frozen=True, kw_only=True)
class DisposalEntry:
    """One entry of the disposal ledger. ``confirmed_at`` is when S3 said that the version is gone for good."""

    bucket: str
    key: str
    version_id: str
    cause: str = "unknown"
    planned_at: datetime | None = None
    confirmed_at: datetime | None = None


def case_key(case: CaseRef) -> Row:
    """Return the key of a case's row."""
    return {"pk": {"S": f"CASE#{case}"}, "sk": {"S": "CASE"}}


def file_key(contact_id: ContactId) -> Row:
    """Return the key of a contact's own row."""
    return {"pk": {"S": f"CONTACT#{contact_id}"}, "sk": {"S": "CONTACT"}}


def disposal_key(bucket: str, key: str, version_id: str) -> Row:
    """Return the key of the ledger entry of that version."""
    digest = hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest()
    return {"pk": {"S": f"DISPOSAL#{digest}"}, "sk": {"S": version_id}}


def artefact_key(artefact: HeldArtefact) -> Row:
    """Return the key of a held copy's row."""
    digest = hashlib.sha256(artefact.hold_key.encode()).hexdigest()
    return {"pk": {"S": f"CONTACT#{artefact.contact_id}"}, "sk": {"S": f"ARTEFACT#{digest}"}}


def case_row(case: Case) -> Row:
    """Return the row of a case; ``digest`` stands for all of it, so that a write can be made conditional on it."""
    return {**case_key(case.case), **_attributes(case), "digest": {"S": case_digest(case)}}


def case_digest(case: Case) -> str:
    """Return a digest of everything that is known of a case."""
    # msgspec leaves out the defaults of a case that it has read itself; asdict treats every case alike.
    return hashlib.sha256(msgspec.json.encode(asdict(case), order="deterministic")).hexdigest()


def membership_row(hold: Hold) -> Row:
    """Return the row by which a case finds its contacts."""
    return {"pk": {"S": f"CASE#{hold.case}"}, "sk": {"S": f"CONTACT#{hold.contact_id}"}}


def file_row(file: ContactHolds) -> Row:
    """Return a contact's own row, with its place on the agenda if it has one."""
    row: Row = {**file_key(file.contact_id), "version": {"N": str(file.version)}}
    for name in ("inspected_at", "next_action_at", "disposing_since"):
        moment = getattr(file, name)
        if moment is not None:
            row[name] = {"S": moment.isoformat(timespec="microseconds")}
    if file.next_action_at is not None:
        row["agenda"] = {"S": AGENDA}
    return row


def hold_row(hold: Hold) -> Row:
    """Return the row of a hold."""
    return {
        "pk": {"S": f"CONTACT#{hold.contact_id}"},
        "sk": {"S": f"HOLD#{hold.case}"},
        **_attributes(hold),
    }


def artefact_row(artefact: HeldArtefact) -> Row:
    """Return the row of a held copy."""
    return {**artefact_key(artefact), **_attributes(artefact)}


def read_case(row: Row) -> Case:
    """Return the case that a row states."""
    return msgspec.convert(_plain(row), Case)


def read_file(contact_id: ContactId, found: Iterable[Row]) -> ContactHolds:
    """Return the file that all rows of a contact make together."""
    own: dict[str, Any] = {}
    holds: list[Hold] = []
    artefacts: list[HeldArtefact] = []
    for row in found:
        kind = row["sk"]["S"].partition("#")[0]
        if kind == "CONTACT":
            own = _plain(row)
        elif kind == "HOLD":
            holds.append(msgspec.convert(_plain(row), Hold))
        elif kind == "ARTEFACT":
            artefacts.append(msgspec.convert(_plain(row), HeldArtefact))
    return msgspec.convert({**own, "contact_id": contact_id, "holds": holds, "artefacts": artefacts}, ContactHolds)


def read_disposal(row: Row) -> DisposalEntry:
    """Return the ledger entry that a row states."""
    return msgspec.convert(_plain(row), DisposalEntry)


def _attributes(thing: object) -> Row:
    plain = msgspec.to_builtins(thing)
    return {name: _serialize(value) for name, value in plain.items() if value is not None}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _numbers(_deserialize(value)) for name, value in row.items()}


def _numbers(value: Any) -> Any:  # noqa: ANN401 -- whatever DynamoDB can hold
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, dict):
        return {name: _numbers(one) for name, one in value.items()}
    return value
