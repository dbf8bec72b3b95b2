"""Shim: queries of a table that look only at their own partition.

moto sorts all rows of the table for each query, whatever the partition: ten thousand queries on a table of ten thousand
rows take an hour. Queries of an index still look at every row, sorted by the keys' texts without a conversion of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

_query = Table.query
_all_items = Table.all_items


def partitioned_queries() -> Callable[[], None]:
    """Put the shim in place for every table of moto in this process; return what takes it away again."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(Table, "query", _query_partition))
        stack.enter_context(patch.object(Table, "all_items", _rows_by_text))
        return stack.pop_all().close


def _rows_by_text(self: Table) -> list[Item]:
    """Return the rows in moto's order, which for keys that are texts is the order of the texts."""
    if self.range_key_attr is None or {self.hash_key_type, self.range_key_type} != {"S"}:
        return _all_items(self)
    rows = (row for partition in self.items.values() for row in partition.values())
    return sorted(rows, key=lambda row: (row.hash_key.value, row.range_key.value))


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
