"""What somebody asks of the hold system. Every signal ends as one of these."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from steward.clock import london_date
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage

_CASE = re.compile(r"[^\W_][\w ./:#()-]{0,63}")
"""Letters of any alphabet: Welsh councils write Welsh references."""
_CONTACT = re.compile(r"[A-Za-z0-9._-]{1,256}")
"""Connect's API promises no more than 1 to 256 characters; these are the ones that no key or name has to escape."""


class BadRequest(Exception):
    """A request that nobody can act upon: ``field`` has a value with that ``problem``.

    The message quotes no value, because a mistyped field may hold personal data.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class HoldRequest:
    """Hold these contacts for this case.

    ``received_on`` is the London date on which the council received the complaint. Where nobody stated it, it is the
    day of the flag and ``received_on_assumed`` is true.
    """

    case: CaseRef
    reason: HoldReason
    stage: Stage
    received_on: date
    received_on_assumed: bool
    contact_ids: tuple[ContactId, ...]
    requested_by: str
    signal: str
    flagged_at: datetime
    note: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """The case reached a further stage on that London date."""

    case: CaseRef
    stage: Stage
    on: date
    requested_by: str


@dataclass(frozen=True, kw_only=True)
class Closure:
    """The case was closed on that London date."""

    case: CaseRef
    closed_on: date
    requested_by: str


def case_ref(value: str, name: str = "case") -> CaseRef:
    """Return the value as a case reference; raise ``BadRequest`` if it cannot be one."""
    text = value.strip()
    if not text:
        raise BadRequest(name, "is empty")
    if not _CASE.fullmatch(text):
        raise BadRequest(
            name, "must be 1 to 64 letters, digits, spaces or . _ / : # ( ) -, starting with a letter or digit"
        )
    return CaseRef(text)


def contact_id(value: str, name: str = "contact_ids") -> ContactId:
    """Return the value as a contact id; raise ``BadRequest`` if it cannot be one."""
    text = value.strip()
    if not _CONTACT.fullmatch(text):
        raise BadRequest(name, "must be a contact id: letters, digits and . _ - only")
    return ContactId(text)


def calendar_date(value: str, name: str, today: date) -> date:
    """Return the value as a date that has come; raise ``BadRequest`` if it is none or lies in the future.

    A time with an offset (as Connect's date questions answer) means the London date at that time.
    """
    text = value.strip()
    try:
        day = london_date(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)
    except ValueError:
        raise BadRequest(name, "must be a date written as YYYY-MM-DD") from None
    if day > today:
        raise BadRequest(name, "lies in the future")
    return day


def stage(value: str, name: str = "stage") -> Stage:
    """Return the value as a stage; empty means stage one."""
    text = value.strip().lower()
    if not text:
        return Stage.ONE
    try:
        return Stage(text)
    except ValueError:
        raise BadRequest(name, "must be 1, 2 or ombudsman") from None


def received(value: str, flagged_at: datetime, name: str = "received_on") -> tuple[date, bool]:
    """Return the received date and whether it had to be assumed to be the day of the flag."""
    today = london_date(flagged_at)
    if not value.strip():
        return today, True
    return calendar_date(value, name, today), False
