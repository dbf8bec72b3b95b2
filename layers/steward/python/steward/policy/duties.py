"""Subject rights and what the notice declares but no software enforces."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from steward.policy.letters import Letters, Routes
from steward.policy.recording import Language, Text
from steward.policy.retention import Clauses, Months


class SubjectRights(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rights of the people whose data is kept."""

    rights: tuple[Text, ...]
    answer_within_days: Annotated[int, Meta(ge=1, le=90)]
    """What the council promises, in calendar days from the day of receipt; the law's month stands beside it."""
    promise_extends: bool = False
    """Whether an extension by law lengthens the promise too; otherwise it is reported as missed, and the law as met."""
    bank_holidays: Literal["england-and-wales"] = "england-and-wales"
    """The division whose bank holidays count; steward's table has this one."""
    search_months: Months = 24
    """How far back the contacts of a person are looked for."""
    package_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """How long a package is kept after it was handed over."""
    purposes: dict[Language, Text] = {}
    """What the records are for, in plain words, as a person who asks is told (UK GDPR Article 15(1)(a))."""
    routes: Routes | None = None
    """Where somebody can complain about an answer."""
    letters: Letters | None = None
    """What is written to people; without them the council writes letters of its own."""
    clauses: Clauses = ()


class Access(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who has a business need to listen."""

    may_listen: Annotated[tuple[Text, ...], Meta(min_length=1)]
    """The security profiles of the instance whose people may hear recordings and read transcripts; no other may."""
    clauses: Clauses = ()


class Statement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A clause and what is said about it: a declaration, or the reason why it is not enforced yet."""

    clause: Annotated[str, Meta(pattern=r"^[A-Z]{3}-[0-9]+$")]
    text: Text
