"""A request of a person about their data: what is known of it, and what its facts come to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from steward.ids import ContactId, NumberHash, Sha256
from steward.rights.clock.deadlines import Deadlines, Facts, Pause, Promise, deadlines
from steward.rights.clock.holidays import Holidays

RequestId = NewType("RequestId", str)
"""The council's own reference of a request."""


class Right(StrEnum):
    """Which right is exercised (UK GDPR Articles 15 to 18 and 21)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"


HELD_WHILE_OPEN: Final = (Right.ACCESS, Right.RESTRICTION, Right.OBJECTION)
"""The rights for which a person's contacts are held until the request is closed, and what it restricts is free again.

What they are to be given a copy of; what is kept and not used (UK GDPR Article 18(1)); and the same while an objection
is weighed (Article 18(1)(d)). An erasure holds nothing.
"""


RESTRICTING: Final = (Right.RESTRICTION, Right.OBJECTION)
"""The rights that restrict what is done with a person's data until the restriction is lifted.

UK GDPR Article 18(1), and for an objection Article 18(1)(d) while it is weighed, and Article 21(1) once it is upheld.
"""


class Status(StrEnum):
    """How far a request is. Questions and extensions are facts beside it."""

    RECEIVED = "received"
    IDENTIFYING = "identifying"
    SEARCHING = "searching"
    MATCHING = "matching"
    REVIEWING = "reviewing"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """Whether a contact that was found is this person's; a number is not a person."""

    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ItemVerdict(StrEnum):
    """What a reviewer lets out of one file."""

    WHOLE = "whole"
    EDITED = "edited"
    TRANSCRIPT_ONLY = "transcript_only"
    WITHHELD = "withheld"


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A part that goes out as silence: from and to in milliseconds, of one channel or of all."""

    from_ms: int
    to_ms: int
    channel: str = "all"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A reviewer's verdict about one file, named by its key in the hold bucket or where Connect wrote it."""

    file: str
    verdict: ItemVerdict
    ground: str = ""
    cuts: tuple[Cut, ...] = ()
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Match:
    """A contact that the search found, and what was decided of it."""

    contact_id: ContactId
    verdict: Verdict = Verdict.UNDECIDED
    why: str = ""
    by: str = ""
    on: date | None = None
    weak: bool = False
    """Found where an adviser may have typed it, not where Connect states who called."""
    held: bool = False
    """Whether more than its record may be there, and is held while the request is open."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Proof of who somebody is: whether it is needed, when it was asked for and when it came."""

    needed: bool
    asked_on: date | None = None
    confirmed_on: date | None = None

    @property
    def outstanding(self) -> bool:
        """Whether nobody knows yet who it is."""
        return (self.needed or self.asked_on is not None) and self.confirmed_on is None


