"""How far the looks of a search have come: rows of the register of requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import Row, read, values, write
from steward.names import PARTITION_KEY, SORT_KEY
from steward.rights.adapters.rows import partition as partition_of
from steward.rights.finding.searching import Scan
from steward.rights.requests import RequestId


@dataclass(frozen=True)
class DynamoScans:
    """Rows ``SCAN#<look>#<partition>`` beside their request's. Every call raises ``AwsError``."""

    table: str

    def scan(self, request: RequestId, look: int, partition: str) -> Scan:
        """Return how far a look has come in a partition."""
        found = [one for one in self.scans(request, look) if one.partition == partition]
        return found[0] if found else Scan(partition=partition)

    def scans(self, request: RequestId, look: int) -> tuple[Scan, ...]:
        """Return how far a look has come, for every partition that was begun (consistent read)."""
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :pk AND begins_with({SORT_KEY}, :sk)",
                ExpressionAttributeValues=values({":pk": partition_of(request), ":sk": f"SCAN#{look:04}#"}),
                ConsistentRead=True,
            )
        )
        with translated("dynamodb.Query"):
            return tuple(read(row, Scan) for page in pages for row in page["Items"])

    def save_scan(self, request: RequestId, look: int, scan: Scan) -> None:
        """Note how far a look has come in a partition."""
        key = {PARTITION_KEY: partition_of(request), SORT_KEY: f"SCAN#{look:04}#{scan.partition}"}
        row: Row = {**values(key), **write(scan)}
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.PutItem"):
            dynamodb.put_item(TableName=self.table, Item=row)
