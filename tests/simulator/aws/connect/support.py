"""A clock that tests set, and a check of raw answers against botocore's model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)


class Clock:
    """An agenda of which only the time is used."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        raise AssertionError(f"nothing is planned here: {moment} {action}")

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


def check_answer(operation_model: Any, response_dict: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
    """Find members that the model does not know, or that it requires and the answer lacks."""
    if response_dict["status_code"] < 300 and response_dict["body"]:
        _check(json.loads(response_dict["body"]), operation_model.output_shape, operation_model.name)


def _check(value: Any, shape: Any, where: str) -> None:  # noqa: ANN401 - JSON
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), f"{where}: unknown {set(value) - set(shape.members)}"
        assert set(shape.required_members) <= set(value), f"{where}: missing {shape.required_members}"
        for name, item in value.items():
            _check(item, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for item in value:
            _check(item, shape.member, where)
    elif shape.type_name == "map":
        for key, item in value.items():
            _check(item, shape.value, f"{where}.{key}")