@dataclass(frozen=True, kw_only=True)
class Authority:
    """The authority of somebody who acts for the person; no copy of it is kept."""

    kind: str
    confirmed_on: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Two more months by law: when the person was told, and why."""

    told_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Something that an erasure leaves: an object's key, ``store/key`` or a contact's id, and the law that lets it."""

    artefact: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class ErasureScope:
    """What somebody decided of an erasure: everything goes but what is named."""

    by: str
    on: date
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Closing:
    """How and when a request ended."""

    outcome: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What somebody found to be wrong about a contact (UK GDPR Article 16).

    ``key`` is the object under ``intake/`` that says it. What cannot be done has a ``problem`` and is done with.
    """

    contact_id: ContactId
    key: str
    by: str
    on: date
    done_on: date | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Lifting:
    """The end of a restriction: when the person was told that it would be lifted, and when it was."""

    told_on: date
    on: date


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """By which way a package went out, and when."""

    route: str
    on: date


@dataclass(frozen=True, kw_only=True)
class PackageFile:
    """One file of a package by its name in it."""

    name: str
    sha256: Sha256
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Package:
    """What was put together: its archive, the digest of its manifest, and who let it out."""

    key: str
    manifest_sha256: Sha256
    files: tuple[PackageFile, ...]
    built_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    links: int = 0
    """How often a link to it was given."""
    gone: bool = False
    """Whether it was removed when its days were over."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """The state of the search: the number of the look, when it began and ended, and what could not be read."""

    look: int
    begun_at: datetime
    partitions: tuple[str, ...]
    since: datetime | None = None
    """What was written before it was looked through completely by an earlier look; none: everything is read."""
    ended_at: datetime | None = None
    unreadable: tuple[str, ...] = ()
    unlisted: tuple[ContactId, ...] = ()
    """Contacts that Connect knows, and whose chain it does not list: whether others belong to them is not known."""
    objects: int = 0
    bytes: int = 0

    @property
    def complete(self) -> bool:
        """Whether everything was looked through."""
        return self.ended_at is not None and not self.unreadable


@dataclass(frozen=True, kw_only=True)
class SubjectRequest:
    """One request. Deadlines and status are not stored: they follow from what is."""

    id: RequestId
    right: Right
    received_on: date
    opened_at: datetime
    channel: str = ""
    intake_key: str = ""
    opened_by: str = ""
    identity: Identity
    authority: Authority | None = None
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    search: Search | None = None
    matches: tuple[Match, ...] = ()
    items: tuple[Item, ...] = ()
    to_review: tuple[str, ...] = ()
    """The files of the confirmed contacts, each of which takes a verdict before a package is put together."""
    package: Package | None = None
    hand_overs: tuple[HandOver, ...] = ()
    erasure_scope: ErasureScope | None = None
    closing: Closing | None = None
    corrections: tuple[Correction, ...] = ()
    lifted: Lifting | None = None
    restricts: bool = False
    """Whether anything was restricted for it from its receipt; nothing was for what came before steward did that."""
    restricted: tuple[NumberHash, ...] = ()
    """The keyed hashes of the numbers to which texts were stopped for it."""
    recipients_told: tuple[str, ...] = ()
    """The disclosures whose recipients were to be told of the restriction."""
    told: tuple[str, ...] = ()
    """What was told of its deadlines: ``near`` or ``missed``, whose, and which date."""
    chased_on: date | None = None
    cleared_at: datetime | None = None
    """When its records and package were removed, after it was closed."""
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether it is still to be answered."""
        return self.closing is None

    @property
    def to_correct(self) -> tuple[Correction, ...]:
        """The corrections that are still to be made."""
        return tuple(one for one in self.corrections if one.done_on is None)

    def with_correction(self, correction: Correction) -> SubjectRequest:
        """Return it with that correction, in the place of an earlier one of the same contact by the same object."""
        own = (correction.contact_id, correction.key)
        others = tuple(one for one in self.corrections if (one.contact_id, one.key) != own)
        return replace(self, corrections=(*others, correction))

    @property
    def restriction_stands(self) -> bool:
        """Whether the person's data is restricted for it: from its receipt, and also after it was answered.

        It ends when it is lifted, of which the person is told first, or when they withdraw what they asked for.
        """
        if not self.restricts or self.lifted is not None:
            return False
        if self.closing is None:
            return True
        # Who never showed who they are has obtained nothing: it may be another person's number.
        return self.closing.outcome != Status.WITHDRAWN and not self.identity.outstanding

    @property
    def ended_on(self) -> date | None:
        """The day from which nothing is held for it any more; none while it is open, or restricts."""
        if self.closing is None or self.restriction_stands:
            return None
        return max(self.closing.on, self.lifted.on) if self.lifted else self.closing.on

    @property
    def facts(self) -> Facts:
        """What its clock runs on."""
        identity = self.identity
        # As long as nobody has asked for proof that is needed, the clock runs: only the asking stops it.
        asked = (identity.confirmed_on,) if identity.asked_on or (identity.needed and identity.confirmed_on) else ()
        authority = (self.authority.confirmed_on,) if self.authority else ()
        return Facts(
            received_on=self.received_on,
            asked_for=(*asked, *authority),
            pauses=self.pauses,
            extended_on=self.extension.told_on if self.extension else None,
        )

    def deadlines(self, promise: Promise, holidays: Holidays, today: date) -> Deadlines | None:
        """Return its deadlines; none while its clock does not run. A closed request's stand as at its closing."""
        day = self.closing.on if self.closing else today
        return deadlines(self.facts, promise, holidays, max(day, self.received_on))

    @property
    def status(self) -> Status:  # noqa: PLR0911 - one line for each status
        """How far it is."""
        if self.closing is not None:
            ended_otherwise = (Status.REFUSED, Status.WITHDRAWN)
            return next((one for one in ended_otherwise if one == self.closing.outcome), Status.CLOSED)
        if self.hand_overs:
            return Status.HANDED_OVER
        if self.identity.outstanding:
            return Status.IDENTIFYING
        if self.package is not None and not self.undecided:
            return Status.APPROVED if self.package.approved_at else Status.AWAITING_APPROVAL
        if self.search is None:
            return Status.RECEIVED
        if self.search.ended_at is None:
            return Status.SEARCHING
        if not self.search.complete or self.undecided:
            return Status.MATCHING
        return Status.REVIEWING

    @property
    def undecided(self) -> tuple[Match, ...]:
        """The contacts of which nobody has said whether they are this person's."""
        return tuple(one for one in self.matches if one.verdict is Verdict.UNDECIDED)

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """The files that still take a verdict."""
        reviewed = {one.file for one in self.items}
        return tuple(one for one in self.to_review if one not in reviewed)

    @property
    def confirmed(self) -> tuple[Match, ...]:
        """The contacts that are this person's."""
        return tuple(one for one in self.matches if one.verdict is Verdict.CONFIRMED)

    @property
    def held(self) -> bool:
        """Whether any contact is held for it."""
        return any(one.held for one in self.matches)

    def match(self, contact_id: ContactId) -> Match | None:
        """Return what is known of a contact, if the search found it."""
        return next((one for one in self.matches if one.contact_id == contact_id), None)

    def with_match(self, match: Match) -> SubjectRequest:
        """Return it with that contact, in the place of what was known of it."""
        others = tuple(one for one in self.matches if one.contact_id != match.contact_id)
        return replace(self, matches=tuple(sorted((*others, match), key=lambda one: one.contact_id)))

    def with_item(self, item: Item) -> SubjectRequest:
        """Return it with that verdict, in the place of an earlier one about the same file."""
        others = tuple(one for one in self.items if one.file != item.file)
        return replace(self, items=tuple(sorted((*others, item), key=lambda one: one.file)))

    @property
    def prepared_by(self) -> tuple[str, ...]:
        """Everybody who opened it, matched, reviewed or said what is erased: none of them approves what follows."""
        people = [self.opened_by, *(one.by for one in self.matches), *(one.by for one in self.items)]
        people += [self.erasure_scope.by] if self.erasure_scope else []
        return tuple(dict.fromkeys(one for one in people if one))


def waits_since(request: SubjectRequest) -> date | None:
    """Return since when a request waits for the person: for proof of who it is, or for an answer."""
    days = [one.asked_on for one in request.pauses if one.answered_on is None]
    if request.identity.outstanding:
        days.append(request.identity.asked_on or request.received_on)
    return min(days, default=None)
