"""What AWS's own models (botocore's) know about the names a scenario uses."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from simulator.aws.wire.batches import BATCHES
from simulator.scenarios.actions import Fault
from simulator.scenarios.errors import ScenarioError

BESIDES_DESCRIBE_CONTACT = ("References", "Evaluations")
"""Given with a contact, though Connect answers them through calls of their own."""

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
}


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service by its boto3 client name. Raises ``UnknownServiceError``."""
    return botocore.session.get_session().get_service_model(service)


def check_fault(fault: Fault) -> None:
    """Raise ``ScenarioError`` if something is missing, too much, or there is no such service or operation."""
    if fault.clear:
        if fault != Fault(clear=True):
            raise ScenarioError("ends every failure and stands alone", field="fault.clear")
        return
    for name in ("service", "operation", "error"):
        if not getattr(fault, name):
            raise ScenarioError("is missing", field=f"fault.{name}")
    if (fault.times is None) == (fault.until is None):
        raise ScenarioError("has both times and until" if fault.times else "has neither times nor until", field="fault")
    check_call(fault.service, fault.operation, "fault")
    if fault.keys and f"{fault.service}.{fault.operation}" not in BATCHES:
        raise ScenarioError(f"only rows of {', '.join(sorted(BATCHES))} can fail one by one", field="fault.keys")


def check_call(service: str, operation: str, action: str) -> None:
    """Raise ``ScenarioError`` if there is no such service or operation."""
    try:
        operations = service_model(service).operation_names
    except UnknownServiceError:
        problem = f'"{service}" is not the name of a boto3 client, such as s3 or connect'
        raise ScenarioError(problem, field=f"{action}.service") from None
    if operation not in operations:
        raise ScenarioError(f'"{operation}" is not an operation of {service}', field=f"{action}.operation")


def check_contact(fields: dict[str, Any]) -> None:
    """Raise ``ScenarioError`` for a field that DescribeContact does not have, or whose value it could not have."""
    if not isinstance(fields.get("Id"), str) or not fields["Id"]:
        problem = "must be a text that is not empty" if "Id" in fields else "is missing"
        raise ScenarioError(problem, field="contact.Id")
    shape = service_model("connect").shape_for("Contact")
    known = {name: value for name, value in fields.items() if name not in BESIDES_DESCRIBE_CONTACT}
    _check(known, shape, "contact")
    channels = service_model("connect").shape_for("Channel").metadata["enum"]
    if fields.get("Channel") is not None and fields["Channel"] not in channels:
        problem = f"{fields['Channel']!r} is not one of {', '.join(channels)}"
        raise ScenarioError(problem, field="contact.Channel")
    _check_evaluations(fields.get("Evaluations"))


def _check(value: object, shape: Shape, field: str) -> None:
    if value is None:
        return
    match shape:
        case StructureShape():
            for name, item in _object(value, field).items():
                if name not in shape.members:
                    raise ScenarioError("is not a field that DescribeContact has", field=f"{field}.{name}")
                _check(item, shape.members[name], f"{field}.{name}")
        case MapShape():
            for name, item in _object(value, field).items():
                _check(item, shape.value, f"{field}.{name}")
        case ListShape():
            if not isinstance(value, list):
                raise ScenarioError(f"must be a list, not {type(value).__name__}", field=field)
            for index, item in enumerate(value):
                _check(item, shape.member, f"{field}[{index}]")
        case _:
            _check_scalar(value, shape.type_name, field)


def _object(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScenarioError(f"must be an object, not {type(value).__name__}", field=field)
    return value


def _check_scalar(value: object, type_name: str, field: str) -> None:
    if type_name == "timestamp":
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ScenarioError(f"{value!r} is not an ISO 8601 time with an offset", field=field)
        return
    allowed = _SCALARS.get(type_name)
    if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
        raise ScenarioError(f"must be a {type_name}, not {value!r}", field=field)


def _check_evaluations(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise ScenarioError(f"must be a list, not {type(value).__name__}", field="contact.Evaluations")
    for index, item in enumerate(value):
        field = f"contact.Evaluations[{index}]"
        evaluation = _object(item, field)
        for name in evaluation:
            if name not in ("EvaluationId", "Form", "Status", "Answers"):
                raise ScenarioError("is not a field of an evaluation", field=f"{field}.{name}")
        for name in ("EvaluationId", "Form"):
            if not isinstance(evaluation.get(name), str) or not evaluation[name]:
                raise ScenarioError("must be a text that is not empty", field=f"{field}.{name}")
        if "Answers" in evaluation:
            _object(evaluation["Answers"], f"{field}.Answers")
