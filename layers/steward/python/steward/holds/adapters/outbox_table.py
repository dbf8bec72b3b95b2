"""What there is to tell the complaints team, as rows of the register's table.

| pk | sk | row |
| --- | --- | --- |
| ``NOTICE#<case in upper case>`` | ``ARRANGED`` | when a look at the others was last arranged |
| ``NOTICE#<case in upper case>`` | ``SAYING#<moment>#<kind>#<contact or digest>`` | one thing to say |
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from steward.aws import rows
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import Row
from steward.holds.references import folded
from steward.holds.telling.sayings import Saying
from steward.ids import CaseRef
from steward.names import PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_ARRANGED: Final = "ARRANGED"
_SAYING: Final = "SAYING"

_TRANSACTION: Final = 100
"""A transaction takes at most 100 actions (Amazon DynamoDB developer guide, "Service quotas")."""


@dataclass(frozen=True, kw_only=True)
class _Arranged:
    at: datetime


@dataclass(frozen=True)
class DynamoOutbox:
    """The outbox in the register's table. Every call raises ``AwsError``."""

    table: str

    def add(self, saying: Saying) -> None:
        """Keep it. The same again, at the same moment, is one."""
        self._put({**_key_of(saying), **rows.write(saying)})

    def of(self, case: CaseRef) -> tuple[Saying, ...]:
        """Return all of a case, the earliest first (consistent read)."""
        dynamodb = client("dynamodb")
        pages = dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk AND begins_with({SORT_KEY}, :sk)",
            ExpressionAttributeValues=rows.values({":pk": _partition(case), ":sk": f"{_SAYING}#"}),
            ConsistentRead=True,
        )
        with translated("dynamodb.Query"):
            return tuple(rows.read(row, Saying) for page in pages for row in page["Items"])

    def remove(self, told: Sequence[Saying]) -> None:
        """Forget what was told."""
        for start in range(0, len(told), _TRANSACTION):
            deletes: list[TransactWriteItemTypeDef] = [
                {"Delete": {"TableName": self.table, "Key": _key_of(one)}} for one in told[start : start + _TRANSACTION]
            ]
            with translated("dynamodb.TransactWriteItems"):
                client("dynamodb").transact_write_items(TransactItems=deletes)

    def arranged_at(self, case: CaseRef) -> datetime | None:
        """Return when a look at the case's rows was last arranged, if it still has to come."""
        with translated("dynamodb.GetItem"):
            answer = client("dynamodb").get_item(TableName=self.table, Key=_key(case, _ARRANGED), ConsistentRead=True)
        return rows.read(answer["Item"], _Arranged).at if "Item" in answer else None

    def note_arranged(self, case: CaseRef, at: datetime) -> None:
        """Note that a look was arranged."""
        self._put({**_key(case, _ARRANGED), **rows.write(_Arranged(at=at))})

    def note_begun(self, case: CaseRef) -> None:
        """Note that it has come: whatever comes up from now on arranges another."""
        with translated("dynamodb.DeleteItem"):
            client("dynamodb").delete_item(TableName=self.table, Key=_key(case, _ARRANGED))

    def _put(self, row: Row) -> None:
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.PutItem"):
            dynamodb.put_item(TableName=self.table, Item=row)


def _partition(case: CaseRef) -> str:
    return f"NOTICE#{folded(case)}"


def _key(case: CaseRef, sort: str) -> Row:
    return rows.values({PARTITION_KEY: _partition(case), SORT_KEY: sort})


def _key_of(saying: Saying) -> Row:
    # Two flags may come at one moment; what is said of a whole flag is told apart by what it says.
    about = saying.contact_id or hashlib.sha256("\n".join(saying.lines).encode()).hexdigest()[:16]
    return _key(saying.case, f"{_SAYING}#{rows.stamp(saying.at)}#{saying.kind.name}#{about}")
