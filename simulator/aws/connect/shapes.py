"""Values as a scenario writes them (JSON) to values as botocore's model of Amazon Connect has them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator

from simulator.aws.connect.errors import ScenarioError

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape


@cache
def connect_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.get_session().get_service_model("connect")


@cache
def contact_members() -> Any:  # noqa: ANN401 - botocore's shapes are typed loosely
    """Return the members of the contact that DescribeContact answers, by name."""
    shape: Any = connect_model().shape_for("Contact")
    return shape.members


def shaped(value: Any, shape: Shape, where: str) -> Any:  # noqa: ANN401 - JSON in, API values out
    """Return the value with moments read and members that the model does not know left out.

    Raises ``ScenarioError``, which names the place, for a value of the wrong kind.
    """
    fitted = _fit(value, shape, where)
    report = ParamValidator().validate(fitted, shape)
    if report.has_errors():
        raise ScenarioError(f"{where}: {report.generate_report()}")
    return fitted


def _fit(value: Any, shape: Any, where: str) -> Any:  # noqa: ANN401 - as above
    if shape.type_name == "timestamp":
        return moment(value, where)
    if shape.type_name == "structure" and isinstance(value, dict):
        known = {name: item for name, item in value.items() if name in shape.members and item is not None}
        return {name: _fit(item, shape.members[name], f"{where}.{name}") for name, item in known.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_fit(item, shape.member, where) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _fit(item, shape.value, f"{where}.{key}") for key, item in value.items()}
    return value


def moment(value: object, where: str) -> datetime:
    """Read a moment with an offset. Raises ``ScenarioError`` for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ScenarioError(f"{where}: {value} is not an ISO 8601 time") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ScenarioError(f"{where}: {value} is not a time with an offset")
    return value.astimezone(UTC)
