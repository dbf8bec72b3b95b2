"""What the making of a statement needs of the world. Everything raises ``steward.failures.AwsError``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from steward.evidence.statement.inventory import Manifest, Version
from steward.evidence.statement.register import Entry
from steward.holds.register import ContactHolds
from steward.ids import ContactId


class Delivered(NamedTuple):
    """An inventory as its folder's name tells of it: when it was begun, and the key of its manifest."""

    begun: datetime
    manifest: str


class Inventories(Protocol):
    """The bucket into which S3 delivers."""

    def of(self, bucket: str) -> list[Delivered]:
        """Return the inventories of that bucket, the newest first."""

    def manifest(self, bucket: str, key: str) -> Manifest:
        """Return the manifest of that key, if the inventory is complete; else raise ``UnusableInventory``."""

    def versions(self, manifest: Manifest) -> Iterator[Version]:
        """Return what it lists, in any order. Raises ``UnusableInventory`` for a file that is not the one named."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A version as S3 shows it now."""

    bytes: int
    retain_until: datetime | None
    lock_mode: str
    legal_hold: bool


class Stores(Protocol):
    """The stores themselves: asked only about what the inventory makes one doubt, and for a sample."""

    def look(self, bucket: str, key: str, version_id: str) -> Seen | None:
        """Return that version; none if it is gone."""

    def digest(self, bucket: str, key: str, version_id: str) -> str:
        """Read that version and return its SHA-256 digest in hexadecimal digits."""

    def unfinished(self, bucket: str) -> list[datetime]:
        """Return when each upload in parts that was never completed was begun: inventories do not list them."""


class Registers(Protocol):
    """The register of holds and the disposal ledger, read from end to end."""

    def rows(self) -> Iterator[ContactHolds | Entry | None]:
        """Return every contact's file, and every entry of the ledger; none for what cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A document of the evidence store."""

    key: str
    body: bytes


class Shelf(Protocol):
    """The evidence store. What lies there cannot be changed or removed for seven years."""

    def newest(self, before: str = "") -> Stored | None:
        """Return the envelope of the newest month, of those before the month ``YYYY-MM`` if one is given."""

    def read(self, key: str) -> Stored | None:
        """Return the document of that key, such as ``statements/2027-02/envelope.json``; none if there is none."""

    def last(self, folder: str, name: str) -> Stored | None:
        """Return the document of that name in the last of the folder's own folders, by their names; none before one."""

    def put(self, key: str, body: bytes, kind: str, *, kept: timedelta | None = None) -> None:
        """Store a document under a key that names what is in it, or a mark beside one, whose last version is read.

        It goes after ``kept``; without that it stays for the store's seven years.
        """

    def put_for_few(self, key: str, body: bytes) -> None:
        """Store a list of exceptions, which fewer may read and which goes after thirteen months."""

    def seal(self, key: str, body: bytes, *, kept: timedelta | None = None) -> bool:
        """Store a document unless there is one of that key; return whether it was stored."""


class Looks(Protocol):
    """The hold queue."""

    def reinspect(self, contact_ids: Iterable[ContactId]) -> None:
        """Let each contact be inspected wholly: every copy and its lock compared with S3, and put right."""


class Notices(Protocol):
    """The data protection officer."""

    def tell(self, subject: str, lines: list[str]) -> None:
        """Send a mail. It carries counts and names of stores, and nothing about a contact."""
