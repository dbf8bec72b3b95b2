"""Exported contact records, rewritten without a contact's lines.

Method after Amazon S3 User Guide, "Conditional writes": what is written replaces only what was read (``If-Match``), so
that neither a delivery nor a disposal that came between is undone.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.failures import Contended, NotFound, PreconditionFailed
from steward.ids import ContactId
from steward.rights.adapters.records import MOST_UNPACKED, S3Records
from steward.rights.erasure.adapters.versions import S3Objects
from steward.rights.erasure.lines import parted
from steward.rights.erasure.ports import Version
from steward.rights.finding.scanning import UnreadableRecords

_TRIES: Final = 5


@dataclass(frozen=True)
class S3RecordLines:
    """The bucket of contact records. An empty name stands for a policy that exports none."""

    bucket: str

    def partition(self, month: str, since: datetime | None, after: str = "") -> Iterable[str]:
        """Return the keys of a month, or of what was set aside (``errors``), that come after that key, in order.

        Only of those written ``since`` then.
        """
        return S3Records(self.bucket).keys(month, since, after) if self.bucket else ()

    def contacts_in(self, key: str, contacts: Sequence[ContactId]) -> tuple[ContactId, ...]:
        """Return which of these contacts have lines in an object. Raises UnreadableRecords."""
        try:
            body, _ = self._read(key)
        except NotFound:
            return ()
        return tuple(sorted(parted(body, contacts).taken))

    def rewrite(self, key: str, contacts: Sequence[ContactId]) -> None:
        """Write the object without their lines; where nothing is left, it is left to the removal of its versions.

        Raises UnreadableRecords, ``Contended`` where others keep writing it, and the AwsError of a call.
        """
        for _ in range(_TRIES):
            try:
                body, answer = self._read(key)
                found = parted(body, contacts)
                if not found.taken or not found.left:
                    return
                self._write(key, found.left, answer)
                if parted(self._read(key)[0], contacts).left != found.left:
                    continue
            except NotFound:
                return
            except (PreconditionFailed, Contended):
                continue
            return
        raise Contended("s3.PutObject", "ConditionalRequestConflict")

    def earlier(self, key: str, contacts: Sequence[ContactId]) -> tuple[Version, ...]:
        """Return what has to go once it is rewritten: all but its current version; all, where nothing is left in it."""
        objects = S3Objects(self.bucket)
        try:
            body, answer = self._read(key)
        except NotFound:
            return objects.versions(key)
        current = str(answer.get("VersionId", "")) if parted(body, contacts).left else ""
        return tuple(one for one in objects.versions(key) if one.version_id != current)

    def remove(self, versions: Sequence[Version]) -> None:
        """Delete those versions for good. Raises ``LockedObject`` where a lock stands."""
        S3Objects(self.bucket).remove(versions)

    def _read(self, key: str) -> tuple[bytes, dict[str, Any]]:
        """Return the lines of an object and what S3 says of it. Raises UnreadableRecords and NotFound."""
        s3: Any = client("s3")
        with translated("s3.GetObject"):
            answer = s3.get_object(Bucket=self.bucket, Key=key)
            with closing(answer["Body"]) as stream:
                body = stream.read(MOST_UNPACKED + 1)
        if len(body) > MOST_UNPACKED:
            raise UnreadableRecords("the object has more in it than contact records take")
        try:
            return _unpacked(body) if key.endswith(".gz") else body, answer
        except (OSError, EOFError, zlib.error):
            raise UnreadableRecords("the object cannot be unpacked") from None

    def _write(self, key: str, left: bytes, read: dict[str, Any]) -> None:
        """Write what is left in the place of what was read, with everything else that S3 says of it."""
        same = ("ContentType", "ContentEncoding", "Metadata", "StorageClass", "ServerSideEncryption", "SSEKMSKeyId")
        carried = {name: read[name] for name in same if read.get(name)}
        s3: Any = client("s3")
        with translated("s3.PutObject"):
            s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=gzip.compress(left, mtime=0) if key.endswith(".gz") else left,
                IfMatch=read["ETag"],
                **carried,
            )


def _unpacked(body: bytes) -> bytes:
    """Return what is in an object, as far as Firehose can have packed it. Raises UnreadableRecords."""
    with gzip.open(io.BytesIO(body)) as opened:
        content = opened.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise UnreadableRecords("the object has more in it than contact records take")
    return content
