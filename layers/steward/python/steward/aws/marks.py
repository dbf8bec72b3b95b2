"""Marks of what was told, as rows of a table that its function writes anyway: ``TOLD#<digest>``, ``TOLD``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.aws import rows
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import PreconditionFailed
from steward.names import EXPIRES_AT, PARTITION_KEY, SORT_KEY

KIND: Final = "TOLD"
"""The first part of such a row's key."""


@dataclass(frozen=True)
class DynamoMarks:
    """Marks in a table. They are put where there is none, and DynamoDB's time to live removes them.

    Every call raises ``AwsError``.
    """

    table: str

    def has(self, mark: str) -> bool:
        """Tell whether the mark is there (consistent read)."""
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.Query"):
            found = dynamodb.query(
                TableName=self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                ExpressionAttributeValues=rows.values({":pk": f"{KIND}#{mark}"}),
                ConsistentRead=True,
            )
        return bool(found["Items"])

    def put(self, mark: str, expires_at: datetime) -> None:
        """Leave the mark until that moment; one that is there already is no error."""
        dynamodb: Any = client("dynamodb")
        row = rows.values({PARTITION_KEY: f"{KIND}#{mark}", SORT_KEY: KIND, EXPIRES_AT: int(expires_at.timestamp())})
        try:
            with translated("dynamodb.PutItem"):
                dynamodb.put_item(
                    TableName=self.table, Item=row, ConditionExpression=f"attribute_not_exists({PARTITION_KEY})"
                )
        except PreconditionFailed:
            return
