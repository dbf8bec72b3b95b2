"""A message of the queue of searches: which piece of work it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct, ValidationError, convert

from steward.holds.requests import BadRequest
from steward.holds.signals.fields import parse
from steward.rights.finding.searching import Searching
from steward.rights.requests import RequestId


class Search(Struct, frozen=True, tag="search", tag_field="steward"):
    """Begin a look for a request, or go on with one."""

    request: RequestId


class ScanPartition(Struct, frozen=True, tag="scan", tag_field="steward"):
    """Look through one partition."""

    request: RequestId
    look: int
    partition: str


@dataclass(frozen=True, kw_only=True)
class SearchMessages:
    """Does what a message asks for."""

    searching: Searching

    def handle(self, body: str, *, last: bool, time_left: Callable[[], bool]) -> None:
        """Do it. The ``last`` attempt that fails ends its partition as one that cannot be looked through.

        Raises ``BadRequest`` for a message that nobody can act upon.
        """
        try:
            work: Search | ScanPartition = convert(parse(body), Search | ScanPartition)
        except ValidationError:
            raise BadRequest("steward", "names no piece of work of a search, or lacks what it needs") from None
        if isinstance(work, Search):
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
