"""One contact on its way through flows: what it brings along, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

TIMEOUT = "Timeout"
"""What Store customer input holds if nothing was keyed in."""


@dataclass(slots=True)
class Call:
    """A contact and what the flows have set on it so far."""

    contact_id: str
    caller: str = ""
    """The caller's number; empty if withheld."""
    dialled: str = "+442083592000"
    channel: str = "VOICE"
    initial_contact_id: str = ""
    related_contact_id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    language_code: str = "en-US"
    voice: str = ""
    queue_arn: str = ""
    queue_name: str = ""
    records_agent: bool = False
    """Whether agent and customer are recorded as soon as an agent joins."""
    records_ivr: bool = False
    logs_flow: bool = True
    """Flow logging is on for an instance that has it on, until a flow switches it off."""
    event_hooks: dict[str, str] = field(default_factory=dict)
    external: dict[str, str] = field(default_factory=dict)
    """The answer of the latest function."""
    stored_input: str = ""
    view_action: str = ""
    """What the agent chose in the latest view."""
    view_data: dict[str, str] = field(default_factory=dict)
    """What the agent typed in it, by the names of its fields; what was left empty is not there."""
    ended: bool = False

    @property
    def chain_id(self) -> str:
        """Return the id of the first contact, this one unless it was transferred."""
        return self.initial_contact_id or self.contact_id


@dataclass(slots=True)
class Given:
    """What the people on the line do, in order.

    ``keys`` answers each request for input: what is keyed in, or None for nothing. ``buttons`` answers each view: the
    action that the agent chooses, or None for leaving it open until its time is up. When a list is used up, nothing is
    keyed in and the agent closes the guide.
    """

    keys: list[str | None] = field(default_factory=list)
    buttons: list[str | None] = field(default_factory=list)
    forms: list[Mapping[str, str]] = field(default_factory=list)
    """What the agent types in each view, by the names of its fields; nothing once the list is used up."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """By identifier, actions that fail each time, and the error they fail with."""

    def next_key(self) -> str | None:
        """Return what is keyed in now."""
        return self.keys.pop(0) if self.keys else None


@dataclass(frozen=True, slots=True)
class Step:
    """One action that ran."""

    at: datetime
    flow: str
    action: str
    type: str
    left_by: str
    """The branch by which the flow went on, in words; how the flow ended, if it did."""
    answer: Mapping[str, str] = field(default_factory=dict)
    """What a function answered, if the action invoked one and it answered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something keyed in, from its first key to its last. Digits that Connect encrypts are not kept here either."""

    begun: datetime
    ended: datetime
    action: str
    encrypted: bool
    logged: bool
    """Whether the flow's log shows it."""


@dataclass(slots=True)
class Run:
    """What happened on the way."""

    steps: list[Step] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """The notices of the views that an agent saw."""
    entries: list[Entry] = field(default_factory=list)
    transfers: list[str] = field(default_factory=list)
    """Outside numbers to which the caller was passed."""
    ended_by: str = ""

    def went_through(self, action: str) -> bool:
        """Say whether an action ran."""
        return any(step.action == action for step in self.steps)

    @property
    def actions(self) -> list[str]:
        """The identifiers of the actions that ran, in order."""
        return [step.action for step in self.steps]
