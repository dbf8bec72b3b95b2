"""Recording: what callers are told, and what is never recorded."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from steward.policy.channels import Channel
from steward.policy.retention import Clauses

Language = Annotated[str, Meta(pattern=r"^[a-z]{2}$")]
"""ISO 639-1 code, such as ``en`` or ``cy``."""

Text = Annotated[str, Meta(min_length=1)]


class Recording(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The recording of calls."""

    notice: dict[Language, Text]
    """What a caller hears, in each language, before anything is recorded."""
    outbound_notice: dict[Language, Text] = {}
    """What somebody hears whom the council calls; without it, the notice. It has the notice's languages."""
    lines: tuple[Text, ...] = ()
    """The lines whose calls are recorded, by the council's names; empty means every line."""
    lines_not_recorded: tuple[Text, ...] = ()
    queues_not_recorded: tuple[Text, ...] = ()
    stop_on_transfer_out: bool
    channels_not_stored: dict[Text, tuple[Channel, ...]] = {}
    """By queue, the channels whose content must not be stored there (POW-3)."""
    clauses: Clauses = ()
