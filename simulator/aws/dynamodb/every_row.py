"""Every row of a table as it is kept, for whoever looks at the account from outside: no request, no page, no copy."""

from __future__ import annotations

import base64
from typing import Any

from moto.dynamodb.models import dynamodb_backends

Row = dict[str, Any]


def every_row(table: str, *, account: str, region: str) -> list[Row]:
    """Return the rows as a consistent scan with boto3 would, in its order: attribute values by their types.

    A scenario looks at the register after each of its events; by requests that took a quarter of its time. Raises
    moto's own ``ResourceNotFoundException`` for a table that is not there.
    """
    rows = dynamodb_backends[account][region].get_table(table).all_items()
    return [{name: _value(value) for name, value in row.to_json()["Attributes"].items()} for row in rows]


def _value(value: Row) -> Row:
    """Return the value with bytes also where moto writes base64: inside of maps and lists."""
    [(kind, content)] = value.items()
    if kind == "B":
        return {"B": _bytes(content)}
    if kind == "BS":
        return {"BS": [_bytes(one) for one in content]}
    if kind == "M":
        return {"M": {name: _value(one) for name, one in content.items()}}
    if kind == "L":
        return {"L": [_value(one) for one in content]}
    return value


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else base64.b64decode(content)
