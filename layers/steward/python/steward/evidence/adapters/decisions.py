"""The book of decisions, read through for the register of a night: it grows with complaints and not with calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from steward.aws import rows
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.decisions.book import Row
from steward.failures import UnreadableRow
from steward.names import PARTITION_KEY

_KIND: Final = "DECISION#"
"""Begins the partition of whatever can be decided; marks and calls that named nothing stand in others."""


@dataclass(frozen=True)
class ScannedDecisions:
    """The table of decisions."""

    table: str

    def rows(self) -> Iterator[Row | None]:
        """Return every row; none for what cannot be read. Raises ``AwsError``."""
        dynamodb = client("dynamodb")
        with translated("dynamodb.Scan"):
            pages = dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
            for page in pages:
                for item in page["Items"]:
                    if item[PARTITION_KEY]["S"].startswith(_KIND):
                        yield _read(item)


def _read(item: rows.Row) -> Row | None:
    try:
        return rows.read(item, Row)
    except UnreadableRow:
        return None
