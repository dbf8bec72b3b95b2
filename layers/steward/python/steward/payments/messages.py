"""What the guard's queue holds: contact events of Amazon Connect, and what steward asked itself to look at later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from steward.ids import ContactId

_LOOK_DELAYS = (5, 10, 15, 25, 60)

_FORGOTTEN_DELAY = 900
FORGOTTEN = 1000
"""The look at a pause that is open beyond its limit: nobody waits for it."""


def look_delay(look: int) -> int:
    """Return the seconds before that look at an open pause: an agent, a screen or a menu may begin to be recorded."""
    return _FORGOTTEN_DELAY if look >= FORGOTTEN else _LOOK_DELAYS[min(look, len(_LOOK_DELAYS) - 1)]


class LookAgain(Struct, frozen=True, tag="look_again", tag_field="kind", forbid_unknown_fields=True):
    """A pause has to be looked at now and then, and examined once it has been open for the policy's limit."""

    contact_id: ContactId
    initial_contact_id: ContactId
    asked_at: datetime
    due: datetime
    look: int = 0
    """How often it has been looked at."""
    seek: bool = False
    """Whether each look has to find the contacts that the call was transferred to, because no event tells of them."""


class FollowAgain(Struct, frozen=True, tag="follow_again", tag_field="kind", forbid_unknown_fields=True):
    """A contact that a paused one was transferred to was not recording yet when steward tried to suspend it."""

    contact_id: ContactId
    initial_contact_id: ContactId
    previous: ContactId
    attempt: int
    due: datetime


_NEW_CALLS = {"AGENT_REPLY", "API", "CALLBACK", "EXTERNAL_OUTBOUND", "INBOUND", "OUTBOUND", "WEBRTC_API"}
"""Initiation methods that begin a call; every other, or one that is not known, is taken for a segment of one."""


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """An "Amazon Connect Contact Event", of which only this matters here.

    Source: Amazon Connect Administrator Guide, "Amazon Connect contact events". They are best effort and unordered.
    """

    kind: str
    """The event type, such as ``INITIATED``."""
    contact_id: ContactId
    initial_contact_id: ContactId
    previous: ContactId | None
    is_voice: bool
    at: datetime
    """When the contact was disconnected if that is what happened, else the time of the event."""
    method: str = ""
    """How the contact began, such as ``TRANSFER``; empty where the event does not say."""
    began: datetime | None = None
    """When the contact began, where the event says so."""

    @property
    def is_another_call(self) -> bool:
        """Whether the contact is a call of its own, however it is linked to an earlier one."""
        return self.method in _NEW_CALLS

    @property
    def ends_contact(self) -> bool:
        """Whether the contact is over."""
        return self.kind in {"DISCONNECTED", "COMPLETED"}


Message = LookAgain | FollowAgain | ContactEvent

_own: msgspec.json.Decoder[LookAgain | FollowAgain] = msgspec.json.Decoder(LookAgain | FollowAgain)


class Unreadable(Exception):
    """A message that is none of these; the text names the field that is wrong."""


def read(body: str) -> Message:
    """Return the message in that body. Raises Unreadable."""
    try:
        content = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise Unreadable("the message is not JSON") from error
    if not isinstance(content, dict):
        raise Unreadable("the message is not a JSON object")
    if "kind" not in content:
        return _event(content)
    try:
        return _own.decode(body)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from error


def _event(event: Mapping[str, Any]) -> ContactEvent:
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        raise Unreadable("detail is missing")
    # AWS's own samples vary in case: agentInfo, AgentInfo, all in Pascal case.
    fields = {str(name).lower(): value for name, value in detail.items()}

    def text(name: str) -> str:
        value = fields.get(name.lower())
        return value.strip() if isinstance(value, str) else ""

    contact_id, kind = text("contactId"), text("eventType").upper()
    if not contact_id:
        raise Unreadable("detail.contactId is missing")
    if not kind:
        raise Unreadable("detail.eventType is missing")
    initial = text("initialContactId") or contact_id
    previous = text("previousContactId") or (initial if initial != contact_id else "")
    channel = text("channel").upper()
    return ContactEvent(
        kind=kind,
        contact_id=ContactId(contact_id),
        initial_contact_id=ContactId(initial),
        previous=ContactId(previous) if previous and previous != contact_id else None,
        is_voice=channel in {"", "VOICE"},
        method=text("initiationMethod").upper(),
        began=_moment(text("initiationTimestamp")),
        at=_moment(text("disconnectTimestamp")) or _moment(str(event.get("time", ""))) or _unreadable("time"),
    )


def _moment(text: str) -> datetime | None:
    """Return an ISO 8601 moment; None for nothing, nonsense and the 1970 placeholders that occur in samples."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if moment.year > 1970 else None  # noqa: PLR2004 -- the placeholder year


def _unreadable(field: str) -> datetime:
    raise Unreadable(f"{field} is not a moment in ISO 8601")
