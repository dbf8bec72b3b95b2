"""What an erasure is about: every artefact of every store, what is decided of it and what became of it. Pure.

Decisions are taken artefact by artefact, each with its ground (UK GDPR Article 17(3)): it goes, it stays because a law
says so, or it waits because a hold outranks every deletion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from steward.ids import ContactId, Sha256
from steward.rights.requests import Refusal, RequestId

CONNECT: Final = "connect"
"""The store of what Connect itself has of a contact: who called, recipients, subject, name, attributes."""
HELD: Final = "legal_hold"
COPIES: Final = "rights"
CONTACT_RECORD: Final = "contact_record"
SMS_LOG: Final = "sms_log"
CONSENTS: Final = "consent_evidence"
PAYMENTS: Final = "payments"

HOLD: Final = "hold"
"""The ground of what a hold keeps: a complaint, a claim, a threat to staff, a request for a copy."""
ACCESS_REQUEST: Final = "access_request"
"""The ground of what somebody asked for a copy of: what they are to be given is not erased (DPA 2018, s.173)."""
RESTRICTION: Final = "restriction"
"""The ground of what somebody asked to be kept and not used, or objects to while that is weighed."""
ANSWERED_REQUEST: Final = "answered_request"
"""The ground of what is kept of another request of the person until its own period is over."""
DISCLOSURE: Final = "disclosure"
"""The ground of the copy of what was given to others, until it expires."""
EVIDENCE_OF_CONSENT: Final = "evidence_of_consent"
"""The ground of decisions about texts (UK GDPR Articles 7(1) and 17(3)(e)); an opt-out has to outlive the erasure."""
NOTHING_PERSONAL: Final = "nothing_personal"
ANOTHER_BUCKET: Final = "another_bucket"
"""The ground of what Connect wrote to a bucket that is not steward's: somebody has to remove it by hand."""

CHAIN: Final = "chain"
"""The ground of attributes that belong to a contact as well that is held, or is not to be erased."""
NOT_REDACTED: Final = "not_redacted"
"""The ground of what Connect was told to redact or empty, and has as before."""
ANOTHER_VALUE: Final = "another_value"
"""The ground of what Connect has something else in the place of; nobody can tell whether that says who it was."""
NO_OPERATION: Final = "no_operation"
"""The ground of what may say who it was, and no operation of Connect removes: it goes with the contact."""

UNKNOWN_MONTH: Final = "unknown_month"
"""The ground of a contact of which nobody can tell in which month it began: where its records lie is not known."""

UNREADABLE_ROW: Final = "unreadable_row"
"""The ground of what a register has a row about that nobody can read: what cannot be told to be free stays."""

CAME_BACK: Final = "came_back"
"""The ground of what had been erased, and is about to go again."""

AS_AGREED: Final = "as_agreed"
"""The ground of what two people agreed to keep where a restored register forgot which one they gave."""
NOT_THEIRS: Final = "not_about_the_person"
"""The ground of what was planned, or agreed on, before somebody said that the contact is another person's."""

BESIDE_A_HOLD: Final = (SMS_LOG,)
"""What a hold of the contact does not keep: rows of the message log."""


class ArtefactStatus(StrEnum):
    """What became of one artefact. ``NOT_VERIFIED``: it cannot be shown that it is gone, so nobody says so."""

    PENDING = "pending"
    ERASED = "erased"
    DEFERRED = "deferred"
    REFUSED = "refused"
    ALREADY_GONE = "already_gone"
    FAILED = "failed"
    NOT_VERIFIED = "not_verified"


class ErasureStatus(StrEnum):
    """How far an erasure is. ``PLANNING``: its plan is not whole yet, and nobody can agree to it.

    ``DECIDED``: somebody said what stays; ``APPROVED``: somebody else agreed.
    """

    PLANNING = "planning"
    SCOPED = "scoped"
    DECIDED = "decided"
    APPROVED = "approved"
    ERASING = "erasing"
    VERIFYING = "verifying"
    DONE = "done"
    DONE_IN_PART = "done_in_part"


OPEN: Final = (ErasureStatus.SCOPED, ErasureStatus.DECIDED)
"""A whole plan, which somebody can agree to."""

UNAPPROVED: Final = (ErasureStatus.PLANNING, *OPEN)

DONE: Final = (ErasureStatus.DONE, ErasureStatus.DONE_IN_PART)


@dataclass(frozen=True, kw_only=True)
class Artefact:
    """One thing that is kept of one contact. ``key`` is an object's key, or the contact's id in a table or Connect."""

    store: str
    key: str
    contact_id: ContactId
    status: ArtefactStatus = ArtefactStatus.PENDING
    ground: str = ""
    until: date | None = None
    """The day on which what defers it ends, as far as one is known."""
    begun: bool = False
    """Whether its removal was begun: then that it is not there means that it was erased."""

    @property
    def place(self) -> tuple[str, str, ContactId]:
        """What tells it from every other."""
        return self.store, self.key, self.contact_id

    @property
    def unfinished(self) -> bool:
        """Whether something is still to be done about it."""
        return self.status in (ArtefactStatus.PENDING, ArtefactStatus.DEFERRED, ArtefactStatus.FAILED)


def keeps(refusal: Refusal, artefact: Artefact) -> bool:
    """Tell whether a refusal is about that artefact: by key, by ``store/key``, or by its contact as a whole."""
    named = (artefact.key, artefact.contact_id, f"{artefact.store}/{artefact.key}")
    # What keeps Connect's contact keeps all of it, as it did before its parts had places of their own.
    return refusal.artefact in (*named, *([f"{CONNECT}/{artefact.contact_id}"] if artefact.store == CONNECT else ()))


