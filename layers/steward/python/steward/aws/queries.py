"""A query of a table or an index of it, to its last page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import Row


def queried(table: str, **parameters: Any) -> Iterator[Row]:  # noqa: ANN401 - the operation's own
    """Return the rows as they come; raise ``AwsError`` for a page that cannot be read."""
    pages = client("dynamodb").get_paginator("query").paginate(TableName=table, **parameters)
    with translated("dynamodb.Query"):
        for page in pages:
            yield from page["Items"]
