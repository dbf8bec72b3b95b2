"""What the domain of rights needs of the world. Adapters raise ``steward.failures.AwsError``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from steward.holds.requests import BadRequest, Doubt
from steward.ids import ContactId
from steward.rights.clock.deadlines import Deadlines
from steward.rights.requests import Correction, Match, RequestId, SubjectRequest


class VersionConflict(Exception):
    """The request changed since it was read: read it again and judge again."""


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """A request as it stands, and the ids of the events that made it so."""

    request: SubjectRequest
    events: frozenset[str]


class Requests(Protocol):
    """The register of requests."""

    def find(self, request: RequestId) -> OnRecord | None:
        """Return the request, its matches and its items (consistent read)."""

    def save(self, before: SubjectRequest | None, after: SubjectRequest, event_id: str = "") -> SubjectRequest:
        """Store what changed, with the event that changed it.

        Raises ``VersionConflict`` if it changed since it was read.
        """

    def add_match(self, request: RequestId, match: Match) -> bool:
        """Enter a contact that was found; tell whether it was not known before."""

    def unfinished(self) -> Iterator[RequestId]:
        """Return every request that is open, or closed with something left to remove."""


class Work(Protocol):
    """What a request sets in motion."""

    def search(self, request: RequestId) -> None:
        """Let the person's contacts be looked for."""

    def assemble(self, request: RequestId) -> None:
        """Let its package be put together, if everything is decided; let its files be listed, if not."""

    def plan(self, request: RequestId) -> None:
        """Let everything be listed that its erasure would be about, if every contact is decided about."""

    def correct(self, request: RequestId) -> None:
        """Let what was found to be wrong be put right, and be kept with its contact."""

    def restrict(self, request: RequestId) -> None:
        """Let texts stop to the person, or be free again, as the request stands now."""

    def hold(self, request: SubjectRequest, contact_ids: tuple[ContactId, ...]) -> None:
        """Let the contacts be held until the request is closed."""

    def let_stranger_go(self, request: RequestId, contact_id: ContactId) -> None:
        """Let the hold of a contact end that is another person's."""

    def let_go(self, request: SubjectRequest) -> None:
        """Let the holds of a request that is over run to their end."""


class Outside(Protocol):
    """The council's own systems, on the own bus."""

    def announce(self, detail_type: str, request: RequestId, facts: Mapping[str, str | int]) -> None:
        """Put an event: ids, dates, counts and fixed words only."""


class Notices(Protocol):
    """The information team."""

    def refused(self, refusal: BadRequest) -> None:
        """Tell that something was refused, and why."""

    def doubts(self, request: RequestId, doubts: tuple[Doubt, ...]) -> None:
        """Tell what of a request could not be used as it was given."""

    def deadline(self, request: SubjectRequest, found: Deadlines, kind: str) -> None:
        """Tell that a deadline is ``near``, or was ``missed``."""

    def chase(self, request: SubjectRequest) -> None:
        """Tell that the person has not sent what they were asked for."""

    def not_corrected(self, request: SubjectRequest, correction: Correction) -> None:
        """Tell what could not be put right, and why."""

    def still_restricted(self, request: SubjectRequest) -> None:
        """Tell that what a closed request restricts has stood for long: somebody looks whether it still has to."""

    def table_ends(self, last: date) -> None:
        """Tell that the table of bank holidays ends soon."""

    def incomplete(self, request: SubjectRequest) -> None:
        """Tell that not everything could be looked through."""
