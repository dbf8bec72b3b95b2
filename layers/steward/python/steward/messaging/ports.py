"""What messaging needs of the outside. The adapters raise ``steward.failures.AwsError`` for what they cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from steward.ids import ContactId, NumberHash
from steward.messaging.answers import Reason
from steward.messaging.numbers import NumberSource

Notice = Callable[..., None]
"""Tells operations of something, by name; never with a person's data."""


class Decision(StrEnum):
    """What a person decided about one purpose."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class OptOutCause(StrEnum):
    """Why a number is not texted whatever was consented to."""

    WITHDRAWAL = "withdrawal"
    """Consent was withdrawn here."""
    SERVICE = "service"
    """The SMS service has it on its opt-out list: a STOP reply, or somebody put it there."""
    BLOCKED = "blocked"
    """The device or carrier blocks messages to it."""
    UNDELIVERABLE = "undeliverable"
    """The carrier says that the number does not exist."""
    RESTRICTION = "restriction"
    """The person's data is restricted, or they object: a request of theirs says so, and no consent undoes it."""
    LET_BACK_IN = "let_back_in"
    """Nothing: the number was taken off the SMS service's list, which AWS allows once in 30 days."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One decision, as it is proved later. It holds nothing that names the person."""

    id: str
    number_hash: NumberHash
    purpose: str
    decision: Decision
    wording_version: str
    wording_sha256: str
    """Of the very words, because a policy file can be edited."""
    language: str
    how: str
    number_source: NumberSource
    by: str
    contact_id: ContactId
    policy_version: str
    at: datetime
    expires_at: int


@dataclass(frozen=True, slots=True)
class SendReservation:
    """The right to send one template to one contact, taken before the text is sent."""

    contact_id: ContactId
    template: str
    purpose: str
    number_hash: NumberHash
    language: str
    parts: int
    body: str | None = field(repr=False)
    """Only where the policy keeps bodies."""
    words: str
    """A digest of the number's hash and the body: the same text to the same number, and no other, has the same."""
    one_of_several: bool
    """Whether the policy lets a contact have the template again in other words or for another number."""
    attempt: str
    """Tells this invocation's reservation from another's."""
    at: datetime
    expires_at: int

    @property
    def id(self) -> str:
        """Return what identifies the reservation, also in ``Context``.

        The contact's id and the template's name, of which there is one text; where the policy allows several, the words
        as well.
        """
        several = f"/{self.words}" if self.one_of_several else ""
        return f"{self.contact_id}/{self.template}{several}"


@dataclass(frozen=True, slots=True)
class EarlierReservation:
    """A reservation that was taken before. Without a message id its outcome is not known."""

    same_words: bool
    """Whether it was for the same number and the same words."""
    message_id: str = ""


class ConsentState(StrEnum):
    """Whether a purpose is consented to now."""

    NONE = "none"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class SendEligibility:
    """What stands in the way of a text to a number; nothing does when the reservation was taken."""

    consent: ConsentState = ConsentState.GIVEN
    opted_out: OptOutCause | None = None
    earlier: EarlierReservation | None = None


class Recorded(StrEnum):
    """What became of a decision that was to be recorded."""

    NOW = "now"
    BEFORE = "before"
    """The same contact's same decision is the one in force already."""
    OPTED_OUT = "opted_out"
    """Nothing was written: the number is opted out, which a new consent has to undo first."""
    LET_BACK_IN = "let_back_in"
    """Nothing was written: the number left the SMS service's list lately, and may be on it again for some days."""


class IfOptedOut(StrEnum):
    """What to do with a consent for a number that is opted out."""

    REPORT = "report"
    """Write nothing, and say so."""
    CLEAR = "clear"
    """Write it, and forget the opt-out: the SMS service does not have it."""
    LET_IN = "let_in"
    """Write it, and note that the SMS service has let the number back in."""
    LEAVE = "leave"
    """Write it, and leave what is known of opt-outs."""
    KEEP = "keep"
    """Write it, and note that the SMS service keeps the number opted out."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One message for the SMS service."""

    to: str = field(repr=False)
    body: str = field(repr=False)
    context: dict[str, str]


class NotSentError(Exception):
    """Nothing was sent. ``reason`` says why, ``refusal`` tells a rule from a failure, ``detail`` is AWS's code."""

    def __init__(self, reason: Reason, *, refusal: bool = False, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.refusal = refusal
        self.detail = detail


class OutcomeUnknownError(Exception):
    """No usable answer came: the message may have been sent."""


class NumberHasher(Protocol):
    """Hashes numbers with a secret key."""

    def hash(self, e164: str) -> NumberHash:
        """Return the same hash for the same number, always."""


class ConsentBook(Protocol):
    """Every decision, and which is in force."""

    def record(self, evidence: ConsentRecord, if_opted_out: IfOptedOut = IfOptedOut.REPORT) -> Recorded:
        """Keep a decision for good, and let it be in force unless a later one is. A withdrawal opts the number out."""


class MessageLog(Protocol):
    """Claims and what became of them: the message log."""

    def reserve(
        self, number_hash: NumberHash, purpose: str, now: datetime, reservation: SendReservation | None
    ) -> SendEligibility:
        """Take the reservation, in one step with the check that consent is in force and the number not opted out.

        Without a reservation nothing is taken, and only the checks are made.
        """

    def consented_at(self, number_hash: NumberHash, purpose: str) -> datetime | None:
        """Return when the consent in force was given; None without one."""

    def let_back_in(self, number_hash: NumberHash, at: datetime) -> None:
        """Remember that the SMS service took the number off its list at that moment."""

    def sent(self, reservation: SendReservation, message_id: str) -> None:
        """Write down that the SMS service accepted the message."""

    def not_sent(self, reservation: SendReservation, reason: Reason, *, opted_out_until: int | None = None) -> None:
        """Give the reservation back: for certain nothing was sent. Remember an opt-out that the service knows of."""

    def outcome_unknown(self, reservation: SendReservation) -> None:
        """Keep the reservation for ever: the message may have been sent."""


class SmsService(Protocol):
    """The SMS service; after a call it may be unknown whether the text went out."""

    def send(self, message: TextMessage) -> str:
        """Send, in one attempt, and return the message's id; raise NotSentError or OutcomeUnknownError."""


class Removal(StrEnum):
    """What became of the wish to take a number off the SMS service's list."""

    DONE = "done"
    NOT_LISTED = "not_listed"
    REFUSED = "refused"
    """AWS takes a number off once in 30 days."""
    NOT_KNOWN = "not_known"
    """The service could not be reached."""


class OptOutList(Protocol):
    """The SMS service's own list of numbers that it refuses to send to: replies of STOP, and what people put there."""

    def since(self, e164: str) -> datetime | None:
        """Return when the number was put on the list; None if it is not on it. Raises AwsError."""

    def remove(self, e164: str) -> Removal:
        """Take the number off the list."""
