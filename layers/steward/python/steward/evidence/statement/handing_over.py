"""Whose holds a month's statement doubts goes to the hold queue, for a whole look: once, and not all in one night."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from steward.clock import Clock
from steward.evidence.statement.document import encode
from steward.evidence.statement.ports import Looks, Shelf
from steward.ids import ContactId

LOOKED: Final = "looks.json"
"""Lies beside a month's statement once its doubtful contacts, or the first of them, are with the hold queue."""

A_NIGHT: Final = 1_000
"""So many at once: about twenty minutes of the queue, which fresh flags share, as fast as Connect may be asked."""


class _Marker(msgspec.Struct, frozen=True):
    handed_over_at: datetime
    up_to: str | None = None
    """The place of the last of them, while others wait."""


@dataclass(frozen=True, kw_only=True)
class HandingOver:
    """May be repeated, and may die after any call: what the queue has, it may have twice.

    ``folder`` is the month's folder in the evidence store. Whatever asks AWS raises AwsError.
    """

    clock: Clock
    shelf: Shelf
    looks: Looks

    def begins_after(self, folder: str) -> str | None:
        """Return the place after which contacts may wait to be handed over; none once all of them are."""
        stored = self.shelf.read(f"{folder}/{LOOKED}")
        return msgspec.json.decode(stored.body, type=_Marker).up_to if stored is not None else ""

    def hand_over(self, folder: str, doubtful: Iterable[ContactId], after: str) -> None:
        """Let those of the contacts be looked at that come next after that place, and note how far that is."""
        waiting = sorted((place, one) for one in doubtful if (place := _place(folder, one)) > after)
        tonight = waiting[:A_NIGHT]
        self.looks.reinspect(one for _, one in tonight)
        noted = _Marker(self.clock.now(), tonight[-1][0] if len(waiting) > A_NIGHT else None)
        self.shelf.put(f"{folder}/{LOOKED}", encode(noted), "application/json")


def _place(folder: str, contact_id: ContactId) -> str:
    """Return a contact's place in an order that names no contact: the marker lies in the store for seven years.

    Each month has an order of its own: where a month is too short for all, the next does not leave out the same.
    """
    return hashlib.sha256(f"{folder}/{contact_id}".encode()).hexdigest()
