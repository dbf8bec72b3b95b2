"""Payments: what is suspended while a card is read, and what happens when it cannot be."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from steward.policy.retention import Clauses, Months


class RecordingType(StrEnum):
    """Amazon Connect's ``ContactRecordingType``."""

    AGENT = "AGENT"
    IVR = "IVR"
    SCREEN = "SCREEN"


class Payments(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The suspension of recording while a payment is taken (PCI DSS 3.3.1)."""

    suspend: Annotated[tuple[RecordingType, ...], Meta(min_length=1)]
    limit_minutes: Annotated[int, Meta(ge=1, le=120)]
    """How long a pause may stay open before supervisors are told."""
    on_failure: Literal["refuse_payment"] = "refuse_payment"
    """There is one answer to a pause that is not confirmed."""
    resume_by_itself: bool = False
    register_months: Months
    """How long the register of pauses is kept."""
    clauses: Clauses = ()
