"""What a contact flow is told. The names are a contract with the flows: docs/text-messages.md lists them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused or failed."""

    NUMBER_WITHHELD = "number_withheld"
    NUMBER_INVALID = "number_invalid"
    NUMBER_NOT_CONFIRMED = "number_not_confirmed"
    """It is not the caller's own, and the flow did not play it back."""
    NOT_A_MOBILE = "not_a_mobile"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    UNKNOWN_PURPOSE = "unknown_purpose"
    NO_CONSENT = "no_consent"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OPTED_OUT = "opted_out"
    UNKNOWN_TEMPLATE = "unknown_template"
    MISSING_VALUE = "missing_value"
    VALUE_TOO_LONG = "value_too_long"
    VALUE_NOT_ALLOWED = "value_not_allowed"
    """It is no text, or is spelt with letters that pass for others, or makes a link of what stands beside it."""
    LINK_NOT_ALLOWED = "link_not_allowed"
    ALREADY_SENT = "already_sent"

    BAD_REQUEST = "bad_request"
    """The event lacks something that Amazon Connect always sends."""
    UNKNOWN_WORDING_VERSION = "unknown_wording_version"
    UNKNOWN_DECISION = "unknown_decision"
    STILL_OPTED_OUT = "still_opted_out"
    """The consent is recorded, but the SMS service does not take the number off its opt-out list yet."""

    UNAVAILABLE = "unavailable"
    """A store or key could not be reached; nothing was sent or recorded."""
    OUTCOME_UNKNOWN = "outcome_unknown"
    """The text may have been sent; it will not be tried again."""
    THROTTLED = "throttled"
    SPEND_LIMIT_REACHED = "spend_limit_reached"
    PRICE_TOO_HIGH = "price_too_high"
    NO_SENDER = "no_sender"
    REJECTED = "rejected"
    """The SMS service refused the message for a reason that lies in its configuration."""


class Status(StrEnum):
    """The outcome in one word."""

    RECORDED = "recorded"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One outcome."""

    status: Status
    reason: Reason | None = None
    message_id: str = ""

    def response(self, *names: str) -> dict[str, str]:
        """Return those fields as the flat map of strings a contact flow reads; what does not apply is empty."""
        everything = {
            "status": self.status.value,
            "reason": self.reason.value if self.reason else "",
            "message_id": self.message_id,
        }
        return {name: everything[name] for name in names}


def refused(reason: Reason, message_id: str = "") -> Answer:
    """Return a refusal: a rule said no."""
    return Answer(Status.REFUSED, reason, message_id)


def failed(reason: Reason) -> Answer:
    """Return a failure: nobody said no, and it was not done."""
    return Answer(Status.FAILED, reason)
