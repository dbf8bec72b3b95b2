"""What the parts of the embedded AWS need of one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

Event = Mapping[str, Any]
"""An event as EventBridge documents it: version, id, detail-type, source, account, time, region, resources, detail."""


class Agenda(Protocol):
    """The list of things that will happen, in order of their moment; what is due now happens in order of arrival."""

    def now(self) -> datetime:
        """Return the present virtual moment (aware, UTC)."""

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Let ``action`` happen at that moment, or as soon as possible if it has passed."""


class Publisher(Protocol):
    """Delivers an EventBridge event to every matching deployed rule."""

    def publish(self, bus_name: str, event: Event) -> None:
        """Match the event against the rules of that bus (``default`` or a deployed bus name) and deliver it."""
