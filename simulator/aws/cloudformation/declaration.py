"""A resource as a template declares it, and what answers for it once it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Declaration:
    """A resource as its template declares it, its properties resolved."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]

    def name(self, property_name: str, *, longest: int = 64) -> str:
        """Return the physical name that the template gives, or one made as CloudFormation makes it."""
        given = self.properties.get(property_name)
        if given:
            return str(given)
        mark = hashlib.sha256(f"{self.stack}/{self.logical_id}".encode()).hexdigest()[:12].upper()
        stem = f"{self.stack}-{self.logical_id}"[: longest - len(mark) - 1]
        return f"{stem}-{mark}"

    @property
    def tags(self) -> dict[str, str]:
        """The resource's tags, whichever of CloudFormation's two forms the template uses."""
        tags = self.properties.get("Tags", [])
        if isinstance(tags, Mapping):
            return {str(key): str(value) for key, value in tags.items()}
        return {str(tag["Key"]): str(tag["Value"]) for tag in tags}


@dataclass(frozen=True)
class Identity:
    """What ``Ref`` and ``Fn::GetAtt`` answer for a created resource."""

    ref: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    remove: Callable[[], object] = field(default=lambda: None, compare=False)
    """Takes the resource out of the account again, as the deletion of its stack does."""
