"""The register, on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.queries import queried
from steward.aws.rows import Row, values
from steward.clock import london_date
from steward.failures import Contended, PreconditionFailed
from steward.holds.adapters import rows
from steward.holds.cases import Case
from steward.holds.ports import Ledgered, LimitReached, VersionConflict
from steward.holds.register import ContactHolds
from steward.holds.removing.explaining import Entry
from steward.ids import CaseRef, ContactId
from steward.names import AGENDA, AGENDA_INDEX, NEXT_ACTION_AT, PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef

_NEW = f"attribute_not_exists({PARTITION_KEY})"

_TRANSACTION = 90
"""A transaction takes at most 100 actions (Amazon DynamoDB developer guide, "Service quotas")."""


CONFIRMED_WITHIN = timedelta(days=2)
"""S3 tells of a deletion within minutes, and the notice waits in its queue for four days at most."""

_MOST_UNCONFIRMED = 1000

_NIGHT_KEPT = timedelta(days=90)
"""How long the count of a night stays to be looked at."""


@dataclass(frozen=True)
class DynamoRegister:
    """The register table; ``rows`` describes what stands in it. Every call raises ``AwsError``."""

    table: str

    def case(self, case: CaseRef) -> Case | None:
        """Return what is known of the case (consistent read)."""
        dynamodb = client("dynamodb")
        with translated("dynamodb.GetItem"):
            answer = dynamodb.get_item(TableName=self.table, Key=rows.case_key(case), ConsistentRead=True)
        return rows.read_case(answer["Item"]) if "Item" in answer else None

    def save_case(self, before: Case | None, after: Case) -> None:
        """Store the case; raise ``VersionConflict`` if it is no longer what ``before`` says."""
        dynamodb = client("dynamodb")
        condition: dict[str, Any] = {"ConditionExpression": _NEW}
        if before is not None:
            condition = {
                "ConditionExpression": "digest = :before",
                "ExpressionAttributeValues": values({":before": rows.case_digest(before)}),
            }
        try:
            with translated("dynamodb.PutItem"):
                dynamodb.put_item(TableName=self.table, Item=rows.case_row(after), **condition)
        except (Contended, PreconditionFailed):
            raise VersionConflict("the case changed since it was read") from None

    def contacts_of(self, case: CaseRef) -> Iterator[ContactId]:
        """Return the contacts that the case holds or held."""
        found = queried(
            self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk AND begins_with({SORT_KEY}, :sk)",
            ExpressionAttributeValues=rows.contacts_of(case),
            ConsistentRead=True,
        )
        for row in found:
            yield rows.contact_in(row, SORT_KEY)

    def file(self, contact_id: ContactId) -> ContactHolds:
        """Return the contact's file (consistent read)."""
        found = queried(
            self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk",
            ExpressionAttributeValues=rows.partition_of(contact_id),
            ConsistentRead=True,
        )
        return rows.read_file(contact_id, found)

    def save(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        """Store what changed, guarded by the file's version."""
        known = {hold.case for hold in before.holds}
        changes: list[TransactWriteItemTypeDef] = []
        for hold in after.holds:
            if hold.case not in known:
                changes.append(self._put(rows.membership_row(hold)))
            if hold not in before.holds:
                changes.append(self._put(rows.hold_row(hold)))
        changes += [self._put(rows.artefact_row(one)) for one in after.artefacts if one not in before.artefacts]
        kept = {artefact.hold_key for artefact in after.artefacts}
        changes += [
            {"Delete": {"TableName": self.table, "Key": rows.artefact_key(one)}}
            for one in before.artefacts
            if one.hold_key not in kept
        ]
        version = before.version
        for start in range(0, max(len(changes), 1), _TRANSACTION):
            stored = replace(after, version=version + 1)
            self._write(version, stored, changes[start : start + _TRANSACTION])
            version += 1
        return replace(after, version=version)

    def due(self, now: datetime) -> Iterator[ContactHolds]:
        """Return the own row of each contact whose next action is due, longest overdue first.

        The index is eventually consistent: whatever is done about it is guarded by the row's version, or begins with
        reading the contact's file.
        """
        found = queried(
            self.table,
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda AND {NEXT_ACTION_AT} <= :now",
            ExpressionAttributeValues=values({":agenda": rows.CONTACTS, ":now": now}),
        )
        for row in found:
            yield rows.read_own_row(row)

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime, limit: int | None = None) -> None:
        """Write the ledger; an entry that stands there already keeps its first date.

        What a night with a ``limit`` has entered is counted in a row of its own first. Raises ``LimitReached`` where
        too little of it is left.
        """
        if limit is not None:
            self._count_tonight(len(entries), at, limit)
        dynamodb = client("dynamodb")
        for start in range(0, len(entries), _TRANSACTION):
            batch = entries[start : start + _TRANSACTION]
            with translated("dynamodb.TransactWriteItems"):
                dynamodb.transact_write_items(
                    TransactItems=[
                        {
                            "Update": self._ledger_update(
                                entry.bucket,
                                entry.key,
                                entry.version_id,
                                {**_stated(entry), AGENDA: rows.DISPOSALS},
                                {"planned_at": at, NEXT_ACTION_AT: at + CONFIRMED_WITHIN},
                            )
                        }
                        for entry in batch
                    ]
                )

    def _count_tonight(self, versions: int, at: datetime, limit: int) -> None:
        """Take so many from what the night may dispose of, before the first goes: no repeated run begins anew."""
        dynamodb = client("dynamodb")
        try:
            with translated("dynamodb.UpdateItem"):
                dynamodb.update_item(
                    TableName=self.table,
                    Key=rows.night_key(london_date(at)),
                    UpdateExpression="ADD entered :more SET expires_at = :then",
                    ConditionExpression="attribute_not_exists(entered) OR entered <= :room",
                    ExpressionAttributeValues=values(
                        {":more": versions, ":room": limit - versions, ":then": int((at + _NIGHT_KEPT).timestamp())}
                    ),
                )
        except PreconditionFailed:
            raise LimitReached(f"{limit} versions may be disposed of in one night") from None

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> Entry | None:
        """Note that S3 confirmed a disposal; return what the ledger said before, none where it was told of already.

        One that no ledger entry announced is entered now, without a cause.
        """
        dynamodb = client("dynamodb")
        with translated("dynamodb.UpdateItem"):
            update = self._ledger_update(bucket, key, version_id, {}, {"confirmed_at": at})
            update["UpdateExpression"] += f" REMOVE {AGENDA}, {NEXT_ACTION_AT}"
            answer = dynamodb.update_item(**update, ReturnValues="ALL_OLD")
        before = answer.get("Attributes", {})
        return None if "told_at" in before else rows.read_entry(before)

    def unconfirmed(self, now: datetime, again: datetime) -> tuple[str, ...]:
        """Return the ledger entries that S3 has not confirmed in time, at most a thousand; they come up ``again`` then.

        An entry that was written once more after its confirmation leaves the agenda.
        """
        found = queried(
            self.table,
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda AND {NEXT_ACTION_AT} <= :now",
            ExpressionAttributeValues=values({":agenda": rows.DISPOSALS, ":now": now}),
        )
        late = []
        for row in islice(found, _MOST_UNCONFIRMED):
            key = {name: row[name] for name in (PARTITION_KEY, SORT_KEY)}
            with translated("dynamodb.UpdateItem"):
                if "confirmed_at" in row:
                    client("dynamodb").update_item(
                        TableName=self.table, Key=key, UpdateExpression=f"REMOVE {AGENDA}, {NEXT_ACTION_AT}"
                    )
                    continue
                client("dynamodb").update_item(
                    TableName=self.table,
                    Key=key,
                    UpdateExpression=f"SET {NEXT_ACTION_AT} = :again",
                    ExpressionAttributeValues=values({":again": again}),
                )
            late.append(f"{row[PARTITION_KEY]['S']} {row[SORT_KEY]['S']}")
        return tuple(late)

    def note_told(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        """Note that somebody was told of an unannounced disposal."""
        dynamodb = client("dynamodb")
        with translated("dynamodb.UpdateItem"):
            dynamodb.update_item(**self._ledger_update(bucket, key, version_id, {}, {"told_at": at}))

    def _ledger_update(
        self, bucket: str, key: str, version_id: str, facts: dict[str, str], firsts: dict[str, datetime]
    ) -> UpdateTypeDef:
        stated = {"bucket": bucket, "key": key, "version_id": version_id, **facts}
        setting = [f"#{name} = :{name}" for name in stated]
        setting += [f"#{name} = if_not_exists(#{name}, :{name})" for name in firsts]
        return {
            "TableName": self.table,
            "Key": rows.disposal_key(bucket, key, version_id),
            "UpdateExpression": f"SET {', '.join(setting)}",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*stated, *firsts)},
            "ExpressionAttributeValues": values({f":{name}": one for name, one in {**stated, **firsts}.items()}),
        }

    def _put(self, row: Row) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self.table, "Item": row}}

    def _write(self, version: int, stored: ContactHolds, changes: list[TransactWriteItemTypeDef]) -> None:
        """Write the contact's own row and the changes, all or nothing; the row alone at half a transaction's price."""
        dynamodb = client("dynamodb")
        own: PutTypeDef = {
            "TableName": self.table,
            "Item": rows.file_row(stored),
            "ConditionExpression": _NEW,
        }
        if version:
            own["ConditionExpression"] = "#version = :before"
            own["ExpressionAttributeNames"] = {"#version": "version"}
            own["ExpressionAttributeValues"] = values({":before": version})
        try:
            if changes:
                with translated("dynamodb.TransactWriteItems"):
                    dynamodb.transact_write_items(TransactItems=[{"Put": own}, *changes])
            else:
                with translated("dynamodb.PutItem"):
                    dynamodb.put_item(**own)
        except (Contended, PreconditionFailed):
            raise VersionConflict("the contact's file changed since it was read") from None


def _stated(entry: Ledgered) -> dict[str, str]:
    return {"cause": entry.cause, **({"by": entry.by, "why": entry.why} if entry.by else {})}