@dataclass(frozen=True, kw_only=True)
class Erased:
    """A contact whose data is to stay gone: the minimum that has to be kept for it. ``month`` is ``YYYY-MM``."""

    contact_id: ContactId
    month: str


@dataclass(frozen=True, kw_only=True)
class Order:
    """What two people agreed on, as the ledger keeps it: outside every table, so that no restore forgets it."""

    request: RequestId
    plan_sha256: str
    approved_by: str
    approved_at: datetime
    contacts: tuple[Erased, ...]
    refused: tuple[tuple[str, str, ContactId], ...] = ()
    """The places of what stays."""

    def keeps(self, one: Artefact) -> bool:
        """Tell whether that stays: it was refused, or is a part of Connect's contact, which was refused as a whole."""
        whole = (CONNECT, one.contact_id, one.contact_id)
        return one.place in self.refused or (one.store == CONNECT and whole in self.refused)


@dataclass(frozen=True, kw_only=True)
class Look:
    """A look, after the erasure, whether what was erased is still gone; it may take several runs of its function."""

    begun_at: datetime
    since: datetime | None = None
    """Only records written since then are read; none: all of the contacts' months."""
    came_back: int = 0
    """How many artefacts had come back, so far."""
    stood: str = ""
    """The digest of what waited when it began."""
    again: bool = False
    """Whether it goes through everything once more, for what failed in it and asking again may help."""


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """The erasure of one request, as its register has it."""

    request: RequestId
    planned_at: datetime
    contacts: tuple[Erased, ...]
    artefacts: tuple[Artefact, ...] = ()
    status: ErasureStatus = ErasureStatus.SCOPED
    prepared_by: tuple[str, ...] = ()
    approved_by: str = ""
    swept: tuple[ContactId, ...] = ()
    """The contacts that the planning, pass or look under way has seen to."""
    read_to: str = ""
    """The last object of exported records that it has seen to."""
    asked_to: str = ""
    """The last object, of those that had been planned and were not found by then, that it has asked for by name."""
    retry: bool = False
    """Whether trying once more may help what failed in it so far."""
    stood: str = ""
    """The digest of the plan that stood before the planning under way; none before the first."""
    quiet_from: datetime | None = None
    """From when on what Connect sent once more because of the erasure has arrived."""
    removed: int = 0
    """How many versions and rows the pass under way removed, in all of its runs."""
    finished_at: datetime | None = None
    look: Look | None = None
    """The look that is under way."""
    looked_at: datetime | None = None
    """When the last look began that came to its end."""
    told: tuple[str, ...] = ()
    version: int = 0

    @property
    def plan_sha256(self) -> Sha256:
        """The digest of what was planned: what goes, what stays and what waits, each with its ground."""
        lines = sorted(
            (one.store, one.key, one.contact_id, one.status, one.ground, one.until.isoformat() if one.until else "")
            for one in self.artefacts
        )
        return Sha256(hashlib.sha256(msgspec.json.encode([self.request, lines])).hexdigest())

    def count(self, status: ArtefactStatus) -> int:
        """Return how many artefacts are in that state."""
        return sum(one.status is status for one in self.artefacts)

    def of(self, status: ArtefactStatus) -> tuple[Artefact, ...]:
        """Return the artefacts in that state."""
        return tuple(one for one in self.artefacts if one.status is status)

    @property
    def refused(self) -> tuple[tuple[str, str, ContactId], ...]:
        """The places of what stays."""
        return tuple(one.place for one in self.of(ArtefactStatus.REFUSED))

    def forgotten(self, order: Order) -> tuple[Artefact, ...]:
        """Return, as refused, what the order keeps and this has otherwise: a register restored to before that."""
        return tuple(
            replace(one, status=ArtefactStatus.REFUSED, ground=one.ground or AS_AGREED, until=None)
            for one in self.artefacts
            if order.keeps(one) and one.status is not ArtefactStatus.REFUSED
        )

    def from_the_start(self) -> Erasure:
        """Return it with nothing seen to yet by the next planning, pass or look."""
        return replace(self, swept=(), read_to="", asked_to="", retry=False)

    def with_artefacts(self, changed: Iterable[Artefact]) -> Erasure:
        """Return it with those in the place of what was known of the same; what was erased once stays erased."""
        known = {one.place: one for one in self.artefacts}
        known.update({one.place: one for one in changed})
        return replace(self, artefacts=tuple(known[place] for place in sorted(known)))


def planned(artefacts: Iterable[Artefact], refusals: Iterable[Refusal]) -> tuple[Artefact, ...]:
    """Return the artefacts with what somebody decided to keep, sorted; what waits may be kept as well."""
    said = tuple(refusals)
    found: list[Artefact] = []
    for one in artefacts:
        ground = next((refusal.ground for refusal in said if keeps(refusal, one)), "")
        found.append(replace(one, status=ArtefactStatus.REFUSED, ground=ground, until=None) if ground else one)
    return tuple(sorted(found, key=lambda one: one.place))


def naming_nothing(refusals: Iterable[Refusal], artefacts: Iterable[Artefact]) -> tuple[Refusal, ...]:
    """Return the refusals that are about nothing of these: nothing would be kept for them."""
    there = tuple(artefacts)
    return tuple(one for one in refusals if not any(keeps(one, artefact) for artefact in there))
