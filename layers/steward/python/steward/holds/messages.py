"""What steward's own functions ask of ``place_hold``, as messages of the hold queue.

The field ``steward`` tells which one it is; an event of EventBridge has no such field.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from steward.ids import CaseRef, ContactId


class HoldContact(Struct, frozen=True, tag="hold", tag_field="steward"):
    """Hold this contact for a case that is on record. ``signal`` tells how it was flagged, ``flagged_at`` when."""

    case: CaseRef
    contact_id: ContactId
    signal: str = ""
    flagged_at: datetime | None = None


class ApplyCase(Struct, frozen=True, tag="apply", tag_field="steward"):
    """Let the case's new facts reach this contact."""

    case: CaseRef
    contact_id: ContactId


class Reinspect(Struct, frozen=True, omit_defaults=True, tag="reinspect", tag_field="steward"):
    """Inspect this contact; one that is ``routine`` may be brief where nothing can have changed."""

    contact_id: ContactId
    routine: bool = False


class Recheck(Struct, frozen=True, tag="recheck", tag_field="steward"):
    """Inspect this contact soon after its flag, as that attempt of several."""

    contact_id: ContactId
    attempt: int


class FlaggedContact(Struct, frozen=True, tag="flag", tag_field="steward"):
    """A contact whose record carries complaint attributes, each value as the record has it; empty where it has none.

    ``updated_at`` is the record's last update, ``chain`` the contact with which its chain of contacts began. What a
    value cannot be read as is found, and told, by ``place_hold``.
    """

    contact_id: str = ""
    chain: str = ""
    channel: str = ""
    updated_at: str = ""
    reference: str = ""
    received: str = ""
    stage: str = ""
    signature: str = ""


class TellOfCase(Struct, frozen=True, tag="tell", tag_field="steward"):
    """Tell the complaints team what came up for the case."""

    case: CaseRef


OwnMessage = HoldContact | ApplyCase | Reinspect | Recheck | FlaggedContact | TellOfCase


def encode(message: OwnMessage) -> str:
    """Return the body of that message."""
    return msgspec.json.encode(message).decode()


def decode(message: object) -> OwnMessage:
    """Return what the body of a message, read as JSON, says. Raises msgspec.ValidationError.

    A number may be written as text, as the earliest messages had it.
    """
    return msgspec.convert(message, OwnMessage, strict=False)  # type: ignore[no-any-return]
