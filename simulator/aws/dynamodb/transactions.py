"""Shim: transactions that look only at the rows they touch.

moto copies every table that a transaction names, all its rows included, before each one: a thousand transactions on a
table of a thousand rows take minutes. This does what DynamoDB documents for TransactWriteItems, as moto does otherwise:
all conditions first, then all writes, and none of them if one cannot be done.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final
from unittest.mock import patch

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend

_MOST_ACTS: Final = 100
_NO_REASON: Final = (None, None, None)

Act = dict[str, Any]
Reason = tuple[str, str, dict[str, Any] | None] | tuple[None, None, None]


def fast_transactions() -> Callable[[], None]:
    """Put the shim in place for every DynamoDB of moto in this process; return what takes it away again."""
    replacement = patch.object(DynamoDBBackend, "transact_write_items", _transact_write_items)
    replacement.start()

    def stop() -> None:
        replacement.stop()

    return stop


def _transact_write_items(self: DynamoDBBackend, transact_items: list[Act]) -> None:
    if len(transact_items) > _MOST_ACTS:
        raise TooManyTransactionsException
    if any(len(item) != 1 for item in transact_items):
        raise TransactWriteSingleOpException
    acts = [next(iter(item.items())) for item in transact_items]
    keys = [_key(self, kind, act) for kind, act in acts]
    rows = {(act["TableName"], str(sorted(key.items()))) for (_, act), key in zip(acts, keys, strict=True)}
    if len(rows) < len(acts):
        raise MultipleTransactionsException
    reasons = [_unmet(self, act, key) for (_, act), key in zip(acts, keys, strict=True)]
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    _write(self, acts, keys)


def _key(backend: DynamoDBBackend, kind: str, act: Act) -> dict[str, Any]:
    if kind != "Put":
        return dict(act["Key"])
    table = backend.get_table(act["TableName"])
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name is not None]
    return {name: act["Item"][name] for name in names}


def _unmet(backend: DynamoDBBackend, act: Act, key: dict[str, Any]) -> Reason:
    if "ConditionExpression" not in act:
        return _NO_REASON
    row = backend.get_item(act["TableName"], key)
    condition = get_filter_expression(
        act["ConditionExpression"], act.get("ExpressionAttributeNames"), act.get("ExpressionAttributeValues")
    )
    if condition.expr(row):
        return _NO_REASON
    wanted = act.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    shown = row.to_json()["Attributes"] if wanted and row else None
    return ("ConditionalCheckFailed", str(ConditionalCheckFailed().message), shown)


def _write(backend: DynamoDBBackend, acts: list[tuple[str, Act]], keys: list[dict[str, Any]]) -> None:
    done: list[tuple[str, dict[str, Any], Any]] = []
    try:
        for (kind, act), key in zip(acts, keys, strict=True):
            done.append((act["TableName"], key, copy.deepcopy(backend.get_item(act["TableName"], key))))
            _write_one(backend, kind, act, key)
    except Exception:
        for name, key, before in reversed(done):
            if before is None:
                backend.delete_item(name, key)
            else:
                backend.put_item(name, before.to_json()["Attributes"])
        raise


def _write_one(backend: DynamoDBBackend, kind: str, act: Act, key: dict[str, Any]) -> None:
    match kind:
        case "Put":
            backend.put_item(act["TableName"], act["Item"])
        case "Delete":
            backend.delete_item(act["TableName"], key)
        case "Update":
            backend.update_item(
                act["TableName"],
                key,
                update_expression=act["UpdateExpression"],
                expression_attribute_names=act.get("ExpressionAttributeNames", {}),
                expression_attribute_values=act.get("ExpressionAttributeValues", {}),
            )
