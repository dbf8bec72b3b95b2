"""The register of erasures: rows of the table of rights.

| pk | sk | row |
| --- | --- | --- |
| ``ERASURE#<request in upper case>`` | ``META`` | the erasure, and whether something waits |
| ``ERASURE#<request in upper case>`` | ``ARTEFACT#<digest of its place>`` | one artefact, and what became of it |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.queries import queried
from steward.aws.rows import Row, plain, read, values, write
from steward.failures import Contended, PreconditionFailed, UnreadableRow
from steward.holds.references import folded
from steward.ids import CaseRef, ContactId
from steward.names import AGENDA, AGENDA_INDEX, NEXT_ACTION_AT, PARTITION_KEY, SORT_KEY
from steward.rights.erasure.artefacts import UNREADABLE_ROW, Artefact, ArtefactStatus, Erasure, ErasureStatus
from steward.rights.ports import VersionConflict
from steward.rights.requests import RequestId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

META: Final = "META"
PARTITIONS: Final = "ERASURE#"
ERASURES: Final = "erasures"
"""What the agenda calls the erasures of which something waits."""

_MOST: Final = 95
"""A transaction takes at most 100 actions (Amazon DynamoDB developer guide, "Service quotas")."""


@dataclass(frozen=True)
class DynamoErasures:
    """The table of rights."""

    table: str

    def find(self, request: RequestId) -> Erasure | None:
        """Return an erasure with its artefacts (consistent read)."""
        return read_erasure(
            queried(
                self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                ExpressionAttributeValues=values({":pk": partition(request)}),
                ConsistentRead=True,
            )
        )

    def save(self, before: Erasure | None, after: Erasure) -> Erasure:
        """Store what changed, every part of it guarded by the erasure's version, which each part raises by one.

        Where the artefacts are many its own row says what it said before until the last of them stands, and what is
        kept comes first. No artefact is ever taken out of it. Raises ``VersionConflict`` if somebody
        else changed it since it was read.
        """
        version = before.version if before else 0
        known = set(before.artefacts) if before else ()
        changed = [one for one in after.artefacts if one not in known]
        changed.sort(key=lambda one: one.status is not ArtefactStatus.REFUSED)
        for start in range(0, max(len(changed), 1), _MOST):
            last = start + _MOST >= len(changed)
            stands = replace(after if last or before is None else before, version=version + 1)
            self._save_part(version, stands, changed[start : start + _MOST])
            version += 1
        return replace(after, version=version)

    def _save_part(self, version: int, stands: Erasure, artefacts: Iterable[Artefact]) -> None:
        """Store artefacts with the erasure's own row, if that is of that version still; 0: if there is none."""
        own: dict[str, Any] = {
            "TableName": self.table,
            "Item": _meta_row(stands),
            "ConditionExpression": f"attribute_not_exists({PARTITION_KEY})",
        }
        if version:
            own["ConditionExpression"] = "#version = :before"
            own["ExpressionAttributeNames"] = {"#version": "version"}
            own["ExpressionAttributeValues"] = values({":before": version})
        changes = [self._put(_artefact_row(stands.request, one)) for one in artefacts]
        try:
            with translated("dynamodb.TransactWriteItems"):
                client("dynamodb").transact_write_items(TransactItems=[{"Put": own}, *changes])  # type: ignore[typeddict-item]
        except (Contended, PreconditionFailed):
            raise VersionConflict("the erasure changed since it was read") from None

    def unfinished(self) -> Iterator[RequestId]:
        """Return every erasure of which something waits; what the index names is read again."""
        found = queried(
            self.table,
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda",
            ExpressionAttributeValues=values({":agenda": ERASURES}),
        )
        for row in found:
            yield RequestId(str(plain(row)["request"]))

    def _put(self, row: Row) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self.table, "Item": row}}


def read_erasure(rows: Iterable[Row]) -> Erasure | None:
    """Return what the rows of one erasure come to; none without its own row. Raises UnreadableRow for that one.

    A row of an artefact that cannot be read is that artefact's failure, and stops no other.
    """
    meta: Erasure | None = None
    artefacts: list[Artefact] = []
    for row in rows:
        kind = row[SORT_KEY]["S"].partition("#")[0]
        if kind == META:
            meta = read(row, Erasure)
        elif kind == "ARTEFACT":
            artefacts.append(_artefact(row))
    if meta is None:
        return None
    return replace(meta, artefacts=tuple(sorted(artefacts, key=lambda one: one.place)))


def _artefact(row: Row) -> Artefact:
    """Return the artefact of a row, as failed where the row cannot be read.

    It keeps its place where the row still says that, and is seen to like any that failed; otherwise it is named by the
    row, and stands until somebody mends or removes that.
    """
    try:
        return read(row, Artefact)
    except UnreadableRow:
        place: Row = {name: row[name] for name in ("store", "key", "contact_id") if name in row}
    try:
        return read({**place, **values({"status": ArtefactStatus.FAILED.value, "ground": UNREADABLE_ROW})}, Artefact)
    except UnreadableRow:
        return Artefact(
            store="",
            key=row[SORT_KEY]["S"],
            contact_id=ContactId(""),
            status=ArtefactStatus.FAILED,
            ground=UNREADABLE_ROW,
        )


def partition(request: RequestId) -> str:
    """Return the partition of an erasure; references are compared without case."""
    return f"{PARTITIONS}{folded(CaseRef(request))}"


def _meta_row(erasure: Erasure) -> Row:
    due: Row = {}
    if erasure.status is not ErasureStatus.DONE:
        due = values({AGENDA: ERASURES, NEXT_ACTION_AT: erasure.planned_at})
    key = values({PARTITION_KEY: partition(erasure.request), SORT_KEY: META})
    return {**key, **write(replace(erasure, artefacts=())), **due}


def _artefact_row(request: RequestId, artefact: Artefact) -> Row:
    return {**_artefact_key(request, artefact), **write(artefact)}


def _artefact_key(request: RequestId, artefact: Artefact) -> Row:
    digest = hashlib.sha256("\n".join(artefact.place).encode()).hexdigest()
    return values({PARTITION_KEY: partition(request), SORT_KEY: f"ARTEFACT#{digest}"})
