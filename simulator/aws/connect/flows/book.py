"""Flows and modules as an instance keeps them.

What callers meet is published; an edit that was only saved is read as ``ID:$SAVED``; a version, ``ID:NUMBER``, never
changes; an alias of a module names one. Sources: Amazon Connect API reference, DescribeContactFlow and its relatives,
CreateContactFlowModuleVersion; administrator guide, "Flow versioning and aliasing". That a flow that was never
published answers ContactFlowNotPublishedException was reported from a live instance in 2026.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.aws.connect.errors import ConnectError, invalid_parameter, not_found

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE: Final = "MODULE"
SAVED: Final = "$SAVED"


@dataclass
class Alias:
    """A name for a version of a module, by whose id flows run it."""

    id: str
    name: str
    version: int


@dataclass
class Flow:
    """A flow or a module. ``kind`` is the flow's type, or MODULE."""

    arn: str
    name: str
    kind: str
    saved: str
    published: str | None = None
    versions: dict[int, str] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]

    def save(self, content: str) -> None:
        """Keep an edit that no caller meets."""
        self.saved = _checked(content)

    def publish(self, content: str) -> None:
        """Let callers meet it from now on; what was only saved before is replaced."""
        self.saved = self.published = _checked(content)

    def freeze(self) -> int:
        """Make a version of what is published, and return its number: one more than the last that there ever was."""
        number = max(self.versions, default=0) + 1
        self.versions[number] = self.content("")
        return number

    def content(self, qualifier: str) -> str:
        """Return the content that a qualifier names: published, ``$SAVED``, a version, or the version of an alias.

        Raises ``ConnectError`` if it was not published, or if there is no such version.
        """
        if qualifier == SAVED:
            return self.saved
        if not qualifier:
            if self.published is None:
                raise ConnectError("ContactFlowNotPublishedException", f"The flow {self.id} has not been published")
            return self.published
        alias = self.aliases.get(qualifier)
        number = alias.version if alias else int(qualifier) if qualifier.isdigit() else 0
        if number not in self.versions:
            raise not_found(f"The version {qualifier} of {self.id}")
        return self.versions[number]


class Flows:
    """Every flow and module of an instance, by id."""

    def __init__(self) -> None:
        """Start without any."""
        self._by_id: dict[str, Flow] = {}

    def add(self, flow: Flow) -> None:
        """Know a flow."""
        self._by_id[flow.id] = flow

    def remove(self, identifier: str) -> None:
        """Forget a flow; one that is gone already stays gone."""
        self._by_id.pop(identifier, None)

    def of_kind(self, *, modules: bool) -> Iterator[Flow]:
        """Return the modules, or the flows, by their names."""
        found = [one for one in self._by_id.values() if (one.kind == MODULE) is modules]
        return iter(sorted(found, key=lambda one: one.name))

    def find(self, reference: str, *, module: bool | None = None) -> tuple[Flow, str]:
        """Return what an id or ARN names, and its qualifier; raises ResourceNotFoundException."""
        identifier, _, qualifier = reference.rpartition("/")[2].partition(":")
        flow = self._by_id.get(identifier)
        if flow is None or module not in {None, flow.kind == MODULE}:
            raise not_found(f"The flow {identifier}")
        return flow, qualifier


def digest(content: str) -> str:
    """Return what the API calls the content's SHA-256; over which bytes is not documented, so nothing compares it."""
    return hashlib.sha256(content.encode()).hexdigest()


def _checked(content: str) -> str:
    try:
        decoded = json.loads(content)
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise invalid_parameter("Content is no JSON object")
    return content
