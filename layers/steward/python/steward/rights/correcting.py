"""Rectification: what a person says of a contact is kept with it, and attributes that are wrong are put right.

UK GDPR Article 16: inaccurate data is rectified, and incomplete data completed, "including by means of providing a
supplementary statement". A recording is what was said, whether that was right or not: it is never altered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

from msgspec import Struct

from steward.clock import Clock, london_date
from steward.failures import InvalidRequest
from steward.holds.requests import BadRequest
from steward.ids import ContactId
from steward.names import COMPLAINT_RECEIVED, COMPLAINT_REFERENCE, COMPLAINT_SIGNATURE, COMPLAINT_STAGE
from steward.rights.disclosing.register import Disclosure
from steward.rights.ports import Notices, Requests, VersionConflict
from steward.rights.requests import Correction, RequestId, SubjectRequest

LONGEST_STATEMENT: Final = 5000
"""Characters of a statement: a page or two."""
LONGEST_ATTRIBUTES: Final = 32 * 1024
"""Bytes of all attributes of a contact (Amazon Connect administrator guide, "Contact attributes")."""
_FLAGS: Final = frozenset({COMPLAINT_REFERENCE, COMPLAINT_RECEIVED, COMPLAINT_SIGNATURE, COMPLAINT_STAGE})
_TRIES: Final = 8


class Statement(Struct, frozen=True, kw_only=True, order=True):
    """What a person said of a contact, as it is kept with it, and the London day on which it was handed in."""

    on: date
    request: str
    statement: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is handed in of one contact: a statement, attributes with the values that are right, or both."""

    statement: str
    attributes: Mapping[str, str]


class Kept(Protocol):
    """The store of rights. Raises ``steward.failures.AwsError``."""

    def intake(self, key: str) -> bytes | None:
        """Return what was handed in, or none if there is no such object."""

    def keep_statement(self, contact_id: ContactId, statement: Statement) -> None:
        """Keep it with the contact, in the place of an earlier one of the same request."""


class Attributes(Protocol):
    """Contacts in Connect. Raises ``steward.failures.AwsError``."""

    def put_right(self, contact_id: ContactId, attributes: Mapping[str, str]) -> bool:
        """Give a contact those attributes; tell whether Connect still knows the contact.

        Raises ``InvalidRequest`` for values that Connect does not take.
        """


class Disclosed(Protocol):
    """The register of disclosures. Raises ``steward.failures.AwsError``."""

    def about(self, contact_id: ContactId) -> Sequence[Disclosure]:
        """Return the disclosures that name a contact."""


class Told(Protocol):
    """The council's own systems, on the own bus. Raises ``steward.failures.AwsError``."""

    def state(self, detail_type: str, facts: Mapping[str, object]) -> None:
        """Put an event: ids, dates, counts and fixed words only."""


def said_in(body: bytes) -> Said:
    """Return what was handed in; raise ``BadRequest`` for what cannot be used. No message quotes any of it."""
    try:
        stated = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("object_key", "what was handed in is not JSON") from None
    fields = stated if isinstance(stated, dict) else {}
    statement, attributes = fields.get("statement", ""), fields.get("attributes", {})
    if not isinstance(statement, str) or len(statement) > LONGEST_STATEMENT:
        raise BadRequest("statement", f"must be text of at most {LONGEST_STATEMENT} characters")
    if not isinstance(attributes, dict) or not all(isinstance(one, str) for one in attributes.values()):
        raise BadRequest("attributes", "must be names with text")
    if len(json.dumps(attributes).encode()) > LONGEST_ATTRIBUTES:
        raise BadRequest("attributes", f"are longer than the {LONGEST_ATTRIBUTES} bytes that Connect takes")
    if _FLAGS & set(attributes):
        raise BadRequest("attributes", "names one by which contacts are flagged for a hold")
    if not statement.strip() and not attributes:
        raise BadRequest("object_key", "what was handed in has neither a statement nor attributes")
    return Said(statement=statement.strip(), attributes=attributes)


@dataclass(frozen=True, kw_only=True)
class Correcting:
    """Makes the corrections of a request, each once; a death in between makes it again, which changes nothing."""

    clock: Clock
    requests: Requests
    kept: Kept
    attributes: Attributes
    disclosed: Disclosed
    told: Told
    notices: Notices

    def apply(self, request_id: RequestId) -> None:
        """Make what is still to be made, one that cannot be made stops no other.

        Raises ``BadRequest`` for an unknown request, and ``VersionConflict`` if others keep changing it.
        """
        for _ in range(_TRIES):
            known = self.requests.find(request_id)
            if known is None:
                raise BadRequest("request", "is not on record", about=f"request {request_id}")
            request = known.request
            if not request.open or not request.to_correct:
                return
            done = [self._made(request, one) for one in request.to_correct]
            after = request
            for one in done:
                after = after.with_correction(one)
            try:
                self.requests.save(request, after)
            except VersionConflict:
                continue
            return
        raise VersionConflict("others keep changing this request")

    def _made(self, request: SubjectRequest, correction: Correction) -> Correction:
        today = london_date(self.clock.now())
        try:
            problem = self._make(request, correction)
        except BadRequest as refusal:
            problem = f"{refusal.field}: {refusal.problem}"
        except InvalidRequest as refusal:
            problem = f"attributes: Connect does not take them ({refusal.code})"
        done = replace(correction, done_on=today, problem=problem)
        if problem:
            self.notices.not_corrected(request, done)
        return done

    def _make(self, request: SubjectRequest, correction: Correction) -> str:
        """Make it; return what of it could not be, or nothing."""
        body = self.kept.intake(correction.key)
        if body is None:
            raise BadRequest("object_key", "is not there")
        said = said_in(body)
        contact_id = correction.contact_id
        if said.statement:
            statement = Statement(on=correction.on, request=request.id, statement=said.statement)
            self.kept.keep_statement(contact_id, statement)
        known = not said.attributes or self.attributes.put_right(contact_id, said.attributes)
        # UK GDPR Article 19: whoever was given what is put right is told of it.
        given = sorted({one.id for one in self.disclosed.about(contact_id) if one.hand_overs})
        if given:
            self.told.state("Recipients To Tell", {"request": request.id, "disclosures": given})
        return (
            "" if known else "attributes: Connect does not know the contact any more; what was exported stays as it was"
        )
