"""Why somebody read an object: as a function of steward's, as Amazon Connect, by a link, or for a request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from steward.access.reading.trail import Read
from steward.clock import london_date
from steward.decisions.people import StaffRole
from steward.names import FORMS

AROUND: Final = timedelta(days=1)
"""A request explains a read from the day before it came to the day after it ended."""
_CONNECT: Final = ":role/aws-service-role/connect.amazonaws.com/"
_OF_REQUESTS: Final = ("intake", "packages", "requests")
_OF_EVERYBODYS_WORK: Final = ("register", "reads")
"""The register, which whoever deals with requests looks at, and these reports."""


class Reader(StrEnum):
    """Who it was."""

    FUNCTION = "function"
    CONNECT = "connect"
    SERVICE = "service"
    LINK = "link"
    STAFF = "staff"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A request or disclosure, from the day on which it came to its end; open while it has none."""

    reference: str
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether it explains a read on that London day."""
        return self.since - AROUND <= day and (self.until is None or day <= self.until + AROUND)


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """Requests and disclosures: by their references, and by the contacts that they are about. References as folded."""

    requests: Mapping[str, Span]
    disclosures: Mapping[str, Span]
    contacts: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What is read: the bucket of rights and that of held copies. ``prefix`` begins the names of steward's roles."""

    rights: str
    holds: str
    account: str
    prefix: str
    fold: Callable[[str], str]

    def called(self, bucket: str) -> str:
        """Return what a bucket is called."""
        return {self.rights: "rights", self.holds: "legal_hold"}.get(bucket, bucket)


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A read, who it was, and the reason on record; none where there is none."""

    read: Read
    reader: Reader
    reason: str

    @property
    def unexplained(self) -> bool:
        """Whether somebody has to say why. What AWS refused nobody read; functions and Connect are what they are."""
        apart = (Reader.FUNCTION, Reader.CONNECT, Reader.SERVICE)
        return self.reader not in apart and not self.reason and not self.read.refused


def explained(read: Read, stores: Stores, known: OnRecord) -> Explained:
    """Return why that was read."""
    reader = _reader(read, stores)
    reason = _reason(read, stores, known) if reader in (Reader.STAFF, Reader.LINK) else ""
    return Explained(read=read, reader=reader, reason=reason)


def _reader(read: Read, stores: Stores) -> Reader:
    if _CONNECT in read.role:
        return Reader.CONNECT
    name = read.role.removeprefix(f"arn:aws:iam::{stores.account}:role/{stores.prefix}")
    if read.role and name != read.role:
        if name in [*StaffRole]:
            return Reader.STAFF
        # Lambda names a function's session after the function; a link is opened with the signature of one.
        return (
            Reader.LINK
            if read.presigned
            else Reader.FUNCTION
            if read.person.startswith(stores.prefix)
            else Reader.OTHER
        )
    return Reader.SERVICE if read.service else Reader.OTHER


def _reason(read: Read, stores: Stores, known: OnRecord) -> str:
    day = london_date(read.at)
    folder, _, rest = read.key.partition("/")
    if read.bucket == stores.holds:
        return next((one.reference for one in known.contacts.get(folder, ()) if one.covers(day)), "")
    if read.bucket != stores.rights:
        return ""
    if folder in _OF_EVERYBODYS_WORK:
        return f"the {folder}"
    if read.key.startswith(FORMS):
        span = known.disclosures.get(stores.fold(read.key.removeprefix(FORMS).partition(".")[0]))
    elif folder == "disclosures":
        span = known.disclosures.get(stores.fold(rest.partition("/")[0]))
    elif folder in _OF_REQUESTS:
        span = known.requests.get(stores.fold(rest.partition("/")[0].removesuffix(".json")))
    else:
        span = None
    return span.reference if span is not None and span.covers(day) else ""
