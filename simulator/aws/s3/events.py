"""S3's events on EventBridge.

Source: Amazon S3 User Guide, "EventBridge event message structure". Lifecycle events carry no source address and no
size; tag events do not carry the tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from random import getrandbits
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from moto.s3.models import FakeKey

from simulator.aws.s3.objects import EMPTY_MD5

if TYPE_CHECKING:
    from datetime import datetime

    from moto.s3.models import FakeBucket

    from simulator.aws.s3.objects import Version

_SOURCE_ADDRESS = "198.51.100.7"
_LIFECYCLE = "Lifecycle Expiration"


@dataclass(frozen=True, slots=True)
class EventMaker:
    """Writes events; ``sequence`` orders those of one key."""

    sequence: count[int]

    def created(self, bucket: FakeBucket, version: Version, at: datetime, reason: str) -> dict[str, Any]:
        """Write "Object Created" with the API's name as its reason."""
        return self._event("Object Created", bucket, at, _names(bucket, version, sized=True), {"reason": reason})

    def tagged(self, bucket: FakeBucket, version: Version, at: datetime, *, added: bool) -> dict[str, Any]:
        """Write "Object Tags Added" or "Object Tags Deleted"."""
        return self._event(
            "Object Tags Added" if added else "Object Tags Deleted", bucket, at, _names(bucket, version), {}
        )

    def deleted(
        self, bucket: FakeBucket, version: Version, at: datetime, *, permanently: bool, by_lifecycle: bool
    ) -> dict[str, Any]:
        """Write "Object Deleted" of a version that is gone, or of a marker that was created."""
        extra = {
            "reason": _LIFECYCLE if by_lifecycle else "DeleteObject",
            "deletion-type": "Permanently Deleted" if permanently else "Delete Marker Created",
        }
        return self._event("Object Deleted", bucket, at, _names(bucket, version), extra)

    def _event(
        self, kind: str, bucket: FakeBucket, at: datetime, names: dict[str, Any], extra: dict[str, str]
    ) -> dict[str, Any]:
        by_lifecycle = extra.get("reason") == _LIFECYCLE
        detail: dict[str, Any] = {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {**names, "sequencer": f"{next(self.sequence):018X}"},
            "request-id": f"{getrandbits(64):016X}",
            "requester": "s3.amazonaws.com" if by_lifecycle else bucket.account_id,
        }
        if not by_lifecycle:
            detail["source-ip-address"] = _SOURCE_ADDRESS
        return {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": kind,
            "source": "aws.s3",
            "account": bucket.account_id,
            "time": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "region": bucket.region_name,
            "resources": [bucket.arn],
            "detail": {**detail, **extra},
        }


def _names(bucket: FakeBucket, version: Version, *, sized: bool = False) -> dict[str, Any]:
    names: dict[str, Any] = {"key": version.name}
    if sized and isinstance(version, FakeKey):
        names["size"] = version.size
    names["etag"] = version.etag.strip('"') if isinstance(version, FakeKey) else EMPTY_MD5
    if bucket.is_versioned:
        names["version-id"] = version.version_id
    return names
