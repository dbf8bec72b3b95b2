"""Objects as people name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object, all its versions."""

    bucket: str
    key: str

    def __str__(self) -> str:
        """Write it as Connect writes locations: ``bucket/key``."""
        return f"{self.bucket}/{self.key}"


def stored_object(text: str) -> StoredObject:
    """Return the object at ``s3://bucket/key`` or ``bucket/key``; raise ``ValueError`` for what is neither."""
    bucket, _, key = text.strip().removeprefix("s3://").partition("/")
    if not bucket or not key:
        raise ValueError("must be s3://bucket/key")
    return StoredObject(bucket, key)
