"""S3's own notifications: chosen by event type, to a queue.

Sources: Amazon S3 User Guide, "Supported event types for SQS, SNS, and Lambda" and "Event message structure".
moto's own messages lack versions, deletions by lifecycle and most event types.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count
from random import getrandbits
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from moto.s3.models import FakeKey

from simulator.aws.s3.objects import EMPTY_MD5

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from moto.s3.models import FakeBucket

    from simulator.aws.s3.objects import Version

_CREATED = {
    "PutObject": "ObjectCreated:Put",
    "POST Object": "ObjectCreated:Post",
    "CopyObject": "ObjectCreated:Copy",
    "CompleteMultipartUpload": "ObjectCreated:CompleteMultipartUpload",
}
_ORDERED = ("ObjectCreated:", "ObjectRemoved:")
"""The events that carry a sequencer."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to one version, by S3's name of it without ``s3:``."""

    event: str
    bucket: FakeBucket
    version: Version


def created(reason: str) -> str:
    """Return the event's name for the API operation that stored an object."""
    return _CREATED[reason]


def tagged(*, added: bool) -> str:
    """Return the event's name for tags that were set or taken away."""
    return "ObjectTagging:Put" if added else "ObjectTagging:Delete"


def deleted(*, permanently: bool, by_lifecycle: bool) -> str:
    """Return the event's name for a version that is gone or a marker that was created."""
    what = "Delete" if permanently else "DeleteMarkerCreated"
    return f"LifecycleExpiration:{what}" if by_lifecycle else f"ObjectRemoved:{what}"


@dataclass(frozen=True, slots=True)
class Notifier:
    """Writes notifications; ``sequence`` orders those of one key."""

    sequence: count[int]

    def messages(self, what: Happening, at: datetime) -> Iterator[tuple[str, str]]:
        """Return the queue's ARN and the message for each configuration of the bucket that wants to be told."""
        wanted = what.bucket.notification_configuration
        for one in wanted.queue if wanted is not None else ():
            if one.matches(f"s3:{what.event}", what.version.name):
                yield one.arn, json.dumps({"Records": [self._record(what, at, one.id)]})

    def _record(self, what: Happening, at: datetime, configuration: str) -> dict[str, Any]:
        bucket, version = what.bucket, what.version
        thing: dict[str, Any] = {"key": quote_plus(version.name)}
        if isinstance(version, FakeKey) and what.event.startswith("ObjectCreated:"):
            thing["size"] = version.size
        if not what.event.startswith(("ObjectRemoved:Delete", "LifecycleExpiration:Delete")):
            thing["eTag"] = version.etag.strip('"') if isinstance(version, FakeKey) else EMPTY_MD5
        if bucket.is_versioned:
            thing["versionId"] = version.version_id
        if what.event.startswith(_ORDERED):
            thing["sequencer"] = f"{next(self.sequence):018X}"
        late = ("LifecycleExpiration:", "ObjectTagging:")
        return {
            "eventVersion": "2.3" if what.event.startswith(late) else "2.1",
            "eventSource": "aws:s3",
            "awsRegion": bucket.region_name,
            "eventTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "eventName": what.event,
            "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
            "requestParameters": {"sourceIPAddress": "198.51.100.7"},
            "responseElements": {
                "x-amz-request-id": f"{getrandbits(64):016X}",
                "x-amz-id-2": f"{getrandbits(128):032x}",
            },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration,
                "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": "A3EXAMPLE"}, "arn": bucket.arn},
                "object": thing,
            },
        }
