"""An object tag that somebody set on a recording or transcript in the S3 console."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.holds import requests
from steward.holds.requests import BadRequest, HoldRequest
from steward.holds.signals.fields import flagged_by_keys, section, text
from steward.ids import ContactId
from steward.names import COMPLAINT_REFERENCE

_CONTACT = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|^[A-Za-z0-9._-]+?(?=_(?:\d{8}T\d{2}:\d{2}_UTC|analysis_|call_recording_))",
    re.IGNORECASE,
)
"""A UUID, or what stands before the rest of a name as Connect gives it."""


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OF_ITS_OWN = re.compile(r"(?:^|/)(?:Attachments|EmailMessages|Evaluations)/")
"""Folders in which the id that a name begins with is that of a file or an evaluation, and of no contact."""


UPLOADED_FOR = "contact_id"
"""The metadata with which Connect uploads an attachment.

https://github.com/amazon-connect/amazon-connect-streams/issues/712
"""


@dataclass(frozen=True, kw_only=True)
class TaggedObject:
    """The object whose tags changed. EventBridge carries the key as it is and does not carry the tags."""

    bucket: str
    key: str
    version_id: str


def tagged_object(detail: Mapping[str, Any]) -> TaggedObject:
    """Return the object that an "Object Tags Added" event names."""
    thing = section(detail, "object")
    return TaggedObject(
        bucket=text(section(detail, "bucket"), "name", needed=True),
        key=text(thing, "key", needed=True),
        version_id=text(thing, "version-id"),
    )


def flagged(
    tagged: TaggedObject,
    tags: Mapping[str, str],
    at: datetime,
    metadata: Callable[[], Mapping[str, str] | None] = dict,
) -> HoldRequest | None:
    """Return the request that the object's tags make, or none if they flag nothing.

    The contact id is the one in the object's name, or in what Connect said of it as it wrote it; ``metadata`` is asked
    only where the name holds none. Raises ``BadRequest`` if the object is flagged and neither has one: evaluations, and
    attachments that somebody else put there, have to be flagged by their contact.
    """
    if not any(key.casefold() == COMPLAINT_REFERENCE and value.strip() for key, value in tags.items()):
        return None
    with requests.concerning(_case(tags)):
        contact = _named(tagged.key) or _said(metadata() or {})
        if contact is None:
            raise BadRequest("object key", "holds no contact id; flag the contact itself")
    return flagged_by_keys(tags, contact, signal="object_tags", flagged_at=at, requested_by="object tags")


def _named(key: str) -> ContactId | None:
    """Return the contact that an object's name certainly means."""
    name = key.rpartition("/")[2]
    match = _CONTACT.search(name)
    if match is None or _OF_ITS_OWN.search(key) or len({one.lower() for one in _UUID.findall(name)}) > 1:
        return None
    return requests.contact_id(match[0], "object key")


def _said(metadata: Mapping[str, str]) -> ContactId | None:
    """Return the contact for which Connect uploaded an attachment, as the object itself says."""
    stated = text(metadata, UPLOADED_FOR)
    return requests.contact_id(stated, f"x-amz-meta-{UPLOADED_FOR}") if _UUID.fullmatch(stated.strip()) else None


def _case(tags: Mapping[str, str]) -> str:
    """Return the words by which a refusal names the case that the tags state; none if they state no reference."""
    try:
        return f"case {requests.case_ref(text(tags, COMPLAINT_REFERENCE))}"
    except BadRequest:
        return ""
