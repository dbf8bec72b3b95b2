"""Flags that strangers may set by the thousand: so many an hour are taken from one source, and the rest is set aside.

What a web visitor can set off costs copies, calls of Connect's and messages to people. A source is a way of flagging
and a channel, so a flood of chats stands in the way of no call; forms, events of the case-management system and tags
of objects, which only staff can set, are never counted. Nothing is lost: what is set aside can be put back for as
long as a dead-letter queue keeps it, and the recordings themselves lie in their stores for months.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from steward.clock import Clock, london_date
from steward.holds.requests import BadRequest

CHANNELS: Final = {"VOICE": "calls", "CHAT": "chats", "TASK": "tasks", "EMAIL": "e-mails"}
UNSIGNED: Final = "unsigned_attributes"
WAYS: Final = {"contact_attributes": "attributes", "contact_tags": "tags", UNSIGNED: "unsigned attributes"}
"""The ways of flagging that a stranger may come in by."""


class Flood(BadRequest):
    """A flag beyond what is taken from its source in an hour."""


class Hours(Protocol):
    """What came in, hour by hour. Raises ``steward.failures``."""

    def takes(self, source: str, hour: datetime, one: str, limit: int) -> bool:
        """Count it, unless it is counted already; return whether it is one of so many of that source and hour."""


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """Lets flags through, up to the limit of their source."""

    clock: Clock
    hours: Hours
    limit: int

    def admit(self, way: str, contact_id: str, channel: str) -> None:
        """Raise ``Flood`` where the source has flagged so many other contacts in this hour. A contact counts once."""
        if way not in WAYS or not contact_id:
            return
        now, channel = self.clock.now(), channel.upper()
        source = f"{way}/{channel if channel in CHANNELS else 'other'}"
        hour = now.replace(minute=0, second=0, microsecond=0)
        one = hashlib.sha256(contact_id.encode()).hexdigest()[:16]
        if self.hours.takes(source, hour, one, self.limit):
            return
        of = CHANNELS.get(channel, "contacts of an unknown channel")
        raise Flood(
            WAYS[way],
            f"more than {self.limit} {of} were flagged by contact {WAYS[way]} within an hour; those beyond are set "
            "aside and not held, today without another message. docs/runbook.md, “Too many flags from one source”, "
            "says what to do; what is flagged by the form, the case-management system or a list is held as ever",
            about=f"{of} flagged by contact {WAYS[way]}",
            told_as=f"{source} {london_date(now)}",
        )
