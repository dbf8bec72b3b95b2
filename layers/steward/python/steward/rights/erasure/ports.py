"""What erasure needs of the world. Adapters raise ``steward.failures.AwsError``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Protocol

from steward.failures import AwsError, UnreadableRow
from steward.ids import ContactId
from steward.rights.erasure.artefacts import (
    BESIDE_A_HOLD,
    HOLD,
    UNREADABLE_ROW,
    Artefact,
    ArtefactStatus,
    Erased,
    Erasure,
    Order,
)
from steward.rights.requests import RequestId

FAULTS: Final = (AwsError, UnreadableRow)
"""What asking about one contact, or removing one thing of it, may come to: it stops nothing of the others."""


class LockedObject(Exception):
    """S3 refused to delete a version: a lock stands, and whatever holds it outranks the erasure."""


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """Why nothing of a contact may go now: a hold, a request for a copy that is open, or that nobody can tell."""

    ground: str
    until: date | None = None
    untold: bool = False
    """Whether it could not be asked what keeps it: a failure, and nothing that ends by itself."""

    def defers(self, artefact: Artefact) -> bool:
        """Tell whether it keeps that artefact: a hold keeps what Connect and the stores have of the contact."""
        return self.ground != HOLD or artefact.store not in BESIDE_A_HOLD

    def keeping(self, artefact: Artefact) -> Artefact:
        """Return an artefact as it stands for this: it waits, or has failed where nobody could tell."""
        status = ArtefactStatus.FAILED if self.untold else ArtefactStatus.DEFERRED
        return replace(artefact, status=status, ground=self.ground, until=self.until)


def untold(problem: AwsError | UnreadableRow) -> Hindrance:
    """Return what stands for what could not be asked: nothing goes that nobody can tell to be free."""
    if isinstance(problem, UnreadableRow):
        return Hindrance(ground=UNREADABLE_ROW, untold=True)
    return Hindrance(ground=problem.code, untold=True)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version, or delete marker, of an object."""

    key: str
    version_id: str


class Erasures(Protocol):
    """The register of erasures."""

    def find(self, request: RequestId) -> Erasure | None:
        """Return an erasure with its artefacts (consistent read)."""

    def save(self, before: Erasure | None, after: Erasure) -> Erasure:
        """Store what changed; raise ``steward.rights.ports.VersionConflict`` if it changed since it was read."""

    def unfinished(self) -> Iterator[RequestId]:
        """Return every erasure of which something waits."""


class Ledger(Protocol):
    """What stands outside every table, and cannot be changed: who agreed on what, and what is about to go."""

    def enter_order(self, order: Order) -> None:
        """Keep what two people agreed on. Entering it again changes nothing."""

    def orders(self, request: RequestId) -> tuple[Order, ...]:
        """Return what was agreed on for a request, the first first."""

    def requests(self) -> Iterator[RequestId]:
        """Return every request of which an order stands here."""

    def announce(self, request: RequestId, at: datetime, lines: Sequence[dict[str, str]]) -> None:
        """Keep what is about to go, line by line, before it goes."""


class Kept(Protocol):
    """What is kept of one contact, store by store."""

    def hindrance(self, contact_id: ContactId, request: RequestId) -> Hindrance | None:
        """Return why nothing of the contact may go now; a hold of that request itself is no reason."""

    def artefacts(self, contact: Erased, request: RequestId) -> tuple[Artefact, ...]:
        """Return what is kept of a contact, but for exported records: what may go as pending, the rest with a ground.

        Only what is there now; what is pending was looked at no earlier than this call.
        """

    def record(self, contact_id: ContactId, request: RequestId) -> bytes | None:
        """Return the copy of a contact's record that the search kept for that request."""

    def began_at(self, contact_id: ContactId) -> datetime | None:
        """Return when a contact began, by Connect; none where Connect does not know it, or does not say."""

    def recipients(self, contact_id: ContactId) -> tuple[str, ...]:
        """Return the references of disclosures that gave something of the contact to others."""

    def versions(self, artefact: Artefact) -> tuple[Version, ...]:
        """Return every version and delete marker of an object."""

    def remove(self, artefact: Artefact, versions: Sequence[Version]) -> None:
        """Delete those for good. Raises ``LockedObject`` where a lock stands: none is ever lifted."""

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        """Return the other contacts of the same chain; no tuple where Connect does not list that of a known contact."""

    def redact(self, artefact: Artefact, *, chain_is_free: bool) -> str:
        """Have Connect delete what it has of the person in a contact, and empty what was typed.

        Return the ground of what is not gone, by what Connect has then (``CHAIN``, ``NOT_REDACTED``,
        ``ANOTHER_VALUE``); nothing where all is. Attributes belong to the whole chain: unless it is free they stay.
        """

    def blank(self, artefact: Artefact) -> None:
        """Take what is personal out of a register's rows about the contact; that they existed stays."""


class Records(Protocol):
    """Exported contact records."""

    def partition(self, month: str, since: datetime | None, after: str = "") -> Iterable[str]:
        """Return the keys of a month, or of what was set aside (``errors``), that come after that key, in order.

        Only of those written ``since`` then.
        """

    def contacts_in(self, key: str, contacts: Sequence[ContactId]) -> tuple[ContactId, ...]:
        """Return which of these contacts have lines in an object.

        Raises ``steward.rights.finding.scanning.UnreadableRecords``; an object that is gone has none.
        """

    def rewrite(self, key: str, contacts: Sequence[ContactId]) -> None:
        """Write the object without their lines, unless it changed since it was read: then once more.

        Only where it is still there: a month that was disposed of meanwhile is not made again. Raises as above.
        """

    def earlier(self, key: str, contacts: Sequence[ContactId]) -> tuple[Version, ...]:
        """Return what has to go once it is rewritten: all but its current version; all, where nothing is left in it."""

    def remove(self, versions: Sequence[Version]) -> None:
        """Delete those versions for good. Raises ``LockedObject``."""


class Work(Protocol):
    """The queue of erasures."""

    def plan(self, request: RequestId, begun: datetime | None = None, seconds: int = 0) -> None:
        """Let the plan of an erasure be made, or made anew; or the planning that began then go on, after that time."""

    def erase(self, request: RequestId, seconds: int = 0) -> None:
        """Let an erasure go on, after that time."""

    def replay(
        self,
        request: RequestId,
        begun: datetime | None = None,
        seconds: int = 0,
        asked_at: datetime | None = None,
    ) -> None:
        """Let it be looked whether what was erased is still gone; or the look begun then go on, after that time.

        ``asked_at`` is when somebody asked for a look: one that began since is that look.
        """


class Outside(Protocol):
    """The council's own systems, on the own bus."""

    def state(self, detail_type: str, detail: dict[str, object]) -> None:
        """Put an event: ids, dates, counts and fixed words only."""


class Notices(Protocol):
    """The information team."""

    def planned(self, erasure: Erasure) -> None:
        """Tell that a plan waits for somebody to agree."""

    def too_large(self, request: RequestId, contacts: int, most: int) -> None:
        """Tell that a request is about more contacts than one erasure can be, and how it is answered then."""

    def finished(self, erasure: Erasure) -> None:
        """Tell that it is done, or in part: what waits, and until when."""

    def waits(self, erasure: Erasure, why: str) -> None:
        """Tell that what two people agreed on is not carried out now."""

    def reappeared(self, request: RequestId, artefacts: int) -> None:
        """Tell that something came back, and was removed again."""

    def failed(self, erasure: Erasure) -> None:
        """Tell that something could not be removed, and which."""
