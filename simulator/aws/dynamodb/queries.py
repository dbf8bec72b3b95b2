"""Shim: queries of a table that look only at their own partition.

moto sorts all rows of the table for each query, whatever the partition: ten thousand queries on a table of ten thousand
rows take an hour. Queries of an index still look at every row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models.table import Table

_query = Table.query


def partitioned_queries() -> Callable[[], None]:
    """Put the shim in place for every table of moto in this process; return what takes it away again."""
    replacement = patch.object(Table, "query", _query_partition)
    replacement.start()
    return replacement.stop


def _query_partition(  # noqa: PLR0917 - moto's signature
    self: Table,
    hash_key: Any,  # noqa: ANN401
    range_comparison: str | None,
    range_objs: list[Any],
    limit: int,
    exclusive_start_key: dict[str, Any],
    scan_index_forward: bool,  # noqa: FBT001
    projection_expressions: list[list[str]] | None,
    index_name: str | None = None,
    *args: Any,  # noqa: ANN401
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    asked = (range_comparison, range_objs, limit, exclusive_start_key, scan_index_forward, projection_expressions)
    if index_name or hash_key is None:
        return _query(self, hash_key, *asked, index_name, *args, **options)
    every_row = self.items
    self.items = defaultdict(dict, {hash_key: every_row[hash_key]} if hash_key in every_row else {})
    try:
        return _query(self, hash_key, *asked, index_name, *args, **options)
    finally:
        self.items = every_row
