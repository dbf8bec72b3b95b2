"""S3's server access log of what a person reads: one file for each read, an hour later.

Source: Amazon S3 user guide, "Logging requests with server access logging" (most records are delivered within a few
hours; the file is ``PREFIXyyyy-mm-DD-HH-MM-SS-UNIQUE``) and "Amazon S3 server access log format" (fields, ``-`` for
what does not apply, the requester of a role's session by its ARN). Requests of functions are not logged here: S3 writes
hundreds of files a night that nobody in a story reads.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

DELIVERED_AFTER: Final = timedelta(hours=1)
_OWNER: Final = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
"""A canonical user id; the guide's own example."""


def read_object(world: EmbeddedAws, bucket: str, key: str, by: str) -> None:
    """Let a person read an object: ``by`` is ROLE/SESSION, or the name of a user.

    Raises ``LookupError`` if there is no such object.
    """
    storage: Any = world.client("s3")
    try:
        head = storage.head_object(Bucket=bucket, Key=key)
    except ClientError:
        raise LookupError(key) from None
    target = storage.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
    if target is None:
        return
    line = _line(world, bucket, key, by, size=head["ContentLength"], version=head.get("VersionId", "-"))
    delivered = world.clock.now() + DELIVERED_AFTER
    name = f"{target['TargetPrefix']}{delivered:%Y-%m-%d-%H-%M-%S}-{_unique()}"

    def deliver() -> None:
        world.s3.put_object(target["TargetBucket"], name, line.encode())

    world.agenda.at(delivered, deliver)


def _line(world: EmbeddedAws, bucket: str, key: str, by: str, *, size: int, version: str) -> str:
    host = f"{bucket}.s3.{world.region}.amazonaws.com"
    uri = quote(key, safe="/")
    fields = (
        *(_OWNER, bucket, f"[{world.clock.now():%d/%b/%Y:%H:%M:%S +0000}]", "192.0.2.7"),
        *(_requester(world.account, by), _unique(), "REST.GET.OBJECT", quote(key, safe="/"), f'"GET /{uri} HTTP/1.1"'),
        *("200", "-", str(size), str(size), "20", "10", '"-"', '"-"', version, "-", "SigV4"),
        *("TLS_AES_128_GCM_SHA256", "AuthHeader", host, "TLSv1.3", "-", "-"),
    )
    return " ".join(fields) + "\n"


def _requester(account: str, by: str) -> str:
    if "/" in by:
        return f"arn:aws:sts::{account}:assumed-role/{by}"
    return f"arn:aws:iam::{account}:user/{by}"


def _unique() -> str:
    return uuid.uuid4().hex[:16].upper()
