"""What the register of a night says of open requests of people: references and dates, nothing of a person. Pure.

How far each is and who has to do what is on the page of requests (``steward.rights.overview.page``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import msgspec

from steward.failures import AwsError
from steward.rights.clock.deadlines import Promise
from steward.rights.clock.holidays import ENGLAND_AND_WALES, BeyondTheTable
from steward.rights.requests import SubjectRequest


class Requests(Protocol):
    """The register of requests."""

    def unfinished(self) -> Iterator[SubjectRequest | None]:
        """Return each that is not done with, without what was found for it; none for what cannot be read.

        Raises ``steward.failures.AwsError``.
        """


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """One open request. Dates are London's; there is no deadline while its clock does not run."""

    request: str
    right: str
    received_on: date
    law_on: date | None
    promised_on: date | None
    overdue: bool
    """Whether the earlier of both dates is past."""


class OpenRequests(msgspec.Struct, frozen=True, kw_only=True):
    """The open requests, what is due first; or why they are not shown, in AWS's own code."""

    lines: tuple[RequestLine, ...] = ()
    unread: int = 0
    not_shown: str = ""

    @property
    def overdue(self) -> int:
        """How many are past the earlier of their dates."""
        return sum(one.overdue for one in self.lines)


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Reads the open requests with what the council promised. Used where the policy has a section about them."""

    requests: Requests
    promise: Promise

    def on(self, today: date) -> OpenRequests:
        """Return the open requests as of that day in London. What cannot be asked for is not shown, and never none."""
        try:
            found = list(self.requests.unfinished())
        except AwsError as problem:
            return OpenRequests(not_shown=problem.code)
        lines = list(self._lines((one for one in found if one is not None and one.open), today))
        return OpenRequests(
            lines=tuple(sorted((one for one in lines if one is not None), key=_by_what_is_due)),
            unread=found.count(None) + lines.count(None),
        )

    def _lines(self, requests: Iterable[SubjectRequest], today: date) -> Iterator[RequestLine | None]:
        for one in requests:
            try:
                due = one.deadlines(self.promise, ENGLAND_AND_WALES, today)
            except BeyondTheTable:
                # A deadline is computed from no guess: the request is counted, and operations look.
                yield None
                continue
            yield RequestLine(
                request=one.id,
                right=one.right,
                received_on=one.received_on,
                law_on=due.law_on if due else None,
                promised_on=due.promised_on if due else None,
                overdue=due is not None and today > due.due_on,
            )


def _by_what_is_due(one: RequestLine) -> tuple[bool, date, str]:
    due = min(filter(None, (one.law_on, one.promised_on)), default=None)
    return due is None, due or one.received_on, one.request
