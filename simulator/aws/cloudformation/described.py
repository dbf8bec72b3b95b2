"""Deployed stacks as CloudFormation's own API tells of them: moto answers, from a stack that it did not make.

Amazon CloudFormation API reference: DescribeStacks, GetTemplate, ListStackResources.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class _Named:
    """A resource as a list names it."""

    logical_resource_id: str
    physical_resource_id: str
    cf_resource_type: str


@dataclass
class DescribedStack:
    """What moto reads of a stack."""

    stack_id: str
    name: str
    template: str
    stack_resources: list[_Named]
    stack_status: str = "CREATE_COMPLETE"
    creation_time: datetime = field(default_factory=lambda: datetime.now(UTC))
    exports: tuple[Any, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def stack_name(self) -> str:
        """The name, as an answer calls it."""
        return self.name

    @property
    def status(self) -> str:
        """The status, as moto calls it."""
        return self.stack_status


def describe(backend: Any, stack_id: str, name: str, template: str, named: Mapping[str, str]) -> None:  # noqa: ANN401
    """Let moto's CloudFormation know a stack, by its template and the names of its resources by logical id."""
    declared = json.loads(template)["Resources"]
    resources = [_Named(key, physical, declared[key]["Type"]) for key, physical in named.items()]
    backend.stacks[stack_id] = DescribedStack(stack_id, name, template, resources)
