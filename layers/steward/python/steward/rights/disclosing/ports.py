"""What disclosures need of the world. Adapters raise ``steward.failures.AwsError``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from steward.archive import Entry
from steward.holds.requests import BadRequest
from steward.ids import CaseRef, ContactId, Sha256
from steward.rights.disclosing.register import Disclosure, DisclosureId, Listed


class Lacking(BadRequest):
    """A request that was refused by what it lacks: the register has it, and the information team was told."""


class NotYet(Exception):
    """Nothing is kept yet of what has to go out at once; the same message again may find it."""


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """A disclosure as it stands, and the ids of the events that made it so."""

    disclosure: Disclosure
    events: frozenset[str]


class Disclosures(Protocol):
    """The register of disclosures."""

    def find(self, disclosure: DisclosureId) -> OnRecord | None:
        """Return a disclosure (consistent read)."""

    def save(self, before: Disclosure | None, after: Disclosure, event_id: str = "") -> Disclosure:
        """Store it with the event that changed it; raise ``steward.rights.ports.VersionConflict``."""

    def unfinished(self) -> Iterator[DisclosureId]:
        """Return every disclosure of which something is still to be seen to."""

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        """Return the disclosures that name a contact."""


class Originals(Protocol):
    """What is kept of contacts: the held copy where there is one, else what Connect stored."""

    def files(self, contact_id: ContactId, first_day: date | None, last_day: date | None) -> tuple[Listed, ...]:
        """Return the files of a contact; none if it began outside those London days."""

    def content(self, file: Listed) -> bytes:
        """Return its bytes.

        Raises ``steward.failures.NotFound`` if it went meanwhile, and ``steward.rights.package.contents.TooLarge`` for
        more than a copy takes.
        """

    def holds_for_complaint(self, contact_id: ContactId, case: CaseRef) -> bool:
        """Tell whether the complaint of that reference holds the contact."""


class Shelf(Protocol):
    """The store of rights."""

    def digest(self, key: str) -> Sha256 | None:
        """Return the SHA-256 of an object, or none if there is no such object."""

    def keep_package(self, key: str, entries: Iterable[Entry]) -> None:
        """Write the entries as one archive, each as it comes; the same entries make the same bytes."""


class Notices(Protocol):
    """The information team, and whoever decides."""

    def unreadable(self, refusal: BadRequest) -> None:
        """Tell that something about a disclosure was refused, and why."""

    def refused(self, disclosure: Disclosure, problems: Mapping[str, str]) -> None:
        """Tell what a request lacks, by the name of each field."""

    def proposed(self, disclosure: Disclosure) -> None:
        """Tell whoever decides that a disclosure waits for them."""

    def ready(self, disclosure: Disclosure) -> None:
        """Tell that a copy was prepared, and what could not be put into it."""

    def emergency(self, disclosure: Disclosure) -> None:
        """Tell that records went out before anybody else looked, and when the papers are due."""

    def papers_overdue(self, disclosure: Disclosure) -> None:
        """Tell that the papers of an emergency did not come."""

    def review_silence(self, disclosure: Disclosure) -> None:
        """Tell that the mark "do not tell" is to be looked at again."""

    def undecided(self, disclosure: Disclosure) -> None:
        """Tell that nobody has decided for days."""
