"""The register, on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import PreconditionFailed, translated
from steward.holds.adapters import rows
from steward.holds.cases import Case
from steward.holds.ports import Ledgered, VersionConflict
from steward.holds.register import ContactHolds
from steward.ids import CaseRef, ContactId

_TRANSACTION = 90
"""A transaction takes at most 100 actions (Amazon DynamoDB developer guide, "Service quotas")."""


@dataclass(frozen=True)
class DynamoRegister:
    """The register table; ``rows`` describes what stands in it."""

    table: str

    def case(self, case: CaseRef) -> Case | None:
        """Return what is known of the case (consistent read)."""
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.GetItem"):
            answer = dynamodb.get_item(TableName=self.table, Key=rows.case_key(case), ConsistentRead=True)
        return rows.read_case(answer["Item"]) if "Item" in answer else None

    def save_case(self, before: Case | None, after: Case) -> None:
        """Store the case; raise ``VersionConflict`` if it is no longer what ``before`` says."""
        dynamodb: Any = client("dynamodb")
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if before is not None:
            condition = {
                "ConditionExpression": "digest = :before",
                "ExpressionAttributeValues": {":before": {"S": rows.case_digest(before)}},
            }
        try:
            with translated("dynamodb.PutItem"):
                dynamodb.put_item(TableName=self.table, Item=rows.case_row(after), **condition)
        except PreconditionFailed:
            raise VersionConflict("the case changed since it was read") from None

    def contacts_of(self, case: CaseRef) -> Iterator[ContactId]:
        """Return the contacts that the case holds or held."""
        found = self._query(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :contacts)",
            ExpressionAttributeValues={":pk": {"S": f"CASE#{case}"}, ":contacts": {"S": "CONTACT#"}},
            ConsistentRead=True,
        )
        for row in found:
            yield ContactId(row["sk"]["S"].removeprefix("CONTACT#"))

    def file(self, contact_id: ContactId) -> ContactHolds:
        """Return the contact's file (consistent read)."""
        found = self._query(
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"CONTACT#{contact_id}"}},
            ConsistentRead=True,
        )
        return rows.read_file(contact_id, found)

    def save(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        """Store what changed, guarded by the file's version."""
        known = {hold.case for hold in before.holds}
        changes: list[dict[str, Any]] = []
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

    def due(self, now: datetime) -> Iterator[ContactId]:
        """Return the contacts whose next action is due, longest overdue first.

        The index is eventually consistent: what it names is read again before anything is done.
        """
        found = self._query(
            IndexName="agenda",
            KeyConditionExpression="agenda = :agenda AND next_action_at <= :now",
            ExpressionAttributeValues={
                ":agenda": {"S": rows.AGENDA},
                ":now": {"S": now.isoformat(timespec="microseconds")},
            },
        )
        for row in found:
            yield ContactId(row["pk"]["S"].removeprefix("CONTACT#"))

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime) -> None:
        """Write the ledger; an entry that stands there already keeps its first date."""
        dynamodb: Any = client("dynamodb")
        for start in range(0, len(entries), _TRANSACTION):
            batch = entries[start : start + _TRANSACTION]
            with translated("dynamodb.TransactWriteItems"):
                dynamodb.transact_write_items(
                    TransactItems=[
                        {
                            "Update": self._ledger_update(
                                entry.bucket, entry.key, entry.version_id, {"cause": entry.cause}, {"planned_at": at}
                            )
                        }
                        for entry in batch
                    ]
                )

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        """Note that S3 confirmed a disposal. One that no ledger entry announced is entered now, without a cause."""
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.UpdateItem"):
            dynamodb.update_item(**self._ledger_update(bucket, key, version_id, {}, {"confirmed_at": at}))

    def _ledger_update(
        self, bucket: str, key: str, version_id: str, facts: dict[str, str], firsts: dict[str, datetime]
    ) -> dict[str, Any]:
        stated = {"bucket": bucket, "key": key, "version_id": version_id, **facts}
        values = {f":{name}": {"S": value} for name, value in stated.items()}
        values |= {f":{name}": {"S": moment.isoformat()} for name, moment in firsts.items()}
        setting = [f"#{name} = :{name}" for name in stated]
        setting += [f"#{name} = if_not_exists(#{name}, :{name})" for name in firsts]
        return {
            "TableName": self.table,
            "Key": rows.disposal_key(bucket, key, version_id),
            "UpdateExpression": f"SET {', '.join(setting)}",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*stated, *firsts)},
            "ExpressionAttributeValues": values,
        }

    def _put(self, row: rows.Row) -> dict[str, Any]:
        return {"Put": {"TableName": self.table, "Item": row}}

    def _write(self, version: int, stored: ContactHolds, changes: list[dict[str, Any]]) -> None:
        """Write the contact's own row and the changes, all or nothing; the row alone at half a transaction's price."""
        dynamodb: Any = client("dynamodb")
        own: dict[str, Any] = self._put(rows.file_row(stored))
        own["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
        if version:
            own["Put"]["ConditionExpression"] = "#version = :before"
            own["Put"]["ExpressionAttributeNames"] = {"#version": "version"}
            own["Put"]["ExpressionAttributeValues"] = {":before": {"N": str(version)}}
        try:
            if changes:
                with translated("dynamodb.TransactWriteItems"):
                    dynamodb.transact_write_items(TransactItems=[own, *changes])
            else:
                with translated("dynamodb.PutItem"):
                    dynamodb.put_item(**own["Put"])
        except PreconditionFailed:
            raise VersionConflict("the contact's file changed since it was read") from None

    def _query(self, **parameters: Any) -> Iterator[rows.Row]:  # noqa: ANN401
        dynamodb: Any = client("dynamodb")
        pages = dynamodb.get_paginator("query").paginate(TableName=self.table, **parameters)
        with translated("dynamodb.Query"):
            for page in pages:
                yield from page["Items"]
