"""Texts stop to a person whose data is restricted, or who objects, and may go again once that is lifted.

Whoever was given any of it is told of the restriction (UK GDPR Article 19), once a contact is known to be the person's.

UK GDPR Article 18(2): restricted data is kept, and else used only with the person's consent or for the reasons of that
paragraph. A text is none of them; a consent to texts that was given earlier is not one to use restricted data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from steward.failures import UnreadableRow
from steward.holds.requests import BadRequest
from steward.ids import ContactId, NumberHash
from steward.rights.disclosing.register import Disclosure
from steward.rights.finding.identifiers import Kind, read_intake
from steward.rights.finding.registers import own_number
from steward.rights.ports import Requests, VersionConflict
from steward.rights.requests import RESTRICTING, RequestId, SubjectRequest

_TRIES: Final = 8


class Numbers(Protocol):
    """Hashes numbers. Raises ``steward.failures.AwsError``."""

    def hashed(self, e164: str) -> NumberHash:
        """Return a number's keyed hash; empty where the policy sends no texts."""


class Kept(Protocol):
    """The store of rights. Raises ``steward.failures.AwsError``."""

    def intake(self, key: str) -> bytes | None:
        """Return an intake, or none if there is no such object."""

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        """Return the copy of a contact's record that is kept for a request."""


class Disclosed(Protocol):
    """The register of disclosures. Raises ``steward.failures.AwsError`` and ``steward.failures.UnreadableRow``."""

    def about(self, contact_id: ContactId) -> Sequence[Disclosure]:
        """Return the disclosures that name a contact."""


class Told(Protocol):
    """The council's own systems, on the own bus. Raises ``steward.failures.AwsError``."""

    def state(self, detail_type: str, facts: Mapping[str, object]) -> None:
        """Put an event: ids, dates, counts and fixed words only."""


class StoppedTexts(Protocol):
    """The numbers to which no text goes, each with the requests for which it does not. Raises ``AwsError``."""

    def stop(self, number: NumberHash, request: RequestId) -> None:
        """Let no text go to a number for that request; once more is no error."""

    def free(self, number: NumberHash, request: RequestId) -> None:
        """Let texts go again as far as that request is concerned; others' stops stay. Once more is no error."""


@dataclass(frozen=True, kw_only=True)
class Restricting:
    """Brings what is stopped in line with how a request stands."""

    requests: Requests
    kept: Kept
    numbers: Numbers
    texts: StoppedTexts
    disclosed: Disclosed
    told: Told

    def settle(self, request_id: RequestId) -> None:
        """Stop texts to the person's numbers while the restriction stands, and free them when it does not.

        The request notes a number before it is stopped, so that whatever was stopped is freed again. Raises
        ``BadRequest`` for an unknown request, ``VersionConflict`` if others keep changing it, and, once everything else
        is done, ``UnreadableRow`` if it cannot be told who was given something of a contact.
        """
        touched: tuple[NumberHash, ...] = ()
        for _ in range(_TRIES):
            request = self._request(request_id)
            if request.right not in RESTRICTING:
                return
            wanted = self._wanted(request)
            try:
                # What an attempt of this call stopped is freed again also where another call forgot it meanwhile.
                request = self._noted(request, (*request.restricted, *touched, *wanted))
                touched = request.restricted
                for number in touched:
                    (self.texts.stop if number in wanted else self.texts.free)(number, request.id)
                told, unread = self._tell_recipients(request)
                request = replace(request, recipients_told=told)
                # It conflicts if the restriction was lifted, or a verdict changed, while texts were being stopped.
                self._noted(request, wanted, always=True)
            except VersionConflict:
                continue
            if unread is not None:
                raise unread
            return
        raise VersionConflict("others keep changing this request")

    def _tell_recipients(self, request: SubjectRequest) -> tuple[tuple[str, ...], UnreadableRow | None]:
        """Have those told who were given something of the person's contacts, each disclosure once.

        Return the disclosures of which that was asked for by now, and what could not be read, if anything. Told before
        it is noted: what dies in between is told once more rather than never.
        """
        unread: UnreadableRow | None = None
        given = set[str]()
        for match in request.confirmed if request.restriction_stands else ():
            try:
                given |= {one.id for one in self.disclosed.about(match.contact_id) if one.hand_overs}
            except UnreadableRow as problem:
                unread = problem
        new = sorted(given - {*request.recipients_told})
        if new:
            self.told.state("Recipients To Tell", {"request": request.id, "disclosures": new})
        return (*request.recipients_told, *new), unread

    def _noted(
        self, request: SubjectRequest, numbers: tuple[NumberHash, ...], *, always: bool = False
    ) -> SubjectRequest:
        after = replace(request, restricted=tuple(dict.fromkeys(numbers)))
        if after == request and not always:
            return request
        return self.requests.save(request, after)

    def _wanted(self, request: SubjectRequest) -> tuple[NumberHash, ...]:
        """Return the numbers to which nothing may go; after the request was closed also those that were known then."""
        if not request.restriction_stands:
            return ()
        body = self.kept.intake(request.intake_key)
        try:
            given = read_intake(body)[0] if body is not None else None
        except BadRequest:
            given = None
        numbers = [one.value for one in given or () if one.kind is Kind.PHONE]
        hashes = [self.numbers.hashed(one) for one in dict.fromkeys([*numbers, *self._called_from(request)])]
        # What cannot be read, or is gone after the closing, frees nobody.
        known = request.restricted if given is None or request.closing is not None else ()
        return tuple(dict.fromkeys(one for one in (*known, *hashes) if one))

    def _called_from(self, request: SubjectRequest) -> Iterator[str]:
        for match in request.confirmed:
            body = self.kept.record(request.id, match.contact_id)
            number = own_number(json.loads(body)) if body is not None else None
            if number:
                yield number

    def _request(self, request_id: RequestId) -> SubjectRequest:
        known = self.requests.find(request_id)
        if known is None:
            raise BadRequest("request", "is not on record", about=f"request {request_id}")
        return known.request
