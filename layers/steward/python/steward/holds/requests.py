"""What somebody asks of the hold system. Every signal ends as one of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from steward.clock import london_date, london_midnight
from steward.holds import references
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage

OLDEST_YEARS = 10
"""No complaint or claim of an earlier date is still being dealt with: such a date was mistyped."""

NOT_GIVEN = "was not given"
COUNTED_FROM_THE_FLAG = "the hold is counted from the day of the flag"
"""What is told of a date of receipt that had to be assumed."""

LONGEST_NAME, LONGEST_NOTE = 100, 1000
"""So much is kept of who asked and of a note."""

_CONTACT = re.compile(r"[A-Za-z0-9._-]{1,256}")
"""Connect's API promises no more than 1 to 256 characters; these are the ones that no key or name has to escape."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PAGE = re.compile(r"(?:arn:|https://)[^?#\s]*/(?:contact|details)/(" + _UUID.pattern + r")/?", re.IGNORECASE)
"""What people copy from Connect: a contact's ARN, or the address of its page. The id is the last part."""
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
_MILLISECONDS = 12
"""An epoch of so many digits counts milliseconds."""


class BadRequest(Exception):
    """A request that nobody can act upon: ``field`` has a value with that ``problem``.

    The message quotes no value, because a mistyped field may hold personal data. ``about`` names the case or contact
    where that could be read. ``final`` is false where the same request may be right later, as an event that overtook
    the one before it. Refusals of the same field and problem that share ``told_as`` are one message.
    """

    def __init__(self, field: str, problem: str, *, about: str = "", final: bool = True, told_as: str = "") -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.about = about
        self.final = final
        self.told_as = told_as


class Unmatched(BadRequest):
    """An event that nothing here knows: no rule of the bus takes it but the one for the rest."""


@contextmanager
def concerning(about: str) -> Iterator[None]:
    """Let what is refused within name that case or contact, unless it names one already."""
    try:
        yield
    except BadRequest as refusal:
        refusal.about = refusal.about or about
        raise


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A field that could not be used as it was given; what was asked for is done all the same as ``problem`` says."""

    field: str
    problem: str


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
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """The case reached a further stage on that London date, as was said ``at`` that moment."""

    case: CaseRef
    stage: Stage
    on: date
    requested_by: str
    at: datetime | None = None

    @property
    def said_at(self) -> datetime:
        """When it was said; where nobody knows, the beginning of its day."""
        return (self.at or london_midnight(self.on)).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Closure:
    """The case was closed on that London date, as was said ``at`` that moment."""

    case: CaseRef
    closed_on: date
    requested_by: str
    at: datetime | None = None

    @property
    def said_at(self) -> datetime:
        """When it was said; where nobody knows, the beginning of its day."""
        return (self.at or london_midnight(self.closed_on)).astimezone(UTC)


def case_ref(value: str, name: str = "case") -> CaseRef:
    """Return the value as a case reference; raise ``BadRequest`` if it cannot be one."""
    text = " ".join(value.split())
    if not text:
        raise BadRequest(name, "is empty")
    problem = references.problem(text)
    if problem:
        raise BadRequest(name, problem)
    return CaseRef(text)


def contact_id(value: str, name: str = "contact_ids") -> ContactId:
    """Return the value as a contact id; raise ``BadRequest`` if it cannot be one.

    A contact's ARN and the address of its page stand for its id. A UUID means the same in any casing; Connect writes it
    in lower case.
    """
    text = value.strip()
    page = _PAGE.fullmatch(text)
    if page:
        text = page[1]
    if not _CONTACT.fullmatch(text):
        raise BadRequest(name, "must be a contact id: letters, digits and . _ - only")
    return ContactId(text.lower() if _UUID.fullmatch(text) else text)


def calendar_date(value: str, name: str, today: date) -> date:
    """Return the value as a date that has come; raise ``BadRequest`` if it is none or cannot be meant.

    Connect's date questions answer in a form that is not documented: a date, a time with or without an offset, or
    seconds or milliseconds since 1970. A time means the London date at that time, one without an offset is London's.
    """
    try:
        day = _day(value.strip())
    except (ValueError, OverflowError):
        raise BadRequest(name, "must be a date written as YYYY-MM-DD") from None
    if day > today:
        raise BadRequest(name, "lies in the future")
    if day.year < today.year - OLDEST_YEARS:
        raise BadRequest(name, f"lies more than {OLDEST_YEARS} years back")
    return day


def _day(text: str) -> date:
    if _EPOCH.fullmatch(text):
        whole = text.partition(".")[0]
        scale = 1000 if len(whole) >= _MILLISECONDS else 1
        return london_date(datetime.fromtimestamp(int(whole) / scale, UTC))
    if len(text) <= len("2027-02-01"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.date() if moment.tzinfo is None else london_date(moment)


def stage(value: str, name: str = "stage") -> Stage:
    """Return the value as a stage, in any casing; empty means stage one. Raises BadRequest if it is none of them."""
    text = value.strip().lower()
    if not text:
        return Stage.ONE
    try:
        return Stage(text)
    except ValueError:
        raise BadRequest(name, "must be 1, 2 or ombudsman") from None
