"""What a running flow needs of the world around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class InvocationFailure:
    """A function that failed; the flow learns no more than that."""

    message: str


@dataclass(frozen=True, slots=True)
class InvocationResult:
    """What a function answered, and how long it took (seconds)."""

    answer: Any
    seconds: float = 0.0


class Surroundings(Protocol):
    """Lambda, recording, contact attributes and time."""

    def now(self) -> datetime:
        """Return the present moment (aware, UTC)."""

    def wait(self, seconds: float) -> None:
        """Let time pass: a prompt is spoken, a key is awaited, a function works."""

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> InvocationResult:
        """Invoke a function; its ``answer`` is an InvocationFailure if it ended in an error."""

    def record(self, contact_id: str, recording_type: str, *, on: bool) -> None:
        """Start or end that type of recording (AGENT, IVR, SCREEN) of a contact."""

    def set_attributes(self, contact_id: str, attributes: Mapping[str, str]) -> None:
        """Store contact attributes, as DescribeContact will show them."""
