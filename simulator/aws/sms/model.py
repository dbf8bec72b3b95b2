"""Requests checked against botocore's own model of the service, as the service itself would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from simulator.aws.sms.errors import SmsError, invalid

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

SERVICE = "pinpoint-sms-voice-v2"


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.get_session().get_service_model(SERVICE)


def check(operation: str, request: object) -> OperationModel:
    """Return the operation if the request is within its shape; raise SmsError otherwise."""
    if operation not in service_model().operation_names:
        raise SmsError("UnknownOperationException")
    model = service_model().operation_model(operation)
    if model.input_shape is not None:
        wrong = sorted(set(_faults(model.input_shape, request, "")))
        if wrong:
            raise invalid("FIELD_VALIDATION_FAILED", *wrong)
    return model


def _faults(shape: Shape, value: Any, name: str) -> Iterator[str]:  # noqa: ANN401 - decoded JSON
    """Yield the names of the members that are not what the model says."""
    if not _is_one(shape, value):
        yield name
    elif isinstance(shape, StructureShape):
        yield from (member for member in shape.required_members if member not in value)
        yield from (member for member in value if member not in shape.members)
        for member in value.keys() & shape.members.keys():
            yield from _faults(shape.members[member], value[member], member)
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from _faults(shape.member, inner, name)
    elif isinstance(shape, MapShape):
        for key, inner in value.items():
            yield from _faults(shape.key, key, name)
            yield from _faults(shape.value, inner, name)


_PYTHON_TYPES: Final[dict[str, type]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "boolean": bool,
    "integer": int,
    "long": int,
}


def _is_one(shape: Shape, value: Any) -> bool:  # noqa: ANN401 - decoded JSON
    if isinstance(shape, StringShape):
        return isinstance(value, str) and _is_text(shape, value)
    kind = _PYTHON_TYPES[shape.type_name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return False
    return _within(shape, _size(value))


def _size(value: Any) -> int:  # noqa: ANN401 - decoded JSON
    return value if isinstance(value, int) else len(value)


def _within(shape: Shape, size: int) -> bool:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    return (least is None or size >= least) and (most is None or size <= most)


def _is_text(shape: StringShape, value: str) -> bool:
    pattern = shape.metadata.get("pattern")
    return (
        _within(shape, len(value))
        and (not shape.enum or value in shape.enum)
        and (pattern is None or re.fullmatch(pattern, value) is not None)
    )
