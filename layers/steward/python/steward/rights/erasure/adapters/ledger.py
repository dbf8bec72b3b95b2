"""The ledger of erasures, in a bucket whose objects are locked: no restore of a table resets it, nobody rewrites it.

``orders/<request>/<digest>.json`` says what two people agreed on, ``acts/<request>/<moment>-<digest>.ndjson`` what was
about to go, each before anything of it went. It has ids, keys and digests: nothing that was erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.clock import Clock
from steward.rights.erasure.artefacts import Order
from steward.rights.requests import RequestId

ORDERS: Final = "orders/"
ACTS: Final = "acts/"


@dataclass(frozen=True, kw_only=True)
class S3Ledger:
    """The bucket of the ledger; each object is locked for ``kept_for`` from when it is written."""

    bucket: str
    clock: Clock
    kept_for: timedelta

    def enter_order(self, order: Order) -> None:
        """Keep what two people agreed on. Entering it again changes nothing."""
        body = msgspec.json.encode(order)
        self._put(f"{ORDERS}{_name(order.request)}/{hashlib.sha256(body).hexdigest()}.json", body)

    def orders(self, request: RequestId) -> tuple[Order, ...]:
        """Return what was agreed on for a request, the first first. Raises msgspec.DecodeError for no order."""
        found = [msgspec.json.decode(self._read(key), type=Order) for key in self._keys(f"{ORDERS}{_name(request)}/")]
        return tuple(sorted(found, key=lambda one: one.approved_at))

    def requests(self) -> Iterator[RequestId]:
        """Return every request of which an order stands here."""
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=ORDERS, Delimiter="/")
        with translated("s3.ListObjectsV2"):
            for page in pages:
                for one in page.get("CommonPrefixes", []):
                    yield _request(one["Prefix"].removeprefix(ORDERS).rstrip("/"))

    def announce(self, request: RequestId, at: datetime, lines: Sequence[dict[str, str]]) -> None:
        """Keep what is about to go, line by line, before it goes."""
        body = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        name = f"{at:%Y%m%dT%H%M%S%f}-{hashlib.sha256(body).hexdigest()[:16]}"
        self._put(f"{ACTS}{_name(request)}/{name}.ndjson", body)

    def _put(self, key: str, body: bytes) -> None:
        with translated("s3.PutObject"):
            client("s3").put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType="application/json",
                # A lock needs a digest beside it (Amazon S3 API reference, "PutObject").
                ChecksumAlgorithm="SHA256",
                ObjectLockMode="GOVERNANCE",
                ObjectLockRetainUntilDate=self.clock.now() + self.kept_for,
            )

    def _keys(self, prefix: str) -> Iterator[str]:
        with translated("s3.ListObjectsV2"):
            for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for one in page.get("Contents", []):
                    yield one["Key"]

    def _read(self, key: str) -> bytes:
        with translated("s3.GetObject"):
            return client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()


def _name(request: RequestId) -> str:
    """Return a request's reference as one part of a key: references may have slashes and spaces."""
    return request.upper().encode().hex()


def _request(name: str) -> RequestId:
    return RequestId(bytes.fromhex(name).decode())
