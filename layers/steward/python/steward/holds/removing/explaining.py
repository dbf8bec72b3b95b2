"""Whether what people decided, and what the register knows, explains why a held copy went.

The ledger says why, and only functions write it. It is not believed all the same: a row that calls a removal ordinary
is worth what stands behind it, an end that had come, or the two decisions of a release or of a removal of card data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steward.decisions.book import Agreement
from steward.failures import UnreadableRow
from steward.holds.manifests import manifest_key
from steward.holds.nightly.disposing import HOLD_ENDED
from steward.holds.register import ContactHolds, Hold
from steward.holds.removing.breaking import CAUSE as BREAK_GLASS
from steward.holds.removing.erasing import CAUSE as CARD_DATA
from steward.ids import CaseRef, ContactId, RecordClass


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the ledger said of a version before S3 confirmed that it is gone; ``planned_at`` is none of one it lacks."""

    cause: str = ""
    by: str = ""
    planned_at: datetime | None = None


class Files(Protocol):
    """The register, as far as it is read here. Raises ``steward.failures``."""

    def file(self, contact_id: ContactId) -> ContactHolds:
        """Return the contact's file (consistent read)."""


@dataclass(frozen=True, kw_only=True)
class Explaining:
    """Asks the register and the book of decisions. Raises ``steward.failures``, but for a row that cannot be read."""

    files: Files
    released: Callable[[CaseRef], Sequence[Agreement]]
    card_data: Callable[[ContactId], Sequence[Agreement]]
    rejected: Callable[[CaseRef], Collection[ContactId]]
    """The contacts that were found to be another person's than the one who asked under that reference."""

    def explains(self, key: str, entry: Entry, gone_at: datetime) -> bool:
        """Tell whether the entry's cause is one that something explains; what cannot be read explains nothing."""
        try:
            if entry.cause == HOLD_ENDED:
                return self._hold_ended(key, entry.planned_at or gone_at, gone_at)
            if entry.cause == CARD_DATA:
                return self._card_data(key, gone_at)
        except UnreadableRow:
            return False
        # Of break-glass the officer was told before anything went, by the function that entered who and why.
        return entry.cause == BREAK_GLASS and bool(entry.by)

    def _hold_ended(self, key: str, planned_at: datetime, gone_at: datetime) -> bool:
        """Tell whether every hold was over; one that began later says nothing of it, and stands where another did."""
        contact_id = ContactId(key.partition("/")[0])
        holds = self.files.file(contact_id).holds
        named = [hold for hold in holds if manifest_key(hold) == key] or holds
        return bool(holds) and all(
            hold.placed_at > planned_at or hold.has_ended(planned_at) or self._let_go(hold, gone_at) for hold in named
        )

    def _let_go(self, hold: Hold, gone_at: datetime) -> bool:
        """Tell whether people let a hold go before its end, by what they decided and not by what the hold says."""
        note = hold.release or hold.leaving
        if note is None or not note.by:
            return False
        agreed = self.released(hold.case)
        if any(one.names(hold.contact_id) and one.approval.at <= gone_at for one in agreed):
            return True
        return hold.contact_id in self.rejected(hold.case)

    def _card_data(self, key: str, gone_at: datetime) -> bool:
        contact_id, _, rest = key.partition("/")
        record_class, _, below = rest.partition("/")
        if record_class not in {one.value for one in RecordClass}:
            return False
        # A further version of an original has a folder of its own.
        source_keys = (below, below.partition("/")[2] if below.startswith("version-") else below)
        return any(
            agreement.approval.at <= gone_at and item.partition("/")[2] in source_keys
            for agreement in self.card_data(ContactId(contact_id))
            for item in agreement.request.items
        )
