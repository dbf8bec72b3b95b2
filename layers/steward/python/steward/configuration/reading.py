"""What is live, as it is read: the port, and the words for what could not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from steward.failures import NotFound

if TYPE_CHECKING:
    from steward.configuration.written import Json


class Live(Protocol):
    """A live account. Nothing here changes it.

    Each call raises ``steward.failures.AwsError``: ``NotFound`` where what it names is not there.
    """

    def read(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Return what the operation, by its name in the API, answers."""

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> list[Any]:
        """Return the items of that member of the answer, over all pages."""


@dataclass
class Remembering:
    """Asks each question once in a run: several settings are in one answer. Counts what was asked."""

    live: Live
    reads: int = 0
    _answers: dict[str, Json] = field(default_factory=dict)

    def read(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Return what was answered before, or ask."""
        key = f"{service}.{operation} {sorted(parameters.items(), key=str)}"
        if key not in self._answers:
            self.reads += 1
            self._answers[key] = self.live.read(service, operation, **parameters)
        answer: Mapping[str, Any] = self._answers[key]
        return answer

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> list[Any]:
        """Return what was answered before, or ask; the pages of one list count as one read."""
        key = f"{service}.{operation}.{member} {sorted(parameters.items(), key=str)}"
        if key not in self._answers:
            self.reads += 1
            self._answers[key] = self.live.pages(service, operation, member, **parameters)
        answer: list[Any] = self._answers[key]
        return answer


def answer_or_none(live: Live, absent: str, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
    """Return what is answered, and nothing where the service says by the code ``absent`` that there is none.

    Raises ``AwsError``, also where the resource itself is not there.
    """
    try:
        return live.read(service, operation, **parameters)
    except NotFound as error:
        if error.code == absent:
            return {}
        raise
