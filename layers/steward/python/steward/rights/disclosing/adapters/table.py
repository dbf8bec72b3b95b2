"""The register of disclosures: rows of the table of rights.

| pk | sk | row |
| --- | --- | --- |
| ``DISCLOSURE#<reference in upper case>`` | ``META`` | the disclosure, and whether something is still to be seen to |
| ``DISCLOSURE#<reference in upper case>`` | ``EVENT#<id>`` | an event that changed it |
| ``CONTACT#<contact>`` | ``DISCLOSURE#<reference>`` | that a disclosure, which lacks nothing, names the contact |

Once nothing of a disclosure is left to be seen to, all of them expire together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.queries import queried
from steward.aws.rows import Row, plain, read, values, write
from steward.failures import Contended, PreconditionFailed
from steward.holds.references import folded
from steward.ids import CaseRef, ContactId
from steward.names import AGENDA, AGENDA_INDEX, EXPIRES_AT, NEXT_ACTION_AT, PARTITION_KEY, SORT_KEY
from steward.rights.disclosing.ports import OnRecord
from steward.rights.disclosing.register import Disclosure, DisclosureId
from steward.rights.ports import VersionConflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

META: Final = "META"
PARTITIONS: Final = "DISCLOSURE#"
DISCLOSURES: Final = "disclosures"
"""What the agenda calls the disclosures that are not done with."""


@dataclass(frozen=True)
class DynamoDisclosures:
    """The table of rights. Every call raises ``AwsError``."""

    table: str

    def find(self, disclosure: DisclosureId) -> OnRecord | None:
        """Return a disclosure (consistent read)."""
        return read_disclosure(self._rows(partition(disclosure)))

    def save(self, before: Disclosure | None, after: Disclosure, event_id: str = "") -> Disclosure:
        """Store it, all or nothing, guarded by its version.

        Raises ``VersionConflict`` if somebody else changed it since it was read, or the event was taken before.

        One that is cleared takes the rows around it along: they are let go first, so that none outlives it.
        """
        if after.cleared_at is not None:
            self._let_go(after, after.cleared_at)
        stored = replace(after, version=(before.version if before else 0) + 1)
        own: dict[str, Any] = {
            "TableName": self.table,
            "Item": _meta(stored),
            "ConditionExpression": f"attribute_not_exists({PARTITION_KEY})",
        }
        if before is not None:
            own["ConditionExpression"] = "#version = :before"
            own["ExpressionAttributeNames"] = {"#version": "version"}
            own["ExpressionAttributeValues"] = values({":before": before.version})
        more = [_key(partition(stored.id), f"EVENT#{event_id}")] if event_id else []
        known = before.contact_ids if before and before.passed else ()
        named = stored.contact_ids if stored.passed and stored.cleared_at is None else ()
        more += [_key(f"CONTACT#{one}", partition(stored.id)) for one in named if one not in known]
        changes: list[TransactWriteItemTypeDef] = [{"Put": {"TableName": self.table, "Item": one}} for one in more]
        try:
            with translated("dynamodb.TransactWriteItems"):
                client("dynamodb").transact_write_items(TransactItems=[{"Put": own}, *changes])  # type: ignore[typeddict-item]
        except (Contended, PreconditionFailed):
            raise VersionConflict("the disclosure changed since it was read") from None
        return stored

    def _let_go(self, disclosure: Disclosure, since: datetime) -> None:
        own = partition(disclosure.id)
        keys = [(own, row[SORT_KEY]["S"]) for row in self._rows(own, "EVENT#")]
        keys += [(f"CONTACT#{one}", own) for one in disclosure.contact_ids]
        for one, name in keys:
            with translated("dynamodb.PutItem"):
                client("dynamodb").put_item(
                    TableName=self.table, Item={**_key(one, name), **values({EXPIRES_AT: int(since.timestamp())})}
                )

    def unfinished(self) -> Iterator[DisclosureId]:
        """Return every disclosure of which something is still to be seen to; what the index names is read again."""
        found = queried(
            self.table,
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda",
            ExpressionAttributeValues=values({":agenda": DISCLOSURES}),
        )
        for row in found:
            yield DisclosureId(str(plain(row)["id"]))

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        """Return the disclosures that name a contact, in the order of their references."""
        named = [row[SORT_KEY]["S"] for row in self._rows(f"CONTACT#{contact_id}", PARTITIONS)]
        found = (read_disclosure(self._rows(one)) for one in named)
        # What was refused may have been asked for anew, of other contacts; the old contact's row is there still.
        return tuple(one.disclosure for one in found if one is not None and contact_id in one.disclosure.contact_ids)

    def _rows(self, key: str, begins: str = "") -> Iterator[Row]:
        condition, given = f"{PARTITION_KEY} = :pk", {":pk": key}
        if begins:
            condition, given = f"{condition} AND begins_with({SORT_KEY}, :sk)", {**given, ":sk": begins}
        return queried(
            self.table, KeyConditionExpression=condition, ExpressionAttributeValues=values(given), ConsistentRead=True
        )


def read_disclosure(rows: Iterable[Row]) -> OnRecord | None:
    """Return what the rows of one disclosure come to; none without its own row. Raises UnreadableRow."""
    meta: Disclosure | None = None
    events = set[str]()
    for row in rows:
        kind, _, rest = row[SORT_KEY]["S"].partition("#")
        if kind == META:
            meta = read(row, Disclosure)
        elif kind == "EVENT":
            events.add(rest)
    return OnRecord(disclosure=meta, events=frozenset(events)) if meta else None


def partition(disclosure: DisclosureId) -> str:
    """Return the partition of a disclosure's rows; references are compared without case."""
    return f"{PARTITIONS}{folded(CaseRef(disclosure))}"


def _meta(disclosure: Disclosure) -> Row:
    if disclosure.cleared_at is None:
        due = values({AGENDA: DISCLOSURES, NEXT_ACTION_AT: disclosure.asked_at})
    else:
        due = values({EXPIRES_AT: int(disclosure.cleared_at.timestamp())})
    return {**_key(partition(disclosure.id), META), **write(disclosure), **due}


def _key(key: str, name: str) -> Row:
    return values({PARTITION_KEY: key, SORT_KEY: name})
