"""moto's side of a request: the same decisions, without looking everything up again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.core import responses, serialize
from moto.core.utils import method_names_from_class, unix_time_millis
from moto.kinesis.models import Shard
from moto.moto_api._internal import mock_random
from moto.s3 import models as s3_models
from moto.sqs.models import Message, Queue

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def patches() -> Iterator[AbstractContextManager[object]]:
    """Yield what saves moto's time."""
    yield patch.object(responses, "method_names_from_class", cache(method_names_from_class))
    yield patch.object(responses, "gen_amzn_requestid_long", _request_id)
    yield patch.object(serialize.AttributePicker, "__call__", _pick)
    yield patch.object(serialize.BaseJSONSerializer, "_serialize_type_map", _serialize_map)
    # An access list is never changed, only exchanged; moto makes a new one, which it never forgets, for each object.
    yield patch.object(s3_models, "get_canned_acl", cache(s3_models.get_canned_acl))
    yield patch.object(Shard, "get_max_sequence_number", _last_sequence_number)
    for name, read in (
        ("messages", _ready),
        ("approximate_number_of_messages_delayed", _number_delayed),
        ("approximate_number_of_messages_not_visible", _number_in_flight),
    ):
        yield patch.object(Queue, name, property(read))


def _ready(queue: Queue) -> list[Message]:
    """Return what may be received now. moto reads the clock twice for each message, at every send and receipt."""
    now = unix_time_millis()
    return [one for one in _all(queue) if one.visible_at < now and one.delayed_until <= now]


def _number_delayed(queue: Queue) -> int:
    now = unix_time_millis()
    return sum(now < one.delayed_until for one in _all(queue))


def _number_in_flight(queue: Queue) -> int:
    now = unix_time_millis()
    return sum(now <= one.visible_at for one in _all(queue))


def _all(queue: Queue) -> list[Message]:
    return queue._messages  # noqa: SLF001 - moto offers nothing else that holds every message


def _last_sequence_number(shard: Shard) -> int:
    """Return the last number without listing all of them, which moto does for each record."""
    return next(reversed(shard.records), 0)


def _request_id(headers: Any = None) -> str:  # noqa: ANN401 - as moto's
    """Return an id of 52 characters, drawn at once instead of one by one."""
    drawn = f"{mock_random.getrandbits(208):052X}"
    if isinstance(headers, dict):
        headers["x-amzn-requestid"] = drawn
    return drawn


_original_pick = serialize.AttributePicker.__call__
_possible_keys: dict[tuple[object, int, str], tuple[object, tuple[str, ...]]] = {}


def _pick(picker: Any, context: Any) -> Any:  # noqa: ANN401 - moto's serializer
    """Find a field in a plain dictionary under the names that moto would try, made once for each field."""
    source = context.obj
    if type(source) is not dict or picker.response_transformers:
        return _original_pick(picker, context)
    mark = (type(picker), id(context.shape), context.key)
    if mark not in _possible_keys:
        # The shape is kept, so that its identity stays its own.
        _possible_keys[mark] = (context.shape, tuple(dict.fromkeys(picker.get_possible_keys(context))))
    for name in _possible_keys[mark][1]:
        if name in source:
            return source[name]
        if "." in name:
            return _original_pick(picker, context)
    return None


_original_map = serialize.BaseJSONSerializer._serialize_type_map  # noqa: SLF001 - moto's serializer
_PLAIN_VALUES = frozenset({"S", "N", "SS", "NS", "BOOL", "NULL"})


def _serialize_map(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:  # noqa: ANN401
    """Write a DynamoDB row as it is: a row without binary values reads on the wire as moto keeps it."""
    if getattr(shape.value, "name", "") == "AttributeValue" and type(value) is dict and _is_plain(value):
        serialized[serializer.get_serialized_name(shape, key)] = value
        return
    _original_map(serializer, serialized, value, shape, key)


def _is_plain(row: dict[str, Any]) -> bool:
    return all(_is_plain_value(value) for value in row.values())


def _is_plain_value(value: Any) -> bool:  # noqa: ANN401 - whatever moto holds
    if type(value) is not dict or len(value) != 1:
        return False
    kind, content = next(iter(value.items()))
    if kind == "M":
        return _is_plain(content)
    if kind == "L":
        return all(map(_is_plain_value, content))
    return kind in _PLAIN_VALUES and type(content) in {str, bool, list}
