"""Legal holds: for which reason, for how long, and what stages and closure change."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from steward.policy.retention import Clauses, Months


class HoldReason(StrEnum):
    """Why a contact is held beyond its retention period."""

    COMPLAINT = "complaint"
    LEGAL_CLAIM = "legal_claim"
    THREAT_TO_STAFF = "threat_to_staff"
    SUBJECT_ACCESS = "subject_access"


class Stage(StrEnum):
    """The stage of a complaint (LGSCO Complaint Handling Code)."""

    ONE = "1"
    TWO = "2"
    OMBUDSMAN = "ombudsman"


class PeriodStart(StrEnum):
    """What the months of a hold are counted from."""

    RECEIVED = "received"
    CLOSURE = "closure"


class HoldPeriod(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long a contact is held for one reason.

    A hold runs for ``months`` from the London date on which the case was received. At a stage in
    ``open_ended_stages`` (or at any stage where ``open_ended`` is true) it has no end until the case is closed; then it
    ends ``months_after_closure`` after that date, and never earlier than received + ``months``. Where it runs ``from``
    closure it has no end until the case is closed, and then ends ``months`` after that date.
    """

    months: Months
    starts: PeriodStart = field(default=PeriodStart.RECEIVED, name="from")
    open_ended: bool = False
    open_ended_stages: tuple[Stage, ...] = ()
    months_after_closure: Months | None = None
    clauses: Clauses = ()
    why: str = ""
    """Why the council chose these figures; required where no clause publishes them."""

    def open_until_closed(self, stage: Stage) -> bool:
        """Tell whether a case at that stage is held without an end until it is closed."""
        return self.starts is PeriodStart.CLOSURE or self.open_ended or stage in self.open_ended_stages

    @property
    def after_closure(self) -> int | None:
        """The months after closure for which a case is held that was held without an end; none for no more."""
        return self.months if self.starts is PeriodStart.CLOSURE else self.months_after_closure


class ReleaseBy(StrEnum):
    """Who has two people agree on the release of a hold: steward itself, or the council's own case system."""

    DECIDE = "decide"
    CASE_SYSTEM = "case_system"


SIGNED = "signed"
"""What a way of flagging is set to that counts only with a signature which a flow had made by ``sign_flag``."""


class Signals(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which ways of flagging count. Attributes and tags may come from a web visitor, wherever a flow passes them on.

    The case-management system's events always count: who may put them is said by the bus.
    """

    evaluation_form: bool = True
    contact_attributes: bool | Literal["signed"] = True
    contact_tags: bool = True
    object_tags: bool = True
    per_hour: Annotated[int, Meta(ge=1, le=1000)] = 200
    """So many contacts of one channel are held in an hour by attributes, and so many by tags; more are set aside."""

    def counts(self, signal: str) -> bool:
        """Tell whether a flag that came in that way counts; one that is not named here always does."""
        return bool(getattr(self, signal)) if signal in self.__struct_fields__ else True

    @property
    def signed(self) -> bool:
        """Whether attributes count only with a signature."""
        return self.contact_attributes == SIGNED


class Holds(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The hold periods by reason, and how a hold is released before its end."""

    reasons: dict[HoldReason, HoldPeriod]
    signals: Signals = Signals()
    release_by: ReleaseBy = ReleaseBy.DECIDE
    release_grace_days: Annotated[int, Meta(ge=0, le=90)] = 7
    """How long a released hold is still held, so that a mistake can be put right by another flag."""
