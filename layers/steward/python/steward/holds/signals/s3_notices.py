"""What S3 itself says of an object, as its notifications reach a queue.

Shape: Amazon S3 User Guide, "Event message structure". The key is form-urlencoded; tags are not carried.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from steward.holds.requests import BadRequest
from steward.holds.signals.fields import moment, section, text

TAGGED = "ObjectTagging:Put"
GONE_FOR_GOOD = frozenset({"ObjectRemoved:Delete", "LifecycleExpiration:Delete"})
"""A version is gone; a delete marker has event names of its own."""

_TEST = "s3:TestEvent"


@dataclass(frozen=True, kw_only=True)
class S3Notice:
    """One thing that happened to one object."""

    event: str
    """S3's name of what happened, without ``s3:``."""
    at: datetime
    bucket: str
    key: str
    """As the object is called: decoded."""
    key_as_sent: str
    version_id: str
    """Empty for what was stored before the bucket had versions."""


def is_notice(message: Mapping[str, Any]) -> bool:
    """Tell whether a message is S3's own, and not an event of a bus."""
    return "Records" in message or message.get("Event") == _TEST


def apart(body: str) -> tuple[str, ...]:
    """Return a message of S3's that tells of several objects as one message for each; any other as it is.

    "Records" is a list, and what is wrong with one of them is nothing to the others.
    """
    try:
        message = json.loads(body)
    except ValueError:
        return (body,)
    records = message.get("Records") if isinstance(message, dict) else None
    if not isinstance(records, list) or len(records) < 2:  # noqa: PLR2004 - one is not several
        return (body,)
    return tuple(json.dumps({**message, "Records": [record]}) for record in records)


def notices(message: Mapping[str, Any]) -> list[S3Notice]:
    """Return what a message tells; nothing for the test that S3 sends when notifications are set up.

    Raises ``BadRequest`` naming the field that is missing or has another form.
    """
    if message.get("Event") == _TEST:
        return []
    records = message.get("Records")
    if not isinstance(records, list):
        raise BadRequest("Records", "is not a list")
    return [_notice(record) for record in records]


def _notice(record: object) -> S3Notice:
    if not isinstance(record, Mapping):
        raise BadRequest("Records", "holds something else than S3's records")
    told = section(record, "s3")
    thing = section(told, "object")
    key = text(thing, "key", needed=True)
    return S3Notice(
        event=text(record, "eventName", needed=True),
        at=moment(text(record, "eventTime", needed=True), "eventTime"),
        bucket=text(section(told, "bucket"), "name", needed=True),
        key=unquote_plus(key),
        key_as_sent=key,
        version_id=text(thing, "versionId"),
    )
