"""What the tables of messaging hold, for ``state.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_FIELDS = ("purpose", "decision", "wording_version", "contact_id")
_deserialize = TypeDeserializer().deserialize


def consents(client: DynamoDBClient, table: str) -> list[dict[str, Any]]:
    """Return every decision that is kept in the consents table, oldest first."""
    rows = [
        {name: _deserialize(value) for name, value in item.items()}
        for page in client.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]
    decisions = [row for row in rows if row["sk"].startswith("decision#")]
    return [
        {"at": row["at"], "number_hash": row["pk"]} | {name: row[name] for name in _FIELDS}
        for row in sorted(decisions, key=lambda row: row["at"])
    ]
