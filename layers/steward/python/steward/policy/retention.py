"""The retention schedule: one period for each record class."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Months = Annotated[int, Meta(ge=1, le=1200)]
"""Whole calendar months."""

Clauses = tuple[Annotated[str, Meta(pattern=r"^[A-Z]{3}-[0-9]+$")], ...]
"""The ids of the promises that a part of the policy fulfils."""


class Period(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long one record class is kept, counted from the day its record began."""

    months: Months
    clauses: Clauses = ()
    source: Literal["published", "council"] = "published"
    """``council`` marks a figure that the notice does not publish and the council chose for itself."""
    why: str = ""
    """Why the council chose it; required where the source is the council's own choice."""
