"""A message of the queue of searches: which piece of work it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct, ValidationError, convert

from steward.holds.requests import BadRequest
from steward.holds.signals.fields import parse
from steward.rights.correcting import Correcting
from steward.rights.finding.searching import Searching
from steward.rights.requests import RequestId
from steward.rights.restricting import Restricting


class Search(Struct, frozen=True, tag="search", tag_field="steward"):
    """Begin a look for a request, or go on with one."""

    request: RequestId


class ScanPartition(Struct, frozen=True, tag="scan", tag_field="steward"):
    """Look through one partition."""

    request: RequestId
    look: int
    partition: str


class Restrict(Struct, frozen=True, tag="restrict", tag_field="steward"):
    """Bring what is stopped for a request in line with how it stands."""

    request: RequestId


class Correct(Struct, frozen=True, tag="correct", tag_field="steward"):
    """Make the corrections of a request."""

    request: RequestId


_Work = Search | ScanPartition | Restrict | Correct


@dataclass(frozen=True, kw_only=True)
class SearchMessages:
    """Does what a message asks for."""

    searching: Searching
    restricting: Restricting
    correcting: Correcting

    def handle(self, body: str, *, last: bool, time_left: Callable[[], bool]) -> None:
        """Do it. The ``last`` attempt that fails ends its partition as one that cannot be looked through.

        Raises ``BadRequest`` for a message that nobody can act upon.
        """
        try:
            work: _Work = convert(parse(body), _Work)
        except ValidationError:
            raise BadRequest("steward", "names no piece of work of a search, or lacks what it needs") from None
        if isinstance(work, Restrict):
            self.restricting.settle(work.request)
            return
        if isinstance(work, Correct):
            self.correcting.apply(work.request)
            return
        if isinstance(work, Search):
            # Texts stop before anything is looked for.
            self.restricting.settle(work.request)
            self.searching.begin(work.request)
            return
        try:
            self.searching.scan(work.request, work.look, work.partition, time_left=time_left)
        except BadRequest:
            raise
        except Exception:
            if last:
                self.searching.give_up(work.request, work.look, work.partition)
            raise
