"""The book of decisions, on DynamoDB: rows are put where there is none, and never updated or deleted.

| pk | sk | row |
| --- | --- | --- |
| ``DECISION#<subject>#<id>`` | the call's number, six digits | one call; ``approved`` has the subject if it approves |
| ``CALL#<subject>`` | its id at AWS | a call that names nothing which could be decided |
| ``TOLD#<digest>`` | ``TOLD`` | that a call was told of (``steward.aws.marks``) |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.aws import marks, rows
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.decisions.book import Row, Taken
from steward.decisions.subjects import Subject
from steward.failures import PreconditionFailed
from steward.names import APPROVALS_INDEX, APPROVED, DECIDED_AT

Item = dict[str, Any]

_NEW: Final = "attribute_not_exists(pk)"


@dataclass(frozen=True)
class DynamoBook:
    """The table of decisions. Every call raises ``AwsError``."""

    table: str

    def of(self, subject: Subject, identifier: str) -> tuple[Row, ...]:
        """Return every row about it, in order (consistent read)."""
        dynamodb: Any = client("dynamodb")
        pages = dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _partition(subject, identifier)}},
            ConsistentRead=True,
        )
        with translated("dynamodb.Query"):
            return tuple(read_rows(item for page in pages for item in page["Items"]))

    def approved_since(self, subject: Subject, since: datetime) -> tuple[str, ...]:
        """Return the ids of which something was approved since then, each once, the first first.

        The index is eventually consistent, and no row of the last minutes matters to a look that comes every night.
        """
        dynamodb: Any = client("dynamodb")
        pages = dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=APPROVALS_INDEX,
            KeyConditionExpression="#approved = :subject AND #at > :since",
            ExpressionAttributeNames={"#approved": APPROVED, "#at": DECIDED_AT},
            ExpressionAttributeValues=rows.values({":subject": subject, ":since": since}),
        )
        with translated("dynamodb.Query"):
            found = [row.id for row in read_rows(item for page in pages for item in page["Items"])]
        return tuple(dict.fromkeys(found))

    def add(self, row: Row) -> None:
        """Add a row; raise ``Taken`` if there is one of its number."""
        key = {"pk": {"S": _partition(row.subject, row.id)}, "sk": {"S": f"{row.number:06d}"}}
        self._put(row, {**key, **(rows.values({APPROVED: row.subject}) if row.approves else {})})

    def add_unreadable(self, row: Row) -> None:
        """Keep a call that names nothing that could be decided; one that is kept already is no error."""
        try:
            self._put(row, {"pk": {"S": f"CALL#{row.subject}"}, "sk": {"S": row.call_id}})
        except Taken:
            return

    def _put(self, row: Row, key: Item) -> None:
        dynamodb: Any = client("dynamodb")
        try:
            with translated("dynamodb.PutItem"):
                dynamodb.put_item(TableName=self.table, Item={**key, **rows.write(row)}, ConditionExpression=_NEW)
        except PreconditionFailed:
            raise Taken("another call has that number") from None


def read_rows(items: Iterable[Mapping[str, Any]]) -> Iterable[Row]:
    """Return the rows that stored items state; marks of what was told are none."""
    return (rows.read(item, Row) for item in items if not item["pk"]["S"].startswith(f"{marks.KIND}#"))


def _partition(subject: str, identifier: str) -> str:
    # References are compared without case: "q3" and "Q3" are one case, with one book.
    return f"DECISION#{subject}#{identifier.casefold()}"
