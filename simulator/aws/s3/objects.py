"""Object versions in moto's store, without a temporary file for each."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeDeleteMarker, FakeKey

from simulator.aws.s3.locks import Lock, read_until

if TYPE_CHECKING:
    from moto.s3.models import FakeBucket

_CHUNK = 1 << 20
_ZERO_CHUNK = bytes(_CHUNK)
EMPTY_MD5 = hashlib.md5(b"", usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Zeros:
    """A body of that many zero bytes, which exist only while somebody reads them."""

    size: int


Body = bytes | Zeros
Version = FakeKey | FakeDeleteMarker


_UNLOCKED = Lock()

_OF_MOST: Final = {
    **dict.fromkeys(("_etag", "_expiry", "_status", "multipart", "website_redirect_location"), None),
    **dict.fromkeys(("checksum_algorithm", "checksum_parts", "checksum_type", "checksum_value"), None),
    **dict.fromkeys(("bucket_key_enabled", "encryption", "kms_key_id"), None),
    **dict.fromkeys(("lock_legal_status", "lock_mode", "lock_until"), None),
    "_tick": 0,
    "disposed": False,
}
"""What is the same of nearly every object, and need not stand in each: hundreds of thousands live at once."""
_UNUSED: Final = frozenset({"_value_buffer", "lock"})
"""What moto would keep the bytes in."""


def size_of(body: Body) -> int:
    """Return the length in bytes."""
    return body.size if isinstance(body, Zeros) else len(body)


def sha256_base64(body: Body) -> str:
    """Return the SHA-256 as S3 writes checksums."""
    return b64encode(_sha256_of_zeros(body.size) if isinstance(body, Zeros) else hashlib.sha256(body).digest()).decode()


@lru_cache(maxsize=4096)
def _sha256_of_zeros(size: int) -> bytes:
    state = hashlib.sha256()
    for start in range(0, size, _CHUNK):
        state.update(_ZERO_CHUNK[: size - start])
    return state.digest()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class StoredObject(FakeKey):
    """moto's object version with a shared body: a copy costs no memory, zero bytes cost none at all."""

    def __new__(cls, *_: object, **__: object) -> Self:
        """Create without entering moto's list of instances, which would keep every deleted object alive."""
        return object.__new__(cls)

    def __init__(self, *, name: str, body: Body, at: datetime | None = None, **options: Any) -> None:  # noqa: ANN401 - moto's
        """Create the version; ``at`` is the aware moment of its creation, ``options`` are moto's."""
        self.body = body
        super().__init__(name=name, value=b"", max_buffer_size=1, **options)
        self._value_buffer.close()
        self.contentsize = size_of(body)
        if at is not None:
            self.last_modified = at.astimezone(UTC).replace(tzinfo=None)
        # More than thirty attributes cost a table of their own for each object, four times as large.
        self.__dict__ = {
            name: said
            for name, said in vars(self).items()
            if name not in _UNUSED and (name not in _OF_MOST or said != _OF_MOST[name])
        }

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy starts with."""
        return vars(self).copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Start as a copy."""
        vars(self).update(state)

    @property
    def value(self) -> bytes:
        """The bytes."""
        return self.body if isinstance(self.body, bytes) else bytes(self.body.size)

    @value.setter
    def value(self, _: bytes) -> None:
        """Ignore moto's initial empty value: the body is given once and never changes."""

    @property
    def etag(self) -> str:
        """The quoted entity tag; of zeros it is opaque, as S3's is under KMS, so that nothing is read for it."""
        if self._etag is None:
            self._etag = _md5(self.body if isinstance(self.body, bytes) else f"{self.body.size} zeros".encode())
        return f'"{self._etag}"'

    def dispose(self, garbage: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - moto's signature
        """Let go of the body."""
        self.body = b""
        self.disposed = True


for _name, _said in _OF_MOST.items():
    setattr(StoredObject, _name, _said)


class Marker(FakeDeleteMarker):
    """moto's delete marker without a hold on the object that it hides, nor a place in moto's list of instances."""

    def __new__(cls, *_: object) -> Self:
        """Create without entering that list."""
        return object.__new__(cls)

    def __init__(self, name: str, at: datetime | None) -> None:
        """Create the marker of a key at an aware moment, or now."""
        self.name = name
        self.last_modified = utcnow() if at is None else at.astimezone(UTC).replace(tzinfo=None)
        self._version_id = str(mock_random.uuid4())


def body_of(version: FakeKey) -> Body:
    """Return the body of any version, shared where possible."""
    return version.body if isinstance(version, StoredObject) else bytes(version.value)


def created_at(version: Version) -> datetime:
    """Return Last-Modified as an aware moment."""
    moment: datetime = version.last_modified
    return moment.replace(tzinfo=UTC)


def lock_of(version: Version) -> Lock:
    """Return the protection of a version; a delete marker has none."""
    if isinstance(version, FakeDeleteMarker) or not (version.lock_mode or version.lock_legal_status):
        return _UNLOCKED
    return Lock(
        mode=version.lock_mode or None,
        until=read_until(version.lock_until),
        held=version.lock_legal_status == "ON",
    )


def versions_of(bucket: FakeBucket, name: str) -> list[Version]:
    """Return the versions and markers of a key, oldest first."""
    found: list[Version] = bucket.keys.getlist(name, [])
    return found


def find(bucket: FakeBucket, name: str, version_id: str | None) -> Version | None:
    """Return one version, or the latest one without an id."""
    versions = versions_of(bucket, name)
    if version_id is None:
        return versions[-1] if versions else None
    return next((version for version in versions if str(version.version_id) == version_id), None)


def add(bucket: FakeBucket, version: Version) -> None:
    """Make a version or marker the latest one of its key."""
    earlier = versions_of(bucket, version.name) if bucket.is_versioned else []
    bucket.keys.setlist(version.name, [*earlier, version])


def add_marker(bucket: FakeBucket, name: str, at: datetime | None = None) -> FakeDeleteMarker:
    """Hide a key behind a new delete marker, also a key that never existed, as S3 does."""
    marker = Marker(name, at)
    add(bucket, marker)
    return marker


def remove(bucket: FakeBucket, name: str, version: Version) -> None:
    """Take one version or marker away for good."""
    remaining = [other for other in versions_of(bucket, name) if other is not version]
    if remaining:
        bucket.keys.setlist(name, remaining)
        return
    bucket.keys.setlist(name, [])
    bucket.keys.pop(name)


def new_version_id(bucket: FakeBucket) -> str:
    """Return an id for a new version: ``null`` in a bucket without versioning."""
    return str(mock_random.uuid4()) if bucket.is_versioned else "null"
