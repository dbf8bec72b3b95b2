"""What is set aside of a message that was refused or could not be dealt with: all that acting upon it needs.

Free text stays out of a dead-letter queue, and so does whatever stands where a reference, a contact, a date or a fixed
word belongs and is none: it may be a name or a number. The message as it came is with whoever sent it, and for a while
in the bus's archive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from steward.holds import requests
from steward.holds.requests import BadRequest

LEFT_OUT: Final = "left out here; the case-management system has it"
"""Stands for a free text, so that a release which is tried again still has a reason."""

UNREAD: Final = "?"
"""Stands for what could not be read where an empty text would mean that nothing was asked for."""

_SENDERS: Final = ("steward.complaints", "steward.rights")
_ENVELOPE: Final = ("version", "id", "account", "time", "region", "resources", "source", "detail-type")
_FREE: Final = ("why", "note")
_WORD: Final = re.compile(r"[A-Za-z_]{1,20}|[1-9]")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?")
_BY: Final = re.compile(r"[A-Za-z][A-Za-z0-9._@ -]{0,99}")
"""Who asked: a release that is tried again needs to know."""
_FIELDS: Final = {
    "reason": _WORD,
    "stage": _WORD,
    "received_on": _DAY,
    "on": _DAY,
    "closed_on": _DAY,
    "requested_by": _BY,
    "approved_by": _BY,
}
_NUMBER: Final = re.compile(r"[\d._-]{7,}")
"""What passes for a contact's id and may be a telephone number."""
_KIND: Final = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){0,7}")


def without_free_text(body: str) -> str:
    """Return a message of a work queue as it may lie in a dead-letter queue.

    Steward's own messages, and what AWS's services say, carry ids and dates and stay as they are; of a contact's
    attributes, and of an event that people or their systems put on the own bus, the known fields stay, as far as they
    can be read. A body that is no JSON object becomes an empty one.
    """
    try:
        message = json.loads(body)
    except ValueError:
        return "{}"
    if not isinstance(message, dict):
        return "{}"
    if message.get("steward") == "flag":
        return json.dumps(_flag(message))
    source = message.get("source")
    if "steward" in message or "Records" in message or (isinstance(source, str) and source.startswith("aws.")):
        return body
    kept = {name: message[name] for name in _ENVELOPE if name in message}
    if source not in _SENDERS:
        kept.pop("source", None)
    kind = message.get("detail-type")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        kept.pop("detail-type", None)
    detail = message.get("detail")
    return json.dumps({**kept, "detail": _detail(detail) if isinstance(detail, Mapping) else {}})


def _flag(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flag among a contact's attributes; what cannot be read is marked, so that it is refused again."""
    reads = {
        "reference": _is(requests.case_ref, message.get("reference")),
        "received": _reads(message.get("received"), _DAY),
        "stage": _reads(message.get("stage"), _WORD),
    }
    return {**message, **{name: UNREAD for name, read in reads.items() if message.get(name) and not read}}


def _detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in detail.items():
        match name.casefold():
            case "case" | "disclosure":
                kept |= {name: value} if _is(requests.case_ref, value) else {}
            case "contact_ids" if isinstance(value, list):
                kept[name] = [one if _is_contact(one) else None for one in value]
            case field if field in _FREE:
                kept |= {name: LEFT_OUT} if value else {}
            case field if field in _FIELDS:
                kept |= {name: value} if _reads(value, _FIELDS[field]) else {}
            case _:
                pass
    return kept


def _reads(value: object, form: re.Pattern[str]) -> bool:
    if isinstance(value, list):
        return all(_reads(one, form) for one in value)
    return isinstance(value, str | int) and bool(form.fullmatch(str(value).strip()))


def _is_contact(value: object) -> bool:
    return _is(requests.contact_id, value) and not _NUMBER.fullmatch(str(value))


def _is(reading: Any, value: object) -> bool:  # noqa: ANN401 -- one of the readers of ``requests``
    try:
        reading(value if isinstance(value, str) else "")
    except BadRequest:
        return False
    return True
