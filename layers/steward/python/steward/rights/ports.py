"""What the domain of rights needs of the world. Adapters raise ``steward.failures.AwsError``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from steward.holds.requests import BadRequest, Doubt
from steward.rights.clock.deadlines import Deadlines
from steward.rights.requests import Match, RequestId, SubjectRequest


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
        """Store what changed, with the event that changed it; raise ``VersionConflict``."""

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

    def let_go(self, request: SubjectRequest) -> None:
        """Let the holds of a closed request run to their end."""


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

    def table_ends(self, last: date) -> None:
        """Tell that the table of bank holidays ends soon."""

    def incomplete(self, request: SubjectRequest) -> None:
        """Tell that not everything could be looked through."""
