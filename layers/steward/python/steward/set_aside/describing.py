"""What an engineer sees of a message that was set aside: what kind it is and which fields it has, and no value.

The body names contacts, cases and keys, and a stranger may have typed the rest of it. So only words that AWS or steward
wrote are shown: a kind or a field that is none of them is counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from steward.names import RIGHTS_EVENTS

UNREADABLE: Final = "not JSON"
ANOTHER: Final = "something else"

_AWS_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9:._/ -]{0,60}")
_OWN_EVENTS: Final = (
    "Complaint Closed",
    "Complaint Escalated",
    "Complaint Logged",
    "Hold Released",
    *RIGHTS_EVENTS,
)
_OWN_KINDS: Final = re.compile(r"[a-z][a-z_]{0,30}")
_FIELDS: Final = frozenset(
    (
        # EventBridge's envelope, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
        *("account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"),
        # Events of the own bus.
        *("approved_by", "by", "case", "channel", "closed_on", "contact_id", "contact_ids", "cuts", "decision"),
        *("disclosure", "files", "proposal", "review_on", "tell_person"),
        *("expires_on", "file", "ground", "identity", "intake_key", "kind", "manifest_sha256", "note", "on"),
        *("outcome", "reason", "received_on", "request", "requested_by", "right", "route", "stage", "told_on"),
        *("until", "verdict", "why"),
        # Steward's own messages.
        *("artefacts", "at", "attempt", "contact", "month", "received", "reference", "signal", "steward"),
        # Notices of S3, and what Lambda says of records that it gave up.
        *("Event", "KinesisBatchInfo", "Records", "requestContext", "responseContext", "timestamp"),
    )
)


@dataclass(frozen=True, slots=True)
class Content:
    """What may be shown of a body. ``others`` is how many fields it has that are none of ours."""

    kind: str
    fields: tuple[str, ...] = ()
    others: int = 0


def content(body: str) -> Content:
    """Return what may be shown of the body of a message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return Content(UNREADABLE)
    if not isinstance(message, dict):
        return Content(ANOTHER)
    detail = message.get("detail")
    names = [*message, *(detail if isinstance(detail, dict) else ())]
    known = tuple(dict.fromkeys(name for name in names if name in _FIELDS))
    return Content(_kind(message), known, sum(name not in _FIELDS for name in names))


def _kind(message: Mapping[str, Any]) -> str:
    match message:
        case {"steward": str() as own} if _OWN_KINDS.fullmatch(own):
            return own.replace("_", " ")
        case {"source": str() as source, "detail-type": str() as kind}:
            # AWS keeps sources that begin with "aws." to itself, and so what they say is AWS's.
            # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
            its_own = source.startswith("aws.") and _AWS_WORD.fullmatch(kind)
            return kind if its_own or kind in _OWN_EVENTS else "an event that is none of ours"
        case {"Records": [{"eventSource": "aws:s3", "eventName": str() as name}, *_]} if _AWS_WORD.fullmatch(name):
            return f"S3 {name}"
        case {"Event": "s3:TestEvent"}:
            return "S3 test"
        case {"KinesisBatchInfo": {"shardId": shard, "startSequenceNumber": first, "endSequenceNumber": last}}:
            return f"records {_numbers((first, last))} of {shard if _is_shard(shard) else 'a shard'}"
        case _:
            return "a daily run" if not message else ANOTHER


def _is_shard(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"shardId-\d{12}", name) is not None


def _numbers(numbers: Iterable[object]) -> str:
    """Write a stream's sequence numbers, which are of AWS's making and name nobody."""
    return " to ".join(str(one) if isinstance(one, str) and one.isdecimal() else "?" for one in numbers)
